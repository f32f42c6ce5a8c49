"""Every page is whole, and says things the way khung says them."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from khung.diagnostics.codes import Sentences, all_codes, page, parse_page, severity_of
from khung.diagnostics.model import Severity
from khung.locale import languages

CODES = all_codes()
PYTHON_WORDS = re.compile(r"\b(?:NoneType|None|str|int|dict|bool|tuple|object|exception)\b")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def sentences(said: Sentences) -> dict[str, str]:
    return {"message": said.message, **{f"help.{k}": v for k, v in said.helps.items()}}


@pytest.mark.parametrize("code", CODES)
def test_both_languages_say_the_same(code):
    written = page(code)
    assert written.code == code
    assert set(written.said) == set(languages)
    vi, en = (sentences(written.said[lang]) for lang in languages)
    assert set(vi) == set(en)
    assert {k: placeholders(v) for k, v in vi.items()} == {
        k: placeholders(v) for k, v in en.items()
    }


@pytest.mark.parametrize("lang", languages)
@pytest.mark.parametrize("code", CODES)
def test_sentences_have_the_form_of_the_house(code, lang):
    for sentence in sentences(page(code).said[lang]).values():
        assert not sentence[:1].isupper() or sentence[1:2].isupper() or sentence[:6] == "khung ", (
            sentence
        )
        assert not sentence.endswith((".", "!")), sentence
        assert not PYTHON_WORDS.search(sentence), sentence


@pytest.mark.parametrize("lang", languages)
@pytest.mark.parametrize("code", CODES)
def test_every_page_explains(code, lang):
    body = page(code).said[lang].body
    assert len(body.split()) >= 15
    assert body.count("```") % 2 == 0


def test_slugs_differ():
    slugs = [page(code).slug for code in CODES]
    assert sorted(set(slugs)) == sorted(slugs)


def test_an_unknown_code_is_a_defect():
    for code in ("K9999", "../K0101", ""):
        with pytest.raises(KeyError):
            page(code)


def test_a_page():
    text = (
        "# K9999 a-slug\nseverity: warning\n\n## vi\nmessage: `{a}` sai\nhelp: sửa\n"
        "help.near: là `{b}`\n\nNói rõ.\n\n## en\nmessage: `{a}` is wrong\n\nIt says.\n"
    )
    read = parse_page(text)
    assert (read.code, read.slug, read.severity) == ("K9999", "a-slug", Severity.WARNING)
    assert read.said["vi"] == Sentences("`{a}` sai", {"": "sửa", "near": "là `{b}`"}, "Nói rõ.\n")
    assert read.said["en"] == Sentences("`{a}` is wrong", {}, "It says.\n")


def test_severity():
    assert severity_of("K0130") is Severity.ERROR
    assert severity_of("K0140") is Severity.WARNING

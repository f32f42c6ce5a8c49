"""Every page is whole, and says things the way khung says them."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from khung.diagnostics.codes import Example, Sentences, all_codes, page, parse_page, severity_of
from khung.diagnostics.model import Severity
from khung.locale import languages

CODES = all_codes()
PYTHON_WORDS = re.compile(r"\b(?:NoneType|None|str|int|dict|bool|tuple|object|exception)\b")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def sentences(said: Sentences) -> dict[str, str]:
    return {"message": said.message, **{f"help.{k}": v for k, v in said.helps.items()}}


def test_both_languages_say_the_same():
    for code in CODES:
        written = page(code)
        assert written.code == code
        assert set(written.said) == set(languages), code
        vi, en = (sentences(written.said[lang]) for lang in languages)
        assert _named(vi) == _named(en), code


def _named(said: dict[str, str]) -> dict[str, set[str]]:
    return {name: placeholders(sentence) for name, sentence in said.items()}


def test_sentences_have_the_form_of_the_house():
    said = [
        sentence
        for code in CODES
        for lang in languages
        for sentence in sentences(page(code).said[lang]).values()
    ]
    assert [s for s in said if s[:1].isupper() and not s[1:2].isupper()] == []
    assert [s for s in said if s.endswith((".", "!"))] == []
    assert [s for s in said if PYTHON_WORDS.search(s)] == []


def test_every_page_explains():
    bodies = {(code, lang): page(code).said[lang].body for code in CODES for lang in languages}
    assert [at for at, body in bodies.items() if len(body.split()) < 15] == []
    assert [at for at, body in bodies.items() if body.count("```") % 2] == []


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


def test_a_page_with_an_example():
    text = (
        "# K9999 a-slug\nseverity: error\n\n## vi\nmessage: sai\n\nNói rõ.\n\n## en\n"
        "message: bad\n\nIt says.\n\n## example\nwrong:\n```yaml\na: 1\n\nb: 2\n```\n"
        "right:\n```yaml\na: 2\n```\n"
    )
    read = parse_page(text)
    assert read.example == Example("yaml", "a: 1\n\nb: 2", "a: 2")
    assert set(read.said) == {"vi", "en"}
    assert read.said["en"].body == (
        "It says.\n\nWrong:\n\n```yaml\na: 1\n\nb: 2\n```\n\nRight:\n\n```yaml\na: 2\n```\n"
    )
    with pytest.raises(ValueError, match="wrong"):
        parse_page(text.replace("right:", "better:"))


def test_severity():
    assert severity_of("K0130") is Severity.ERROR
    assert severity_of("K0140") is Severity.WARNING

"""The pages and the program go together: no code without a page, no page without a use."""

from __future__ import annotations

import re
from pathlib import Path

import khung
from khung.diagnostics.codes import all_codes, page
from khung.locale import languages

PACKAGE = Path(khung.__file__).parent
EXAMPLES = {"vi": ("Sai:", "Đúng:"), "en": ("Wrong:", "Right:")}


def used() -> set[str]:
    """Return every code that stands in the program as a text of its own."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        found |= set(re.findall(r'"(K\d{4})"', path.read_text("utf-8")))
    return found


def test_every_code_has_a_page():
    assert used() - set(all_codes()) == set()


def test_every_page_is_used():
    assert set(all_codes()) <= used()


def test_no_page_is_left_open():
    pages = [(code, lang) for code in all_codes() for lang in languages]
    assert [at for at in pages if "TODO" in page(at[0]).said[at[1]].body] == []


def test_an_example_is_shown_under_the_words_of_each_language():
    for found in filter(lambda found: found.example, map(page, all_codes())):
        example = found.example
        assert example.wrong != example.right, found.code
        for lang in languages:
            pair = zip(EXAMPLES[lang], (example.wrong, example.right), strict=True)
            shown = (f"\n{word}\n\n```{example.form}\n{text}\n```\n" for word, text in pair)
            assert found.said[lang].body.endswith("".join(shown)), found.code

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


def test_examples_come_in_pairs_and_are_the_same_in_both_languages():
    for code in all_codes():
        blocks = {}
        for lang in languages:
            body = page(code).said[lang].body
            wrong, right = EXAMPLES[lang]
            assert body.count(wrong) == body.count(right), code
            blocks[lang] = re.findall(r"```yaml\n(.*?)\n```", body, re.S)
        assert len(blocks["vi"]) == len(blocks["en"]), code

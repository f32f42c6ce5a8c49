"""The examples on the pages of the codes of this stage do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from khung.diagnostics.codes import all_codes, page
from khung.locale import languages

CODES = [code for code in all_codes() if code.startswith("K01")]
PARSING = [c for c in CODES if "K0108" <= c <= "K0119" or "K0130" <= c <= "K0143"]
EXAMPLES = [
    (code, wrong + "\n", right + "\n")
    for code in PARSING
    for lang in languages
    for wrong, right in [
        re.findall(r"```yaml\n(.*?)\n```", page(code).said[lang].body, re.S) or ("", "")
    ]
    if wrong
]


@pytest.mark.parametrize(("code", "wrong", "right"), EXAMPLES)
def test_examples(code, wrong, right, read, reported):
    _, bag = read(wrong)
    assert code in [found for found, _ in reported(bag)]
    _, bag = read(right)
    assert reported(bag) == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_tested(code):
    texts = [p.read_text("utf-8") for p in Path(__file__).parent.glob("test_*.py")]
    assert any(f'"{code}"' in text for text in texts)

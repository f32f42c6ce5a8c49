"""The examples on the pages of the codes of case files do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from khung.diagnostics.codes import all_codes, page
from khung.locale import languages

CODES = [code for code in all_codes() if "K0601" <= code < "K0630"]
EXAMPLES = [
    (code, *blocks)
    for code in CODES
    for lang in languages
    if (blocks := re.findall(r"```yaml\n(.*?)\n```", page(code).said[lang].body, re.S))
]


@pytest.mark.parametrize(("code", "wrong", "right"), EXAMPLES)
def test_examples(code, wrong, right, plan_case):
    assert [found for found, _ in plan_case(wrong).reported] == [code]
    assert plan_case(right).reported == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_tested(code):
    texts = [p.read_text("utf-8") for p in Path(__file__).parent.glob("test_*.py")]
    assert any(f'"{code}"' in text for text in texts)

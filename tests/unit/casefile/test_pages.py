"""The examples on the pages of the codes of case files do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from khung.diagnostics.codes import all_codes, page
from khung.locale import languages

CODES = [code for code in all_codes() if code.startswith("K06")]
OF_ANOTHER_RULEBOOK = {"K0603"}
"""What the folder of rulebooks would be asked for first, and not have."""

ELSEWHERE = {"K0640"}
"""Tested with a rulebook that counts dates by a calendar."""

EXAMPLES = {
    (code, *blocks): f"{code}-{lang}"
    for code in CODES
    if code not in ELSEWHERE
    for lang in languages
    if (blocks := re.findall(r"```yaml\n(.*?)\n```", page(code).said[lang].body, re.S))
}
"""Each pair once, though both languages mostly show the same."""


@pytest.mark.parametrize(("code", "wrong", "right"), list(EXAMPLES), ids=list(EXAMPLES.values()))
def test_examples(code, wrong, right, plan_case, plan_result):
    found = plan_case if code in OF_ANOTHER_RULEBOOK else plan_result
    assert [said for said, _ in found(wrong).reported] == [code]
    assert found(right).reported == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_tested(code):
    texts = [p.read_text("utf-8") for p in Path(__file__).parent.glob("test_*.py")]
    assert any(f'"{code}"' in text for text in texts)

"""The examples on the pages of the codes of case files do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from khung.diagnostics.codes import all_codes, page

CODES = [code for code in all_codes() if code.startswith("K06")]
OF_ANOTHER_RULEBOOK = {"K0603"}
"""What the folder of rulebooks would be asked for first, and not have."""

ELSEWHERE = {"K0640", "K0644"}
"""Tested with rulebooks that count dates by a calendar, and that have lists of one length."""

EXAMPLES = [code for code in CODES if code not in ELSEWHERE and page(code).example]


@pytest.mark.parametrize("code", EXAMPLES)
def test_examples(code, plan_case, plan_result):
    found, example = plan_case if code in OF_ANOTHER_RULEBOOK else plan_result, page(code).example
    assert [said for said, _ in found(example.wrong).reported] == [code]
    assert found(example.right).reported == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_tested(code):
    here = Path(__file__).parent
    files = [*here.rglob("test_*.py"), here.parents[1] / "cli" / "test_decisions.py"]
    texts = [path.read_text("utf-8") for path in files]
    assert any(f'"{code}"' in text for text in texts)

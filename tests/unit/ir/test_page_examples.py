"""What the pages show as wrong is reported under their code, and what they show as right is not."""

from __future__ import annotations

import re

import pytest
from tests.support.fragment import said_of

from khung.diagnostics.codes import all_codes, page
from khung.locale import languages

OF_THIS_STAGE = ("K02", "K032", "K033", "K034", "K043", "K05", "K07")
ELSEWHERE = {
    "K0325": "the branch is reported as K0320 before the two are compared",
    "K0326": "the element is reported as K0320 before the two are compared",
    "K0434": "nothing reports it yet",
    "K0702": "found by the check of a rulebook as a whole",
    "K0703": "found by the check of a rulebook as a whole",
}
EXAMPLES = [
    pytest.param(code, wrong, right, id=f"{code}-{lang}")
    for code in all_codes()
    if code.startswith(OF_THIS_STAGE)
    for lang in languages
    for wrong, right in [
        re.findall(r"```yaml\n(.*?)\n```", page(code).said[lang].body, re.S) or ("", "")
    ]
    if wrong
]


@pytest.mark.parametrize(("code", "wrong", "right"), EXAMPLES)
def test_examples(code, wrong, right, tmp_path):
    if code in ELSEWHERE:
        pytest.skip(ELSEWHERE[code])
    assert {d.code for d in said_of(wrong, tmp_path / "wrong")} == {code}
    assert said_of(right, tmp_path / "right") == ()

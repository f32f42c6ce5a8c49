"""What the pages show as wrong is reported under their code, and what they show as right is not."""

from __future__ import annotations

import pytest
from tests.support.fragment import said_of

from khung.diagnostics.codes import all_codes, page

OF_THIS_STAGE = ("K02", "K032", "K033", "K034", "K035", "K036", "K043", "K045", "K046")
OF_THIS_STAGE += ("K047", "K05", "K07")
OF_VERSIONS = "K052", "K053", "K054", "K055", "K0570", "K0735"
"""Their examples are of rulebooks that extend one another; `test_version_pages` reads them."""
OF_FILES = "K0463", "K0740", "K0741"
"""Their examples are of several files; `rulebook/test_translations` reads them."""
OF_POPULATIONS = ("K058",)
"""Their examples are parts of `population.yaml`; `test_descriptions` makes the mistakes."""
ELSEWHERE = {
    "K0436": "it is asked where a rulebook is turned into other words: `test_formatting`",
    "K0325": "the branch is reported as K0320 before the two are compared",
    "K0326": "the element is reported as K0320 before the two are compared",
}
EXAMPLES = [
    pytest.param(code, found.wrong, found.right, id=code)
    for code in all_codes()
    if code.startswith(OF_THIS_STAGE)
    and not code.startswith((*OF_VERSIONS, *OF_FILES, *OF_POPULATIONS))
    if (found := page(code).example) and found.form == "yaml"
]


@pytest.mark.parametrize(("code", "wrong", "right"), EXAMPLES)
def test_examples(code, wrong, right, tmp_path):
    if code in ELSEWHERE:
        pytest.skip(ELSEWHERE[code])
    how = {"lints": code.startswith(("K045", "K0506", "K07")), "options": code == "K0704"}
    assert {d.code for d in said_of(wrong, tmp_path / "wrong", **how)} == {code}
    assert said_of(right, tmp_path / "right", **how) == ()

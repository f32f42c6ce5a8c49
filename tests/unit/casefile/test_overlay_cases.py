"""Cases of one overlay come out alike if they name its base, with it beside that."""

from __future__ import annotations

import pytest
from tests.support.rulebook import RULEBOOKS

from khung.casefile.compare import compare
from khung.driver import Shelf, evaluate_text

ROOT = RULEBOOKS.parents[1]
CASES = [
    *((path, "2021", "2021-xa-a") for path in sorted((ROOT / "cases/2021-xa-a").glob("*.yaml"))),
    *(
        (path, "lecturers", "lecturers_law")
        for path in sorted((ROOT / "tests/cases/lecturers_law").glob("*.yaml"))
    ),
]
OF_NO_UNIT = ("dang_vien-031",)
"""Here some say no unit, which is enough only where all are under the overlay."""


@pytest.mark.parametrize(
    ("path", "base", "overlay"), [pytest.param(*one, id=one[0].stem) for one in CASES]
)
def test_the_overlay_beside_its_base(path, base, overlay):
    own, beside = f"rulebook: {overlay}\n", f'rulebook: "{base}"\noverlays: [{overlay}]\n'
    text = path.read_text("utf-8")
    if own not in text or path.stem.startswith(OF_NO_UNIT):
        pytest.skip("it names another rulebook, or says of somebody no unit")
    folder = ROOT / "rulebooks" if base == "2021" else RULEBOOKS
    data = text.replace(own, beside).encode()
    found = evaluate_text(data, path.name, Shelf(), {}, folder)
    assert found.results is not None, found.diagnostics
    assert found.case_file is not None
    assert found.case_file.expect is not None
    assert compare(found.case_file, found.results, found.results.groups) == ()
    assert set(found.results.case.under.values()) == {overlay}

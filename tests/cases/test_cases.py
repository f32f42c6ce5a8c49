"""Every shipped case comes out as it says."""

from __future__ import annotations

import pytest
from tests.support.schemas import ROOT

from khung.analysis.coverage import Coverage
from khung.analysis.shelf import Shelf
from khung.analysis.testing import Outcome, case_files, run_cases

FOLDER = ROOT / "cases"
FILES = case_files([FOLDER])
SHELF = Shelf()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_case(path):
    (run,) = run_cases([path], SHELF, {}, None, Coverage())
    assert run is not None, "the case expects nothing"
    assert run.diagnostics == ()
    assert run.differences == ()
    assert run.outcome is Outcome.PASSED

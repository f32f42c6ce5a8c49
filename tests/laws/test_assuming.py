"""Without defaults no result is surer than with them: a spread of the case files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.laws.forgetting import Cases, Law, case_files

from khung.diagnostics.bag import Bag
from khung.driver import evaluate_under
from khung.report.result.json import results_json

FILES = case_files()[11::20]


@pytest.fixture(scope="module")
def cases() -> Cases:
    return Cases()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_assumed_and_nothing_surer(path, cases):
    whole = cases.whole(path)
    assert whole.results is not None
    assert whole.case_file is not None
    assert whole.ready is not None
    bare = replace(whole.case_file, bare=True, expect=None)
    found = evaluate_under(path, bare, whole.ready, Bag())
    assert found.results is not None, found.diagnostics
    less = results_json(found.results, "en")
    assert [*Law(whole.ready).faults(results_json(whole.results, "en"), less)] == []
    every = [one for of_type in less["results"].values() for one in of_type.values()]
    assert [one["assumed"] for one in every if one["assumed"]] == []
    assert less["assume"] == "none"

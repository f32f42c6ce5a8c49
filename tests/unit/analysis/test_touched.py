"""Which outputs and checks two rulebooks may answer differently: never fewer than they do."""

from pathlib import Path

import pytest
from tests.support.pair import BEFORE, CASES, Pair, edited

from khung.analysis.diff import ablation, cases
from khung.analysis.diff.touched import Likeness
from khung.driver import Shelf

SUPPLIERS = BEFORE.with_name("suppliers")

ONCE, TWICE = "sum d in deliveries of d.value", "sum d in deliveries of 2 * d.value"
MONTHLY = "then: {months: 1, on_site: true}"

EDITS = {
    "a row": ("supplier", 'large: {if: {turnover: ">= 1000"}', 'large: {if: {turnover: ">= 900"}'),
    "a value": ("supplier", MONTHLY, "then: {months: 2, on_site: false}"),
    "a fact below": ("supplier", ONCE, TWICE),
    "a level": ("supplier", "{certified: certified}", "{certified: not(certified)}"),
    "a calendar": ("rulebook", "2025-04-18: Good Friday", "2025-04-17: Maundy Thursday"),
}


def asked(before: Path, after: Path):
    """Return what may differ between two rulebooks of one period, where no level does."""
    shelf = Shelf()
    programs = (shelf.ready(folder, {}).program for folder in (before, after))
    return Likeness(0).touched(*programs)


def found(after, before, folder):
    compared = Pair(after).compared(folder, before=before)
    return {
        (case.path.name, one.id): (set(one.facets), set(one.causes))
        for case in compared.differing
        for one in case.differences
    }


@pytest.mark.parametrize("name", EDITS)
def test_nothing_that_differs_is_left_out(name, tmp_path, monkeypatch):
    after, folder = edited(tmp_path, EDITS[name], of=SUPPLIERS), CASES.with_name("suppliers")
    quick = found(after, SUPPLIERS, folder)
    monkeypatch.setattr(cases._Runner, "_asked", lambda *_: None)
    assert quick == found(after, SUPPLIERS, folder)


@pytest.mark.parametrize("name", ["a row", "a value", "a fact below"])
def test_a_cause_that_is_the_only_one_is_that_without_which_it_is_otherwise(
    name, tmp_path, monkeypatch
):
    edits = EDITS[name], EDITS["a calendar"]
    after, folder = edited(tmp_path, *edits, of=SUPPLIERS), CASES.with_name("suppliers")
    quick = found(after, SUPPLIERS, folder)
    monkeypatch.setattr(ablation._Open, "settle", lambda *_: None)
    assert quick == found(after, SUPPLIERS, folder) != {}


def test_what_reads_nothing_that_changed_is_not_looked_at(tmp_path):
    after = edited(tmp_path, ("lecturer", "count(long_absences) > 2", "count(long_absences) > 3"))
    assert "score" not in asked(BEFORE, after).alone.outputs["lecturer"]


def test_what_reads_what_changed_is_looked_at(tmp_path):
    after = edited(tmp_path, ("lecturer", "sum c in all_criteria of c", "sum c in taught of c"))
    assert "score" in asked(BEFORE, after).alone.outputs["lecturer"]


def test_what_reads_a_level_is_looked_at_where_levels_differ(tmp_path):
    # the table of terms asks for the class of a supplier
    touched = asked(SUPPLIERS, edited(tmp_path, of=SUPPLIERS))
    assert "payment" not in touched.alone.outputs["supplier"]
    assert "payment" in touched.with_levels.outputs["supplier"]
    assert "approval" not in touched.with_levels.outputs["supplier"]

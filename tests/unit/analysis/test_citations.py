"""What only follows a new document."""

from dataclasses import replace

import pytest
from tests.support.rulebook import RULEBOOKS

from khung.analysis.diff.changes import Change
from khung.analysis.diff.citations import leads, without_following
from khung.analysis.diff.entries import Item
from khung.driver import Shelf


@pytest.fixture(scope="module")
def ways():
    shelf = Shelf()
    before, after = (
        shelf.load(RULEBOOKS / name).rulebook for name in ("lecturers", "lecturers_next")
    )
    return leads(before, after)


def changed(part="caps", **keys):
    old, new = (
        Item("x.y", part, "y", keys={key: sides[side] for key, sides in keys.items()})
        for side in (0, 1)
    )
    return Change(old, new, tuple(keys))


def test_clauses_lead_to_those_that_carry_them(ways):
    assert ways["UR-7 1/1"] == ("UR-8 1/1",)
    assert ways["UR-7 1/3"] == ("UR-8 1/2",)
    assert ways["UR-7 4.3"] == ("UR-8 4/3",)  # it is named with its document
    assert ways["UR-7 4.4"] == ("UR-8 4/2",)
    assert ways["UR-7 6/1"] == ("UR-8 6/1", "UR-8 6/2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["UR-7 1/1"], ["UR-8 1/1"]),
        (["UR-7 4.2", "UR-7 4.4"], ["UR-8 4/2"]),
        (["UR-7 6/1"], ["UR-8 6/1", "UR-8 6/2"]),
        (["UR-7 5.1/2"], ["UR-7 5.1/2"]),  # no clause carries it
    ],
)
def test_citations_that_follow(ways, before, after):
    assert without_following(changed(source=(before, after)), ways) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["UR-7 1/1"], ["UR-8 1/2"]),
        (["UR-7 1/1"], ["UR-8 1/1", "UR-8 3/1"]),
        (["UR-7 1/1", "UR-7 3/1"], ["UR-8 1/1"]),
        (None, ["UR-8 1/1"]),
    ],
)
def test_citations_that_lead_elsewhere_are_told(ways, before, after):
    change = changed(source=(before, after))
    assert without_following(change, ways) == change


def test_a_change_keeps_what_else_changes(ways):
    change = changed(
        source=(["UR-7 1/1"], ["UR-8 1/1"]), basis=("assumed", None), that=("a < 1", "a < 2")
    )
    assert without_following(change, ways).keys == ("that",)


def test_an_entry_that_gets_less_sure_is_told(ways):
    assert without_following(changed(basis=(None, "assumed")), ways).keys == ("basis",)


def test_what_stands_inside_follows_as_well(ways):
    rows = {"a": {"source": ["UR-7 1/3"]}}, {"a": {"source": ["UR-8 1/2"]}}
    assert without_following(changed(rows=rows), ways) is None
    rows = {"a": {"source": ["UR-7 1/3"]}}, {"a": {"source": ["UR-8 1/3"]}}
    assert without_following(changed(rows=rows), ways) is not None


def test_a_new_entry_is_told(ways):
    change = replace(changed(is_=(1, 2)), old=None, keys=())
    assert without_following(change, ways) == change


def test_nothing_follows_within_one_document(ways):
    change = changed("period", **{"from": ("2024-01-01", "2025-01-01")})
    assert without_following(change, {}) == change
    assert without_following(change, ways) is None

"""Quotas of a few members, written by hand: level 2 is limited, those cut come to 1."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from tests.support.quota_tables import Row, insert, rows_of, run

from khung.sql.quotas.shape import QuotaShape, Settings
from khung.sql.quotas.write import quota_statements

COLUMNS = {
    **dict.fromkeys(("rid", "cs", "lvl_lo", "lvl_hi", "size"), "BIGINT"),
    **dict.fromkeys(("am_lo_n", "am_lo_d", "am_hi_n", "am_hi_d", "o0_lo", "o0_hi"), "BIGINT"),
    "k0": "VARCHAR",
    **dict.fromkeys(("sure", "fixed", "comp_lo", "comp_hi", "o_missing"), "BOOLEAN"),
    **dict.fromkeys(("at_lo", "at_hi", "cut_lo", "cut_hi", "low_lo", "low_hi"), "BOOLEAN"),
}
KNOWN = ("sure", "comp_lo", "comp_hi", "at_lo", "at_hi", "cut_lo", "cut_hi", "low_lo", "low_hi")
USUAL: Row = dict.fromkeys(COLUMNS, 0) | dict.fromkeys(KNOWN, True)
USUAL |= {"k0": "x", "lvl_lo": 2, "lvl_hi": 2, "size": None, "fixed": False, "o_missing": False}
USUAL |= {"am_lo_n": 1, "am_lo_d": 2, "am_hi_n": 1, "am_hi_d": 2}
SHAPE = QuotaShape("q", "members", 2, 1, 1, (True,), settings=Settings(), whole="TRUE")
WAYS = [{}, {"slow": True}]


def settled(members: list[Row], **how: Any) -> tuple[dict[int, Row], list[Row]]:
    """Return the steps by the number of the member, and the groups; of each what is unusual."""
    con = duckdb.connect(config={"threads": 1})
    con.execute(f"CREATE TABLE members ({', '.join(f'{n} {ty}' for n, ty in COLUMNS.items())})")
    full = [USUAL | {"rid": at} | one for at, one in enumerate(members)]
    insert(con, "members", [[one[name] for name in COLUMNS] for one in full])
    for statement in quota_statements(SHAPE, **how):
        run(con, statement)
    steps = {row["rid"]: row for row in rows_of(con, SHAPE.relation("steps"))}
    return steps, rows_of(con, SHAPE.relation("told"))


@pytest.mark.parametrize("how", WAYS)
def test_the_best_half_is_kept(how: dict[str, Any]) -> None:
    scores = [{"o0_lo": score, "o0_hi": score} for score in (3, 1, 2, 0)]
    steps, (told,) = settled(scores, **how)
    assert [steps[at]["placement"] for at in range(4)] == ["kept", "cut", "kept", "cut"]
    assert [steps[at]["hi"] for at in range(4)] == [2, 1, 2, 1]
    assert (told["base_lo"], told["places_lo"], told["kept"], told["cut"]) == (4, 2, 2, 2)


@pytest.mark.parametrize("how", WAYS)
def test_a_body_chooses_among_those_level_at_the_cut(how: dict[str, Any]) -> None:
    """Two places: one is taken, and one is left for the two who are level; the last is cut."""
    scores = [{"o0_lo": score, "o0_hi": score} for score in (3, 1, 1, 0)]
    steps, (told,) = settled(scores, **how)
    assert [steps[at]["placement"] for at in range(4)] == ["kept", "open", "open", "cut"]
    assert [(steps[at]["lo"], steps[at]["hi"]) for at in (1, 2)] == [(1, 2), (1, 2)]
    assert (told["decision"], told["decision_places"]) == ("tie", 1)
    assert [steps[at]["decision_places"] for at in range(4)] == [None, 1, 1, None]


@pytest.mark.parametrize("how", WAYS)
def test_a_group_may_have_what_its_first_sure_member_knows(how: dict[str, Any]) -> None:
    """Not as one says who does not know, nor as one who may not belong.

    The base is three or four, of which half is one place or two. The best is kept, the second
    may be, and two are surely ahead of the others.
    """
    limits = [{"am_lo_n": 0, "am_hi_n": 2}, {"sure": False, "am_lo_n": 0, "am_hi_n": 0}, {}, {}]
    scores = [{"o0_lo": score, "o0_hi": score} for score in (3, 0, 2, 1)]
    steps, (told,) = settled([a | b for a, b in zip(limits, scores, strict=True)], **how)
    assert (told["share_lo_n"], told["share_hi_n"]) == (1, 1)
    assert (told["places_lo"], told["places_hi"]) == (1, 2)
    assert [steps[at]["placement"] for at in range(4)] == ["kept", "cut", "open", "cut"]
    assert (steps[1]["lo"], steps[1]["hi"]) == (1, 2)  # if it belongs it is cut


def test_who_knows_what_a_group_may_have_says_so_of_each_that_it_may_be_in() -> None:
    """By its own share of all it is kept alone, and beside another who knows nothing of that."""
    nothing, all_ = {"am_lo_n": 0, "am_hi_n": 2}, {"am_lo_n": 2, "am_hi_n": 2}
    steps, _ = settled([nothing, {"k0": None, **all_}])
    assert (steps[1]["lo"], steps[1]["hi"]) == (2, 2)


def test_cases_are_apart() -> None:
    """Each of two cases has a place for one of its two."""
    members = [{"cs": cs, "o0_lo": at, "o0_hi": at} for cs in (0, 1) for at in (1, 2)]
    steps, told = settled(members)
    assert [steps[at]["placement"] for at in range(4)] == ["cut", "kept", "cut", "kept"]
    assert [one["kept"] for one in told] == [1, 1]

"""What SQL has no form for is named, with all of a shipped rulebook being nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.engines.by_sql import by_sql
from tests.engines.cases import CasePlain
from tests.engines.compare import LeftError
from tests.engines.harness import frames_of
from tests.engines.rulebooks import program_of
from tests.support.made_tables import MADE

from khung.driver import Shelf
from khung.population.run import compiled, left_by
from khung.resources import data_dir
from khung.sql.ends import UnsupportedError
from khung.sql.profile import Profile

if TYPE_CHECKING:
    from khung.ir.program import Program

RULEBOOK = (
    MADE
    + """\
subjects:
  member:
    facts: {id: {type: number}}
    ladder: {scale: lv, levels: {high: {require: {r0: {that: id > 3}}}, low: {otherwise: true}}}
"""
)


def lowered(text: str) -> Program:
    """Return a rulebook, lowered."""
    program, said = program_of(text)
    assert program is not None, said
    return program


@pytest.mark.parametrize("year", ["2020", "2021"])
def test_a_shipped_rulebook_compiles_without_a_remainder(year: str) -> None:
    ready = Shelf().ready(data_dir("rulebooks") / year, {})
    assert ready.program is not None
    assert left_by(ready.program) == {}


def test_a_subject_that_states_an_id_of_its_own_is_left() -> None:
    with pytest.raises(UnsupportedError, match="an id of its own"):
        compiled(lowered(RULEBOOK), Profile())


IN_A_RING = (
    MADE
    + """\
subjects:
  unit:
    kinds: {field: kd, values: {office: {label: Office}, house: {label: House}}}
    links: {up: {to: unit, back: subs, tree: true}}
    facts: {area: {type: string}}
    ladder: {scale: lv, by: "3", from: {high: 3}}
    caps: {below: {when: some x in subs satisfies (x.ranked and x.lv >= low), at_most: high}}
    quotas: {none_high: {level: high, within: {area: area}, places: 0}}
"""
)
"""A house and an office whose level it reads may be in one area, and so in one group. The cap keeps
nobody down, yet it stands in the ring."""


def test_work_that_may_run_in_a_ring_is_left() -> None:
    program = lowered(IN_A_RING)
    house, office = {"kd": "house", "area": None}, {"kd": "office", "area": None, "up": "a"}
    case = CasePlain(date(2021, 6, 30), True, {"unit": {"a": house, "b": office}})
    with pytest.raises(LeftError, match="waits for itself"):
        by_sql(program, [("", frames_of(program, case))])


def test_groups_by_a_length_of_time_are_left() -> None:
    by_days = RULEBOOK.replace("id: {type: number}", "since: {type: date}, until: {type: date}")
    by_days = by_days.replace("{that: id > 3}", "{that: since < until}")
    quota = "    quotas: {few: {level: high, within: {days: until - since}, places: 1}}\n"
    with pytest.raises(UnsupportedError, match="a length of time"):
        compiled(lowered(by_days + quota), Profile())


OF_THE_UNIT = (
    MADE
    + """\
subjects:
  unit:
    facts: {ballots: {type: ballots of lv}}
    ladder: {scale: lv, levels: {low: {otherwise: true}}}
  member:
    links: {at: {to: unit}}
    ladder: {scale: lv, levels: {low: {otherwise: true}}}
    votes: {board: {ballots: at.ballots, base: 5, wins: {more_than: 1/2}}}
"""
)


def test_a_type_that_is_voted_on_by_ballots_of_another_object_is_left() -> None:
    assert compiled(lowered(OF_THE_UNIT), Profile()).without == {
        "member": "ballots of another object"
    }

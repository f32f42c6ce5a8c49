"""The part of a case on which one subject hangs gives of it what the whole case gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.made_tables import MADE, made_tables

from khung.driver import Shelf, evaluate_file
from khung.many import evaluate_part

if TYPE_CHECKING:
    from pathlib import Path

RULEBOOK = (
    MADE
    + """\
records: {post: {fields: {place: {type: unit}}}}
subjects:
  member:
    links: {at: {to: unit, back: members}}
    facts:
      points: {type: number, range: 0..9}
      posts: {type: list of post, default: []}
    ladder:
      scale: lv
      levels:
        high: {require: {enough: {that: points > 3 and at.much > 5}}}
        low: {otherwise: true}
    quotas: {few: {level: high, per: at, counts: "true", at_most: 50%, order: [{highest: points}]}}
  unit:
    links: {above: {to: unit, back: below, applies_when: much < 9}}
    facts: {much: {type: number, range: 0..9}}
    ladder:
      scale: lv
      levels:
        high: {require: {r0: {that: every m in members satisfies m.ranked and m.lv = high}}}
        low: {otherwise: true}
"""
)
UNITS = ["id,above,much", "u,top,8", "v,top,7", "w,,6", "top,,9"]
MEMBERS = ["id,at,points", "a,u,5", "b,u,4", "c,v,3", "d,w,?", "e,w,1"]
POSTS = ["of,place", "a,v"]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A rulebook and a case of tables beside it: `u`, `v` and `top` together, `w` by itself."""
    tables = {"unit": UNITS, "member": MEMBERS, "member.posts": POSTS}
    return made_tables(tmp_path, RULEBOOK, tables)


def part(case: Path, subject: str, key: str, most: int = 9) -> set[str] | None:
    """Return who is in the part of a subject, of whom all that is told is the same."""
    evaluated = evaluate_file(case, Shelf(), {}, case.parent)
    whole = evaluated.results
    assert whole is not None, evaluated.diagnostics
    found = evaluate_part(case, Shelf(), {}, case.parent, of=(subject, key), most=most)
    if found is None:
        return None
    assert found.results is not None, found.diagnostics
    one, other = (r.by_type[subject][key] for r in (found.results, whole))
    for name in ("status", "level", "at_best", "at_worst", "missing", "assumed", "provisional"):
        assert getattr(one, name) == getattr(other, name), name
    assert [r.rule.id for r in one.reasons] == [r.rule.id for r in other.reasons]
    return {name for own in found.results.by_type.values() for name in own}


def test_it_has_all_that_links_and_records_join_from_either_end(case: Path) -> None:
    assert part(case, "member", "a") == {"a", "b", "c", "u", "v", "top"}
    assert part(case, "unit", "v") == {"a", "b", "c", "u", "v", "top"}


def test_a_fact_may_be_called_as_a_column_is(tmp_path: Path) -> None:
    members = ["id,at,fact.value", *MEMBERS[1:]]
    tables = {"unit": UNITS, "member": members, "member.posts": POSTS}
    case = made_tables(tmp_path, RULEBOOK.replace("points", "value"), tables)
    assert part(case, "member", "a") == {"a", "b", "c", "u", "v", "top"}


def test_what_nothing_joins_is_left_out(case: Path) -> None:
    assert part(case, "member", "d") == {"d", "e", "w"}


@pytest.mark.parametrize("at", ["", "?"])
def test_there_is_none_where_somebody_may_be_anywhere(case: Path, at: str) -> None:
    (case / "member.csv").write_text("\n".join((*MEMBERS, f"f,{at},1")), "utf-8")
    assert part(case, "member", "d") is None


def test_of_more_subjects_than_are_allowed_there_is_none(case: Path) -> None:
    assert part(case, "member", "d", most=3) == {"d", "e", "w"}
    assert part(case, "member", "d", most=2) is None


def test_decisions_beside_the_case_count_and_lists_of_others_are_not_named(case: Path) -> None:
    head = case / "case.yaml"
    said = head.read_text("utf-8").replace(
        "complete: true", "complete: [unit.u.members, unit.w.members]"
    )
    head.write_text(said, "utf-8")
    (case / "decisions.csv").write_text(
        "subject,id,given.level\nmember,d,high\nmember,a,low\n", "utf-8"
    )
    assert part(case, "member", "d") == {"d", "e", "w"}


def test_there_is_none_where_a_group_has_no_subject_in_common(tmp_path: Path) -> None:
    tables = {"unit": UNITS, "member": MEMBERS}
    case = made_tables(tmp_path, RULEBOOK.replace("per: at", "per: points > 3"), tables)
    assert part(case, "member", "a") is None

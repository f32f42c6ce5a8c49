"""Rulebooks amended within their period against the same rules written in length, day by day.

Twice: members of made-up rulebooks, of which an amendment says no more than what differs, come out
as under the rules that it comes to, written whole; and whole groups, their places shared out by
quotas, come out as a program of a few lines has them, which knows of each version its numbers only.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given, note, settings
from hypothesis import strategies as st
from tests.differential import cases, made_up
from tests.differential.test_stages import load
from tests.support.strategies import law

from khung.casefile.from_source import parse_case
from khung.casefile.versions import version_of
from khung.diagnostics.bag import Bag
from khung.driver import Shelf, evaluate_text

if TYPE_CHECKING:
    from random import Random

    from hypothesis.strategies import DrawFn

YEAR = (date(2021, 1, 1), date(2021, 12, 31))
NAME = "made"
DAYS = st.dates(*YEAR)
few = settings(law, max_examples=max(8, law.max_examples // 8))
"""How a law is tried that reads several rulebooks for each example."""

FIRST_DAYS = st.lists(DAYS, min_size=1, max_size=3, unique=True).map(sorted)


# -- rulebooks ------------------------------------------------------------------------------------


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return what an amendment says that makes `after` of `before`: no more than what differs.

    A majority is said anew whole: one of its two forms takes the place of the other by itself.
    """
    found: dict[str, Any] = {}
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if key not in after:
            found[key] = {"remove": True}
        elif isinstance(old, dict) and isinstance(new, dict) and key != "wins":
            if inside := changes(old, new):
                found[key] = inside
        elif old != new or key not in before:
            found[key] = new
    return found


def write(document: dict[str, Any], path: Path) -> None:
    """Write a file of a rulebook."""
    path.parent.mkdir(exist_ok=True)
    text = yaml.dump(document, sort_keys=False)
    for day in (str(day) for day in (YEAR[0] + timedelta(n) for n in range(365))):
        text = text.replace(f"'{day}'", day)
    path.write_text(text, encoding="utf-8")


def head(number: int, first: date) -> dict[str, Any]:
    """Return the head of an amendment: the first amends the rulebook, the others one another."""
    of = name_of(number - 1)
    return {
        "khung": 1,
        "id": name_of(number),
        "title": "Amended",
        "extends": {"rulebook": of, "as": "amendment", "from": str(first)},
        "period": {"from": str(YEAR[0]), "to": str(YEAR[1])},
    }


def name_of(number: int) -> str:
    """Return the name of a version; 0 is the text as it was first."""
    return f"{NAME}-{number}" if number else NAME


def in_force(days: list[date], on: date) -> int:
    """Return which version holds on a day."""
    return sum(day <= on for day in days)


# -- members --------------------------------------------------------------------------------------

SECTIONS = ("knockouts", "caps", "not_ranked", "pending", "votes", "deferrals", "floors", "levels")


@st.composite
def versions(draw: DrawFn, count: int) -> list[made_up.Rules]:
    """Draw rules, and others after them that have some of their sections from elsewhere.

    All write the same levels: one that is new would stand behind those that are there.
    """
    found = [draw(made_up.rules())]
    alike = made_up.rules().filter(lambda rules: written(rules) == written(found[0]))
    for _ in range(count):
        other = draw(alike)
        taken = draw(st.sets(st.sampled_from(SECTIONS), min_size=1))
        kept = {"matrix": other.matrix} if "levels" in taken else {}
        found.append(replace(found[-1], **kept, **{name: getattr(other, name) for name in taken}))
    return found


def written(rules: made_up.Rules) -> list[str]:
    """Return the levels that a rulebook has entries for."""
    return list(made_up.member(rules)["ladder"]["levels"])


@few
@given(st.data(), FIRST_DAYS, DAYS, st.randoms(use_true_random=True))
def test_a_member_comes_out_as_under_the_rules_in_length(
    data: st.DataObject, days: list[date], on: date, rng: Random
) -> None:
    made = data.draw(versions(len(days)))
    with TemporaryDirectory() as place:
        shelf = Path(place)
        write_versions(made, days, shelf)
        (shelf / "whole").mkdir()
        made_up.write(made[in_force(days, on)], shelf / "whole")
        case_file = parse_case(f"rulebook: {NAME}\non: {on}\n".encode(), "case", Bag())
        assert case_file is not None
        folder = version_of(case_file, shelf / NAME, Bag())
        assert folder == shelf / name_of(in_force(days, on))
        program, whole = load(folder), load(shelf / "whole")
    for _ in range(8):
        case = cases.gaps(rng, made[in_force(days, on)])
        note(str(case))
        assert told(program, case) == told(whole, case)


def write_versions(made: list[made_up.Rules], days: list[date], shelf: Path) -> None:
    """Write a rulebook and its amendments, each a folder."""
    (shelf / NAME).mkdir()
    made_up.write(made[0], shelf / NAME)
    for number, first in enumerate(days, 1):
        write(head(number, first), shelf / name_of(number) / "rulebook.yaml")
        said = changes(made_up.member(made[number - 1]), made_up.member(made[number]))
        if said:
            path = shelf / name_of(number) / "member.yaml"
            write({"subject": "member", **said}, path)


def told(program: Any, case: cases.Gaps) -> tuple[Any, ...]:
    """Return all that a result says of a member."""
    result = cases.ranked(program, case.facts, case)
    rules = [(reason.rule.id, reason.stage) for reason in result.reasons]
    ends = result.status, result.scope, result.at_worst, result.at_best, result.level
    return (*ends, result.missing, rules, dict(result.stages))


# -- groups ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """The numbers of a version: what is asked for, who is left out, how places are counted.

    `small`: groups below that have one place; 0 where there is no such rule.
    """

    least: int
    share: int
    rounding: str
    small: int
    away_at_most_low: bool
    new_are_out: bool


VERSIONS = st.builds(
    Version,
    st.integers(0, 5),
    st.sampled_from([0, 20, 25, 40, 50, 100]),
    st.sampled_from(["floor", "ceiling", "half_up"]),
    st.sampled_from([0, 2, 4]),
    st.booleans(),
    st.booleans(),
)


@dataclass(frozen=True)
class Person:
    """Who is ranked."""

    side: str
    score: int
    away: bool
    new: bool


PEOPLE = st.lists(
    st.builds(Person, st.sampled_from("xy"), st.integers(0, 6), st.booleans(), st.booleans()),
    min_size=1,
    max_size=9,
)
ROUNDED = {"floor": floor, "ceiling": ceil, "half_up": lambda n: floor(n + Fraction(1, 2))}


def levels(version: Version, people: list[Person]) -> list[str | None]:
    """Return the level of each; None of who is not ranked. Who is level at the cut is cut."""
    ranked = [not (version.new_are_out and one.new) for one in people]
    high = [
        is_in and one.score >= version.least and not (version.away_at_most_low and one.away)
        for is_in, one in zip(ranked, people, strict=True)
    ]
    for side in "xy":
        own = [i for i, one in enumerate(people) if one.side == side]
        base = sum(ranked[i] for i in own)
        places = ROUNDED[version.rounding](Fraction(version.share * base, 100))
        if base < version.small:
            places = 1
        candidates = [i for i in own if high[i]]
        for i in candidates:
            as_good = sum(people[j].score >= people[i].score for j in candidates)
            high[i] = as_good <= places
    names = ["high" if is_high else "low" for is_high in high]
    return [name if is_in else None for name, is_in in zip(names, ranked, strict=True)]


def manifest(version: Version) -> dict[str, Any]:
    """Return the manifest of a version written whole, without its head."""
    return {
        "parameters": {"least": {"value": version.least}, "part": {"value": f"{version.share}%"}}
    }


def person(version: Version) -> dict[str, Any]:
    """Return the file of the subject of a version written whole, without its name."""
    quota: dict[str, Any] = {
        "level": "high",
        "per": ["side"],
        "counts": "mark >= low",
        "at_most": "parameters.part",
        "rounding": version.rounding,
        "order": [{"highest": "score"}],
        "ties": "none",
        "others": "low",
    }
    if version.small:
        quota["small_group"] = {"fewer_than": version.small, "allow": 1}
    found: dict[str, Any] = {
        "facts": {
            "side": {"type": "half"},
            "score": {"type": "number"},
            "away": {"type": "boolean"},
            "new": {"type": "boolean"},
        },
        "ladder": {
            "scale": "mark",
            "levels": {
                "high": {"require": {"enough": {"that": "score >= parameters.least"}}},
                "low": {"otherwise": True},
            },
        },
        "quotas": {"best": quota},
    }
    if version.new_are_out:
        found["not_ranked"] = {"newcomer": {"when": "new"}}
    if version.away_at_most_low:
        found["caps"] = {"absent": {"when": "away", "at_most": "low"}}
    return found


def write_numbers(made: list[Version], days: list[date], shelf: Path) -> None:
    """Write a rulebook and its amendments."""
    first = {
        "khung": 1,
        "id": NAME,
        "title": "Made up",
        "period": {"from": str(YEAR[0]), "to": str(YEAR[1])},
        "scales": {"mark": {"values": {"low": "Low", "high": "High"}}},
        "enumerations": {"half": {"values": {"x": "X", "y": "Y"}}},
    }
    write({**first, **manifest(made[0])}, shelf / NAME / "rulebook.yaml")
    write({"subject": "person", **person(made[0])}, shelf / NAME / "person.yaml")
    for number, day in enumerate(days, 1):
        before, after = made[number - 1], made[number]
        own = {**head(number, day), **changes(manifest(before), manifest(after))}
        write(own, shelf / name_of(number) / "rulebook.yaml")
        if said := changes(person(before), person(after)):
            path = shelf / name_of(number) / "person.yaml"
            write({"subject": "person", **said}, path)


@few
@given(st.data(), FIRST_DAYS, PEOPLE)
def test_a_group_comes_out_as_by_hand(
    data: st.DataObject, days: list[date], people: list[Person]
) -> None:
    made = data.draw(st.lists(VERSIONS, min_size=len(days) + 1, max_size=len(days) + 1))
    edges = [day + timedelta(n) for day in days for n in (-1, 0)]
    asked = [day for day in [*edges, data.draw(DAYS)] if YEAR[0] <= day <= YEAR[1]]
    subjects = {"person": {f"p{i}": asdict(one) for i, one in enumerate(people)}}
    with TemporaryDirectory() as place:
        shelf, books = Path(place), Shelf()
        write_numbers(made, days, shelf)
        for on in asked:
            number = in_force(days, on)
            case = {"rulebook": NAME, "complete": True, "subjects": subjects}
            text = f"on: {on}\n{yaml.dump(case)}"
            found = evaluate_text(text.encode(), "case", books, {}, shelf)
            assert found.results is not None, found.diagnostics
            own = found.results.by_type["person"].values()
            ranks = [None if one.level is None else ("low", "high")[one.level] for one in own]
            assert ranks == levels(made[number], people)
            assert [name for name, _ in found.results.program.later] == [
                name_of(n) for n in range(1, number + 1)
            ]

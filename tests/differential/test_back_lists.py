"""Lists of who points to a subject, against brute force: known, possible, counted and unlisted.

A unit has a size, or none that is counted. People point to a unit, or it is not known to which;
each may hold fines, records that point to a unit too, or it is not known which, or whether these
are all. The case says of everything, of people, of some lists or of nothing that it is whole. A
completion says where everybody is, adds as many unlisted people as the size leaves to a list that
is not said to be whole, and settles every list.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files
from tests.support.strategies import law

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from khung.rulebook.model import Rulebook
    from khung.why.result import Result

UNITS = ("u", "v")
SHARED = """\
scales: {rank: {values: {low: L, high: H}}}
records: {fine: {held_by: [person], fields: {at: {to: unit, back: fines}, paid: {type: boolean}}}}
"""
PERSON = """\
subject: person
links: {unit: {to: unit, back: people%s}}
facts: {good: {type: boolean}, fines: {type: list of fine, default: []}}
ladder:
  scale: rank
  levels: {high: {require: {good: {that: good, source: X}}}, low: {otherwise: true, source: X}}
"""
UNIT = """\
subject: unit
facts: {size: {type: number, range: "0..9"}}
ladder:
  scale: rank
  levels: {high: {require: {all: {that: %s, source: X}}}, low: {otherwise: true, source: X}}
"""
RANKED = "p in people where p.ranked satisfies p.rank = high"
RULES = {
    f"every {RANKED}": all,
    f"some {RANKED}": any,
    f"(count {RANKED}) >= 2": lambda found: sum(found) >= 2,
    f"(count {RANKED}) < 2": lambda found: sum(found) < 2,
    f"(share {RANKED}) >= 2/3": lambda found: Fraction(sum(found)) >= Fraction(2, 3) * len(found),
    f"(share {RANKED}) > 50%": lambda found: sum(found) * 2 > len(found),
    "{all: people, at_least: high}": all,
    "{share_of: people, at_least: high, is: '< 60%'}": lambda found: (
        sum(found) * 5 < len(found) * 3
    ),
}
"""Conditions over the people of a unit, and whether they hold of the levels found to be high."""

PAID = {
    "every f in fines satisfies f.paid": all,
    "(count f in fines satisfies f.paid) <= 1": lambda found: sum(found) <= 1,
    "(share f in fines satisfies f.paid) >= 50%": lambda found: sum(found) * 2 >= len(found),
}
"""The same over the fines of a unit; each fine is whether it is paid."""

tally: Counter[str] = Counter()


@dataclass(frozen=True)
class Person:
    """One of a case; `unit` and `fines` None are unknown, a `level` is given by a decision.

    A person who `has_more` may have other fines than those, too.
    """

    unit: str | None
    good: bool | None
    level: bool | None
    fines: tuple[tuple[str, bool], ...] | None
    has_more: bool

    def __str__(self) -> str:
        """Write it as an entry of a case."""
        rows = [f"{{at: {at}, paid: {str(paid).lower()}}}" for at, paid in self.fines or ()]
        fines = ", ".join(rows + ["null"] * self.has_more)
        said = {
            "unit": self.unit or "null",
            "good": "null" if self.good is None else str(self.good).lower(),
            "fines": "null" if self.fines is None else f"[{fines}]",
        }
        if self.level is not None:
            said["given"] = f"{{level: {'high' if self.level else 'low'}}}"
        return f"{{{', '.join(f'{key}: {value}' for key, value in said.items())}}}"

    @property
    def levels(self) -> tuple[bool, ...]:
        """What its level may be, by whether that is high."""
        known = self.good if self.level is None else self.level
        return (False, True) if known is None else (known,)


@dataclass(frozen=True)
class Case:
    """The people, and the size of each unit; None where it is not known or none is counted.

    `complete` is what the case says is whole, as it is written.
    """

    people: tuple[Person, ...]
    sizes: dict[str, int | None]
    complete: str

    def __str__(self) -> str:
        """Write the subjects of the case."""
        sizes = {unit: "null" if n is None else n for unit, n in self.sizes.items()}
        units = ", ".join(f"{unit}: {{size: {n}}}" for unit, n in sizes.items())
        people = ", ".join(f"p{i}: {one}" for i, one in enumerate(self.people))
        return f"{{unit: {{{units}}}, person: {{{people}}}}}"

    def is_whole(self, unit: str, name: str) -> bool:
        """Say whether a list of a unit holds none but those who stand in the case."""
        if f"unit.{unit}.{name}" in self.complete:
            return True
        everyone = self.complete in ("true", "[person]")
        cut = any(one.fines is None or one.has_more for one in self.people)
        return everyone and not (name == "fines" and cut)


def drawn(rng: Random) -> Case:
    """Return a case of which some is not known; no unit has fewer people than surely belong."""
    people = tuple(_person(rng) for _ in range(rng.randint(1, 4)))
    surely = Counter(one.unit for one in people)
    sizes = {unit: rng.choice([None, *range(surely[unit], surely[unit] + 3)]) for unit in UNITS}
    complete = rng.choice(["", "true", "[person]", "[unit.u.people, unit.v.fines]"])
    return Case(people, sizes, complete)


def _person(rng: Random) -> Person:
    number = rng.randint(0, 2)
    fines = tuple((rng.choice(UNITS), rng.choice([False, True])) for _ in range(number))
    return Person(
        rng.choice([*UNITS, *UNITS, None]),
        rng.choice([False, True, True, None]),
        rng.choice([None, None, False, True]),
        rng.choice([fines, fines, None]),
        rng.random() < 1 / 4,
    )


# -- brute force -----------------------------------------------------------------------------------


def of_people(case: Case, unit: str, *, counted: bool) -> Iterator[list[bool]]:
    """Yield the levels of the people of a unit in each completion, unlisted ones among them."""
    choices: list[Any] = []
    for one in case.people:
        inside = [(level,) for level in one.levels] if one.unit in (unit, None) else []
        choices.append(inside + ([()] if one.unit != unit else []))
    for way in product(*choices):
        found = [level for levels in way for level in levels]
        size = case.sizes[unit] if counted else None
        if case.is_whole(unit, "people"):
            if size is None or len(found) <= size:
                yield found
            continue
        for more in range(3) if size is None else range(size - len(found) + 1):
            for unlisted in combinations_with_replacement((False, True), more):
                yield [*found, *unlisted]


def of_fines(case: Case, unit: str) -> Iterator[list[bool]]:
    """Yield which fines of a unit are paid in each completion; up to two may be unknown."""
    known = [paid for one in case.people for at, paid in one.fines or () if at == unit]
    for more in range(1 if case.is_whole(unit, "fines") else 3):
        for others in combinations_with_replacement((False, True), more):
            yield [*known, *others]


# -- the law ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rulebooks(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, bool], Rulebook]:
    """Return a rulebook for each condition, with people that are counted or not."""
    return {
        (rule, counted): _rulebook(tmp_path_factory.mktemp("r"), rule, counted=counted)
        for rule in (*RULES, *PAID)
        for counted in (False, True)
    }


def _rulebook(folder: Path, rule: str, *, counted: bool) -> Rulebook:
    person = PERSON % (", complete: size" if counted else "")
    unit = UNIT % (rule if rule.startswith("{") else f'"{rule}"')
    return load_files(folder, rulebook=MANIFEST + SHARED, unit=unit, person=person).sound


@pytest.fixture(scope="module", autouse=True)
def _say_how_tight() -> object:
    yield
    print(f"\nbounds of units with possible people and fines: {dict(tally)}")


@law
@given(st.sampled_from([*RULES, *PAID]), st.booleans(), st.randoms(use_true_random=True))
def test_bounds_of_a_unit_enclose_every_completion(
    rulebooks: dict[tuple[str, bool], Rulebook], rule: str, counted: bool, rng: Random
) -> None:
    for _ in range(4):
        case = drawn(rng)
        note(f"{case.complete} {case}")
        results = results_of(rulebooks[rule, counted], str(case), case.complete).by_type["unit"]
        for unit in UNITS:
            outcomes = set(_outcomes(rule, case, unit, counted=counted))
            _check(results[unit], outcomes)


def _outcomes(rule: str, case: Case, unit: str, *, counted: bool) -> Iterator[bool]:
    if rule in PAID:
        yield from (bool(PAID[rule](found)) for found in of_fines(case, unit))
    else:
        lists = of_people(case, unit, counted=counted)
        yield from (bool(RULES[rule](found)) for found in lists)


def _check(result: Result, outcomes: set[bool]) -> None:
    least, most = result.at_worst, result.at_best
    assert least is not None
    assert most is not None
    assert least <= min(outcomes) <= max(outcomes) <= most
    assert (result.status.value == "undetermined") is (least != most) is bool(result.missing)
    tally["all"] += 1
    tally["tight"] += (least, most) == (min(outcomes), max(outcomes))

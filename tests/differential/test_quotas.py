"""Quotas in small groups against brute force over completions: levels, ties, and who is cut."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, note
from hypothesis import strategies as st
from tests.differential.oracle import Outcome
from tests.differential.test_stages import check, load
from tests.support.evaluation import ALL_WHOLE
from tests.support.strategies import law

from khung.engine.facts import Case, Entity, Given, Whole
from khung.engine.values import OPEN, Value, known
from khung.rulebook.model.rules import Stage
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from khung.ir.program import Program
    from khung.why.result import Result, Results

LEVELS = "dcba"
COUNTS = {
    "hang >= b": lambda level: level >= 2,
    "hang >= c": lambda level: level >= 1,
    "hang = b": lambda level: level == 2,
    "true": lambda _level: True,
}
DOMAINS: dict[str, list[Any]] = {
    "lv": [0, 1, 2, 3],
    "score": [0, 1, 2],
    "g": ["x", "y"],
    "out": [False, True],
}
ROUNDED = {"floor": floor, "ceiling": ceil, "half_up": lambda n: floor(n + Fraction(1, 2))}


@dataclass(frozen=True)
class Quota:
    """A quota on `level` or better; those cut come to `others`.

    `number` is that of the places of each group, None where there is none; without a share,
    `at_most` is None. `other` is the share of the second group where it has one of its own.
    """

    level: int
    others: int
    counts: str
    at_most: str | None
    rounding: str
    small: tuple[int, int, int] | None
    ordered: bool
    ties: str
    number: tuple[int, int] | None = None
    other: str | None = None

    @property
    def share(self) -> str | None:
        """The share as a rulebook writes it."""
        if self.other is None:
            return self.at_most
        return f"if g = x then {self.at_most} else {self.other}"

    def places(self, base: int, beside: int, group: str) -> int:
        """Return how many of a group hold the level over a base, `beside` of whom do not."""
        at_most = self.other if self.other is not None and group == "y" else self.at_most
        share = base if at_most is None else self._share(at_most, base, beside)
        if self.number is None:
            return share
        return min(share, self.number[DOMAINS["g"].index(group)])

    def _share(self, at_most: str, base: int, beside: int) -> int:
        if self.small is not None and base < self.small[0] and beside >= self.small[2]:
            return self.small[1]
        share = Fraction(at_most.rstrip("%")) / (100 if "%" in at_most else 1)
        return int(ROUNDED[self.rounding](base * share))


@st.composite
def quotas(draw: st.DrawFn) -> Quota:
    """Draw a quota under which all that are kept count alike, whatever their level."""
    level = draw(st.sampled_from([3, 3, 2]))
    counts = sorted(COUNTS if level == 3 else set(COUNTS) - {"hang = b"})
    quota = Quota(
        level,
        draw(st.integers(0, level - 1)),
        draw(st.sampled_from(counts)),
        draw(st.sampled_from(["20%", "50%", "1/3", "100%"])),
        draw(st.sampled_from(sorted(ROUNDED))),
        draw(st.none() | st.tuples(st.integers(1, 4), st.integers(0, 2), st.integers(0, 2))),
        draw(st.booleans()),
        draw(st.sampled_from(["needs_decision", "all", "none"])),
        draw(st.none() | st.tuples(st.integers(0, 3), st.integers(0, 3))),
        draw(st.none() | st.sampled_from(["20%", "2/3"])),
    )
    if quota.number is None or draw(st.booleans()):
        return quota
    no_share = replace(quota, counts="true", at_most=None, rounding="floor", small=None)
    return replace(no_share, other=None)


# -- brute force ----------------------------------------------------------------------------------

Member = dict[str, Any]
"""Complete facts, with `given`: the level decided after the quota, or None."""


def outcomes(quota: Quota, members: dict[str, Member]) -> dict[str, Outcome]:
    """Return what becomes of every member of a case with complete facts."""
    found: dict[str, Outcome] = {}
    for group in DOMAINS["g"]:
        inside = {
            name: one
            for name, one in members.items()
            if one["g"] == group and (one["given"] is not None or not one["out"])
        }
        found.update(_settled(quota, inside, group))
    return {name: found.get(name, Outcome("not_ranked")) for name in members}


def _settled(quota: Quota, members: dict[str, Member], group: str) -> dict[str, Outcome]:
    fixed = {n: m["given"] for n, m in members.items() if m["given"] is not None}
    levels = {n: m["lv"] for n, m in members.items() if n not in fixed}
    candidates = {n: members[n]["score"] for n, level in levels.items() if level >= quota.level}
    places = _places(quota, fixed, levels, group)
    found = {n: Outcome("ranked", level, level) for n, level in (fixed | levels).items()}
    for name in candidates:
        stays = _stays(quota, name, candidates, places)
        if stays is None:
            found[name] = Outcome("needs_decision", quota.others, levels[name])
        elif not stays:
            found[name] = Outcome("ranked", quota.others, quota.others)
    return found


def _places(quota: Quota, fixed: dict[str, int], levels: dict[str, int], group: str) -> int:
    """Return the greatest number of candidates that the base leaves room for, once they are kept.

    All that are cut come to one level, and all that are kept count alike: who is kept is the same.
    """
    counted = COUNTS[quota.counts]
    below = [level for level in levels.values() if level < quota.level]
    candidates = sorted(level for level in levels.values() if level >= quota.level)
    held = sum(level >= quota.level for level in fixed.values())
    best = 0
    for kept in range(len(candidates) + 1):
        cut = len(candidates) - kept
        after = [*fixed.values(), *below, *candidates[:kept], *[quota.others] * cut]
        beside = sum(counted(level) for level in after if level < quota.level)
        if kept + held <= quota.places(sum(map(counted, after)), beside, group):
            best = kept
    return best


def _stays(quota: Quota, name: str, candidates: dict[str, int], places: int) -> bool | None:
    """Return whether a candidate stays; None where a body must choose."""
    score = candidates[name] if quota.ordered else 0
    others = [s if quota.ordered else 0 for n, s in candidates.items() if n != name]
    ahead, level = sum(s > score for s in others), sum(s == score for s in others)
    if 1 + ahead + level <= places:
        return True
    if ahead >= places:
        return False
    return {"all": True, "none": False}.get(quota.ties)


# -- groups that may be longer --------------------------------------------------------------------

Sizes = dict[str, int | None]
"""How many each group has at most, in the ranking or not; None if nobody says."""

NO_SIZES: Sizes = {"x": None, "y": None}


def hidden(quota: Quota, group: str, most: int) -> Iterator[dict[str, Member]]:
    """Yield all that up to so many may be of whom a case says nothing, in a group."""
    scores = DOMAINS["score"] if quota.ordered else [0]
    kinds = [(lv, score, None) for lv in DOMAINS["lv"] for score in scores]
    kinds += [(0, 0, given) for given in DOMAINS["lv"]]
    for number in range(most + 1):
        for chosen in combinations_with_replacement(kinds, number):
            yield {
                f"h{i}": {"lv": lv, "score": score, "g": group, "out": False, "given": decided}
                for i, (lv, score, decided) in enumerate(chosen)
            }


def longer(
    quota: Quota, members: dict[str, Member], sizes: Sizes, most: int
) -> Iterator[dict[str, Member]]:
    """Yield complete members with up to so many more in one group, within the sizes."""
    there = Counter(one["g"] for one in members.values())
    rooms = {g: most if n is None else n - there[g] for g, n in sizes.items()}
    if min(rooms.values()) < 0:
        return
    yield members
    for group, room in rooms.items():
        for more in hidden(quota, group, min(room, most)):
            yield {**members, **more}


# -- through the engine ---------------------------------------------------------------------------


def program_of(quota: Quota, folder: Path) -> Program:
    """Return a rulebook of one subject with one quota."""
    names = ("fewer_than", "allow", "at_least")
    small = quota.small and dict(zip(names, map(str, quota.small), strict=True))
    rule = {
        "level": LEVELS[quota.level],
        "per": ["g"],
        "places": quota.number and f"if g = x then {quota.number[0]} else {quota.number[1]}",
        "counts": quota.at_most and quota.counts,
        "at_most": quota.share,
        "rounding": quota.at_most and quota.rounding,
        "small_group": small,
        "order": [{"highest": "score"}] if quota.ordered else None,
        "ties": quota.ties,
        "others": LEVELS[quota.others],
        "size": "full",
    }
    levels: dict[str, Any] = {
        level: {"require": {"r": {"that": f"lv >= {level}"}}} for level in reversed(LEVELS[1:])
    }
    subject = {
        "subject": "member",
        "facts": {
            "lv": {"type": "hang"},
            "score": {"type": "number", "range": "0..2"},
            "g": {"type": "place"},
            "out": {"type": "boolean"},
            "waits": {"type": "boolean", "default": False},
            "full": {"type": "number", "range": "0.."},
        },
        "not_ranked": {"out": {"when": "out"}},
        "pending": {"waits": {"when": "waits"}},
        "ladder": {"scale": "hang", "levels": {**levels, "d": {"otherwise": True}}},
        "quotas": {"few": {k: v for k, v in rule.items() if v is not None}},
    }
    manifest = (
        "khung: 1\nid: made\ntitle: Made up\nperiod: {from: 2021-01-01, to: 2021-12-31}\n"
        "scales: {hang: {values: {d: D, c: C, b: B, a: A}}}\n"
        "enumerations: {place: {values: {x: X, y: Y}}}\n"
    )
    (folder / "rulebook.yaml").write_text(manifest, encoding="utf-8")
    (folder / "member.yaml").write_text(yaml.dump(subject, sort_keys=False), encoding="utf-8")
    return load(folder)


def ranked(
    program: Program, members: dict[str, Member], sizes: Sizes = NO_SIZES, *, whole: bool = True
) -> dict[str, Result]:
    """Return the results of a case; None is unknown.

    Args:
        program: The rulebook.
        members: Who stands in the case.
        sizes: How many each group has at most.
        whole: Whether the case says that all stand in it.
    """
    return dict(evaluated(program, members, sizes, whole=whole).by_type["member"])


def evaluated(
    program: Program, members: dict[str, Member], sizes: Sizes = NO_SIZES, *, whole: bool = True
) -> Results:
    """Return the same with what is told of the groups."""
    entities = {}
    for name, facts in members.items():
        stated = {fact: _stated(fact, facts[fact]) for fact in DOMAINS}
        stated["waits"] = known(facts.get("waits", False))
        stated["full"] = _stated("full", sizes[facts["g"]] if facts["g"] else None)
        entities[name] = Entity(program.objects["member"], name, stated)
        if facts["given"] is not None:
            entities[name].given = Given(facts["given"], "", Stage.QUOTA, {})
    said = ALL_WHOLE if whole else Whole()
    case = Case(program, date(2021, 12, 15), {"member": entities}, whole=said)
    return evaluate_case(program, case)


def _stated(fact: str, value: Any) -> Value:
    if value is None:
        return {
            "lv": Value(0, 3, "missing"),
            "score": Value(Decimal(0), Decimal(2), "missing"),
            "out": Value(False, True, "missing"),  # two ends
            "full": Value(Decimal(0), Decimal("Infinity"), "missing"),
        }.get(fact, OPEN)
    return known(Decimal(value) if fact in ("score", "full") else value)


def drawn(rng: Random, most: int) -> dict[str, Member]:
    """Return one to five members, of whose facts at most `most` are unknown."""
    members = {
        f"m{i}": {
            "lv": rng.choice([1, 2, 2, 3, 3]),
            "score": rng.choice(DOMAINS["score"]),
            "g": rng.choice(["x", "x", "x", "y"]),
            "out": rng.random() < 0.1,
            "given": rng.choice([None] * 6 + [1, 2, 3]),
        }
        for i in range(rng.randint(1, 5))
    }
    places = [(name, fact) for name in members for fact in DOMAINS]
    for name, fact in rng.sample(places, rng.randint(min(most, 1), min(most, len(places)))):
        members[name][fact] = None
    return members


def completions(members: dict[str, Member]) -> Iterator[dict[str, Member]]:
    """Yield the members with every gap filled, in every way."""
    gaps = [(n, f) for n, one in members.items() for f in DOMAINS if one[f] is None]
    for way in product(*(DOMAINS[fact] for _, fact in gaps)):
        complete = {name: dict(one) for name, one in members.items()}
        for (name, fact), value in zip(gaps, way, strict=True):
            complete[name][fact] = value
        yield complete


def found(result: Result) -> Outcome:
    """Return a result in the words of brute force."""
    return Outcome(result.status.value, result.at_worst, result.at_best)


tally: Counter[str] = Counter()
tally_of_longer: Counter[str] = Counter()
tally_of_waiting: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _say_how_tight() -> Iterator[None]:
    yield
    print(f"\nbounds of members of groups with unknown facts: {dict(tally)}")
    print(f"of those beside one or two who wait: {dict(tally_of_waiting)}")
    print(f"of groups that may have one or two members more: {dict(tally_of_longer)}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quota")


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_complete_groups_come_out_as_by_hand(folder: Path, quota: Quota, rng: Random) -> None:
    program = program_of(quota, folder)
    for _ in range(20):
        members = drawn(rng, 0)
        results = {name: found(one) for name, one in ranked(program, members).items()}
        assert results == outcomes(quota, members), members


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_bounds_enclose_every_completion(folder: Path, quota: Quota, rng: Random) -> None:
    program = program_of(quota, folder)
    for _ in range(8):
        members = drawn(rng, 3)
        note(str(members))
        results = ranked(program, members)
        ways = [outcomes(quota, complete) for complete in completions(members)]
        for name, one in results.items():
            check(found(one), {way[name] for way in ways}, one.scope, tally)


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_one_who_waits_is_one_candidate_at_most(folder: Path, quota: Quota, rng: Random) -> None:
    """Who waits may come to any level up to that of the standards, and to no other."""
    program = program_of(quota, folder)
    for _ in range(10):
        members = {name: {**one, "out": False} for name, one in drawn(rng, 0).items()}
        for name in rng.sample(sorted(members), rng.randint(1, min(2, len(members)))):
            members[name] |= {"waits": True, "given": None}
        note(str(members))
        results = ranked(program, members)
        levels = [
            range(one["lv"] + 1) if "waits" in one else [one["lv"]] for one in members.values()
        ]
        ways = [
            outcomes(
                quota,
                {n: {**members[n], "lv": level} for n, level in zip(members, way, strict=True)},
            )
            for way in product(*levels)
        ]
        for name, one in results.items():
            if "waits" not in members[name]:
                check(found(one), {way[name] for way in ways}, one.scope, tally_of_waiting)


FEW = 5
"""So many completions are tried with two members more, others with one."""


def sized(rng: Random, members: dict[str, Member]) -> Sizes:
    """Return sizes that leave room for none to two, or nothing said."""
    there = Counter(one["g"] for one in members.values())
    return {g: rng.choice([None, *(there[g] + more for more in range(3))]) for g in DOMAINS["g"]}


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_bounds_enclose_every_longer_group(folder: Path, quota: Quota, rng: Random) -> None:
    program = program_of(quota, folder)
    for _ in range(3):
        members, whole = drawn(rng, 2), rng.random() < 0.2
        sizes = sized(rng, members)
        note(f"{members} {sizes} {whole}")
        results = ranked(program, members, sizes, whole=whole)
        filled = [*completions(members)]
        most = 0 if whole else 2 if len(filled) < FEW else 1
        complete = [one for c in filled for one in longer(quota, c, sizes, most)]
        ways = [outcomes(quota, one) for one in complete]
        for name, one in results.items():
            check(found(one), {way[name] for way in ways}, one.scope, tally_of_longer)


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_what_is_told_of_a_group_encloses_what_is_told_of_any_longer(
    folder: Path, quota: Quota, rng: Random
) -> None:
    program = program_of(quota, folder)
    for _ in range(3):
        members = drawn(rng, 2)
        sizes = sized(rng, members)
        note(f"{members} {sizes}")
        told = {
            group.key: group for group in evaluated(program, members, sizes, whole=False).groups
        }
        ways = [one for c in completions(members) for one in longer(quota, c, sizes, 1)]
        for way in rng.sample(ways, min(6, len(ways))):
            note(str(way))
            for group in evaluated(program, way).groups:
                if group.key in told:
                    assert_between(group.base, told[group.key].base)
                    assert_between(group.places, told[group.key].places)


def assert_between(narrow: tuple[int, int | None], wide: tuple[int, int | None]) -> None:
    """Check that two ends lie between two others."""
    assert narrow[1] is not None
    assert wide[0] <= narrow[0], (narrow, wide)
    assert wide[1] is None or narrow[1] <= wide[1], (narrow, wide)


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_saying_less_of_a_group_makes_nothing_surer(
    folder: Path, quota: Quota, rng: Random
) -> None:
    """Among the results of less every result of more is, and what less settles stays."""
    program = program_of(quota, folder)
    for _ in range(4):
        members = drawn(rng, 2)
        there = Counter(one["g"] for one in members.values())
        sizes = [{g: there[g] + more for g in DOMAINS["g"]} for more in (0, 1, 2, 5, 10**6)]
        open_ended = [ranked(program, members, each, whole=False) for each in (*sizes, NO_SIZES)]
        whole = [ranked(program, members, each) for each in (*sizes, NO_SIZES)]
        pairs = [*pairwise(open_ended), *pairwise(whole), *zip(whole, open_ended, strict=True)]
        note(f"{members}")
        for more, less in pairs:
            for name, one in less.items():
                assert_within(found(more[name]), found(one))


def assert_within(more: Outcome, less: Outcome) -> None:
    """Check that what is found of more facts is among what was left before."""
    if less.status != "undetermined":
        assert more == less
    elif more.status != "not_ranked":
        assert more.least is not None
        assert more.most is not None
        assert less.least is not None
        assert less.most is not None
        assert less.least <= more.least <= more.most <= less.most, (more, less)


def test_a_given_level_in_an_unknown_group_may_leave_its_place(folder: Path) -> None:
    quota = Quota(2, 1, "hang >= b", "50%", "half_up", (2, 1, 0), False, "needs_decision")
    own = {"lv": 2, "score": 0, "g": "y", "out": False, "given": None}
    members = {"m0": own, "m1": {**own, "g": None, "given": 2}}
    result = ranked(program_of(quota, folder), members)["m0"]
    assert (result.status.value, result.at_worst, result.at_best) == ("undetermined", 1, 2)

"""Quotas with a candidate in several groups, against a small program written from the design.

For complete cases that program takes candidates from the best down; for others every way in which
what is not known could turn out is tried. What a body may choose among those who are level is any
order of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, permutations, product
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, note
from hypothesis import strategies as st
from tests.differential.oracle import Outcome
from tests.differential.test_quotas import assert_between
from tests.differential.test_stages import check, load
from tests.support.evaluation import ALL_WHOLE
from tests.support.strategies import law

from khung.engine.facts import Case, Entity, Given, Whole
from khung.engine.values import OPEN, Value, known, list_of
from khung.rulebook.model.rules import Stage
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from khung.ir.program import Program
    from khung.why.result import Results

LEVELS = "dcba"
COUNTS = {
    "hang >= c": lambda level: level >= 1,
    "hang >= b": lambda level: level >= 2,
    "true": lambda _level: True,
}
SPOTS = [(), ("x",), ("y",), ("x", "y")]
DOMAINS: dict[str, list[Any]] = {
    "lv": [0, 1, 2, 3],
    "score": [0, 1, 2],
    "g": ["x", "y"],
    "h": ["p", "q"],
    "spots": SPOTS,
    "out": [False, True],
    "late": [False, True],
}
ROUNDED = {"floor": floor, "ceiling": ceil, "half_up": lambda n: floor(n + Fraction(1, 2))}

Member = dict[str, Any]
"""Complete facts, with `given`: the level decided after the quota, or None."""

Members = dict[str, Member]
Group = tuple[int, str]
"""The number of a grouping and a key."""


@dataclass(frozen=True)
class Quota:
    """A quota on `level` or better; those cut come to `others`.

    `limits` has a share or a number for each grouping: one or two, or with `each` one whose key is
    a list.
    """

    level: int
    others: int
    counts: str
    limits: tuple[str | int, ...]
    rounding: str
    small: tuple[int, int] | None
    ordered: bool
    each: bool

    def groups(self, member: Member) -> list[Group]:
        """Return the groups of a member."""
        if self.each:
            return [(0, key) for key in member["spots"]]
        return [(0, member["g"]), (1, member["h"])][: len(self.limits)]

    @property
    def is_single(self) -> bool:
        """Whether a member is in one group only."""
        return not self.each and len(self.limits) == 1

    def allowed(self, grouping: int, base: int, size: int) -> int:
        """Return how many may hold the level over a base, in a group of a size."""
        limit = self.limits[grouping]
        if isinstance(limit, int):
            return min(limit, size)
        if self.small is not None and base < self.small[0]:
            return min(self.small[1], size)
        share = max(Fraction(0), min(Fraction(1), eval_share(limit)))
        return min(int(ROUNDED[self.rounding](base * share)), size)


def eval_share(text: str) -> Fraction:
    """Return a share as it is written here: a percentage, or one less one."""
    if text.startswith("1 - "):
        return 1 - eval_share(text.removeprefix("1 - "))
    return Fraction(text.rstrip("%")) / (100 if "%" in text else 1)


@st.composite
def quotas(draw: st.DrawFn) -> Quota:
    """Draw a quota of several groups for one candidate."""
    each = draw(st.booleans())
    level = draw(st.sampled_from([3, 2]))
    limit = st.sampled_from(["20%", "50%", "1/3", "100%", "1 - 1/3", 0, 1, 1, 2, 3])
    limits = [draw(limit) for _ in range(1 if each else draw(st.sampled_from([1, 2, 2])))]
    small = draw(st.none() | st.tuples(st.integers(1, 4), st.integers(0, 2)))
    return Quota(
        level,
        draw(st.integers(0, level - 1)),
        draw(st.sampled_from(sorted(COUNTS))),
        tuple(limits),
        draw(st.sampled_from(sorted(ROUNDED))),
        small if all(isinstance(one, str) for one in limits) else None,
        draw(st.sampled_from([True, True, False])),
        each,
    )


# -- complete cases -------------------------------------------------------------------------------


@dataclass
class Standing:
    """A complete group: how many places it has, and how many are taken."""

    places: int
    taken: int


def standings(quota: Quota, inside: Members) -> dict[Group, Standing]:
    """Return each group with its places."""
    found: dict[Group, list[Member]] = {}
    for one in inside.values():
        for group in quota.groups(one):
            found.setdefault(group, []).append(one)
    return {group: _standing(quota, group[0], members) for group, members in found.items()}


def _standing(quota: Quota, grouping: int, members: list[Member]) -> Standing:
    """Return the largest k such that all from 1 to k are allowed; in one grouping, that k is."""
    fixed = [one for one in members if is_fixed(one) and competes(one)]
    held = sum(final_level(one) >= quota.level for one in fixed)
    allowed = [
        k <= quota.allowed(grouping, _base(quota, members, max(0, k - held)), len(members))
        for k in range(1, len(members) + 1)
    ]
    if quota.is_single:
        return Standing(max((k for k, fine in enumerate(allowed, 1) if fine), default=0), held)
    places = [*allowed, False].index(False)
    return Standing(places, held)


def _base(quota: Quota, members: list[Member], kept: int) -> int:
    """Return the base where so many candidates are kept: all that are kept count alike."""
    counted = COUNTS[quota.counts]
    candidates = sorted(final_level(m) for m in members if is_candidate(quota, m))
    others = [final_level(m) for m in members if not is_candidate(quota, m)]
    kept = min(kept, len(candidates))
    levels = [*candidates[:kept], *[quota.others] * (len(candidates) - kept), *others]
    return sum(map(counted, levels))


def is_fixed(one: Member) -> bool:
    """Whether a level was given after the quota."""
    return one["given"] is not None


def final_level(one: Member) -> int:
    """Return the level before the quota, or the one given after it."""
    return one["given"] if is_fixed(one) else one["lv"]


def competes(one: Member) -> bool:
    """Whether the quota touches a member."""
    return not one["late"]


def is_candidate(quota: Quota, one: Member) -> bool:
    """Whether a member competes for a place."""
    return competes(one) and not is_fixed(one) and one["lv"] >= quota.level


def outcomes(quota: Quota, members: Members) -> dict[str, Outcome]:
    """Return what becomes of every member of a case with complete facts."""
    inside = {n: m for n, m in members.items() if is_fixed(m) or not m["out"]}
    found = {n: _ranked(final_level(m)) for n, m in inside.items()}
    found |= {n: Outcome("not_ranked") for n in members if n not in inside}
    candidates = {n: m for n, m in inside.items() if is_candidate(quota, m) and quota.groups(m)}
    placed = by_bounds(quota, candidates, standings(quota, inside))
    for name, stays in placed.items():
        level = candidates[name]["lv"]
        if stays is False:
            found[name] = _ranked(quota.others)
        elif stays is None:
            found[name] = Outcome("open", quota.others, level)
    return found


def _ranked(level: int) -> Outcome:
    return Outcome("ranked", level, level)


def by_bounds(
    quota: Quota, candidates: Members, groups: dict[Group, Standing]
) -> dict[str, bool | None]:
    """Return who stays of those whose facts are all known; None where that is left open.

    Word by word: one stays if in each of its groups all that are neither behind it nor cut, it
    among them, fit; it is cut if one of its groups is filled by those ahead that stay or fit all
    their other groups.
    """
    score = {name: one["score"] if quota.ordered else 0 for name, one in candidates.items()}
    of = {name: quota.groups(one) for name, one in candidates.items()}
    cut: dict[str, bool] = {}
    stays: dict[str, bool] = {}

    def rivals(name: str, group: Group) -> int:
        return sum(
            group in of[other] and score[other] >= score[name] and not cut[other] for other in cut
        )

    def fits(name: str, group: Group) -> bool:
        return groups[group].taken + rivals(name, group) <= groups[group].places

    for at in sorted({*score.values()}, reverse=True):
        block = [name for name in candidates if score[name] == at]
        ahead = {name: stays[name] for name in stays if not cut[name]}
        full = {name: _is_full(name, of, score, ahead, fits, groups) for name in block}
        cut |= full
        stays |= {n: not cut[n] and all(fits(n, group) for group in of[n]) for n in block}
    return {n: False if cut[n] else True if stays[n] else None for n in candidates}


def _is_full(
    name: str,
    of: dict[str, list[Group]],
    score: dict[str, int],
    stays: dict[str, bool],
    fits: Any,
    groups: dict[Group, Standing],
) -> bool:
    for group in of[name]:
        filling = [
            other
            for other in stays
            if group in of[other]
            and score[other] > score[name]
            and (stays[other] or all(fits(other, g) for g in of[other] if g != group))
        ]
        if groups[group].taken + len(filling) >= groups[group].places:
            return True
    return False


def ways_to_choose(quota: Quota, members: Members) -> Iterator[dict[str, bool]]:
    """Yield who stays by each order of those who are level: one after the other, best first."""
    inside = {n: m for n, m in members.items() if is_fixed(m) or not m["out"]}
    candidates = {n: m for n, m in inside.items() if is_candidate(quota, m) and quota.groups(m)}
    score = {name: -one["score"] if quota.ordered else 0 for name, one in candidates.items()}
    blocks = [list(own) for _, own in groupby(sorted(score, key=lambda n: score[n]), score.get)]
    for way in product(*(permutations(block) for block in blocks)):
        groups, kept = standings(quota, inside), dict[str, bool]()
        for name in (name for block in way for name in block):
            own = [groups[group] for group in quota.groups(candidates[name])]
            kept[name] = all(one.taken < one.places for one in own)
            for one in own if kept[name] else ():
                one.taken += 1
        yield kept


# -- through the engine ---------------------------------------------------------------------------


def program_of(quota: Quota, folder: Path) -> Program:
    """Return a rulebook of one subject with one quota."""
    names = ["spot"] if quota.each else ["g", "h"][: len(quota.limits)]
    shares = {n: x for n, x in zip(names, quota.limits, strict=True) if isinstance(x, str)}
    numbers = {n: x for n, x in zip(names, quota.limits, strict=True) if isinstance(x, int)}
    whole = dict.fromkeys(names, "100%") | shares
    many = dict.fromkeys(names, 99) | numbers
    small = quota.small and dict(zip(("fewer_than", "allow"), map(str, quota.small), strict=True))
    by_each = {"per": "each s in spots of s"}
    rule = {
        "level": LEVELS[quota.level],
        "competes": "not(late)",
        **(by_each if quota.each else {"within": {name: name for name in names}}),
        "places": (numbers or None) and (many["spot"] if quota.each else many),
        "counts": (shares or None) and quota.counts,
        "at_most": (shares or None) and (whole["spot"] if quota.each else whole),
        "rounding": (shares or None) and quota.rounding,
        "small_group": small,
        "order": [{"highest": "score"}] if quota.ordered else None,
        "others": LEVELS[quota.others],
    }
    levels: dict[str, Any] = {
        level: {"require": {"r": {"that": f"lv >= {level}"}}} for level in reversed(LEVELS[1:])
    }
    boolean = {"type": "boolean"}
    subject = {
        "subject": "member",
        "facts": {
            "lv": {"type": "hang"},
            "score": {"type": "number", "range": "0..2"},
            "g": {"type": "place"},
            "h": {"type": "hall"},
            "spots": {"type": "list of place"},
            "out": boolean,
            "late": dict(boolean),
        },
        "not_ranked": {"out": {"when": "out"}},
        "ladder": {"scale": "hang", "levels": {**levels, "d": {"otherwise": True}}},
        "quotas": {"few": {k: v for k, v in rule.items() if v is not None}},
    }
    manifest = (
        "khung: 1\nid: made\ntitle: Made up\nperiod: {from: 2021-01-01, to: 2021-12-31}\n"
        "scales: {hang: {values: {d: D, c: C, b: B, a: A}}}\n"
        "enumerations: {place: {values: {x: X, y: Y}}, hall: {values: {p: P, q: Q}}}\n"
    )
    (folder / "rulebook.yaml").write_text(manifest, encoding="utf-8")
    (folder / "member.yaml").write_text(yaml.dump(subject, sort_keys=False), encoding="utf-8")
    return load(folder)


def evaluated(program: Program, members: Members, *, whole: bool = True) -> Results:
    """Return the results of a case; None is unknown."""
    entities = {}
    for name, facts in members.items():
        stated = {fact: _stated(fact, value) for fact, value in facts.items() if fact != "given"}
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
            "late": Value(False, True, "missing"),
        }.get(fact, OPEN)
    if fact == "spots":
        return list_of(known(spot) for spot in value)
    return known(Decimal(value) if fact == "score" else value)


def drawn(rng: Random, quota: Quota, most: int, size: int = 5) -> Members:
    """Return some members, of whose facts at most `most` are unknown."""
    members = {
        f"m{i}": {
            "lv": rng.choice([1, 2, 2, 3, 3, 3]),
            "score": rng.choice(DOMAINS["score"]),
            "g": rng.choice(["x", "x", "y"]),
            "h": rng.choice(["p", "q", "q"]),
            "spots": rng.choice(SPOTS),
            "out": rng.random() < 0.1,
            "late": rng.random() < 0.15,
            "given": rng.choice([None] * 6 + [1, 2, 3]),
        }
        for i in range(rng.randint(1, size))
    }
    read = ["lv", "score", "out", "late", *(["spots"] if quota.each else ["g", "h"])]
    places = [(name, fact) for name in members for fact in read]
    for name, fact in rng.sample(places, rng.randint(min(most, 1), min(most, len(places)))):
        members[name][fact] = None
    return members


def completions(members: Members) -> Iterator[Members]:
    """Yield the members with every gap filled, in every way."""
    gaps = [(n, f) for n, one in members.items() for f in DOMAINS if one[f] is None]
    for way in product(*(DOMAINS[fact] for _, fact in gaps)):
        complete = {name: dict(one) for name, one in members.items()}
        for (name, fact), value in zip(gaps, way, strict=True):
            complete[name][fact] = value
        yield complete


def said(results: Results) -> dict[str, Outcome]:
    """Return results in the words of the small program."""
    return {
        name: Outcome(one.status.value, one.at_worst, one.at_best)
        for name, one in results.by_type["member"].items()
    }


tally: Counter[str] = Counter()
tally_of_longer: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _say_how_tight() -> Iterator[None]:
    yield
    print(f"\nbounds of members of several groups with unknown facts: {dict(tally)}")
    print(f"of those in groups that may have one member more: {dict(tally_of_longer)}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("joint")


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_complete_cases_come_out_as_by_hand(folder: Path, quota: Quota, rng: Random) -> None:
    program = program_of(quota, folder)
    for _ in range(20):
        members = drawn(rng, quota, 0, 7)
        note(str(members))
        results, wanted = evaluated(program, members), outcomes(quota, members)
        for name, one in said(results).items():
            if wanted[name].status == "open":
                assert one.status in ("needs_decision", "undetermined"), name
                assert (one.least, one.most) == (wanted[name].least, wanted[name].most), name
            else:
                assert one == wanted[name], name
        check_decisions(quota, members, wanted, results)


def check_decisions(
    quota: Quota, members: Members, wanted: dict[str, Outcome], results: Results
) -> None:
    """Check who is asked: the open ones for whom nobody open is ahead in a group; others wait."""
    left = {name: members[name] for name, one in wanted.items() if one.status == "open"}
    for name, one in left.items():
        result = results.by_type["member"][name]
        own = {*quota.groups(one)}
        ahead = [
            other
            for other, its in left.items()
            if own & {*quota.groups(its)} and quota.ordered and its["score"] > one["score"]
        ]
        if ahead:
            assert result.status.value == "undetermined", name
            assert result.missing, name
        elif result.status.value == "needs_decision":
            assert result.decision is not None
            assert name in result.decision.candidates
            assert 0 <= result.decision.places < len(result.decision.candidates)
    if left:  # somebody is asked, else nothing would ever be decided
        statuses = [results.by_type["member"][name].status.value for name in left]
        assert "needs_decision" in statuses


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_whoever_is_chosen_among_those_level_what_is_sure_holds(
    folder: Path, quota: Quota, rng: Random
) -> None:
    program = program_of(quota, folder)
    for _ in range(5):
        members = drawn(rng, quota, 0, 6)
        note(str(members))
        results = said(evaluated(program, members))
        for way in ways_to_choose(quota, members):
            for name, stays in way.items():
                level = members[name]["lv"] if stays else quota.others
                least, most = results[name].least, results[name].most
                assert least is not None
                assert most is not None
                assert least <= level <= most, (name, way)


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_bounds_enclose_every_completion(folder: Path, quota: Quota, rng: Random) -> None:
    program = program_of(quota, folder)
    for _ in range(6):
        members = drawn(rng, quota, 3)
        note(str(members))
        results = evaluated(program, members)
        ways = [outcomes(quota, complete) for complete in completions(members)]
        enclose(results, ways, tally)


def enclose(results: Results, ways: list[dict[str, Outcome]], counter: Counter[str]) -> None:
    """Check that all ways lie within the results, and count how tight these are."""
    for name, one in results.by_type["member"].items():
        found = Outcome(one.status.value, one.at_worst, one.at_best)
        if found.status == "needs_decision":  # asked or waiting is the same to the small program
            found = Outcome("open", found.least, found.most)
        check(found, {way[name] for way in ways}, one.scope, counter)
        if found.status == "undetermined":
            assert one.missing, name


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_bounds_enclose_every_longer_case(folder: Path, quota: Quota, rng: Random) -> None:
    program = program_of(quota, folder)
    for _ in range(3):
        members = drawn(rng, quota, 1, 4)
        note(str(members))
        results = evaluated(program, members, whole=False)
        strangers = [None, *(one for one in hidden(quota))]
        ways = [
            outcomes(quota, complete if one is None else {**complete, "more": one})
            for complete in completions(members)
            for one in strangers
        ]
        enclose(results, ways, tally_of_longer)


def hidden(quota: Quota) -> Iterator[Member]:
    """Yield all that one may be of whom a case says nothing."""
    spots = SPOTS if quota.each else [()]
    places = [("x", "p")] if quota.each else [*product(DOMAINS["g"], DOMAINS["h"])]
    for (g, h), own, lv, score, late in product(
        places, spots, DOMAINS["lv"], DOMAINS["score"], [False, True]
    ):
        facts = {"g": g, "h": h, "spots": own, "lv": lv, "score": score, "late": late}
        yield {**facts, "out": False, "given": None}
    for given_level in (2, 3):
        yield {
            "g": "x",
            "h": "p",
            "spots": ("x",),
            "lv": 0,
            "score": 0,
            "late": False,
            "out": False,
            "given": given_level,
        }


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_saying_less_makes_nothing_surer(folder: Path, quota: Quota, rng: Random) -> None:
    """Whoever is decided of with less known comes out so with more."""
    program = program_of(quota, folder)
    for _ in range(6):
        members = drawn(rng, quota, 3)
        note(str(members))
        less, more = said(evaluated(program, members)), next(completions(members))
        some = {n: dict(one) for n, one in members.items()}
        gaps = [(n, f) for n, one in members.items() for f in DOMAINS if one[f] is None]
        for name, fact in gaps[:1]:
            some[name][fact] = rng.choice(DOMAINS[fact])
        for known_more in (some, more):
            for name, one in said(evaluated(program, known_more)).items():
                before = less[name]
                if one.status != "not_ranked":
                    assert before.least is not None
                    assert before.most is not None
                    assert one.least is not None
                    assert one.most is not None
                    assert before.least <= one.least <= one.most <= before.most, name
        open_ended = said(evaluated(program, members, whole=False))
        for name, one in less.items():
            wide = open_ended[name]
            if one.status != "not_ranked":
                assert wide.least is not None
                assert wide.most is not None
                assert one.least is not None
                assert one.most is not None
                assert wide.least <= one.least <= one.most <= wide.most, name


ONE = {"lv": 3, "score": 0, "g": "x", "h": "p", "spots": ("x",), "out": False, "late": False}
ALL_STAY = Quota(2, 0, "true", ("100%",), "floor", None, ordered=True, each=False)


@pytest.mark.parametrize("each", [False, True])
def test_a_given_level_in_an_unknown_group_takes_no_more_than_it_brings(
    folder: Path, each: bool
) -> None:
    """All may stay, so it does not matter whether one more who holds the level is in the group."""
    quota = replace(ALL_STAY, each=each)
    held = {**ONE, "g": None, "spots": None, "given": 3}
    results = said(evaluated(program_of(quota, folder), {"own": {**ONE, "given": None}, "m": held}))
    assert results["own"] == Outcome("ranked", 3, 3)


@pytest.mark.parametrize("late", [False, None])
def test_a_given_level_that_may_be_untouched_takes_no_more_than_it_brings(
    folder: Path, late: bool | None
) -> None:
    held = {**ONE, "late": late, "given": 3}
    members = {"own": {**ONE, "given": None}, "m": held}
    results = said(evaluated(program_of(ALL_STAY, folder), members))
    assert results["own"] == Outcome("ranked", 3, 3)


@pytest.mark.parametrize("group", ["x", None])
def test_one_who_may_be_out_is_no_surer_where_its_group_is_unknown(
    folder: Path, group: str | None
) -> None:
    """In a group of one there is no place; whether it is in the ranking at all is open."""
    quota = replace(ALL_STAY, limits=(0,))
    members = {"own": {**ONE, "g": group, "out": None, "given": None}}
    results = said(evaluated(program_of(quota, folder), members))
    assert results["own"] == Outcome("undetermined", 0, 3)


@law
@given(quotas(), st.randoms(use_true_random=True))
def test_what_is_told_of_a_group_encloses_what_is_told_with_more_known(
    folder: Path, quota: Quota, rng: Random
) -> None:
    program = program_of(quota, folder)
    for _ in range(5):
        members = drawn(rng, quota, 3)
        note(str(members))
        ways = [*completions(members)]
        less = told_of(evaluated(program, members))
        wide = told_of(evaluated(program, members, whole=False))
        for way in rng.sample(ways, min(3, len(ways))):
            note(str(way))
            for key, ends in told_of(evaluated(program, way)).items():
                for wider in (less.get(key, ends), wide.get(key, ends)):
                    assert_between(ends[0], wider[0])
                    assert_between(ends[1], wider[1])


def told_of(results: Results) -> dict[tuple[Any, ...], tuple[tuple[int, int | None], ...]]:
    """Return the base and the places of each group of known key."""
    return {
        (group.grouping.name, *(value.least for value in group.key)): (group.base, group.places)
        for group in results.groups
    }


def test_levels_given_beyond_the_places_are_in_the_base(folder: Path) -> None:
    """One place, and two hold the level if both are in the group; of half of one there is none."""
    held = {**ONE, "given": 3}
    members = {"own": held, "m": {**held, "g": None}}
    one = replace(ALL_STAY, counts="hang >= b", limits=(1,))
    assert told_of(evaluated(program_of(one, folder), members)) == {("g", "x"): ((1, 2), (1, 1))}
    half = replace(one, limits=("50%",))
    assert told_of(evaluated(program_of(half, folder), members)) == {("g", "x"): ((1, 2), (0, 1))}

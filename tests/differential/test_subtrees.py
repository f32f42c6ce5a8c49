"""All below a subject in a tree, against brute force: where links are unknown and lists open.

Units stand in a tree of three steps, top, middle and low. It may be unknown to which a unit
points, and whether it is good; the case says of everything, of some lists or of nothing that it is
whole. A completion points every unit somewhere above it, or nowhere, says who is good, and puts
up to two units more, good or not, under each whose list is not said to be whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files
from tests.support.strategies import law

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("low", "middle", "top")
SHARED = "scales: {rank: {values: {bad: B, fine: F}}}\n"
UNIT = """\
subject: unit
kinds: {field: kind, values: {low: Low, middle: Middle, top: Top}}
links: {above: {to: unit, back: units, tree: true, optional: true}}
facts: {good: {type: boolean}}
ladder:
  scale: rank
  levels:
    fine:
      require:
        all: {when: kind != low, that: %s, source: X}
        own: {when: kind = low, that: good, source: X}
    bad: {otherwise: true, source: X}
"""
GOOD = "u in units.below where u.kind = low satisfies u.good"
RANKED = "u in units.below where u.kind = low and u.ranked satisfies u.rank = fine"
RULES = {
    f"every {GOOD}": all,
    f"some {GOOD}": any,
    f"(count {GOOD}) >= 2": lambda found: sum(found) >= 2,
    f"(share {GOOD}) >= 2/3": lambda found: sum(found) * 3 >= 2 * len(found),
    f"(share {GOOD} (empty: 0%)) > 50%": lambda found: sum(found) * 2 > len(found),
    f"(share {GOOD} (empty: 100%)) * 3 >= 2": lambda found: (
        not found or Fraction(sum(found), len(found)) >= Fraction(2, 3)
    ),
    f"every {RANKED}": all,
    f"(count {RANKED}) < 2": lambda found: sum(found) < 2,
}
"""Conditions over the low units below one, and whether they hold of those found to be good."""


@dataclass(frozen=True)
class Unit:
    """One of a case: `above` is the id of another, "" for nobody, None for unknown."""

    kind: str
    above: str | None
    good: bool | None


def units(draw) -> dict[str, Unit]:
    """Draw a top unit, middle ones and low ones."""
    found = {"t": Unit("top", "", True)}
    middle = draw(st.sampled_from([("m",), ("m", "n")]))
    for name in middle:
        above = draw(st.sampled_from(["t", "t", "", None]))
        found[name] = Unit("middle", above, True)
    for name in ("a", "b", "c")[: draw(st.integers(1, 3))]:
        above = draw(st.sampled_from(["t", *middle, *middle, "", None]))
        found[name] = Unit("low", above, draw(st.sampled_from([True, False, None])))
    return found


def higher(name: str, found: dict[str, Unit]) -> list[str]:
    """Return whom a unit may point to, nobody among them."""
    step = KINDS.index(found[name].kind)
    return ["", *(one for one, unit in found.items() if KINDS.index(unit.kind) > step)]


def completions(found: dict[str, Unit]) -> Iterator[dict[str, Unit]]:
    """Yield the units with all known, for every way in which that may be."""
    ways = [
        [
            Unit(unit.kind, above, good)
            for above in (higher(name, found) if unit.above is None else [unit.above])
            for good in ([True, False] if unit.good is None else [unit.good])
        ]
        for name, unit in found.items()
    ]
    for chosen in product(*ways):
        yield dict(zip(found, chosen, strict=True))


def with_others(found: dict[str, Unit], whole: set[str]) -> Iterator[dict[str, Unit]]:
    """Yield the units, alone and with some more under each whose list is not whole."""
    yield found
    for name, unit in found.items():
        if name in whole or unit.kind == "low":
            continue
        for goods in ([True], [False], [True, True], [False, False]):
            more = {f"x{i}": Unit("low", name, good) for i, good in enumerate(goods)}
            yield {**found, **more}


def below(name: str, found: dict[str, Unit]) -> list[bool]:
    """Return of each low unit below one, at any depth, whether it is good."""
    own = [one for one, unit in found.items() if unit.above == name]
    low = [bool(found[one].good) for one in own if found[one].kind == "low"]
    return low + [good for one in own for good in below(one, found)]


def written(found: dict[str, Unit]) -> str:
    """Write the units as a case states them."""
    lines = []
    for name, unit in found.items():
        above = {None: "null", "": '"-"'}.get(unit.above, unit.above)
        good = "null" if unit.good is None else str(unit.good).lower()
        lines.append(f"{name}: {{kind: {unit.kind}, above: {above}, good: {good}}}")
    return f"{{unit: {{{', '.join(lines)}}}}}"


@pytest.fixture(scope="module", params=RULES)
def rule(request, tmp_path_factory):
    """A rulebook with one condition, and what decides it."""
    condition = f'"{request.param}"'
    folder = tmp_path_factory.mktemp("tree")
    files = load_files(folder, rulebook=MANIFEST + SHARED, unit=UNIT % condition)
    assert files.rulebook is not None
    assert all(code.startswith("K05") for code, _ in files.found)
    return files.rulebook, RULES[request.param]


@law
@given(st.data())
def test_a_subtree_is_what_recursion_finds(rule, data):
    rulebook, holds = rule
    found = units(data.draw)
    whole = data.draw(st.sampled_from([set(found), {"t"}, {"m"}, {"t", "m"}, set()]))
    complete = "true" if whole == set(found) else f"[{', '.join(f'unit.{n}.units' for n in whole)}]"
    results = results_of(rulebook, written(found), complete)
    for name in ("t", "m"):
        every = {
            bool(holds(below(name, way)))
            for known in completions(found)
            for way in with_others(known, whole)
        }
        standard = results.by_type["unit"][name].stages["standard"]
        assert standard.least <= min(every), (name, every)
        assert standard.most >= max(every), (name, every)
        if whole == set(found) and not any(
            u.above is None or u.good is None for u in found.values()
        ):
            assert standard.known

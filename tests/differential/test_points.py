"""Ladders by points against counting: each number that the points may be, in steps of a half.

Points are two facts together, of which each may be known or within a range. The numbers of levels
end at whole numbers, so that every half step stands for all that lies between two of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files
from tests.support.strategies import law

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import DrawFn

    from khung.why.result import Result

LEVELS = "dcba"
"""The levels, lowest first."""

MOST = 6
"""How many points each of the two facts may give."""

SCALE = "scales: {rank: {values: {d: D, c: C, b: B, a: A}}}\n"
PLAYER = f"""\
subject: player
facts:
  one: {{type: number, range: "0..{MOST}"}}
  two: {{type: number, range: "0..{MOST}"}}
  out: {{type: boolean}}
  limit: {{type: rank}}
"""


@dataclass(frozen=True)
class Cut:
    """Where two levels part: up to `low`, from `high` on, each end one of its own or not."""

    low: int
    low_closed: bool
    high: int
    high_closed: bool

    def side(self, points: Fraction) -> int:
        """Return -1 for numbers below, 1 for those above, 0 for those that neither has."""
        if points < self.low or (points == self.low and self.low_closed):
            return -1
        return 1 if points > self.high or (points == self.high and self.high_closed) else 0


@dataclass(frozen=True)
class Bands:
    """The cuts between levels from the lowest numbers on; where `rising`, those are the best."""

    cuts: tuple[Cut, Cut, Cut]
    rising: bool

    def levels(self, points: Fraction) -> tuple[int, ...]:
        """Return the rank of some points, or of the two levels beside them."""
        place = 0
        for cut in self.cuts:
            if cut.side(points) == 0:
                return tuple(sorted(self._rank(p) for p in (place, place + 1)))
            place += cut.side(points) > 0
        return (self._rank(place),)

    def _rank(self, place: int) -> int:
        return len(LEVELS) - 1 - place if self.rising else place

    def __str__(self) -> str:
        """Return it as a rulebook has it, the best level first."""
        first, second, third = self.cuts
        texts = [
            f"{'<=' if first.low_closed else '<'} {first.low}",
            _range(first, second),
            _range(second, third),
            f"{'>=' if third.high_closed else '>'} {third.high}",
        ]
        best = texts if self.rising else texts[::-1]
        said = ", ".join(f'{n}: "{x}"' for n, x in zip(reversed(LEVELS), best, strict=True))
        return f"bands: {{{said}}}"


def _range(below: Cut, above: Cut) -> str:
    opener, closer = "[" if below.high_closed else "(", "]" if above.low_closed else ")"
    return f"{opener}{below.high}..{above.low}{closer}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for one rulebook after another."""
    return tmp_path_factory.mktemp("points")


@st.composite
def bands(draw: DrawFn) -> Bands:
    """Draw the numbers of four levels; between two there may be a hole, of a number or more."""
    cuts, at = [], 0
    for _ in range(3):
        low = draw(st.integers(at + 1, at + 3))
        high = low + draw(st.integers(0, 1))
        low_closed, high_closed = draw(st.booleans()), draw(st.booleans())
        if low == high and low_closed:
            high_closed = False
        cuts.append(Cut(low, low_closed, high, high_closed))
        at = high
    return Bands((cuts[0], cuts[1], cuts[2]), draw(st.booleans()))


HALVES = st.integers(0, 2 * MOST).map(lambda n: Fraction(n, 2))


@dataclass(frozen=True)
class Player:
    """One who is ranked; None is unknown."""

    one: Fraction | None
    two: Fraction | None
    out: bool | None
    limit: int | None

    def __str__(self) -> str:
        """Write it as an entry of a case."""
        points = ("null" if x is None else str(float(x)) for x in (self.one, self.two))
        out = "null" if self.out is None else str(self.out).lower()
        limit = "null" if self.limit is None else LEVELS[self.limit]
        keys = ("one", "two", "out", "limit")
        said = zip(keys, (*points, out, limit), strict=True)
        return f"{{{', '.join(f'{key}: {value}' for key, value in said)}}}"

    def ways(self, made: Bands) -> list[tuple[int, ...]]:
        """Return the levels left in each completion: two where a body must choose."""
        every = [Fraction(n, 2) for n in range(2 * MOST + 1)]
        found = []
        for one in every if self.one is None else [self.one]:
            for two in every if self.two is None else [self.two]:
                for out in (False, True) if self.out is None else (self.out,):
                    for limit in range(4) if self.limit is None else (self.limit,):
                        most = 0 if out else limit
                        levels = {min(most, rank) for rank in made.levels(one + two)}
                        found.append(tuple(sorted(levels)))
        return found


def players() -> st.SearchStrategy[Player]:
    """Draw one who is ranked."""
    maybe = st.none() | HALVES
    return st.builds(Player, maybe, maybe, st.none() | st.booleans(), st.none() | st.integers(0, 3))


def ranked(made: Bands, all_of_them: list[Player], folder: Path) -> list[Result]:
    """Return the results of players."""
    ladder = f"ladder:\n  scale: rank\n  by: one + two\n  {made}\n"
    knockouts = "  knockouts: {out: {when: out, to: d, source: X}}\n"
    rules = f"{knockouts}caps: {{most: {{at_most: limit, source: X}}}}\n"
    rulebook = load_files(folder, rulebook=MANIFEST + SCALE, player=PLAYER + ladder + rules).sound
    entries = ", ".join(f"p{i}: {one}" for i, one in enumerate(all_of_them))
    found = results_of(rulebook, f"{{player: {{{entries}}}}}", but="K0728")
    return [found.by_type["player"][f"p{i}"] for i in range(len(all_of_them))]


@law
@given(bands(), st.lists(players(), min_size=1, max_size=6))
def test_levels_by_points_are_those_of_every_completion(
    folder: Path, made: Bands, all_of_them: list[Player]
) -> None:
    note(str(made))
    for player, result in zip(all_of_them, ranked(made, all_of_them, folder), strict=True):
        note(str(player))
        ways = set(player.ways(made))
        levels = {rank for way in ways for rank in way}
        assert (result.at_worst, result.at_best) == (min(levels), max(levels))
        status = result.status.value
        if len(levels) == 1:
            assert status == "ranked"
        elif len(ways) == 1:
            assert status == "needs_decision"
            assert result.decision is not None
            assert (result.decision.kind, result.decision.options) == ("no_band", *ways)
        else:
            assert status == "undetermined"
            assert result.missing

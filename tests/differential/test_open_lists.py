"""What is sure of lists that may be longer, against cases in which they are.

A case states some players of two teams, each with marks; of some it is not known to which team they
belong, what they are, or whether these are all their marks. It says of all, of some or of nothing
that it is whole. A completion settles every fact, adds players and marks where that is left open,
and is evaluated by itself: whatever is sure of the case must hold of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from tests.support.evaluation import results_of
from tests.support.rulebook import MANIFEST, load_files
from tests.support.strategies import law

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from khung.engine.values import Value
    from khung.rulebook.model import Rulebook

SHARED = """\
scales: {rank: {values: {low: L, middle: M, high: H}}}
enumerations: {colour: {values: {red: R, green: G}}}
records:
  mark:
    fields: {points: {type: number, range: "0..3"}, at: {to: team, back: marks_here}}
    definitions: {own_goal: {is: at = owner.team}}
"""
PLAYER = """\
subject: player
links: {team: {to: team, back: players, complete: size}}
facts:
  fit: {type: boolean}
  colour: {type: colour}
  points: {type: number, range: "0..3"}
  marks: {type: list of mark, complete: number, default: []}
  number: {type: number, range: "0..4"}
  extra: {type: list of number, range: "0..3", default: []}
definitions:
  total: {is: sum m in marks of m.points}
ladder:
  scale: rank
  levels:
    high: {require: {fit: {that: fit, source: X}, some: {that: total >= 2, source: X}}}
    middle: {require: {fit: {that: fit, source: X}}}
    low: {otherwise: true, source: X}
"""
ASKED = (
    "count(players)",
    "every p in players satisfies p.fit",
    "some p in players satisfies p.fit and p.points > 1",
    "count p in players where p.ranked and p.colour = red satisfies p.rank >= middle",
    "(share p in players where p.ranked satisfies p.rank = high) >= 50%",
    "(share p in players where p.fit satisfies p.points >= 2) < 2/3",
    "sum p in players of p.points - 1",
    "sum p in players where p.fit of p.total",
    "lowest p in players of p.points",
    "highest p in players of p.total",
    "average p in players of p.points",
    "lowest p in players where p.ranked of p.rank",
    "if count(players) > 1 then 3 else highest p in fit_ones of p.points",
    "every p in players satisfies every m in p.marks satisfies m.points > 0",
    "some p in players satisfies count(p.marks) = 1",
    "every p in players satisfies count(p.extra) <= 1",
    "sum p in players of count m in p.marks satisfies m.at = self",
    "list contains(players.colour, red)",
    "list contains(players.points, 2)",
    "count(distinct values(players.colour))",
    "count(distinct values(players.points))",
    "count(concatenate(players.points, marks_here.points))",
    "max(concatenate(players.points, marks_here.points))",
    "sum(concatenate(players.points, players.points))",
    "count(marks_here) > 1",
    "every m in marks_here satisfies m.points >= 2",
    "count m in marks_here where m.own_goal satisfies m.points > 0",
    "(share m in marks_here satisfies m.points > 1) > 50%",
    "count m in marks_here satisfies m.owner.fit",
    "count(fit_ones)",
    "every p in fit_ones satisfies p.points > 0",
    "size - count(players)",
)
TEAMS = ("t", "u")
COMPLETE = ("", "", "true", "[player]", "[team.t.players, team.u.marks_here]")
COMPLETIONS = 12
MOST = 4
UNKNOWN = "null"
FACTS = {
    "team": TEAMS,
    "fit": ("true", "false"),
    "colour": ("red", "green"),
    "points": ("0", "1", "2", "3"),
}

tally: Counter[str] = Counter()


@dataclass
class Listing:
    """A list as it is written; one that is `cut` ends in `null`."""

    items: list[Any]
    cut: bool = False

    def __str__(self) -> str:
        """Write it."""
        return f"[{', '.join([*map(str, self.items), *[UNKNOWN] * self.cut])}]"


class Facts(dict[str, Any]):
    """The facts of a player, a mark or a team, as they are written; `added` in a completion."""

    added = False

    def __str__(self) -> str:
        """Write them."""
        return f"{{{', '.join(f'{name}: {value}' for name, value in self.items())}}}"


@dataclass
class Drawn:
    """A case: the facts of each team and player, and what it says is whole."""

    teams: dict[str, Facts]
    players: dict[str, Facts]
    complete: str

    def __str__(self) -> str:
        """Write the subjects."""
        return str(Facts(team=Facts(self.teams), player=Facts(self.players)))


@cache
def rulebook() -> Rulebook:
    """Return the rulebook in which a team asks all of those."""
    team = [
        "subject: team",
        f'facts: {{size: {{type: number, range: "0..{MOST}"}}}}',
        "definitions:",
        "  fit_ones: {each: p in players, where: p.fit}",
        *(f'  asked_{n}: {{is: "{text}"}}' for n, text in enumerate(ASKED)),
    ]
    folder = Path(mkdtemp())
    files = {"rulebook": MANIFEST + SHARED, "player": PLAYER, "team": "\n".join(team) + "\n"}
    return load_files(folder, **files).sound


# -- a case ----------------------------------------------------------------------------------------


def drawn(rng: Random) -> Drawn:
    """Return a case of which some is not known."""
    players = {f"p{n}": _player(rng, rng.choice((0, 0, 0.3))) for n in range(rng.randint(0, 3))}
    surely = Counter(one["team"] for one in players.values())
    sizes = {team: rng.choice((UNKNOWN, surely[team], surely[team] + 1)) for team in TEAMS}
    return Drawn({t: Facts(size=n) for t, n in sizes.items()}, players, rng.choice(COMPLETE))


def _player(rng: Random, unknown: float) -> Facts:
    """Return the facts of a player, each unknown with a probability."""
    facts = {name: _fact(rng, name, unknown) for name in FACTS}
    marks = Listing([_mark(rng, unknown) for _ in range(rng.randint(0, 2))], rng.random() < unknown)
    number = len(marks.items) + rng.choice((0, 0, 1))
    extra = Listing([_fact(rng, "points", 0) for _ in range(rng.randint(0, 2))])
    extra.cut = rng.random() < unknown
    facts |= {"marks": marks, "number": number, "extra": extra}
    return Facts(
        {name: UNKNOWN if rng.random() < unknown / 2 else value for name, value in facts.items()}
    )


def _fact(rng: Random, name: str, unknown: float) -> str:
    return UNKNOWN if rng.random() < unknown else rng.choice(FACTS[name])


def _mark(rng: Random, unknown: float) -> Facts:
    points, at = _fact(rng, "points", unknown), _fact(rng, "team", unknown)
    return Facts(points=points, at=at)


# -- its completions -------------------------------------------------------------------------------


def completed(case: Drawn, rng: Random) -> Drawn | None:
    """Return a case of which all is known; None if what the first says is whole would not be."""
    players = {name: _settled(one, rng) for name, one in case.players.items()}
    is_gathered = case.complete in ("true", "[player]")
    for n in range(0 if is_gathered else rng.choice((0, 0, 1, 2))):
        players[f"q{n}"] = _added(_player(rng, 0))
        for mark in players[f"q{n}"]["marks"].items:
            _added(mark)
    held = Counter(one["team"] for one in players.values())
    teams = {name: Facts(size=_size(one, held[name], rng)) for name, one in case.teams.items()}
    lists = [f"player.{name}.marks" for name in players]
    found = Drawn(teams, players, f"[{', '.join(['player', *lists])}]")
    return found if _is_allowed(case, found, held) else None


def _added(facts: Facts) -> Facts:
    facts.added = True
    return facts


def _size(team: Facts, held: int, rng: Random) -> int:
    return max(held, rng.randint(0, 4)) if team["size"] == UNKNOWN else team["size"]


def _settled(player: Facts, rng: Random) -> Facts:
    """Return a player of whom all is known."""
    found = Facts(_known(player, rng))
    most = 4 if player["number"] == UNKNOWN else player["number"]
    marks = player["marks"] if player["marks"] != UNKNOWN else Listing([], cut=True)
    kept = [_known(mark, rng) for mark in marks.items]
    more = [_added(_mark(rng, 0)) for _ in range(rng.randint(0, max(0, most - len(kept))))]
    found["marks"] = Listing(kept + more)
    found["number"] = max(len(kept + more), rng.randint(0, 4)) if most == 4 else most
    extra = player["extra"] if player["extra"] != UNKNOWN else Listing([], cut=True)
    further = [_fact(rng, "points", 0) for _ in range(rng.randint(0, 2) if extra.cut else 0)]
    found["extra"] = Listing(extra.items + further)
    return found


def _known(facts: Facts, rng: Random) -> Facts:
    asked = {"at": "team"}
    return Facts(
        {
            name: rng.choice(FACTS[asked.get(name, name)])
            if value == UNKNOWN and asked.get(name, name) in FACTS
            else value
            for name, value in facts.items()
        }
    )


def _is_allowed(case: Drawn, found: Drawn, held: Counter[str]) -> bool:
    """Whether no list is longer than its count, nor than it was if it was said to be whole."""
    if any(not held[team] <= one["size"] <= MOST for team, one in found.teams.items()):
        return False
    if not case.complete.startswith("[team."):
        return True
    of_u = (m for p in found.players.values() for m in p["marks"].items if m["at"] == "u")
    of_t = (one for one in found.players.values() if one["team"] == "t")
    return not any(one.added for one in (*of_t, *of_u))


# -- the law ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def _say_how_tight() -> object:
    yield
    print(f"\nbounds of what is asked of lists that may be longer: {dict(tally)}")


@law
@given(st.randoms(use_true_random=True))
def test_bounds_enclose_every_completion(rng: Random) -> None:
    case = drawn(rng)
    note(f"{case.complete} {case}")
    wide = values(case)
    narrow = [values(one) for one in _completions(case, rng)]
    for key, value in wide.items():
        reals = [one[key] for one in narrow if not one[key].why]
        for real in reals:
            assert value.least <= real.least <= real.most <= value.most, (key, value, real)
        tally["all"] += 1
        exact = reals and value.least == min(x.least for x in reals)
        tally["seen exact"] += bool(exact and value.most == max(x.most for x in reals))


def _completions(case: Drawn, rng: Random) -> Iterator[Drawn]:
    for _ in range(COMPLETIONS):
        found = completed(case, rng)
        if found is not None:
            yield found


def values(case: Drawn) -> dict[tuple[str, str], Value]:
    """Return what is found of what each team asks."""
    results = results_of(rulebook(), str(case), case.complete)
    run = results.run.evaluator
    return {
        (team.id, text): run.worth(team, f"asked_{n}")
        for team in results.case.entities["team"].values()
        for n, text in enumerate(ASKED)
    }

"""What is provisional against brute force: a step not done yet is turned every way it may turn out.

Of one member by the oracle, under made-up rulebooks. Of a group with a quota and of who reads its
levels by the engine itself, every vote held in every way: there it is to be seen who is touched.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from tests.differential import cases, made_up
from tests.differential.conditions import holds
from tests.differential.oracle import STAGES, outcome
from tests.differential.test_stages import found, load, program_of
from tests.support.evaluation import ALL_WHOLE
from tests.support.rulebook import MANIFEST
from tests.support.strategies import law

from khung.engine.facts import Case, Entity
from khung.engine.values import known
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from khung.ir.program import Program
    from khung.why.result import Results

RULES = made_up.rules()

tally: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _say_how_tight() -> object:
    yield
    print(f"\nprovisional by the engine, and by trying all: {dict(tally)}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


# -- one member ---------------------------------------------------------------------------------


@law
@given(RULES, st.randoms(use_true_random=True))
def test_a_step_that_may_matter_is_never_passed_over(
    folder: Path, rules: made_up.Rules, rng: Random
) -> None:
    program = program_of(rules, folder)
    for _ in range(8):
        case = cases.gaps(rng, rules, most=0)
        stated = dict(case.facts)
        complete = {**stated, "x0": True} if stated["x0"] == cases.NOT_GIVEN else stated
        result = cases.ranked(program, stated, case)
        if result.status.value != "ranked":
            assert result.provisional == ()
            continue
        now = outcome(rules, complete, case.units, case.given)
        assert found(result, rules.lowest) == now
        others = {outcome(rules, way, case.units, case.given) for way in _ways(stated, rules)}
        is_due = _is_due(rules, complete, case) or bool(others - {now})
        note(f"{stated} {case.given} {result.provisional}")
        assert result.provisional or not is_due
        tally[f"{bool(result.provisional)}, {is_due}"] += 1


def _ways(stated: dict[str, Any], rules: made_up.Rules) -> Iterator[dict[str, Any]]:
    """Yield the facts with what is not done yet as it may turn out; no vote is one way, too."""
    every = cases.domains(rules)
    ballots = ["-", *every["phieu"]] if stated["phieu"] == "-" else [stated["phieu"]]
    done = [True, False] if stated["x0"] == cases.NOT_GIVEN else [stated["x0"]]
    for held, x0 in product(ballots, done):
        yield from (
            way
            for way in cases.completions(cases.Gaps({**stated, "x0": x0, "phieu": held}, {}), rules)
        )


def _is_due(rules: made_up.Rules, complete: dict[str, Any], case: cases.Gaps) -> bool:
    """Whether a vote of the member is to be held, whatever it gives."""
    if complete["phieu"] != "-":
        return False
    if case.given is not None and STAGES.index(case.given.after) >= STAGES.index("vote"):
        return False
    deferred = any(holds(rule.when, complete) for rule in rules.deferrals)
    asked = any(vote.when is None or holds(vote.when, complete) for vote in rules.votes)
    return asked and not deferred


# -- a group, and who reads it --------------------------------------------------------------------

SCALE = "scales: {hang: {values: {low: {}, middle: {}, high: {}}}}\n"
CLUB = """\
subject: club
ladder:
  scale: hang
  cumulative: false
  levels:
    high: {require: {r: {that: (share m in sure satisfies m.hang >= middle) >= 60%}}}
    middle: {require: {r: {that: some m in sure satisfies m.hang = high}}}
    low: {otherwise: true}
definitions: {sure: {each: m in members, where: m.ranked}}
"""
PLAYER = """\
subject: player
links: {club: {to: club, back: members}}
facts:
  points: {type: number, range: 0..9}
  ballots: {type: ballots of hang}
ladder:
  scale: hang
  levels:
    high: {require: {r: {that: points > 6}}}
    middle: {require: {r: {that: points > 3}}}
    low: {otherwise: true}
votes: {board: {ballots: ballots, base: 1, wins: {more_than: 50%}}}
quotas:
  few: {level: high, per: [club], places: 2, order: [{highest: points}], ties: all, others: middle}
"""
WINNERS = ((1, 0, 0), (0, 1, 0), (0, 0, 1))


@pytest.fixture(scope="module")
def clubs(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The rulebook of clubs and their players."""
    made = tmp_path_factory.mktemp("clubs")
    for name, text in (("rulebook", MANIFEST + SCALE), ("club", CLUB), ("player", PLAYER)):
        (made / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load(made)


Players = dict[str, tuple[int, "tuple[int, ...] | None"]]
"""By name: the points, and the ballots; None where no vote is held yet."""


def _results(program: Program, players: Players) -> Results:
    club = Entity(program.objects["club"], "c", {})
    entities = {}
    for name, (points, ballots) in players.items():
        facts = {"club": known(club), "points": known(Decimal(points))}
        held = {} if ballots is None else {"ballots": known(ballots)}
        entities[name] = Entity(program.objects["player"], name, {**facts, **held})
    made = {"club": {"c": club}, "player": entities}
    return evaluate_case(program, Case(program, date(2021, 12, 15), made, whole=ALL_WHOLE))


def _levels(results: Results) -> dict[str, object]:
    every = (one for of in results.by_type.values() for one in of.values())
    return {one.entity.path: (one.status.value, one.level) for one in every}


PLAYERS = st.lists(
    st.tuples(st.integers(0, 9), st.none() | st.sampled_from(WINNERS)), min_size=1, max_size=5
)


@settings(law, max_examples=law.max_examples // 2)
@given(PLAYERS)
def test_who_is_touched_by_a_vote_to_come_awaits_it(
    clubs: Program, drawn: list[tuple[int, tuple[int, ...] | None]]
) -> None:
    players = {f"p{place}": one for place, one in enumerate(drawn)}
    results = _results(clubs, players)
    now, due = _levels(results), [name for name, (_, held) in players.items() if held is None]
    touched = set()
    for way in product(WINNERS, repeat=len(due)):
        held = {name: (players[name][0], won) for name, won in zip(due, way, strict=True)}
        then = _levels(_results(clubs, {**players, **held}))
        touched |= {path for path in now if then[path] != now[path]}
    for path, (status, _) in now.items():
        of_type, name = path.split(".")
        result = results.by_type[of_type][name]
        note(f"{path} {status} {result.provisional}")
        if status != "ranked":
            assert result.provisional == ()
            continue
        assert result.provisional or path not in touched
        assert result.provisional or name not in due
        tally[f"{bool(result.provisional)}, {path in touched or name in due}"] += 1
        for other in result.provisional:
            assert other == "player.votes.board" or other.partition(".")[2] in {
                *due,
                *_names(touched),
            }


def _names(paths: set[str]) -> set[str]:
    return {path.partition(".")[2] for path in paths}

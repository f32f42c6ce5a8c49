"""Members and units of made-up rulebooks: drawn with gaps, filled in, and given to the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from tests.differential.made_up import STAGES, member
from tests.differential.oracle import Given, Unit
from tests.support.evaluation import ALL_WHOLE

from khung.engine import facts as ef
from khung.engine.values import OPEN, Value, known, list_of, whole
from khung.rulebook.model.rules import Stage
from khung.why.result import Result, evaluate_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.differential.conditions import Facts
    from tests.differential.made_up import Rules

    from khung.ir.program import Program

NOT_GIVEN = "not given"
"""A fact that the case does not name: its default holds, or it is unknown."""

LIMIT = 300
"""Completions tried of one case."""


@dataclass(frozen=True)
class Gaps:
    """A member and its units; None is unknown."""

    facts: dict[str, Any]
    units: dict[str, Unit]
    given: Given | None = None


def domains(rules: Rules) -> dict[str, list[Any]]:
    """Return every value of each fact of a member."""
    ranks = list(rules.ranks)
    ballots = [b for b in product(range(3), repeat=len(ranks)) if sum(b) <= 2]
    return {
        **{name: [False, True] for name in ("b0", "b1", "b2", "x0")},
        **{name: [0, 1, 2, 3] for name in ("n0", "n1")},
        **dict.fromkeys(("s0", "w0", "c0", "c1", "c2"), ranks),
        "so": [0, 1, 2],
        "many": [0, 1, 2, 9],
        "phieu": [dict(zip(ranks, b, strict=True)) for b in ballots],
        "to": ["u", "v"],
        **{f"v{row}.done": [False, True] for row in range(2)},
        **{f"v{row}.grade": ranks for row in range(2)},
    }


def gaps(rng: Random, rules: Rules, most: int = 5) -> Gaps:
    """Return a member of which at most `most` facts that the rules read are unknown."""
    every = domains(rules)
    rows = rng.randint(0, 2)
    every = {name: values for name, values in every.items() if _row(name) < rows}
    facts: dict[str, Any] = {name: rng.choice(values) for name, values in every.items()}
    if rng.random() < 0.5:  # as often as not
        facts["phieu"] = "-"
    if rng.random() < 0.5:  # as often as not
        facts["x0"] = NOT_GIVEN
    text = str(member(rules))
    read = [name for name in every if name.rpartition(".")[2] in text]
    facts.update(dict.fromkeys(rng.sample(read, rng.randint(0, min(most, len(read))))))
    return Gaps(
        facts, {"u": _some_unit(rng, rules), "v": _some_unit(rng, rules)}, _some(rng, rules)
    )


def _row(name: str) -> int:
    return int(name[1]) if "." in name else -1


def _some_unit(rng: Random, rules: Rules) -> Unit:
    given = rng.choice([None, None, rng.choice(rules.ranks), "not_ranked"])
    return Unit(rng.random() < 0.5, rng.random() < 0.3, given)  # shares


def _some(rng: Random, rules: Rules) -> Given | None:
    stages = [stage for stage in STAGES if stage != "floor" or rules.floors]
    given = Given(rng.choice(rules.ranks), rng.choice(stages))
    return rng.choice([None, None, None, given])


def completions(case: Gaps, rules: Rules) -> Iterator[Facts]:
    """Yield the facts with every gap filled; ballots never exceed their base."""
    every = domains(rules)
    filled = {n: True if v == NOT_GIVEN else v for n, v in case.facts.items()}
    missing = [name for name, value in filled.items() if value is None]
    ways = list(product(*(every[name] for name in missing)))
    for way in ways[:: -(-len(ways) // LIMIT)]:
        complete = {**filled, **dict(zip(missing, way, strict=True))}
        if _is_possible(complete, rules):
            yield complete


def _is_possible(complete: Facts, rules: Rules) -> bool:
    if complete["phieu"] == "-":
        return True
    bases = [complete[vote.base] for vote in rules.votes if vote.base in complete]
    return all(sum(complete["phieu"].values()) <= base for base in bases)


# -- through the engine ---------------------------------------------------------------------------


def ranked(program: Program, facts: dict[str, Any], case: Gaps) -> Result:
    """Return what the engine finds of the member."""
    units = {name: _unit(program, name, unit) for name, unit in case.units.items()}
    someone = ef.Entity(program.objects["member"], "m", {})
    someone.facts = {
        _path(name): _stated(name, value, program, units)
        for name, value in facts.items()
        if value != NOT_GIVEN and "." not in name
    }
    records = _records(program, facts, someone)
    someone.facts["tasks"] = list_of(map(known, records))
    if case.given is not None:
        someone.given = ef.Given(
            case.given.level - _lowest(program), "", Stage(case.given.after), {}
        )
    entities = {"unit": units, "member": {"m": someone}}
    made = ef.Case(program, date(2021, 12, 15), entities, tuple(records), whole=ALL_WHOLE)
    found = evaluate_case(program, made)
    return found.by_type["member"]["m"]


def _records(program: Program, facts: dict[str, Any], owner: ef.Entity) -> list[ef.Entity]:
    rows = sorted({name.partition(".")[0] for name in facts if "." in name})
    return [
        ef.Entity(
            program.objects["task"],
            row,
            {
                field: _stated(field, facts[f"{row}.{field}"], program, {})
                for field in ("done", "grade")
            },
            owner,
        )
        for row in rows
    ]


def _lowest(program: Program) -> int:
    return 4 - len(program.values["hang"].values)


def _path(name: str) -> str:
    return f"criteria.{name}" if name in ("c0", "c1", "c2") else name


def _unit(program: Program, name: str, unit: Unit) -> ef.Entity:
    made = ef.Entity(program.objects["unit"], name, {"u0": known(unit.u0), "u1": known(unit.u1)})
    if unit.given == "not_ranked":
        made.given = ef.Given(None, "not_ranked", Stage.QUOTA, {})
    elif isinstance(unit.given, int):
        made.given = ef.Given(unit.given - _lowest(program), "", Stage.QUOTA, {})
    return made


def _stated(
    name: str, value: Any, program: Program, units: dict[str, ef.Entity]
) -> Value | ef.Stated:
    if value == "-":
        return ef.Stated.ABSENT
    if value is None:
        return _unknown(name, program)
    match name:
        case "to":
            return known(units[value])
        case "phieu":
            return known(tuple(value.get(r, 0) for r in range(_lowest(program), 4)))
        case "s0" | "w0" | "c0" | "c1" | "c2" | "grade":
            return known(value - _lowest(program))
        case "n0" | "n1" | "so" | "many":
            return known(Decimal(value))
        case _:
            return known(value)


def _unknown(name: str, program: Program) -> Value:
    holder = "task" if name in ("done", "grade") else "member"
    fact = program.objects[holder].facts.get(name)
    return OPEN if fact is None else whole(fact.ty, program.values)

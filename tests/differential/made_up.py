"""Made-up rulebooks: a plain description, its YAML, and the facts of a member to rank.

There are two subject types. A `unit` is ranked by one fact, or not ranked, or its level is given; a
`member` belongs to a unit and has everything else: criteria, a ladder with knock-outs, floors, caps
(one may be the unit's level), a binding vote and a deferral.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import strategies as st
from tests.differential.conditions import LEVELS, Condition, conditions

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import DrawFn

STAGES = ("standard", "floor", "cap", "vote", "defer", "quota")
UNIT_LEVEL = "to.hang"
ONE_HIGHER = "higher(stages.standard, 1)"
EACH_TASK = "v.grade"


@dataclass(frozen=True)
class Requirement:
    """What a level asks for, where `when` holds."""

    when: Condition | None
    that: Condition


@dataclass(frozen=True)
class Row:
    """A row of a matrix: the grades in `work`, or a level, are at least the rank of each cell."""

    when: Condition | None
    of: str
    cells: dict[int, int | None]

    def asked(self, rank: int) -> tuple[Requirement, ...]:
        """Return what the cell of a level says in length."""
        cell = self.cells[rank]
        if cell is None:
            return ()
        every = Condition("every", (">=", cell))
        one = Condition("level", (self.of, ">=", cell))
        return (Requirement(self.when, every if self.of == "work" else one),)


@dataclass(frozen=True)
class Limit:
    """A knock-out or a cap: where `when` holds, `level` (a rank, or an expression) at most.

    `to.hang` is the level of the unit, `v.grade` that of each task that is done. A cap may come
    last, after all that leaves a choice.
    """

    when: Condition | None
    level: int | str
    last: bool = False


@dataclass(frozen=True)
class Lift:
    """A floor: where `when` holds, `level` at least; `over` knock-outs, or under them.

    The level is a rank, the fact `s0`, or one above the standard.
    """

    when: Condition | None
    level: int | str
    over: bool


@dataclass(frozen=True)
class Vote:
    """A binding vote; `wins` gives numerator, denominator, whether more than that is needed.

    `base` is a number or a fact: `so` has a range, `many` has no end.
    """

    when: Condition | None
    wins: tuple[int, int, bool]
    cumulative: bool
    stands: bool
    base: str


@dataclass(frozen=True)
class Deferral:
    """A choice left to a body among ranks; None is any. `leave`: not to rank is a choice too."""

    when: Condition
    among: tuple[int, ...] | None
    leave: bool


@dataclass(frozen=True)
class Rules:
    """All rules for members, over a scale whose lowest rank is `lowest`."""

    lowest: int
    cumulative: bool
    levels: dict[int, tuple[Requirement, ...]]
    knockouts: tuple[Limit, ...]
    caps: tuple[Limit, ...]
    not_ranked: tuple[Condition, ...]
    pending: tuple[Condition, ...]
    votes: tuple[Vote, ...]
    deferrals: tuple[Deferral, ...]
    floors: tuple[Lift, ...] = ()
    matrix: tuple[Row, ...] = ()

    def asked(self, rank: int) -> tuple[Requirement, ...]:
        """Return all that a level asks for."""
        rows = (one for row in self.matrix for one in row.asked(rank))
        return (*rows, *self.levels[rank])

    @property
    def ranks(self) -> range:
        """The ranks of the scale, lowest first."""
        return range(self.lowest, len(LEVELS))


# -- drawing --------------------------------------------------------------------------------------


@st.composite
def rules(draw: DrawFn) -> Rules:
    """Draw the rules of a rulebook."""
    lowest = draw(st.integers(0, 1))
    condition = conditions(lowest)
    maybe = st.none() | condition
    rank = st.integers(lowest, 3)
    requirement = st.builds(Requirement, maybe, condition)
    limit = rank | st.sampled_from([UNIT_LEVEL, "s0", EACH_TASK])
    caps = st.builds(Limit, maybe, limit, st.booleans())
    least = rank | st.sampled_from(["s0", ONE_HIGHER])
    among = st.none() | st.lists(rank, min_size=1, max_size=3, unique=True).map(tuple)
    wins = st.sampled_from(
        [(1, 2, True), (2, 3, False), (1, 1, False), (1, 2, False), (0, 1, False), (0, 1, True)]
    )
    base = st.sampled_from(["so", "2", "many"])
    vote = st.builds(Vote, maybe, wins, st.booleans(), st.booleans(), base)
    ballot = draw(st.none() | vote)
    votes = () if ballot is None else (ballot,)
    if ballot is not None and ballot.when is not None and draw(st.booleans()):
        votes = (ballot, replace(draw(vote), when=Condition("not", (ballot.when,))))
    matrix = tuple(draw(_row(maybe, lowest)) for _ in range(draw(st.integers(0, 2))))
    few = st.lists(requirement, min_size=not matrix, max_size=2).map(tuple)
    return Rules(
        lowest,
        draw(st.booleans()),
        {r: draw(few) for r in range(3, lowest, -1)},
        draw(st.lists(st.builds(Limit, maybe, rank), max_size=2).map(tuple)),
        draw(st.lists(caps, max_size=2).map(tuple)),
        draw(st.lists(condition, max_size=1).map(tuple)),
        draw(st.lists(condition, max_size=1).map(tuple)),
        votes,
        draw(st.lists(st.builds(Deferral, condition, among, st.booleans()), max_size=2).map(tuple)),
        draw(st.lists(st.builds(Lift, maybe, least, st.booleans()), max_size=2).map(tuple)),
        matrix,
    )


@st.composite
def _row(draw: DrawFn, maybe: st.SearchStrategy[Condition | None], lowest: int) -> Row:
    cell = st.none() | st.integers(lowest, 3)
    cells = {rank: draw(cell) for rank in range(3, lowest, -1)}
    return Row(draw(maybe), draw(st.sampled_from(["work", "s0"])), cells)


# -- writing --------------------------------------------------------------------------------------


def write(made: Rules, folder: Path) -> None:
    """Write a rulebook to an empty folder."""
    scale = {LEVELS[r]: LEVELS[r].upper() for r in made.ranks}
    manifest: dict[str, Any] = {
        "khung": 1,
        "id": "made",
        "title": "Made up",
        "period": {"from": "2021-01-01", "to": "2021-12-31"},
        "scales": {"hang": {"values": scale}},
        "records": {"task": {"fields": {"done": {"type": "boolean"}, "grade": {"type": "hang"}}}},
    }
    for name, document in (("rulebook", manifest), ("unit", _unit(made)), ("member", member(made))):
        text = yaml.dump(document, sort_keys=False).replace("'2021-01-01'", "2021-01-01")
        text = text.replace("'2021-12-31'", "2021-12-31")
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def _unit(made: Rules) -> dict[str, Any]:
    bottom, top = LEVELS[made.lowest], LEVELS[-1]
    return {
        "subject": "unit",
        "facts": {"u0": {"type": "boolean"}, "u1": {"type": "boolean"}},
        "not_ranked": {"out": {"when": "u1"}},
        "ladder": {
            "scale": "hang",
            "levels": {
                top: {"require": {"good": {"that": "u0"}}},
                bottom: {"otherwise": True},
            },
        },
    }


def member(made: Rules) -> dict[str, Any]:
    """Return the subject file of members."""
    document: dict[str, Any] = {
        "subject": "member",
        "links": {"to": {"to": "unit"}},
        "facts": _facts(),
        "criteria": {
            "scale": "hang",
            "groups": {
                "work": {"items": {"c0": {}, "c1": {}, "c2": {"applies_when": "b0"}}},
            },
        },
        "not_ranked": _conditions("out", made.not_ranked),
        "pending": _conditions("wait", made.pending),
        "ladder": _ladder(made),
        "floors": {f"floor{i}": _floor(f) for i, f in enumerate(made.floors)},
        "caps": {f"cap{i}": _cap(c) for i, c in enumerate(made.caps)},
        "votes": {f"vote{i}": _vote(v) for i, v in enumerate(made.votes)},
        "defer": {f"defer{i}": _deferral(d) for i, d in enumerate(made.deferrals)},
    }
    return {key: value for key, value in document.items() if value}


def _facts() -> dict[str, Any]:
    flags = {name: {"type": "boolean"} for name in ("b0", "b1", "b2")}
    numbers = {name: {"type": "number", "range": "0..3"} for name in ("n0", "n1")}
    return {
        **flags,
        **numbers,
        "x0": {"type": "boolean", "default": True, "provisional": True},
        "s0": {"type": "hang"},
        "w0": {"type": "hang", "applies_when": "b0"},
        "so": {"type": "number", "range": "0..2"},
        "many": {"type": "number"},
        "phieu": {"type": "ballots of hang"},
        "tasks": {"type": "list of task", "default": "[]"},
    }


def _conditions(prefix: str, all_of: tuple[Condition, ...]) -> dict[str, Any]:
    return {f"{prefix}{i}": {"when": str(c)} for i, c in enumerate(all_of)}


def _ladder(made: Rules) -> dict[str, Any]:
    levels: dict[str, Any] = {
        LEVELS[rank]: {
            "require": {
                f"r{i}": _drop({"when": _text(r.when), "that": str(r.that)})
                for i, r in enumerate(required)
            }
        }
        for rank, required in made.levels.items()
    }
    levels = {name: level for name, level in levels.items() if level["require"]}
    levels[LEVELS[made.lowest]] = {"otherwise": True}
    knockouts = {
        f"k{i}": {"when": _text(k.when) or "true", "to": _level(k.level)}
        for i, k in enumerate(made.knockouts)
    }
    return _drop(
        {
            "scale": "hang",
            "cumulative": made.cumulative,
            "thresholds": _matrix(made),
            "levels": levels,
            "knockouts": knockouts or None,
        }
    )


def _matrix(made: Rules) -> dict[str, Any] | None:
    """Return the matrix; a level that has nothing but its column is left out of the levels."""
    columns = [rank for rank in reversed(made.ranks) if rank != made.lowest]
    rows = {
        f"t{i}": _drop(
            {
                "of": row.of,
                "when": _text(row.when),
                "at_least": [
                    "-" if (cell := row.cells[r]) is None else LEVELS[cell] for r in columns
                ],
            }
        )
        for i, row in enumerate(made.matrix)
    }
    return {"columns": [LEVELS[rank] for rank in columns], **rows} if rows else None


def _floor(floor: Lift) -> dict[str, Any]:
    over = True if floor.over else None
    level = _level(floor.level)
    return _drop({"when": _text(floor.when), "at_least": level, "over_knockouts": over})


def _cap(cap: Limit) -> dict[str, Any]:
    each = {"each": "v in tasks", "where": "v.done"} if cap.level == EACH_TASK else {}
    last = True if cap.last else None
    return _drop({"when": _text(cap.when), **each, "at_most": _level(cap.level), "last": last})


def _vote(vote: Vote) -> dict[str, Any]:
    numerator, denominator, strict = vote.wins
    share = f"{numerator}/{denominator}" if denominator > 1 else f"{numerator * 100}%"
    return _drop(
        {
            "binding": True,
            "when": _text(vote.when),
            "ballots": "phieu",
            "base": vote.base,
            "wins": {"more_than" if strict else "at_least": share},
            "counting": "cumulative" if vote.cumulative else "exact",
            "above_ceiling": "wins" if vote.stands else "ceiling",
        }
    )


def _deferral(rule: Deferral) -> dict[str, Any]:
    among: Any = "hang" if rule.among is None else [LEVELS[r] for r in rule.among]
    if rule.leave:
        among = [*(LEVELS[1:] if rule.among is None else among), "not_ranked"]
    return {"when": str(rule.when), "question": "Which?", "among": among}


def _text(condition: Condition | None) -> str | None:
    return None if condition is None else str(condition)


def _level(level: int | str) -> str:
    return LEVELS[level] if isinstance(level, int) else level


def _drop(entries: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}

"""Conditions over complete facts: how they are drawn, written, and found true by plain Python."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn

LEVELS = "dcba"
"""The levels of the one scale, lowest first; a smaller rulebook uses the upper ones only."""

OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}

Facts = dict[str, Any]
"""Complete facts: booleans, whole numbers, ranks of levels, ballots by rank, ids of links."""


@dataclass(frozen=True)
class Condition:
    """`kind` says how to read `parts`: a name, an operator, a value, or conditions."""

    kind: str
    parts: tuple[Any, ...]

    def __str__(self) -> str:
        """Return it as an expression of the language."""
        match self.kind, self.parts:
            case "fact", (name,):
                return str(name)
            case "not", (inner,):
                return f"not({inner})"
            case ("and" | "or") as word, (one, other):
                return f"({one} {word} {other})"
            case "number", (name, op, value):
                return f"{name} {op} {value}"
            case "level", (name, op, rank):
                return f"{name} {op} {LEVELS[rank]}"
            case "guarded", (guard, name, op, rank):
                return f"({guard} and {name} {op} {LEVELS[rank]})"
            case ("every" | "some") as word, (op, rank):
                return f"({word} i in work satisfies i {op} {LEVELS[rank]})"
            case "share", (op, limit, rank):
                return f"((share i in work satisfies i >= {LEVELS[rank]}) {op} {limit})"
            case "records", (word, op, rank):
                return f"({word} v in tasks where v.done satisfies v.grade {op} {LEVELS[rank]})"
            case "count", (op, least, rank):
                return f"((count i in work satisfies i >= {LEVELS[rank]}) {op} {least})"
            case _:
                raise AssertionError(self)


def holds(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Return whether a condition is true of complete facts."""
    match condition.kind, condition.parts:
        case "fact", (name,):
            return bool(facts[name])
        case "not", (inner,):
            return not holds(inner, facts)
        case "and", (one, other):
            return holds(one, facts) and holds(other, facts)
        case "or", (one, other):
            return holds(one, facts) or holds(other, facts)
        case (("number" | "level"), (name, op, value)):
            return bool(OPERATORS[op](facts[name], value))
        case "guarded", (guard, name, op, rank):
            return bool(facts[guard]) and bool(OPERATORS[op](facts[name], rank))
        case ("every" | "some") as word, (op, rank):
            found = [OPERATORS[op](grade, rank) for grade in grades(facts)]
            return all(found) if word == "every" else any(found)
        case "share", (op, limit, rank):
            return _share(facts, op, limit, rank)
        case "records", (word, op, rank):
            found = [OPERATORS[op](v["grade"], rank) for v in tasks(facts) if v["done"]]
            return all(found) if word == "every" else any(found)
        case "count", (op, least, rank):
            return bool(OPERATORS[op](sum(g >= rank for g in grades(facts)), least))
        case _:
            raise AssertionError(condition)


def grades(facts: Mapping[str, Any]) -> list[int]:
    """Return the grades of the criteria that apply: `c2` only where `b0` holds."""
    return [facts[name] for name in ("c0", "c1", *(("c2",) if facts["b0"] else ()))]


def tasks(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records of a member; their fields are facts such as `v0.grade`."""
    rows = sorted({name.partition(".")[0] for name in facts if "." in name})
    return [{field: facts[f"{row}.{field}"] for field in ("done", "grade")} for row in rows]


def _share(facts: Mapping[str, Any], op: str, limit: str, rank: int) -> bool:
    """An empty list cannot occur here: `c0` and `c1` always apply."""
    found = grades(facts)
    part = Fraction(sum(grade >= rank for grade in found), len(found))
    percent = limit.endswith("%")
    threshold = Fraction(limit.rstrip("%")) / (100 if percent else 1)
    return bool(OPERATORS[op](part, threshold))


_OPS = st.sampled_from(sorted(OPERATORS))


@st.composite
def conditions(draw: DrawFn, lowest: int = 0, depth: int = 2) -> Condition:
    """Draw a condition over the facts of a made-up rulebook whose scale starts at `lowest`."""
    ranks = st.integers(lowest, len(LEVELS) - 1)
    flag = st.sampled_from(["b0", "b1", "b2", "x0"])
    if depth > 0 and draw(st.integers(0, 2)) == 0:
        inner = conditions(lowest, depth - 1)
        kind = draw(st.sampled_from(["not", "and", "or"]))
        count = 1 if kind == "not" else 2
        return Condition(kind, tuple(draw(inner) for _ in range(count)))
    one = {
        "fact": st.tuples(flag),
        "number": st.tuples(st.sampled_from(["n0", "n1"]), _OPS, st.integers(0, 3)),
        "level": st.tuples(st.just("s0"), _OPS, ranks),
        "guarded": st.tuples(st.just("b0"), st.just("w0"), _OPS, ranks),
        "every": st.tuples(_OPS, ranks),
        "some": st.tuples(_OPS, ranks),
        "records": st.tuples(st.sampled_from(["every", "some"]), _OPS, ranks),
        "share": st.tuples(_OPS, st.sampled_from(["50%", "2/3", "80%", "1/3"]), ranks),
        "count": st.tuples(_OPS, st.integers(0, 3), ranks),
    }
    kind = draw(st.sampled_from(sorted(one)))
    return Condition(kind, draw(one[kind]))

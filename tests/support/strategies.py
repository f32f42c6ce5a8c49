"""Checked expressions and facts for them, made by Hypothesis.

Expressions are made as texts, by type, over the inputs of `INPUTS`; each has no mistake by
construction. Inputs have small domains, so that every completion of what is unknown can be tried.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from khung.engine.values import Element, Elements, Value, known, whole, within
from khung.ir import types as t
from khung.ir.program import Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

_EXAMPLES = {"dev": 50, "ci": 200, "fast": 200, "long": 4000}
_PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
_SHRINKS = _PROFILE != "fast"

law = settings(
    max_examples=_EXAMPLES[_PROFILE],
    derandomize=_PROFILE in ("dev", "ci"),
    deadline=None,
    phases=[p for p in Phase if p is not Phase.explain and (p is not Phase.shrink or _SHRINKS)],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""How a law is tried. By default and with `HYPOTHESIS_PROFILE=ci`, which tries more, on the same
examples every time; with `long` on many new ones, with `fast` without making a failing one small.
"""

HANG = t.Scale("hang")
SCALES = {"hang": Values("hang", ("d", "c", "b", "a"), {}, ordered=True)}
ROW = t.Context((("take", t.BOOLEAN), ("ok", t.BOOLEAN), ("n", t.NUMBER)))


@dataclass(frozen=True)
class Input:
    """A named input: its type and every value that a test gives it; `ends` if it has a range."""

    ty: t.Type
    domain: tuple[Any, ...]
    ends: bool = True

    @property
    def open(self) -> Value:
        """What is known of it when it is not given."""
        if not self.ends or not t.is_ordered(self.ty):
            return whole(self.ty, SCALES)
        return within(min(self.domain), max(self.domain))


def _days(year: int, *days: tuple[int, int]) -> tuple[date, ...]:
    return tuple(date(year, month, day) for month, day in days)


def _numbers(*values: str | int) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, values))


_TRUTHS = (False, True)
LEAVES: dict[str, Input] = {
    "p": Input(t.BOOLEAN, _TRUTHS),
    "q": Input(t.BOOLEAN, _TRUTHS),
    "x": Input(t.NUMBER, _numbers(0, 1, "1.5", 3)),
    "y": Input(t.NUMBER, _numbers(-2, 0, "0.5", 2)),
    "k": Input(t.NUMBER, _numbers(1, 2, 3)),
    "z": Input(t.NUMBER, _numbers(-7, 0, 40), ends=False),
    "d": Input(t.DATE, _days(2021, (1, 30), (1, 31), (2, 1), (2, 28))),
    "e": Input(t.DATE, _days(2020, (2, 28), (2, 29), (3, 1), (3, 31))),
    "s": Input(t.STRING, ("a", "b")),
    "u": Input(t.STRING, ("a", "ba")),
    "m": Input(t.MONTHS, (0, 1, 13), ends=False),
    "g": Input(HANG, (0, 1, 2, 3)),
    "h": Input(HANG, (0, 1, 2, 3)),
    **{
        f"l{row}.{name}": one
        for row in range(3)
        for name, one in {
            "take": Input(t.BOOLEAN, _TRUTHS),
            "ok": Input(t.BOOLEAN, _TRUTHS),
            "n": Input(t.NUMBER, _numbers(-1, 0, 2)),
        }.items()
    },
}
"""Every value that can be unknown on its own; `l0.ok` is a field of the first row of the list."""

TYPES: dict[str, t.Type] = {
    **{name: leaf.ty for name, leaf in LEAVES.items() if "." not in name},
    "l": t.List(ROW),
}

Facts = dict[str, Any]
"""A value, or None for unknown, for each leaf."""


def inputs(facts: Mapping[str, Any]) -> dict[str, Value]:
    """Return facts in run-time form."""
    given = {
        name: leaf.open if facts.get(name) is None else known(facts[name])
        for name, leaf in LEAVES.items()
    }
    rows = sorted({name.partition(".")[0] for name in facts if "." in name})
    items = (known({field: given[f"{row}.{field}"] for field, _ in ROW.fields}) for row in rows)
    plain = {name: value for name, value in given.items() if "." not in name}
    return {**plain, "l": known(Elements(tuple(Element(item) for item in items)))}


@st.composite
def facts(draw: DrawFn, text: str, most: int = 4) -> Facts:
    """Draw facts of which at most `most` that the text reads are unknown."""
    rows = draw(st.integers(0, 3))
    names = [n for n in LEAVES if "." not in n or int(n[1]) < rows]
    read = [n for n in names if is_read(n, text)]
    gaps = draw(st.sets(st.sampled_from(read), max_size=most)) if read else set()
    return {
        name: None if name in gaps else draw(st.sampled_from(LEAVES[name].domain)) for name in names
    }


def is_read(leaf: str, text: str) -> bool:
    """Whether a text may read a leaf."""
    words = set(re.findall(r"\w+", text))
    row, _, field = leaf.partition(".")
    return row in words if not field else "l" in words and field in words


def completions(gaps: Facts, limit: int = 400) -> Iterator[Facts]:
    """Yield the facts with every unknown filled, in every way; spread out where over the limit."""
    missing = [name for name, value in gaps.items() if value is None]
    ways = list(product(*(LEAVES[name].domain for name in missing)))
    step = -(-len(ways) // limit)
    for way in islice(ways, 0, None, max(1, step)):
        yield {**gaps, **dict(zip(missing, way, strict=True))}


# -- texts, by type -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """How deep an expression may still nest, and which rows of the list are bound around it."""

    depth: int = 3
    rows: tuple[str, ...] = ()

    @property
    def deeper(self) -> Scope:
        """One level down."""
        return Scope(self.depth - 1, self.rows)

    def bound(self) -> tuple[Scope, str]:
        """One level down, with one more row bound."""
        name = f"v{len(self.rows)}"
        return Scope(self.depth - 1, (*self.rows, name)), name


_ORDER = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_EQUALITY = st.sampled_from(["=", "!="])


def _join(draw: DrawFn, form: str, *parts: SearchStrategy[str]) -> str:
    return form.format(*(draw(part) for part in parts))


def _forms(draw: DrawFn, leaves: list[str], forms: list[tuple[str, Any]], scope: Scope) -> str:
    """Draw a leaf, or a form with its parts."""
    if scope.depth <= 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(leaves))
    form, *parts = draw(st.sampled_from(forms))
    return _join(draw, form, *(part(scope.deeper) if callable(part) else part for part in parts))


@st.composite
def numbers(draw: DrawFn, scope: Scope = Scope()) -> str:  # frozen
    """Draw the text of a number."""
    leaves = ["x", "y", "k", "z", "0", "1", "2.5", "50%", *(f"{v}.n" for v in scope.rows)]
    n, b, d = numbers, booleans, dates
    forms = [
        ("({} + {})", n, n),
        ("({} - {})", n, n),
        ("({} * {})", n, n),
        ("({} / {})", n, n),
        ("(-{})", n),
        ("({} ** 2)", n),
        ("abs({})", n),
        ("floor({})", n),
        ("ceiling({})", n),
        ("round half up({}, 0)", n),
        ("round down({}, 1)", n),
        ("modulo({}, {})", n, n),
        ("min({}, {})", n, n),
        ("max([{}, {}, 1])", n, n),
        ("sum([{}, {}])", n, n),
        ("mean([{}, {}])", n, n),
        ("(if {} then {} else {})", b, n, n),
        ("months between({}, {})", d, d),
        ("({}).month", d),
        ("({}).months", durations),
        ("count({})", lists),
        ("sum({}.n)", lists),
        ("max({}.n)", lists),
        ("count(distinct values([{}, {}]))", n, n),
        ("[{}, {}][{}]", n, n, n),
        ("date({}, {}, 1).month", n, n),
        ("number({})", texts),
        ("string length({})", texts),
        ("{}", aggregates),
        ("{}", tallies),
    ]
    return _forms(draw, leaves, forms, scope)


@st.composite
def aggregates(draw: DrawFn, scope: Scope) -> str:
    """Draw a sum, an average or an end over the rows."""
    word = draw(st.sampled_from(["sum", "average", "lowest", "highest"]))
    inner, name = scope.bound()
    where = f" where {draw(booleans(inner))}" if draw(st.booleans()) else ""
    return f"({word} {name} in {draw(lists(scope))}{where} of {draw(numbers(inner))})"


@st.composite
def tallies(draw: DrawFn, scope: Scope, word: str = "count") -> str:
    """Draw a count, a share or a quantifier over the rows."""
    inner, name = scope.bound()
    where = f" where {draw(booleans(inner))}" if draw(st.booleans()) else ""
    body = draw(booleans(inner))
    return f"({word} {name} in {draw(lists(scope))}{where} satisfies {body})"


@st.composite
def lists(draw: DrawFn, scope: Scope) -> str:
    """Draw a list of rows."""
    forms = [
        "l",
        "l",
        "l[ok]",
        "l[take and n > 0]",
        "concatenate(l, l)",
        "(if p then l else l[ok])",
    ]
    return draw(st.sampled_from(forms))


@st.composite
def dates(draw: DrawFn, scope: Scope = Scope()) -> str:  # frozen
    """Draw the text of a date."""
    leaves = ["d", "e", '@"2021-01-31"', '@"2020-02-29"', '@"9999-12-31"']
    forms = [
        ("({} + {})", dates, durations),
        ("({} - {})", dates, durations),
        ('({} + @"P1D")', dates),
        ('({} - @"PT36H")', dates),
        ("min({}, {})", dates, dates),
        ("(if {} then {} else {})", booleans, dates, dates),
    ]
    return _forms(draw, leaves, forms, scope)


@st.composite
def durations(draw: DrawFn, scope: Scope = Scope()) -> str:  # frozen
    """Draw the text of a years-and-months duration."""
    leaves = ["m", '@"P1M"', '@"-P1Y"', '@"P0M"']
    forms = [
        ("({} + {})", durations, durations),
        ("({} * {})", durations, numbers),
        ("abs({})", durations),
        ("(sum v in [{}, {}] of v)", durations, durations),
        ("(average v in [{}, {}] of v)", durations, durations),
        ("(-{})", durations),
        ("(if {} then {} else {})", booleans, durations, durations),
    ]
    return _forms(draw, leaves, forms, scope)


@st.composite
def texts(draw: DrawFn, scope: Scope = Scope()) -> str:  # frozen
    """Draw the text of a text."""
    forms = [
        ("({} + {})", texts, texts),
        ("upper case({})", texts),
        ("string({})", numbers),
        ("(if {} then {} else {})", booleans, texts, texts),
    ]
    return _forms(draw, ["s", "u", '"a"', '""'], forms, scope)


@st.composite
def levels(draw: DrawFn, scope: Scope = Scope()) -> str:  # frozen
    """Draw the text of a level."""
    forms = [
        ("min({}, {})", levels, levels),
        ("max({}, {})", levels, levels),
        ("lower({}, {})", levels, numbers),
        ("higher({}, 1)", levels),
        ("(if {} then {} else {})", booleans, levels, levels),
    ]
    return _forms(draw, ["g", "h"], forms, scope)


@st.composite
def booleans(draw: DrawFn, scope: Scope = Scope()) -> str:  # frozen
    """Draw the text of a condition."""
    leaves = ["p", "q", "true", "false"]
    leaves += [f"{v}.{name}" for v in scope.rows for name in ("take", "ok")]
    n, b = numbers, booleans
    forms = [
        ("({} and {})", b, b),
        ("({} or {})", b, b),
        ("not({})", b),
        ("({} {} {})", b, _EQUALITY, b),
        ("(if {} then {} else {})", b, b, b),
        ("all([{}, {}])", b, b),
        ("any([{}, {}])", b, b),
        ("({} {} {})", n, _ORDER, n),
        ("({} between {} and {})", n, n, n),
        ("({} in [{}..{}))", n, n, n),
        ("({} in (< {}, {}, [1..2]))", n, n, n),
        ("({} in [{}, {}])", n, n, n),
        ("list contains([{}, {}], {})", n, n, n),
        ("even({})", n),
        ("({} {} {})", dates, _ORDER, dates),
        ("({} in [{}..{}])", dates, dates, dates),
        ('(({} - {}) {} @"P30D")', dates, dates, _ORDER),
        ("({} {} {})", durations, _ORDER, durations),
        ("({} {} {})", texts, _EQUALITY, texts),
        ('({} in ("a", {}))', texts, texts),
        ("contains({}, {})", texts, texts),
        ("({} {} {})", levels, _ORDER, levels),
        ("({} in [{}..{}])", levels, levels, levels),
        ("{}", lambda scope: tallies(scope, "every")),
        ("{}", lambda scope: tallies(scope, "some")),
        ("({} {} {})", lambda scope: tallies(scope, "share"), _ORDER, _THRESHOLDS),
        ("list contains({}.n, {})", lists, n),
        ("([{}, {}] {} [1, {}])", n, n, _EQUALITY, n),
    ]
    return _forms(draw, leaves, forms, scope)


_THRESHOLDS = st.sampled_from(
    ["0%", "50%", "80%", "1/3", "2/3", "100%", "(if p then 50% else 2/3)", "(if q then 1 else 0)"]
)

EXPRESSIONS: SearchStrategy[str] = st.one_of(
    booleans(), numbers(), dates(), durations(), texts(), levels()
)
"""The text of a checked expression of any type that has values to compare."""

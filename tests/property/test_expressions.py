"""Laws of expressions: nothing crashes, bounds are sound, and more facts never widen them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from tests.property.test_syntax import EXPRESSIONS as TREES
from tests.support import strategies as s

from khung.diagnostics.bag import Bag
from khung.engine.evaluate import Evaluator
from khung.engine.values import Value, known, list_of, whole
from khung.ir import types as t
from khung.ir.definitions import lower_expression
from khung.syntax.from_text import parse_expression
from khung.syntax.unparse import unparse
from khung.text import placed

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.syntax import ast

pytestmark = pytest.mark.filterwarnings("default")

_HOST_TYPES = st.sampled_from(
    [
        *(t.BOOLEAN, t.NUMBER, t.STRING, t.DATE, t.MONTHS, t.SECONDS, t.ANYTHING),
        *(t.List(t.NUMBER), t.List(t.BOOLEAN), t.List(t.ANYTHING), t.Range(t.NUMBER)),
        *(t.List(s.ROW), s.ROW),
    ]
)
_NAMES = ("a", "x", "cấp_độ", "date", "time", "months", "index", "item", "_1")


def lowered(text: str) -> Node:
    """Return the node of a text, which has no mistake."""
    bag = Bag()
    tree = parse_expression(placed(text), bag)
    assert tree is not None, bag.diagnostics
    node = lower_expression(tree, s.TYPES, bag)
    assert not bag.has_errors, bag.diagnostics
    return node


def value_of(node: Node, facts: s.Facts) -> Value:
    """Return what is known of a node's value."""
    return Evaluator(s.SCALES, {}).evaluate(node, (known(s.inputs(facts)),))


def lies_within(inner: Value, outer: Value) -> bool:
    """Whether all that `inner` leaves open, `outer` leaves open too."""
    if outer.known:
        return inner.known and bool(inner.least == outer.least)
    if outer.least is None:
        return True
    return inner.least is not None and bool(outer.least <= inner.least and inner.most <= outer.most)


@s.law
@given(TREES, st.fixed_dictionaries(dict.fromkeys(_NAMES, _HOST_TYPES)))
def test_any_tree_is_lowered_or_refused_and_never_raises(
    tree: ast.Expr, types: dict[str, t.Type]
) -> None:
    bag = Bag()
    placed_tree = parse_expression(placed(unparse(tree)), bag)
    assert placed_tree is not None
    node = lower_expression(placed_tree, types, bag)
    if not bag.has_errors:
        inputs = {name: whole(ty, {}) for name, ty in types.items()}
        Evaluator({}, {}).evaluate(node, (known(inputs),))


@s.law
@given(st.data())
def test_every_completion_lies_within_the_bounds(data: st.DataObject) -> None:
    text = data.draw(s.EXPRESSIONS)
    facts = data.draw(s.facts(text))
    node = lowered(text)
    bounds = value_of(node, facts)
    note(f"{text} with {facts} is {bounds}")
    for complete in s.completions(facts):
        found = value_of(node, complete)
        assert lies_within(found, bounds), (complete, found)


@s.law
@given(st.data())
def test_more_facts_never_widen(data: st.DataObject) -> None:
    text = data.draw(s.EXPRESSIONS)
    facts = data.draw(s.facts(text, most=9))
    node = lowered(text)
    before = value_of(node, facts)
    for name in data.draw(st.permutations([n for n, v in facts.items() if v is None])):
        facts[name] = data.draw(st.sampled_from(s.LEAVES[name].domain))
        after = value_of(node, facts)
        assert lies_within(after, before), (text, name, facts, before, after)
        before = after


@s.law
@given(st.data())
def test_known_facts_give_a_known_value_or_an_error(data: st.DataObject) -> None:
    text = data.draw(s.EXPRESSIONS)
    facts = data.draw(s.facts(text, most=0))
    value = value_of(lowered(text), facts)
    assert value.known or value.why == "error", (text, facts, value)


_SAME = [
    ("not({0} and {1})", "not({0}) or not({1})"),
    ("not({0} or {1})", "not({0}) and not({1})"),
    ("not(not({0}))", "{0}"),
    ("{0} and {1}", "{1} and {0}"),
    ("{0} or ({1} or {0})", "({0} or {1}) or {0}"),
    ("all([{0}, {1}])", "{0} and {1}"),
    ("any([{0}, {1}])", "{0} or {1}"),
    ("{2} between {3} and {4}", "{2} >= {3} and {2} <= {4}"),
    ("{2} in [{3}..{4})", "{2} >= {3} and {2} < {4}"),
    ("{2} in ({3}, > {4})", "{2} = {3} or {2} > {4}"),
    ("not({2} in ({3}, {4}))", "{2} != {3} and {2} != {4}"),
    ("{2} <= {3}", "{3} >= {2}"),
    ("{2} < {3}", "not({2} >= {3})"),
    ("every v in l satisfies v.ok", "not(some v in l satisfies not(v.ok))"),
    (
        "every v in l where v.take satisfies v.ok",
        "every v in l satisfies not(v.take) or v.ok",
    ),
    ("some v in l where v.take satisfies v.ok", "some v in l satisfies v.take and v.ok"),
    (
        "count v in l where v.take satisfies v.ok",
        "count v in l satisfies v.take and v.ok",
    ),
    ("count(l[ok])", "count v in l satisfies v.ok"),
    ("sum v in l[ok] of v.n", "sum v in l where v.ok of v.n"),
    ("if {0} then {1} else {1}", "{1}"),
]


@pytest.mark.parametrize(("one", "other"), _SAME)
@s.law
@given(st.data())
def test_two_ways_to_say_the_same(one: str, other: str, data: st.DataObject) -> None:
    shallow = s.Scope(depth=2)
    parts = [data.draw(kind(shallow)) for kind in (s.booleans,) * 2 + (s.numbers,) * 3]
    first, second = one.format(*parts), other.format(*parts)
    facts = data.draw(s.facts(first, most=9))
    left, right = value_of(lowered(first), facts), value_of(lowered(second), facts)
    assert left[:2] == right[:2], (first, second, facts)


# -- shares against all completions -------------------------------------------------------------

_OPEN = st.sampled_from([True, False, None])
_HOLDS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _answers(rows: list[tuple[Any, Any]], op: str, limit: tuple[int, int]) -> set[bool]:
    """Return every answer that filling in the unknown of rows of (take, ok) can give."""
    ways = [[(take, ok) for take in _ways(row[0]) for ok in _ways(row[1])] for row in rows]
    found: set[bool] = set()
    for way in product(*ways):
        taken = [ok for take, ok in way if take]
        found.add(_HOLDS[op](sum(taken) * limit[1], limit[0] * len(taken)))
    return found


def _ways(value: bool | None) -> tuple[bool, ...]:
    return (False, True) if value is None else (value,)


@s.law
@given(
    st.lists(st.tuples(_OPEN, _OPEN), max_size=5),
    st.sampled_from(sorted(_HOLDS)),
    st.sampled_from([(0, 1), (1, 3), (1, 2), (2, 3), (4, 5), (1, 1)]),
)
def test_a_share_is_decided_exactly_when_all_completions_agree(
    rows: list[tuple[Any, Any]], op: str, limit: tuple[int, int]
) -> None:
    text = f"(share v in l where v.take satisfies v.ok) {op} {limit[0]}/{limit[1]}"
    truth = {None: whole(t.BOOLEAN, {}), True: known(value=True), False: known(value=False)}
    items = [
        known({"take": truth[take], "ok": truth[ok], "n": whole(t.NUMBER, {})}) for take, ok in rows
    ]
    value = Evaluator({}, {}).evaluate(lowered(text), (known({"l": list_of(items)}),))
    answers = _answers(rows, op, limit)
    if value.known:
        assert answers == {value.least}
    elif op not in ("=", "!="):
        assert answers == {True, False}

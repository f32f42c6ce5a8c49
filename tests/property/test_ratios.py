"""Shares over lists that may be empty, and what is reckoned of them: against every way to know."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.corpus import type_of, value_of
from tests.support.syntax import parsed

from khung.diagnostics.bag import Bag
from khung.engine.expression import evaluate_expression
from khung.ir import types as t
from khung.ir.definitions import lower_expression

LISTS = "list of {take: boolean, ok: boolean}"
NAMES = ("l", "m")
_known = st.sampled_from([True, False, None])
_lists = st.lists(st.fixed_dictionaries({"take": _known, "ok": _known}), max_size=3)
_empty = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1)])
_OPS = {
    "+": Fraction.__add__,
    "-": Fraction.__sub__,
    "*": Fraction.__mul__,
    "/": Fraction.__truediv__,
}
_numbers = st.sampled_from([Fraction(2), Fraction(1, 7), Fraction(3, 2)])


def share(name, empty):
    """Write the share of a list that is `empty` over nothing."""
    over = f"(empty: {empty.numerator} / {empty.denominator})"
    return f"(share x in {name} where x.take satisfies x.ok {over})"


def ways(found):
    """Yield a list with everything known, for each way in which it may be."""
    places = [[True, False] if one[key] is None else [one[key]] for one in found for key in one]
    for values in product(*places):
        flat = iter(values)
        yield [{key: next(flat) for key in one} for one in found]


def worth(found, empty):
    """Work out the share of a list of which all is known."""
    kept = [one["ok"] for one in found if one["take"]]
    return Fraction(sum(kept), len(kept)) if kept else empty


def ends(text, lists):
    """Return what khung finds, with everything of the type where it finds nothing."""
    bag, ty = Bag(), type_of(LISTS)
    node = lower_expression(parsed(text), dict.fromkeys(lists, ty), bag)
    assert bag.diagnostics == ()
    assert node.ty == t.RATIO
    return evaluate_expression(node, {name: value_of(raw, ty) for name, raw in lists.items()})


@settings(max_examples=150, deadline=None)
@given(_lists, _empty)
def test_a_share_lies_between_its_ends(found, empty):
    value = ends(share("l", empty), {"l": found})
    every = {worth(way, empty) for way in ways(found)}
    assert value.least <= min(every)
    assert max(every) <= value.most
    assert value.known is (value.least == value.most)
    if not any(one["take"] is None for one in found):  # then both ends are ways it may turn out
        assert {value.least, value.most} <= every


@settings(max_examples=200, deadline=None)
@given(
    _lists, _lists, _empty, st.sampled_from(sorted(_OPS)), st.sampled_from(sorted(_OPS)), _numbers
)
def test_what_is_reckoned_is_exact_and_between_its_ends(l, m, empty, first, second, number):  # noqa: E741  # the names in the text
    constant = f"{number.numerator} / {number.denominator}"
    text = f"({share('l', empty)} {second} ({constant})) {first} {share('m', empty)}"
    value = ends(text, {"l": l, "m": m})
    every = []
    for one, other in product(ways(l), ways(m)):
        divisor = worth(other, empty)
        if first == "/" and not divisor:
            return  # the result is an error, of which nothing is known
        every.append(_OPS[first](_OPS[second](worth(one, empty), number), divisor))
    assert value.least <= min(every)
    assert max(every) <= value.most
    if len(every) == 1:
        assert value.known
        assert value.least == every[0]


@settings(max_examples=150, deadline=None)
@given(_lists, _empty, st.data())
def test_knowing_more_never_widens(found, empty, data):
    before = ends(share("l", empty), {"l": found})
    way = data.draw(st.sampled_from(list(ways(found))))
    keep = data.draw(st.lists(st.booleans(), min_size=len(found), max_size=len(found)))
    more = [full if full_ else one for one, full, full_ in zip(found, way, keep, strict=True)]
    after = ends(share("l", empty), {"l": more})
    assert before.least <= after.least
    assert after.most <= before.most

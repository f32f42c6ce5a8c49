"""What criteria may give at most or at least: `sum c in SET of c.most` to the sum of their ranges.

A criterion that may not apply, or is in the set under a condition, adds its end where it is there.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

from khung.rulebook import model as m
from khung.syntax import ast
from khung.syntax.operators import AggregateOp, ArithmeticOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.diagnostics.bag import Bag
    from khung.text import Span

_ENDS = {"most": "high", "least": "low"}

Member = tuple[m.Criterion, tuple["ast.Expr", ...], tuple["ast.Expr", ...]]
"""A criterion with what must hold, and what must not, for it to be in a set."""


def expand(rulebook: m.Rulebook, _: Bag) -> m.Rulebook:
    """Return a rulebook that has the numbers in place of the ends of criteria in points."""
    return replace(rulebook, subjects=tuple(map(_subject, rulebook.subjects)))


def _subject(subject: m.Subject) -> m.Subject:
    criteria = subject.criteria
    if criteria is None or criteria.scale is not None:
        return subject
    found: m.Subject = _changed(subject, partial(_in_numbers, criteria=criteria))
    return found


def _changed(value: Any, change: Callable[[ast.Aggregate], ast.Expr]) -> Any:
    """Return a part of the model with the sums in it changed; the same if there are none."""
    if isinstance(value, tuple):
        parts = tuple(_changed(one, change) for one in value)
        return parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    if isinstance(value, ast.Aggregate) and (found := change(value)) is not value:
        return found
    if not is_dataclass(value) or isinstance(value, type):
        return value
    own = ((f.name, getattr(value, f.name)) for f in fields(value) if f.init and f.name != "span")
    made = {name: new for name, old in own if (new := _changed(old, change)) is not old}
    return replace(value, **made) if made else value


def _in_numbers(expr: ast.Aggregate, criteria: m.Criteria) -> ast.Expr:
    binder, body = expr.binder, expr.body
    if (
        expr.op is not AggregateOp.SUM
        or expr.where is not None
        or not isinstance(binder.list, ast.Name)
        or not (isinstance(body, ast.Path) and body.object == ast.Name(binder.name, body.span))
        or body.name not in _ENDS
    ):
        return expr
    members = _members(binder.list.name, criteria, ())
    if members is None:
        return expr
    terms = [_term(one, _ENDS[body.name], expr.span) for one in members]
    zero = ast.Number(Decimal(0), expr.span)
    return reduce(lambda a, b: ast.Arithmetic(ArithmeticOp.ADD, a, b, expr.span), terms or [zero])


def _term(member: Member, end: str, span: Span) -> ast.Expr:
    criterion, when, unless = member
    number = getattr(criterion.range, end, None)
    made: ast.Expr = ast.Number(number if isinstance(number, Decimal) else Decimal(0), span)
    zero = ast.Number(Decimal(0), span)
    for condition in unless:
        made = ast.If(condition, zero, made, span)
    for condition in reversed(when):
        made = ast.If(condition, made, zero, span)
    return made


# -- the criteria of a set --------------------------------------------------------------------


def _members(name: str, criteria: m.Criteria, within: tuple[str, ...]) -> list[Member] | None:
    """Return the criteria of a set or group; None of what is none, or leads in a circle."""
    for group in (one for one in criteria.groups if one.head.id == name):
        return [_member(item, group) for item in group.items]
    found = next((one for one in criteria.sets if one.head.id == name), None)
    if found is None or name in within:
        return None
    match found.members:
        case m.Everything():
            return [*_every(criteria)]
        case m.Except(set=other):
            return _but(_members(other.name, criteria, (*within, name)), criteria)
        case m.Takes(takes=takes):
            return [one for take in takes for one in _taken(take, criteria)]


def _every(criteria: m.Criteria) -> Iterator[Member]:
    yield from (_member(item, group) for group in criteria.groups for item in group.items)


def _member(item: m.Criterion, group: m.CriterionGroup) -> Member:
    applies = (group.applies_when, item.applies_when)
    return item, tuple(one for one in applies if one is not None), ()


def _but(left_out: list[Member] | None, criteria: m.Criteria) -> list[Member] | None:
    """Return all criteria but some; one that is left out under a condition is in otherwise."""
    if left_out is None:
        return None
    out = {item.head.id: when for item, when, _ in left_out}
    found: list[Member] = []
    for item, when, _ in _every(criteria):
        extra = tuple(one for one in out.get(item.head.id, ()) if one not in when)
        if item.head.id not in out or extra:
            found.append((item, when, extra))
    return found


def _taken(take: m.Take, criteria: m.Criteria) -> Iterator[Member]:
    for group in (one for one in criteria.groups if one.head.id == take.group.name):
        for item in group.items:
            if take.item is None or take.item.name == item.head.id:
                _, when, _ = _member(item, group)
                yield item, (*when, *(() if take.when is None else (take.when,))), ()

"""The quotas of a subject, each typed: into which groups it puts whom, and what each may have.

Reports: K0323 (an order key of values that have no order), K0348 and K0362-K0365 (groupings that
do not fit together), K0433 (a level that the ladder does not have), K0715 (groups by lists), K0727
(two quotas of one level), and those of `settings`.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from khung.diagnostics.suggest import nearest
from khung.ir import settings
from khung.ir import types as t
from khung.ir.exclusive import are_exclusive
from khung.ir.nodes import Literal, Project
from khung.ir.operators import has_order, rounded, type_word
from khung.ir.rewrite import fold
from khung.ir.settings import asks, closed_setting, setting
from khung.records import replace
from khung.rulebook import model as m
from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir import program as p
    from khung.ir.nodes import Node, Rule
    from khung.ir.scope import Scope

    Ladder = m.Ladder[m.Head, ast.Expr, ast.Expr | None]
    Quota = m.Quota[m.Head, ast.Expr, ast.Expr | None]
    SmallGroup = m.SmallGroup[ast.Expr, ast.Expr | None]
    OrderKey = m.OrderKey[ast.Expr]
    Limits = dict[str, ast.Expr | None]

_LIMITS = ("at_most", "places", "size")
"""What may differ from grouping to grouping."""

_SETTINGS = (
    "level per within size size_by at_most at_most_by places places_by rounding small_group order "
    "ties others"
)


class _Written(NamedTuple):
    """A grouping as written: its name, its keys, and what holds of its groups alone."""

    name: str
    keys: tuple[ast.Expr, ...]
    limits: Limits


def lower_quota(
    model: Quota, rule: Rule, scope: Scope, ladder: Ladder | None, ranked: Node
) -> p.Quota:
    """Return a quota.

    Args:
        model: As written.
        rule: Its head, lowered.
        scope: Where its expressions stand, with its condition known.
        ladder: That of the subject, as written; None where there is none.
        ranked: What holds of all who compete.
    """
    assert scope.self is not None  # noqa: S101  # rules stand on a subject
    free, span = replace(scope, unguarded=True), scope.self.span
    ty = _level_type(ladder, scope)
    level = setting(model.level, scope, ty)
    _check_level(level, model, scope, ladder)
    always = Literal(value=True, ty=t.BOOLEAN, span=span)
    groupings = tuple(_grouping(one, scope, free) for one in _written(model, scope))
    touched, asked = scope.knowing(ranked), model.competes
    ties = closed_setting("ties", model.ties, scope, span)
    _check_ties(ties, model, len(groupings), scope)
    below = Literal(max(0, _rank(level) - 1), ty, span)
    return m.Quota(
        rule,
        level,
        always if model.counts is None else free.lower(model.counts, t.BOOLEAN),
        None,
        None,
        closed_setting("rounding", model.rounding, scope, span),
        _small_group(model.small_group, scope),
        _order(model.order, free),
        ties,
        below if model.others is None else setting(model.others, scope, ty),
        model.decided_by,
        asks(model, _SETTINGS),
        per=() if len(groupings) > 1 or groupings[0].each else groupings[0].keys,
        competes=None if asked is None else touched.lower(asked, t.BOOLEAN),
        groupings=groupings,
    )


def _level_type(ladder: Ladder | None, scope: Scope) -> t.Type:
    if ladder is None or ladder.scale.name not in scope.declared.values:
        return t.BAD
    return t.Scale(ladder.scale.name)


def _rank(level: Node) -> int:
    return level.value if isinstance(level, Literal) and isinstance(level.value, int) else 0


def _check_level(level: Node, model: Quota, scope: Scope, ladder: Ladder | None) -> None:
    if ladder is None or not isinstance(level, Literal):
        return
    scale = scope.declared.values.get(ladder.scale.name)
    names = tuple(x.head.id for x in ladder.levels)
    if scale and isinstance(level.value, int) and scale.values[level.value] not in names:
        name = scale.values[level.value]
        scope.bag.add("K0433", model.level.span, name=name, known=tuple(dict.fromkeys(names)))


# -- groupings ------------------------------------------------------------------------------


def _written(model: Quota, scope: Scope) -> Iterator[_Written]:
    """Yield the groupings of a quota: those of `within`, or the one that `per` makes."""
    by = {key: getattr(model, f"{key}_by") for key in _LIMITS}
    names = tuple(ref.name for ref, _ in model.within)
    for key in _LIMITS:
        _check_names(key, by[key], names, scope)
    if not names:
        _check_alone(model.per, scope)
        yield _Written("", model.per, {key: getattr(model, key) for key in _LIMITS})
    for ref, expr in model.within:
        own = {key: {r.name: e for r, e in by[key]}.get(ref.name) for key in _LIMITS}
        limits = {key: own[key] or getattr(model, key) for key in _LIMITS}
        yield _Written(ref.name, (expr,), limits)


def _check_names(
    key: str, by: tuple[tuple[m.Ref, ast.Expr], ...], names: tuple[str, ...], scope: Scope
) -> None:
    """Report values for groupings that there are not (K0362, K0363), and one left out (K0364)."""
    for ref, _ in by:
        if not names:
            scope.bag.add("K0362", ref.span, key=key, name=ref.name)
            return
        if ref.name not in names:
            near = nearest(ref.name, names) or ""
            advice = "near" if near else ""
            scope.bag.add("K0363", ref.span, help=advice, name=ref.name, near=near, known=names)
    said = {ref.name for ref, _ in by}
    missing = tuple(name for name in names if name not in said)
    if by and missing and said <= {*names}:
        scope.bag.add("K0364", by[0][0].span, key=key, missing=missing)


def _check_alone(keys: tuple[ast.Expr, ...], scope: Scope) -> None:
    """Report `each` beside other keys (K0348): in which group one would be is not said."""
    for key in keys if len(keys) > 1 else ():
        if isinstance(key, ast.Each):
            scope.bag.add("K0348", key.span, text=key.span.text)


def _check_ties(ties: Node, model: Quota, number: int, scope: Scope) -> None:
    """Report a setting of ties that speaks of one group, where a candidate is in several."""
    if number < 2 or model.ties is None or not isinstance(ties, Literal):  # noqa: PLR2004  # several
        return
    if ties.value != settings.CLOSED["ties"][0]:
        scope.bag.add("K0365", model.ties.span, text=model.ties.span.text)


def _grouping(written: _Written, scope: Scope, free: Scope) -> m.Grouping[Node]:
    keys = tuple(_key(key, free) for key in written.keys)
    each = len(keys) == 1 and isinstance(written.keys[0], ast.Each)
    inner, outer, shared = scope, free, keys
    for key in keys if each else ():
        if isinstance(key, Project):  # else it was reported
            name, variable = key.variable.name, key.variable
            inner, _ = scope.bind(name, variable.ty, variable.span)
            outer, shared = replace(inner, unguarded=True), (key.body,)
    at_most, places, size = (written.limits[key] for key in _LIMITS)
    return m.Grouping(
        written.name,
        keys,
        each,
        None if at_most is None else settings.share(at_most, inner, shared),
        None if places is None else settings.places(places, inner, shared),
        None if size is None else settings.size_of_group(size, outer),
    )


def _key(expr: ast.Expr, scope: Scope) -> Node:
    found = fold(scope.lower(expr))
    inner = found.body.ty if isinstance(expr, ast.Each) and isinstance(found, Project) else found.ty
    if isinstance(inner, t.List):
        scope.bag.add("K0715", expr.span, text=expr.span.text)
    return found


# -- quotas one after the other -------------------------------------------------------------


def check_one_level(quotas: tuple[p.Quota, ...], scope: Scope) -> None:
    """Report a quota of a level that an earlier one limits already, for the same subjects (K0727).

    It sees only whom the earlier one has left, whose places those that it cuts keep.
    """
    for before, after in combinations(quotas, 2):
        level = before.level
        if not isinstance(level, Literal) or not isinstance(level.value, int):
            continue
        if level != after.level or are_exclusive(_touched(before), _touched(after)):
            continue
        names = scope.declared.values[level.ty.name].values if isinstance(level.ty, t.Scale) else ()
        scope.bag.add(
            "K0727",
            after.head.span,
            related=(before.head.span,) if before.head.span else (),
            name=after.head.name,
            before=before.head.name,
            level=names[level.value] if names else "",
        )


def _touched(quota: p.Quota) -> tuple[Node, ...]:
    """Return what holds of all whom a quota touches."""
    asked = (quota.head.when, quota.competes)
    return tuple(condition for condition in asked if condition is not None)


# -- order, small groups --------------------------------------------------------------------


def _order(models: Iterable[OrderKey], scope: Scope) -> tuple[p.OrderKey, ...]:
    """Return the order keys; one that the chosen readings make a constant is none."""
    keys = (_order_key(model, scope) for model in models)
    return tuple(key for key in keys if not isinstance(fold(key.value), Literal))


def _order_key(model: OrderKey, scope: Scope) -> p.OrderKey:
    value = rounded(scope.lower(model.value))
    if not has_order(value.ty) and value.ty != t.BOOLEAN:
        op = "highest" if model.highest else "lowest"
        scope.bag.add("K0323", value.span, op=op, found=type_word(value.ty))
    return m.OrderKey(value, model.highest)


def _small_group(model: SmallGroup | None, scope: Scope) -> p.SmallGroup | None:
    if model is None:
        return None
    when = None if model.when is None else setting(model.when, scope, t.BOOLEAN)
    none: Node = Literal(Decimal(0), t.NUMBER, model.span)
    document = scope.declared.document
    return m.SmallGroup(
        setting(model.fewer_than, scope, t.NUMBER),
        settings.number_of_places(model.allow, scope),
        tuple(replace(one, document=one.document or document) for one in model.sources),
        when,
        none if model.at_least is None else setting(model.at_least, scope, t.NUMBER),
        model.span,
    )

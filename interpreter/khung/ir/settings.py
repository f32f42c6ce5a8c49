"""Settings of a rule: the same for all subjects, made of literals, parameters and readings.

But for the share and the places of a quota, which are the same for all of a group.
"""

from __future__ import annotations

import operator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from khung.diagnostics.suggest import nearest
from khung.ir.nodes import Arithmetic, Broken, Defined, Field, Literal, Variable
from khung.ir.operators import as_threshold, report_out_of_range
from khung.ir.program import Values
from khung.ir.rewrite import children, fold, walk
from khung.ir.scope import normal
from khung.ir.types import BAD, FRACTION, NUMBER, Enumeration, Object
from khung.records import replace
from khung.rulebook.model import Label
from khung.syntax import ast
from khung.syntax.operators import ArithmeticOp
from khung.syntax.walk import children as ast_children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.nodes import Node
    from khung.ir.scope import Scope
    from khung.ir.types import Type
    from khung.rulebook import model as m
    from khung.rulebook.model.rules import Asks
    from khung.syntax.ast import Expr
    from khung.text import Span

CLOSED: dict[str, tuple[str, ...]] = {
    "rounding": ("floor", "half_up", "ceiling"),
    "ties": ("needs_decision", "all", "none"),
    "counting": ("exact", "cumulative"),
    "above_ceiling": ("ceiling", "wins"),
}
"""Closed settings, the default first."""

_SETTINGS = "settings."

_SELF = 0
"""The slot of the subject on which a rule stands."""

EXACT: dict[ArithmeticOp, Callable[[Fraction, Fraction], Fraction]] = {
    ArithmeticOp.ADD: operator.add,
    ArithmeticOp.SUBTRACT: operator.sub,
    ArithmeticOp.MULTIPLY: operator.mul,
    ArithmeticOp.DIVIDE: operator.truediv,
}
"""How ratios are reckoned, which stay exact."""


def check_readings(rulebook: m.Rulebook, readings: Mapping[str, str], bag: Bag) -> None:
    """Report readings and options that the rulebook does not have."""
    options = {r.head.id: tuple(o.head.id for o in r.options) for r in rulebook.readings}
    for name, option in readings.items():
        if name not in options:
            near = nearest(name, options)
            advice = "near" if near else ""
            bag.add(
                "K0503", None, help=advice, name=name, near=near or "", known=tuple(options)[:8]
            )
        elif option not in options[name]:
            near = nearest(option, options[name])
            bag.add(
                "K0504",
                None,
                help="near" if near else "",
                name=option,
                reading=name,
                near=near or "",
                known=options[name],
            )


def setting(expr: Expr, scope: Scope, want: Type) -> Node:
    """Return a setting with its constants worked out. Reports K0344 for one that hangs on facts."""
    found = fold(replace(scope, unguarded=True).lower(expr, want))
    if not any(isinstance(part, Variable) and part.slot == _SELF for part in walk(found)):
        return found
    scope.bag.add("K0344", expr.span, text=expr.span.text)
    return Broken(BAD, expr.span)


def closed_setting(name: str, expr: Expr | None, scope: Scope, span: Span) -> Node:
    """Return a setting that is one of few words; the first of them where none is given."""
    ty = Enumeration(f"{_SETTINGS}{name}")
    return Literal(CLOSED[name][0], ty, span) if expr is None else setting(expr, scope, ty)


def words_of_settings() -> dict[str, Values]:
    """Return what each closed setting may be, by the name of its type."""
    found = ((f"{_SETTINGS}{name}", words) for name, words in CLOSED.items())
    return {name: Values(name, words, {v: Label(v) for v in words}) for name, words in found}


def asks(model: Any, settings: str) -> Asks:
    """Return the readings that settings of a rule as written ask for; the settings by name."""
    return tuple(
        dict.fromkeys(
            (name, reading) for name in settings.split() for reading in _asked(getattr(model, name))
        )
    )


def _asked(value: Any) -> Iterator[str]:
    match value:
        case ast.Path(object=ast.Name(name="readings")):
            yield value.name
        case _:  # `_below` comes to all that is in it
            pass
    for child in _below(value):
        yield from _asked(child)


def _below(value: Any) -> Iterable[Any]:
    if isinstance(value, ast.Expr):
        return ast_children(value)
    if is_dataclass(value):
        return (getattr(value, part.name) for part in fields(value) if part.name != "span")
    return value if isinstance(value, tuple) else ()


def share(expr: Expr, scope: Scope, keys: tuple[Node, ...]) -> Node:
    """Return the share of a group with these keys: a fraction, a choice of several, or a number.

    Reports: K0328 (a constant that is not from 0% to 100%), K0345 (one that differs within the
    group), K0713 (a plain 1).
    """
    found = _shared(expr, scope, keys)
    limit = as_threshold(found) or _constant(found) or found
    if isinstance(limit, Literal) and isinstance(limit.value, tuple):
        numerator, denominator = limit.value
        if not 0 <= numerator <= denominator:
            report_out_of_range(expr.span, scope)
    if _is_plain_one(expr, scope):
        scope.bag.add("K0713", expr.span, text=expr.span.text)
    return limit


def _constant(node: Node) -> Node | None:
    """Return a share that is worked out of constants as an exact fraction; None if facts are."""
    found = exact(node)
    if found is None:
        return None
    return Literal((found.numerator, found.denominator), FRACTION, node.span)


def exact(node: Node) -> Fraction | None:
    """Return what constants come to, exactly; None for anything else."""
    if isinstance(node, Literal) and isinstance(node.value, Decimal):
        return Fraction(node.value)
    if not isinstance(node, Arithmetic) or node.op not in EXACT:
        return None
    left, right = exact(node.left), exact(node.right)
    if left is None or right is None or (node.op is ArithmeticOp.DIVIDE and not right):
        return None
    return EXACT[node.op](left, right)


def _is_plain_one(expr: Expr, scope: Scope) -> bool:
    """Say whether `1` stands there, or a parameter that says so: rather a number than a share."""
    rulebook = scope.declared.rulebook
    if rulebook is not None and isinstance(expr, ast.Path):
        named = (p.value for p in rulebook.parameters if p.head.id == expr.name)
        is_parameter = isinstance(expr.object, ast.Name) and expr.object.name == "parameters"
        expr = next(named, expr) if is_parameter else expr
    return isinstance(expr, ast.Number) and expr.value == 1


def places(expr: Expr, scope: Scope, keys: tuple[Node, ...]) -> Node:
    """Return the number of places of a group with these keys.

    Reports: K0345 (one that differs within the group), K0346 (a constant that is no whole
    number from 0).
    """
    return _whole(_shared(expr, scope, keys), expr, scope)


def _shared(expr: Expr, scope: Scope, keys: tuple[Node, ...]) -> Node:
    """Return a number that reads no fact of the subject's own, but a key: it is that of the group.

    Whether what is read through another link is the same for all of a group, a case tells (K0366).
    """
    found = fold(scope.lower(expr, NUMBER))
    shared = {normal(key, scope.definitions) for key in keys}
    if not _reads_only(normal(found, scope.definitions), shared, len(scope.variables)):
        scope.bag.add("K0345", expr.span, text=expr.span.text)
        return Broken(BAD, expr.span)
    return found


def number_of_places(expr: Expr, scope: Scope) -> Node:
    """Return a number of places that is the same for all subjects. Reports K0344, K0346."""
    return _whole(setting(expr, scope, NUMBER), expr, scope)


def size_of_group(expr: Expr, scope: Scope) -> Node:
    """Return how many subjects a group has at most. Reports K0347 (a constant that is no count)."""
    return _whole(fold(scope.lower(expr, NUMBER)), expr, scope, "K0347")


def _whole(found: Node, expr: Expr, scope: Scope, code: str = "K0346") -> Node:
    value = found.value if isinstance(found, Literal) else 0
    if isinstance(value, Decimal) and (value < 0 or value != value.to_integral_value()):
        scope.bag.add(code, expr.span, text=expr.span.text)
    return found


def _reads_only(node: Node, shared: set[Node], own: int) -> bool:
    """Say whether what stands in the slots up to `own` is read through links alone.

    That is the subject, and the element that a key is of where it has several.
    """
    if node in shared or (isinstance(node, Field | Defined) and isinstance(node.ty, Object)):
        return True
    if isinstance(node, Variable):
        return node.slot > own
    return all(_reads_only(child, shared, own) for child in children(node))

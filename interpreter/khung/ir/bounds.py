"""How far units may set a parameter in overlays: its value against the bounds that it names.

The base's own value must lie within them, too. Both are constants, compared as what they are.

Reports: K0571, K0572.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from khung.ir.nodes import Arithmetic, Broken, Literal
from khung.syntax.operators import ArithmeticOp

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.scope import Scope
    from khung.rulebook import model as m


def check_bounds(parameter: m.Parameter, value: Node, scope: Scope) -> None:
    """Report a value beyond the bounds that its parameter leaves to units, at the value.

    Args:
        parameter: As written, the value of an overlay over that of the base.
        value: Its value, lowered.
        scope: Where parameters stand.
    """
    local = parameter.local
    if local is None or isinstance(value, Broken):
        return
    for is_least, bound in ((False, local.at_most), (True, local.at_least)):
        limit = None if bound is None else scope.lower(bound, value.ty)
        if limit is None or isinstance(limit, Broken):
            continue
        span, said = parameter.value.span, limit.span.text
        place = f"parameters.{parameter.head.id}.value"
        found, end = _worth(value), _worth(limit)
        if found is None or end is None:
            scope.bag.add("K0572", span, at=place, value=span.text, bound=said)
        elif found < end if is_least else found > end:
            advice, name = "least" if is_least else "", parameter.head.id
            scope.bag.add(
                "K0571", span, help=advice, at=place, name=name, value=span.text, bound=said
            )


def _worth(node: Node) -> Any:
    """Return the value of a constant that has an order; None of any other."""
    match node:
        case Literal(value=str() | bool()):
            return None
        case Literal():
            return node.value
        case Arithmetic(op=ArithmeticOp.DIVIDE, left=Literal(), right=Literal()):
            below = _worth(node.right)
            return Fraction(_worth(node.left)) / Fraction(below) if below else None
        case _:  # of nothing else is the value known before it is worked out
            return None

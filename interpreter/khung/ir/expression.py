"""Expressions on their own, outside a rulebook: names stand for given values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.declare import Declarations
from khung.ir.definitions import Definitions
from khung.ir.nodes import Node, Variable
from khung.ir.scope import Scope
from khung.ir.typing import lower

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.diagnostics.bag import Bag
    from khung.syntax.ast import Expr


def lower_expression(
    expr: Expr, inputs: Mapping[str, t.Type], bag: Bag, want: t.Type = t.ANYTHING
) -> Node:
    """Return the node of an expression over named inputs. `null` is allowed here.

    Args:
        expr: The surface tree.
        inputs: The type of each name.
        bag: Where diagnostics go.
        want: The type that the value must fit.
    """
    declared = Declarations(None, bag)
    own = Variable("self", 0, t.Context(tuple(inputs.items())), expr.span)
    scope = Scope(declared, Definitions(declared, lower), lower, own, lax=True)
    return lower(expr, scope, want)

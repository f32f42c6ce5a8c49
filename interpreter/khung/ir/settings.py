"""Settings of a rule: the same for all subjects, made of literals, parameters and readings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.ir.nodes import Broken, Variable
from khung.ir.rewrite import fold, walk
from khung.ir.types import BAD

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.scope import Scope
    from khung.ir.types import Type
    from khung.syntax.ast import Expr

_SELF = 0
"""The slot of the subject on which a rule stands."""


def setting(expr: Expr, scope: Scope, want: Type) -> Node:
    """Return a setting with its constants worked out. Reports K0344 for one that hangs on facts."""
    found = fold(replace(scope, unguarded=True).lower(expr, want))
    if not any(isinstance(part, Variable) and part.slot == _SELF for part in walk(found)):
        return found
    scope.bag.add("K0344", expr.span, text=expr.span.text)
    return Broken(BAD, expr.span)

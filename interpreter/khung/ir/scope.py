"""Where an expression stands: what names mean there, what is known to hold, what is allowed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from khung.ir.nodes import Node, Not, Variable
from khung.ir.types import ANYTHING
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.diagnostics.bag import Bag
    from khung.ir.declare import Declarations, Member
    from khung.ir.program import Definition
    from khung.ir.types import Type
    from khung.rulebook import model as m
    from khung.syntax.ast import Expr
    from khung.text import Span

    Lower = Callable[[Expr, "Scope", Type], Node]


class Typed(Protocol):
    """What definitions, conditions and parameters are found to be, each typed when first read.

    Attributes:
        declared: All that the rulebook declares.
        known: The definitions typed so far, by object type and name.
        said: What conditions say, by the id of each (`guards`).
        expanded: Definitions that are read, expanded, by the object and how deep they stand.
    """

    declared: Declarations
    known: dict[tuple[str, str], Definition]
    said: dict[int, tuple[Node, frozenset[Node]]]
    expanded: dict[tuple[str, str, Node, int], Node]

    def definition(self, owner: str, name: str) -> Definition | None:
        """Return a definition of an object type; None if it leads back to itself."""

    def applies(self, owner: str, member: Member) -> Node | None:
        """Return the condition under which a member has a value; None if always."""

    def parameter(self, model: m.Parameter, span: Span) -> Node:
        """Return the value of a parameter, as if it stood at `span`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The surroundings of an expression.

    Attributes:
        declared: All that the rulebook declares.
        definitions: Definitions, conditions and parameters, typed when first read.
        lower_with: `typing.lower`, handed down so that its parts need not import it.
        self: The object whose facts are bare names; None where there is none.
        variables: Names bound around the expression, outermost first.
        items: Those of `variables` whose fields are bare names too, as in a filter.
        known: Conditions that hold here, because a guard says so.
        lax: Whether `null` and functions of what is known are allowed.
        unguarded: Whether values may be read without a guard, as in a cap's level.
        required: Whether a level asks for the condition that stands here: where the `when` of it
            does not hold, nobody need meet it.
    """

    declared: Declarations
    definitions: Typed
    lower_with: Lower
    self: Variable | None = None
    variables: tuple[Variable, ...] = ()
    items: tuple[Variable, ...] = ()
    known: tuple[Node, ...] = ()
    lax: bool = False
    unguarded: bool = False
    required: bool = False

    @property
    def bag(self) -> Bag:
        """Where diagnostics go."""
        return self.declared.bag

    def lower(self, expr: Expr, want: Type = ANYTHING) -> Node:
        """Return the node of an expression that stands here and must fit `want`."""
        return self.lower_with(expr, self, want)

    def knowing(self, *conditions: Node | None) -> Scope:
        """Return the scope in which the conditions hold too."""
        found = tuple(c for c in conditions if c is not None)
        return replace(self, known=self.known + found) if found else self

    def denying(self, *conditions: Node) -> Scope:
        """Return the scope in which none of the conditions holds."""
        return self.knowing(*(Not(c, c.span) for c in conditions))

    def bind(
        self, name: str, ty: Type, span: Span, *, item: bool = False
    ) -> tuple[Scope, Variable]:
        """Return the scope with one more variable, and the variable."""
        slot = len(self.variables) + (1 if self.self is not None else 0)
        variable = Variable(name, slot, ty, span)
        items = (*self.items, variable) if item else self.items
        return replace(self, variables=(*self.variables, variable), items=items), variable

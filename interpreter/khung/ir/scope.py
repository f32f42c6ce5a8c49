"""Where an expression stands: what names mean there, what is known to hold, what is allowed.

That a value applies is proved by what is known at a place: a condition holds if each of its
conjuncts is known, or tests only a kind and holds for every kind that is left. Before the
comparison definitions are expanded, chosen readings folded in, and an `if` or a disjunction is
taken to say what all its branches say.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Attribute,
    Compare,
    Defined,
    Field,
    If,
    Literal,
    Node,
    Not,
    Variable,
)
from khung.ir.rewrite import fold, substitute
from khung.ir.types import ANYTHING, Enumeration
from khung.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from khung.diagnostics.bag import Bag
    from khung.ir.declare import Declarations, Member
    from khung.ir.program import Definition
    from khung.ir.types import Type
    from khung.rulebook import model as m
    from khung.syntax.ast import Expr
    from khung.text import Span

if TYPE_CHECKING:
    Lower = Callable[[Expr, "Scope", Type], Node]


class Typed(Protocol):
    """What definitions, conditions and parameters are found to be, each typed when first read.

    Attributes:
        declared: All that the rulebook declares.
    """

    declared: Declarations

    def definition(self, owner: str, name: str) -> Definition | None:
        """Return a definition of an object type; None if it leads back to itself."""

    def type_of(self, owner: str, name: str) -> Type | None:
        """Return the type of a definition; None if it leads back to itself."""

    def settled(self, owner: str, name: str) -> Definition | None:
        """Return a definition; None as long as it is being typed itself."""

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
        tracer = self.declared.tracer
        if not tracer.in_parts:
            return self.lower_with(expr, self, want)
        key = (id(expr), want, tuple(map(id, self.known)), *self._place())
        make = partial(self.lower_with, expr, self, want)
        return tracer.once(key, make, (expr, self.known))

    def _place(self) -> tuple[Hashable, ...]:
        """Return all that what stands here may hang on, but what is known."""
        owner = None if self.self is None else self.self.ty
        bound = tuple((variable.name, variable.ty) for variable in self.variables)
        return (owner, bound, len(self.items), self.lax, self.unguarded, self.required)

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


EXPANSION_DEPTH = 8
"""How deep definitions are expanded; deeper ones are compared by name."""


def proves(known: Iterable[Node], condition: Node, definitions: Typed) -> bool:
    """Whether the conditions that hold prove another one."""
    said = frozenset[Node]().union(*(_said(node, definitions) for node in known))
    if any(isinstance(part, Literal) and part.value is False for part in said):
        return True
    wanted = _says_all(normal(condition, definitions))
    return all(part in said or _by_kind(part, said, definitions) for part in wanted)


def _said(node: Node, definitions: Typed) -> frozenset[Node]:
    """Return all that a condition says; a scope asks for it at every name that it reads."""
    once = definitions.declared.tracer.once
    return once(("said", id(node)), lambda: _says(normal(node, definitions)), node)


def normal(node: Node, definitions: Typed, depth: int = 0) -> Node:
    """Return a node with definitions expanded and constants folded."""

    def expand(inner: Node) -> Node:
        if not isinstance(inner, Defined) or depth >= EXPANSION_DEPTH:
            return inner
        known = definitions.settled(inner.owner, inner.name)
        if known is None:
            return inner
        key = ("expanded", inner.owner, inner.name, id(known), inner.object, depth)
        body = partial(substitute, known.value, inner.object)
        once = definitions.declared.tracer.once
        return once(key, lambda: normal(body(), definitions, depth + 1), known)

    return fold(node, expand)


def _says_all(node: Node) -> tuple[Node, ...]:
    match node:
        case AllOf():
            return tuple(part for operand in node.operands for part in _says_all(operand))
        case Literal() if node.value is True:
            return ()
        case _:  # one condition, to be found among those that are known
            return (node,)


def _says(node: Node) -> frozenset[Node]:
    match node:
        case AllOf():
            return frozenset().union(*map(_says, node.operands))
        case AnyOf():
            shared = frozenset.intersection(*map(_says, node.operands))
            return shared | {node}
        case If():
            return (_says(node.yes) & _says(node.no)) | {node}
        case _:  # one condition, which says itself
            return frozenset({node})


def _by_kind(part: Node, said: frozenset[Node], definitions: Typed) -> bool:
    """Whether a test of one kind field holds for every kind that is left."""
    kind = kind_field(part)
    if kind is None or not isinstance(kind.ty, Enumeration):
        return False
    tests = [node for node in said if kind_field(node) == kind]
    for value in definitions.declared.values[kind.ty.name].values:
        left = all(_under(test, kind, value) is not False for test in tests)
        if left and _under(part, kind, value) is not True:
            return False
    return True


def kind_field(node: Node) -> Field | None:
    """Return the one kind field that a test reads, if it reads nothing else."""
    found: set[Field] = set()
    return next(iter(found)) if _only_kinds(node, found) and len(found) == 1 else None


def _only_kinds(node: Node, found: set[Field]) -> bool:
    match node:
        case Field() if isinstance(node.ty, Enumeration) and "." in node.ty.name:
            found.add(node)
            return True
        case Literal():
            return True
        case Compare():
            return _only_kinds(node.left, found) and _only_kinds(node.right, found)
        case Not():
            return _only_kinds(node.operand, found)
        case AllOf() | AnyOf():
            return all(_only_kinds(operand, found) for operand in node.operands)
        case If():
            return all(_only_kinds(n, found) for n in (node.condition, node.yes, node.no))
        case Attribute():
            return _only_kinds(node.kind, found)
        case _:  # proves nothing: a guard must be written out
            return False


def _under(test: Node, kind: Field, value: str) -> bool | None:
    """Return what a test gives where the kind is `value`; None where that does not settle it."""
    literal = Literal(value, kind.ty, kind.span)
    result = fold(test, lambda node: literal if node == kind else node)
    return result.value if isinstance(result, Literal) and isinstance(result.value, bool) else None

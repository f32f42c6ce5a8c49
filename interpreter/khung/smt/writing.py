"""What the passes over single nodes ask of the side that they write for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from khung.ir import nodes as n
    from khung.ir import types as t
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program
    from khung.smt.lists import Listed, Lists, Part
    from khung.smt.space import Obj, Space
    from khung.smt.terms import Term, Val

    Env = dict[int, Obj | Val]
    """What the variables in scope stand for, by slot."""

    Ways = tuple[tuple[Term, Obj], ...]
    """The objects that a node may lead to, each with the condition under which it does."""


class Writer(Protocol):
    """Writes nodes as terms."""

    program: Program
    space: Space
    lists: Lists

    def type_of(self, name: str) -> ObjectType:
        """Return a declared type."""

    def test(self, node: Node | None, env: Env) -> Val:
        """Return whether a condition holds; one that is not written always does."""

    def value(self, node: Node, env: Env) -> Val:
        """Return a value."""

    def lifting(self, node: Node, env: Env) -> Val:
        """Return an operand of a greatest level: a rule that says nothing lifts nobody."""

    def unknown(self, ty: t.Type) -> Val:
        """Return what is known of a value of which nothing is."""

    def objects(self, node: Node, env: Env) -> Ways:
        """Return the objects that a node may lead to."""

    def there(self, node: Node, env: Env) -> Term:
        """Return whether what is read applies."""

    def fact(self, obj: Obj, name: str, ty: t.Type) -> Val:
        """Return a fact, a criterion or the kind of an object."""

    def defined(self, obj: Obj, name: str) -> Val:
        """Return a definition of an object."""

    def listed(self, node: Node, env: Env) -> Listed:
        """Return what stands in a list."""

    def own_list(self, obj: Obj, name: str, element: t.Type) -> Part:
        """Return a list fact or a back list of an object."""

    def share(self, node: n.Fold, env: Env) -> tuple[Term, Term]:
        """Return how many elements there are for which something holds, and how many in all."""

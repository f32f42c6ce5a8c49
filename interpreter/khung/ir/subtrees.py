"""`list.below`: the back list of a tree link, with the lists of its elements, and so on down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.declare import Sort
from khung.ir.program import BackList
from khung.records import replace

if TYPE_CHECKING:
    from khung.ir.declare import Declared
    from khung.ir.scope import Scope
    from khung.syntax import ast

BELOW = "below"


def subtree_of(name: str) -> str:
    """Return the name, which no author can give, of all that is below a back list."""
    return f"{name}.{BELOW}"


def back_lists_of(owner: Declared) -> dict[str, BackList]:
    """Return the back lists of an object type, those of trees with all that is below, too."""
    lists = [
        BackList(one.name, one.ty, one.holder, one.link, one.complete)
        for one in owner.members.values()
        if one.sort is Sort.BACK
    ]
    trees = {link.head.id for link in owner.model.links if link.tree and link.to.name == owner.name}
    own = (one for one in lists if one.holder == owner.name and one.link in trees)
    below = [replace(one, name=subtree_of(one.name), below=one.name) for one in own]
    return {one.name: one for one in (*lists, *below)}


def lower_below(target: n.Node, expr: ast.Path, scope: Scope) -> n.Node | None:
    """Return what `list.below` means, if elements have nothing of that name themselves.

    Reports: K0353 (no back list of a tree link).
    """
    element = target.ty.element if isinstance(target.ty, t.List) else t.ANYTHING
    if expr.name != BELOW or not isinstance(element, t.Object):
        return None
    if scope.declared.member(element.name, BELOW) is not None:
        return None
    if isinstance(target, n.Field) and _is_of_tree(target, element, scope):
        return n.Field(target.object, subtree_of(target.name), target.ty, expr.span)
    scope.bag.add("K0353", expr.name_span, text=expr.object.span.text)
    return n.Broken(t.BAD, expr.span)


def _is_of_tree(target: n.Field, element: t.Object, scope: Scope) -> bool:
    member = scope.declared.member(element.name, target.name)
    owner = scope.declared.objects[element.name]
    if target.object.ty != element or member is None or member.sort is not Sort.BACK:
        return False
    return any(link.head.id == member.link and link.tree for link in owner.model.links)

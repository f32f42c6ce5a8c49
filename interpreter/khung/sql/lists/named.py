"""Which elements a list has that the rulebook names: criteria, values written out, answers of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.rewrite import walk
from khung.rulebook.model import Hit
from khung.sql.ends import UnsupportedError, truth
from khung.sql.lists.asked import is_self, put_in
from khung.sql.rows import Item
from khung.sql.text import FALSE, TRUE, both, either

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.sql.writing import Writer


def items_of(w: Writer, node: Node) -> list[Item] | None:
    """Return the elements of a list that the rulebook names; None of any other."""
    match node:
        case n.CriteriaSet():
            return _criteria(w, node)
        case n.Build(bounds=""):
            assert isinstance(node.ty, t.List)  # noqa: S101  # it is one
            element = node.ty.element
            return [Item(w.of_type(w.ends(item), element), TRUE, TRUE, item) for item in node.items]
        case n.Select():
            found = items_of(w, node.list)
            if found is None or node.where is None:
                return found
            return [kept(w, item, node.variable, node.where) for item in found]
        case n.Rows(hit=Hit.COLLECT):
            assert isinstance(node.ty, t.List)  # noqa: S101  # it collects
            return [_row(w, test, value, node.ty.element) for test, value in node.rows]
        case n.Defined() if isinstance(node.object, n.Variable) and node.object.slot == 0:
            return items_of(w, definition_of(w, node))
        case n.Defined():
            return _items_of_another(w, node)
        case _:  # of rows, or of none that SQL has
            return None


def _items_of_another(w: Writer, node: n.Defined) -> list[Item] | None:
    """Return the elements that a definition of an object names to which a path leads."""
    return items_of(w, defined_elsewhere(w, node))


def nothing_known(w: Writer, node: Node) -> str:
    """Return the condition that it is not known of which object a list of named elements is."""
    match node:
        case n.Select():
            return nothing_known(w, node.list)
        case n.Defined() if is_self(node.object):
            return nothing_known(w, definition_of(w, node))
        case n.Defined():
            return either(
                (_is_nobody(w, node.object), nothing_known(w, defined_elsewhere(w, node)))
            )
        case n.CriteriaSet() if not is_self(node.object):
            return _is_nobody(w, node.object)
        case _:  # it is of the object itself, or of nobody
            return FALSE


def _is_nobody(w: Writer, path: Node) -> str:
    """Return the condition that it is not known to whom a path leads."""
    through = w.own(w.link_column(path))[0]
    return f"({through.low} IS NULL)" if through.loose else FALSE


def defined_elsewhere(w: Writer, node: n.Defined) -> Node:
    """Return what a definition of an object is made of to which a path leads, asked from here."""
    value = w.build.program.objects[t.first_of(node.owner)].definition(node.name).value
    return _asked_of(node.object, value)


def _row(w: Writer, test: Node, value: Node, ty: t.Type) -> Item:
    holds = w.test(test)
    return Item(w.of_type(w.ends(value), ty), holds.low, holds.high, value)


def _criteria(w: Writer, node: n.CriteriaSet) -> list[Item]:
    """Return the criteria of a set that apply to an object, or to one that a path leads to."""
    itself = is_self(node.object)
    declared = w.table.declared if itself else w.build.program.objects[_type_of(node.object)]
    assert declared is not None  # noqa: S101  # it has criteria
    found: list[Item] = []
    for name, when in declared.sets[node.name].members:
        taken = truth(TRUE, TRUE) if when is None else w.test(_asked_of(node.object, when))
        each = n.Field(node.object, f"criteria.{name}", declared.criteria[name].ty, node.span)
        ends, state = w.read(each)
        sure, may = both((taken.low, state.surely)), both((taken.high, state.may))
        if may != FALSE:
            found.append(Item(ends, sure, may, each))
    return found


def _type_of(path: Node) -> str:
    assert isinstance(path.ty, t.Object)  # noqa: S101  # something is read of it
    return t.first_of(path.ty.name)


def _asked_of(path: Node, node: Node) -> Node:
    """Return what is said of an object itself, asked of one that a path leads to."""
    if is_self(path):
        return node
    if any(isinstance(part, n.Given | n.Kept) for part in walk(node)):
        raise UnsupportedError("what hangs on the decision of another")
    return put_in(node, n.Variable("self", 0, path.ty, path.span), path)


def kept(w: Writer, item: Item, variable: n.Variable, where: Node) -> Item:
    """Return an element that is kept where a condition holds."""
    holds = w.test(put_in(where, variable, item.node))
    return item._replace(sure=both((item.sure, holds.low)), may=both((item.may, holds.high)))


def definition_of(w: Writer, node: n.Defined) -> Node:
    """Return what a definition of the object itself is made of."""
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has definitions
    return declared.definition(node.name).value

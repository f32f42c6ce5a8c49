"""Lists of others, of what elements lead to, and pairs of an element and its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.rewrite import bottom_up, children
from khung.records import replace
from khung.sql.ends import UnsupportedError
from khung.sql.lists.asked import is_self, outer, source_of
from khung.sql.lists.named import defined_elsewhere, definition_of
from khung.sql.lists.which import rows_of, with_where
from khung.sql.rows import Below, Pairs, Rows
from khung.sql.text import FALSE, NULL, TRUE, either

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.sql.table import Table
    from khung.sql.writing import Writer


def looks_back(w: Writer, node: n.Fold) -> bool:
    """Whether a pass, or what its list leaves out, reads the object itself beside an element."""
    target, asked = node.list, [(node.variable, node.where), (node.variable, node.body)]
    while True:
        if isinstance(target, n.Select):
            asked.append((target.variable, target.where))
            target = target.list
        elif isinstance(target, n.Defined) and is_self(target.object):
            target = definition_of(w, target)
        else:
            return any(outer(part, variable.slot) for variable, part in asked)


def in_pairs(w: Writer, rows: Rows) -> Rows:
    """Return a list as pairs of an element and its owner, so that both may be asked together."""
    if len(rows.elements) != 1:
        raise UnsupportedError("pairs with records of several lists")
    of = (w.table.key, rows.name, rows.path, rows.led)
    key = f"pair{w.build.pair_numbers.setdefault(of, len(w.build.pair_numbers))} {w.table.key}.{rows.name}"
    through = None if rows.path is None else w.link_column(rows.path)
    possible = None
    if rows.may_be != FALSE:
        own = _own_rows(w, rows)
        source_of(own[0], own[1])
        possible = None if rows.may_be == TRUE else _possible(w, rows, rows.path)
    element, led = rows.elements[0], None
    if rows.led is not None:
        element, led = _leading(w, rows.elements[0], *rows.led)
    under: tuple[str, ...] | None = None
    if isinstance(w.build.made_of.get(rows.elements[0].key), Below):
        if rows.led is not None:
            raise UnsupportedError("what those below lead to")
        under = dict(rows.elements[0].links)["@elem"]
    made = Pairs(_own_rows(w, rows)[1], w.table, element, through, led, possible, under)
    table = w.build.pairs(key, made)
    return replace(
        rows,
        name=key,
        elements=(table,),
        link="@owner",
        tree=False,
        may_be=FALSE,
        unsure=rows.unsure or rows.may_be != FALSE,
    )


def _own_rows(w: Writer, rows: Rows) -> tuple[Writer, Rows]:
    """Return a list as the object has it whose list it is."""
    if rows.path is None:
        return w, rows
    table = _led_along(w, rows.path)[0]
    return w.at(table), replace(rows, table=table, path=None)


def _leading(w: Writer, table: Table, variable: n.Variable, node: Node) -> tuple[Table, str]:
    """Return where the objects stand that elements lead to, and the column by which they do."""
    mine = bottom_up(node, lambda x: n.Variable("self", 0, x.ty, x.span) if x == variable else x)
    inner = w.at(table)
    found = inner.led_to(mine)
    if len(found) != 1:
        raise UnsupportedError("different objects of several types")
    return found[0], inner.link_column(mine)


def lists_of(w: Writer, node: Node) -> list[Rows]:
    """Return the lists of rows that a pass goes over, one after the other.

    Raises:
        UnsupportedError: SQL has no such list.
    """
    match node:
        case n.Select():
            found = lists_of(w, node.list)
            return (
                found
                if node.where is None
                else [with_where(r, (node.variable, node.where)) for r in found]
            )
        case n.Defined() if is_self(node.object):
            return lists_of(w, definition_of(w, node))
        case n.Call(function="concatenate"):
            return [
                rows for part in node.arguments if part is not None for rows in lists_of(w, part)
            ]
        case n.Call(function="distinct values") if isinstance(node.arguments[0], n.Project):
            return [_led(w, node.arguments[0])]
        case n.Field() if not is_self(node.object):
            return [_of_another(w, node)]
        case n.Defined():
            return lists_of(w, defined_elsewhere(w, node))
        case _:  # SQL has no exact form of anything else
            return [rows_of(w, node)]


def _led(w: Writer, node: n.Project) -> Rows:
    """Return the different objects that the elements of a list lead to."""
    found = lists_of(w, node.list)
    if len(found) != 1 or found[0].wheres or not isinstance(node.body.ty, t.Object):
        raise UnsupportedError("different values of a list")
    return replace(found[0], led=(node.variable, node.body))


def _of_another(w: Writer, node: n.Field) -> Rows:
    path = node.object
    targets = _led_along(w, path)
    if len(targets) != 1:
        raise UnsupportedError("pairs over a list of objects of several tables")
    inner = w.at(targets[0])
    own = n.Field(n.Variable("self", 0, path.ty, node.span), node.name, node.ty, node.span)
    rows = rows_of(inner, own)
    link, through = w.link_column(path), w.own(w.link_column(path))[0]
    unknown, more, may_be = rows.unknown, rows.more, rows.may_be
    if through.low.startswith(NULL):
        return replace(rows, table=w.table, unknown=TRUE, path=path)
    if unknown not in (FALSE, TRUE):
        unknown = w.via(link, targets, f"unknown {node.name}")[0].low
    if more is not None:
        more = w.via(link, targets, f"more {node.name}")[0].low
    if may_be not in (FALSE, TRUE):
        may_be = w.own(_possible(w, rows, path))[0].low
    if through.loose:
        unknown = either((unknown, f"{through.low} IS NULL"))
    return replace(rows, table=w.table, unknown=unknown, more=more, may_be=may_be, path=path)


def _possible(w: Writer, rows: Rows, path: Node | None) -> str:
    """Return the column that says whether elements whose owner is not known may be in a list."""
    name = f"may {rows.name}"
    if path is None:
        return name
    return w.build.made(w.table, n.Field(path, name, t.BOOLEAN, path.span))


def _led_along(w: Writer, path: Node) -> tuple[Table, ...]:
    """Return the tables of the objects that a path leads to."""
    if not isinstance(path, n.Field | n.Defined) or is_self(path.object):
        return w.led_to(path)
    last = put_before(path)
    found = (table for one in _led_along(w, path.object) for table in w.at(one).led_to(last))
    return tuple({table.key: table for table in found}.values())


def put_before(path: n.Field | n.Defined) -> Node:
    """Return the last step of a path, as asked of the object that it is asked of."""
    return replace(path, object=n.Variable("self", 0, path.object.ty, path.span))


def reads_beside(node: Node, first: Node) -> bool:
    """Whether a node reads the object itself other than by one path."""
    if node is first:
        return False
    if isinstance(node, n.Variable | n.Given):
        return not isinstance(node, n.Variable) or node.slot == 0
    return any(reads_beside(child, first) for child in children(node))

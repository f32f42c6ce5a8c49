"""What is asked of the elements of a list, as columns of theirs, and what is summed up of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.members import member_of
from khung.ir.rewrite import bottom_up, children
from khung.sql.decided import node_hangs
from khung.sql.ends import ALWAYS, Ends, State, UnsupportedError
from khung.sql.paths import merged
from khung.sql.rows import Pairs, Rows, Source
from khung.sql.text import NULL, TRUE, both, quoted

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from khung.ir.nodes import Node
    from khung.sql.build import Build
    from khung.sql.table import Table
    from khung.sql.writing import Writer


def outer(node: Node | None, own: int) -> bool:
    """Whether a node reads a variable other than its own and those bound within."""
    return node is not None and bool(free_slots(node) - {own})


def free_slots(node: Node) -> set[int]:
    """Return the slots of the variables that a node reads and does not bind."""
    if isinstance(node, n.Variable):
        return {node.slot}
    if isinstance(node, n.Given):
        return {0}
    found: set[int] = set()
    for child in children(node):
        found |= free_slots(child)
    if isinstance(node, n.Fold | n.Select | n.Project):
        inner = (node.list, *(x for x in children(node) if x is not node.list))
        found = free_slots(node.list)
        for child in inner[1:]:
            found |= free_slots(child) - {node.variable.slot}
    return found


def is_self(node: Node) -> bool:
    """Whether a node is the object itself."""
    return isinstance(node, n.Variable) and node.slot == 0


def element_ends(w: Writer, rows: Rows, variable: n.Variable, node: Node) -> Ends:
    """Return what is asked of an element, as a column of its table under the alias `e`."""
    if isinstance(node, n.Literal):
        return w.ends(node)
    if rows.elements[0].links:
        if w.undecided and node_hangs(w.build, w.table, node):
            raise UnsupportedError("a pass that looks back at what was decided of its owner")
        return _read_of(w, rows, _of_pair(rows, variable, node))
    if outer(node, variable.slot):
        raise UnsupportedError("a pass that looks back at its owner")
    subject: Node = n.Variable("self", 0, variable.ty, variable.span)
    if rows.plain:
        subject = n.Field(subject, "value", variable.ty, variable.span)
    mine = bottom_up(
        node, lambda x: subject if isinstance(x, n.Variable) and x.slot == variable.slot else x
    )
    return _read_of(w, rows, mine)


def _of_pair(rows: Rows, variable: n.Variable, node: Node) -> Node:
    """Return what is asked of an element and its owner, as asked of the pair of both."""
    pair_of = n.Variable("self", 0, t.ANYTHING, variable.span)
    ty = t.Object(rows.table.declared.name) if rows.table.declared else t.ANYTHING
    owner = n.Field(pair_of, "@owner", ty, variable.span)
    element = n.Field(pair_of, "@elem", variable.ty, variable.span)
    mine: Node = element
    if rows.plain:
        mine = n.Field(element, "value", variable.ty, variable.span)

    def change(part: Node) -> Node:
        if isinstance(part, n.Variable) and part.slot == variable.slot:
            return mine
        return owner if is_self(part) else part

    return bottom_up(node, change)


def _read_of(w: Writer, rows: Rows, node: Node) -> Ends:
    if isinstance(node, n.Field | n.Defined | n.LevelOf | n.StateOf) and is_self(node.object):
        name = member_of(node)
    else:
        name = {w.build.made(table, node) for table in rows.elements}.pop()
        for table in rows.elements:
            w.build.synthetic.setdefault((table.key, node), name)
    columns = [w.build.column(table, name) for table in reading(w, rows)]
    if all(c.is_constant and c.ends == columns[0].ends for c in columns):
        return columns[0].ends
    source = source_of(w, rows)
    for column in columns:
        source.needs[(column.table.key, name)] = None
    return merged(columns, "e")[0]


def reading(w: Writer, rows: Rows) -> tuple[Table, ...]:
    """Return the tables of the elements: of a tree's, those of the kinds that stand below."""
    found: list[Table] = []
    for table in rows.elements:
        split_by = w.build.kinds_of(table.key)
        if not split_by or not rows.tree:
            found.append(table) if not split_by else found.extend(split_by)
            continue
        below = w.build.profile.below.get((table.key, rows.link, w.table.kind))
        kinds = [x.kind for x in split_by]
        allowed = kinds[: kinds.index(w.table.kind)] if w.table.kind else kinds
        found += [x for x in split_by if x.kind in (allowed if below is None else below)]
    return tuple(found)


def source_of(w: Writer, rows: Rows) -> Source:
    """Return what is summed up of a list, made when it is first asked for."""
    if rows.key not in w.build.sources:
        made = Source(rows, reading(w, rows), len(w.build.sources))
        w.build.sources[rows.key] = made
        _note_link(w.build, made)
    found = w.build.sources[rows.key]
    assert isinstance(found, Source)  # noqa: S101  # nothing else is kept there
    return found


def _note_link(build: Build, source: Source) -> None:
    """Note when it is not known to whom an element belongs."""
    rows = source.rows
    table = rows.elements[0]
    if table.declared is None or rows.link not in table.declared.links:
        return
    link = table.declared.links[rows.link]
    open_link = any(may_be_open(build, x, rows.link, absent=link.absent) for x in rows.elements)
    if not open_link or not source.tables:
        return
    marked = any(
        found.unknown or found.absent
        for found in (build.profile.column(x.base, rows.link) for x in rows.elements)
    )
    raw = f"e.{quoted(rows.link)} IS NULL"
    mark = f"e.{quoted(rows.link + '?')}"
    parts = [raw]
    if marked:
        parts.append(
            f"coalesce({mark} = '?', FALSE)"
            if link.absent and not build.profile.bare
            else f"coalesce({mark} <> '-', TRUE)"
        )
    if link.applies is not None and not link.optional:
        columns = [build.column(x, rows.link) for x in source.tables]
        state = merged(columns, "e")[1]
        parts.append(state.may)
        for x in source.tables:
            source.needs[(build.home(x, rows.link).key, rows.link)] = None
    source.open_link = both(parts)


def may_be_open(build: Build, table: Table, link: str, *, absent: bool) -> bool:
    """Whether of some elements it may not be known to whom they belong."""
    found = build.profile.column(table.base, link)
    return found.unknown or (found.missing and not (absent and not build.profile.bare))


def sum_of(w: Writer, rows: Rows, sure: str, may: str = "") -> str:
    """Return what is summed up of a list: of those in it, or of who may be."""
    source = source_of(w, rows)
    if not source.tables:
        return f"CAST({NULL} AS BIGINT)"
    return w.passed(rows.key, source.sum(sure, may), among="b" if may else "a")


def count_of(condition: str) -> str:
    """Return the count of those of whom a condition holds."""
    return "count(*)" if condition == TRUE else f"count(CASE WHEN {condition} THEN 1 END)"


def counted(w: Writer, rows: Rows, condition: str) -> str:
    """Return how many of a list meet a condition."""
    return "0" if rows.table.stranger else number_of(w, rows, count_of(condition))


def number_of(w: Writer, rows: Rows, sure: str, may: str = "") -> str:
    """Return what is summed up of a list where that is a number; of nobody it is 0."""
    if all(_is_empty(w.build, table) for table in rows.elements):
        return "0"
    return f"coalesce({sum_of(w, rows, sure, may)}, 0)"


def _is_empty(build: Build, table: Table) -> bool:
    """Whether no row stands in a table, of pairs because none does on one of their sides."""
    made = build.made_of.get(table.key)
    if isinstance(made, Pairs):
        return all(_is_empty(build, element) for element in made.rows.elements)
    return table.base in build.profile.nobody


def is_nobody(number: str) -> str:
    """Return the condition that a number is none."""
    return TRUE if number == "0" else f"({number} = 0)"


def added(numbers: Iterable[str | None]) -> str:
    """Return the sum of numbers, of which some are none at all."""
    found = [x for x in numbers if x not in (None, "0")]
    return (
        " + ".join(x for x in found if x is not None).join("()")
        if len(found) > 1
        else (found or ["0"])[0] or "0"
    )


def element_state(w: Writer, rows: Rows, variable: n.Variable, node: Node) -> State:
    """Return whether what is asked of an element applies to it."""
    if not isinstance(node, n.Field | n.Defined | n.LevelOf):
        return ALWAYS
    mine = n.There(node, node.span)
    found = element_ends(w, rows, variable, mine)
    return State(found.low, found.high)


def put_in(node: Node, variable: n.Variable, element: Node) -> Node:
    """Return what is asked of a variable, asked of an element."""
    return bottom_up(
        node, lambda x: element if isinstance(x, n.Variable) and x.slot == variable.slot else x
    )


def is_one(ends: Ends) -> str:
    """Return the condition that both ends are one."""
    return TRUE if ends.single else f"({ends.low} = {ends.high})"


def alias_of(source: Hashable, build: Build, among: str) -> str:
    """Return what a statement calls the sums of a list: `a` of those in it, `b` of who may be."""
    found = build.sources[source]
    return quoted(f"{among}{found.number}")

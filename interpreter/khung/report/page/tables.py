"""Tables of rules: with the ids of their rows, and plain as a document prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import program as p
from khung.ir import types as t
from khung.ir.nodes import If, Literal
from khung.ir.rewrite import walk
from khung.report.document import model as d
from khung.report.words.sentences import sentence
from khung.surfaces import ENGLISH
from khung.syntax.ast import Name
from khung.syntax.unparse import unparse_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Output, Table
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m
    from khung.syntax.ast import Cell, Expr

    Ladder = m.Ladder[m.Head, Expr, Expr | None]


def tables(subject: m.Subject, declared: ObjectType, pager: Pager) -> Iterator[d.Block]:
    """Yield each table: what it is about, then its rows."""
    for written in subject.tables:
        table, head = declared.tables[written.head.id], written.head
        cited = pager.own(head)
        named = (pager.place(head), d.Strong(pager.called(head)), " ", d.Code(head.id))
        yield d.Paragraph((*named, *((" ", *cited) if cited else ())))
        if table.applies is not None:
            yield d.Paragraph((pager.say("if") + " ", *pager.condition(table.applies)))
        yield d.Paragraph((pager.word(f"tables.hit.{table.hit.value}"),))
        yield _rows(written, table, pager)


def _rows(written: m.Table, table: Table, pager: Pager) -> d.Grid:
    inputs = (sentence(pager.value(node)) for node in table.inputs.values())
    outputs = (
        pager.word("tables.result", name=_output(name, output, pager))
        for name, output in table.outputs.items()
    )
    first, last = pager.word("column.row"), pager.word("column.source")
    rows = tuple(_row(one, table, pager) for one in written.rows)
    return d.Grid((first, *inputs, *outputs, last), rows)


def plain_rows(written: m.Table, table: Table, pager: Pager) -> d.Grid:
    """Return the rows of a table without their names; those of one test as one row."""
    asked = [name for name in table.inputs if any(_tested(one, name) for one in written.rows)]
    inputs = (sentence(_input(table.inputs[name], pager)) for name in asked)
    outputs = (sentence(_output(name, one, pager)) for name, one in table.outputs.items())
    given: dict[tuple[d.Rich, ...], list[tuple[d.Rich, ...]]] = {}
    for row in written.rows:
        applies = _ready(row, table).when
        if pager.never(applies):
            continue
        when = pager.condition(applies)[:1] if applies and not pager.always(applies) else ()
        tests = (_plain_cell(_test(row, one), table.inputs[one].ty, pager) for one in asked)
        then = _row(row, table, pager)[1 + len(table.inputs) : -1]
        given.setdefault((when, *tests), []).append(then)
    conditional = any(when for when, *_ in given)
    first = (pager.word("column.when"),) if conditional else ()
    rows = tuple((*tests[not conditional :], *_joined(then)) for tests, then in given.items())
    return d.Grid((*first, *inputs, *outputs), rows)


def _input(node: Node, pager: Pager) -> str:
    """Return what a column asks of; of what is asked of some only, what is asked of those."""
    return pager.value(node.yes if isinstance(node, If) else node)


def _joined(given: list[tuple[d.Rich, ...]]) -> Iterator[d.Rich]:
    """Yield the cells of each column of rows in one cell."""
    for cells in zip(*given, strict=True):
        yield d.joined(list(dict.fromkeys(cells)), "; ")


def _plain_cell(cell: Cell | None, ty: t.Type, pager: Pager) -> d.Rich:
    """Return a test in words; nothing for any value."""
    asks = cell is not None and cell.tests is not None
    return _cell(cell, ty, pager) if asks else ()


def _ready(written: m.Row, table: Table) -> p.Row:
    return next(r for r in table.rows if r.rule.span == written.head.span)


def _test(row: m.Row, name: str) -> Cell | None:
    return next((cell for ref, cell in row.tests if ref.name == name), None)


def _tested(row: m.Row, name: str) -> bool:
    cell = _test(row, name)
    return cell is not None and cell.tests is not None


def _output(name: str, output: Output, pager: Pager) -> str:
    if output.label is None and isinstance(output.ty, t.Scale | t.Enumeration):
        return pager.type(output.ty)
    return pager.words.label(output.label, name)


def _row(written: m.Row, table: Table, pager: Pager) -> tuple[d.Rich, ...]:
    ready = _ready(written, table)
    tests = {ref.name: cell for ref, cell in written.tests}
    cells = [_cell(tests.get(name), table.inputs[name].ty, pager) for name in table.inputs]
    when = pager.condition(ready.when, pager.say("if") + " ")
    title = d.joined([pager.titled(written.head), when], " ")
    then: list[d.Rich] = [(pager.value(ready.then[name]),) for name in table.outputs]
    return (title, *cells, *then, pager.own(written.head))


def _cell(cell: Cell | None, ty: t.Type, pager: Pager) -> d.Rich:
    """Return a test in words: the values it names by their labels, otherwise as written."""
    if cell is None or cell.tests is None:
        return (pager.word("tables.any"),)
    text, shown = unparse_cell(cell, ENGLISH), unparse_cell(cell, pager.lang)
    if text in ("true", "false"):
        return (pager.words.say("yes" if text == "true" else "no"),)
    if not isinstance(ty, t.Scale | t.Enumeration):
        return (shown,)
    values, named = pager.program.values[ty.name], text.removeprefix("not(").removesuffix(")")
    if not set(named.split(", ")) <= set(values.values):
        return (shown,)
    said = (pager.say("or") if pager.full else "; ").join(
        pager.words.label(values.labels.get(part), part) for part in named.split(", ")
    )
    return (pager.say("say.not", x=said) if text.startswith("not(") else said,)


# -- what levels ask for ------------------------------------------------------------------------


def in_matrix(ladder: Ladder | None, level: str, id: str) -> bool:  # noqa: A002  # as in a head
    """Say whether a requirement of a level is a cell of a matrix."""
    matrix = ladder.thresholds if ladder else None
    number = (
        next((i for i, c in enumerate(matrix.columns) if c.name == level), -1) if matrix else -1
    )
    rows = matrix.rows if matrix and number >= 0 else ()
    return any(row.id == id and row.cells[number] is not None for row in rows)


def thresholds(written: m.Thresholds, declared: ObjectType, pager: Pager) -> d.Grid:
    """Return the matrix of a ladder: a row for each level, a column for each thing asked of."""
    assert declared.ladder is not None  # noqa: S101  # the matrix is of it
    by_name = {level.head.name: level for level in declared.ladder.levels}
    levels = [by_name[column.name] for column in written.columns]
    asked = {row.id: [_asked(level, row.id) for level in levels] for row in written.rows}
    first = {name: next(one for one in found if one) for name, found in asked.items()}
    told = [row for row in written.rows if not pager.never(first[row.id].head.when)]
    rows: list[tuple[d.Rich, ...]] = []
    for at, level in enumerate(levels):
        cells = (asked[row.id][at] for row in told)
        name = pager.words.level(level.rank, declared)
        rows.append(((name,), *((_least(one, pager),) if one else () for one in cells)))
    titles = (_matrix_column(row, first[row.id], declared, pager) for row in told)
    scale = pager.program.values[declared.ladder.scale.name]
    return d.Grid((pager.words.label(scale.label, scale.name), *titles), tuple(rows))


def _asked(level: p.Level, name: str) -> p.Requirement | None:
    return next((one for one in level.require if one.head.name == name), None)


def _least(asked: p.Requirement, pager: Pager) -> str:
    """Return the threshold: the level or grade with which something is compared."""
    found = (n for n in walk(asked.that) if isinstance(n, Literal) and isinstance(n.ty, t.Scale))
    return next((pager.value(one) for one in found), pager.value(asked.that))


def _matrix_column(
    row: m.Threshold, asked: p.Requirement, declared: ObjectType, pager: Pager
) -> str:
    name = row.of.name if isinstance(row.of, Name) else row.id
    held = declared.sets.get(name)
    label = held.label if held is not None else None
    said = pager.words.label(label, pager.words.member(declared, name))
    when = asked.head.when
    return said if when is None else pager.say("where", x=said, when=pager.value(when))

"""Tables of rules: with the ids of their rows, and plain as a document prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import program as p
from khung.ir import types as t
from khung.report.document import model as d
from khung.report.words.sentences import sentence
from khung.syntax.unparse import unparse_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import ObjectType, Output, Table
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m
    from khung.syntax.ast import Cell


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
    inputs = (sentence(pager.value(table.inputs[name])) for name in asked)
    outputs = (sentence(_output(name, one, pager)) for name, one in table.outputs.items())
    given: dict[tuple[d.Rich, ...], list[tuple[d.Rich, ...]]] = {}
    for row in written.rows:
        when = pager.condition(_ready(row, table).when)[:1]
        tests = (_plain_cell(_test(row, one), table.inputs[one].ty, pager) for one in asked)
        then = _row(row, table, pager)[1 + len(table.inputs) : -1]
        given.setdefault((when, *tests), []).append(then)
    conditional = any(when for when, *_ in given)
    first = (pager.word("column.when"),) if conditional else ()
    rows = tuple((*tests[not conditional :], *_joined(then)) for tests, then in given.items())
    return d.Grid((*first, *inputs, *outputs), rows)


def _joined(given: list[tuple[d.Rich, ...]]) -> Iterator[d.Rich]:
    """Yield the cells of each column of rows in one cell."""
    for cells in zip(*given, strict=True):
        yield d.joined(list(dict.fromkeys(cells)), "; ")


def _plain_cell(cell: Cell | None, ty: t.Type, pager: Pager) -> d.Rich:
    """Return a test in words; nothing for any value."""
    asks = cell is not None and unparse_cell(cell) != "-"
    return _cell(cell, ty, pager) if asks else ()


def _ready(written: m.Row, table: Table) -> p.Row:
    return next(r for r in table.rows if r.rule.span == written.head.span)


def _test(row: m.Row, name: str) -> Cell | None:
    return next((cell for ref, cell in row.tests if ref.name == name), None)


def _tested(row: m.Row, name: str) -> bool:
    cell = _test(row, name)
    return cell is not None and unparse_cell(cell) != "-"


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
    text = "-" if cell is None else unparse_cell(cell)
    if text == "-":
        return (pager.word("tables.any"),)
    if text in ("true", "false"):
        return (pager.words.say("yes" if text == "true" else "no"),)
    if not isinstance(ty, t.Scale | t.Enumeration):
        return (text,)
    values, named = pager.program.values[ty.name], text.removeprefix("not(").removesuffix(")")
    if not set(named.split(", ")) <= set(values.values):
        return (text,)
    said = pager.say("or").join(
        pager.words.label(values.labels.get(part), part) for part in named.split(", ")
    )
    return (pager.say("say.not", x=said) if text.startswith("not(") else said,)

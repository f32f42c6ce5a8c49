"""Decision tables as tables, and what is checked of the procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.report.document.model import Anchor, Code, Grid, Paragraph, Rich, Strong, anchor, joined
from khung.report.page.pager import RULE
from khung.syntax.unparse import unparse_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import ObjectType
    from khung.ir.program_tables import Output, Table
    from khung.report.document.model import Block
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m
    from khung.syntax.ast import Cell


def checks(declared: ObjectType, pager: Pager) -> list[Grid]:
    """Return the checks."""
    rows = [
        (
            pager.ruled(c.rule),
            pager.condition(c.require),
            pager.condition(c.rule.when) or (pager.say("always"),),
            (pager.say(f"severity.{c.severity}"),),
            pager.cited(c.rule.sources),
        )
        for c in declared.checks
    ]
    return pager.grid("check must applies severity source", rows)


def tables(subject: m.Subject, declared: ObjectType, pager: Pager) -> Iterator[Block]:
    """Yield each table: what it is about, then its rows."""
    for written in subject.tables:
        table = declared.tables[written.head.id]
        name = pager.label(written.head.label, written.head.id)
        place = Anchor(anchor(RULE, pager.name_of(written.head)))
        cited = pager.own(written.head)
        yield Paragraph(
            (place, Strong(name), " ", Code(written.head.id), *((" ", *cited) if cited else ()))
        )
        if table.applies is not None:
            yield Paragraph((pager.say("if") + " ", *pager.condition(table.applies, "")))
        yield Paragraph((pager.say(f"hit.{table.hit.value}"),))
        yield _grid(written, table, pager)


def _grid(written: m.Table, table: Table, pager: Pager) -> Grid:
    inputs = [pager.value(node) for node in table.inputs.values()]
    outputs = [
        pager.say("result", name=_output(name, output, pager))
        for name, output in table.outputs.items()
    ]
    source, row = pager.say("column.source"), pager.say("column.row")
    rows = tuple(_row(one, table, pager) for one in written.rows)
    return Grid((row, *(i[:1].upper() + i[1:] for i in inputs), *outputs, source), rows)


def _output(name: str, output: Output, pager: Pager) -> str:
    if output.label is None and isinstance(output.ty, t.Scale | t.Enumeration):
        return pager.type(output.ty)
    return pager.label(output.label, name)


def _row(written: m.Row, table: Table, pager: Pager) -> tuple[Rich, ...]:
    ready = next(r for r in table.rows if r.rule.span == written.head.span)
    tests = {ref.name: cell for ref, cell in written.tests}
    cells = [_cell(tests.get(name), table.inputs[name].ty, pager) for name in table.inputs]
    title = joined(
        [pager.titled(written.head), pager.condition(ready.when, pager.say("if") + " ")], " "
    )
    then: list[Rich] = [(pager.value(ready.then[name]),) for name in table.outputs]
    return (title, *cells, *then, pager.own(written.head))


def _cell(cell: Cell | None, ty: t.Type, pager: Pager) -> Rich:
    """Return a test in words: the values it names by their labels, otherwise as written."""
    text = "-" if cell is None else unparse_cell(cell)
    if text == "-":
        return (pager.say("any"),)
    if text in ("true", "false"):
        return (pager.words.say("yes" if text == "true" else "no"),)
    if not isinstance(ty, t.Scale | t.Enumeration):
        return (text,)
    return (_valued(text, ty.name, pager),)


def _valued(text: str, name: str, pager: Pager) -> str:
    values = pager.program.values[name]
    negated = text.startswith("not(")
    parts = text.removeprefix("not(").removesuffix(")").split(", ")
    if not set(parts) <= set(values.values):
        return text
    said = pager.say("or").join(pager.label(values.labels.get(part), part) for part in parts)
    return pager.say("say.not", x=said) if negated else said

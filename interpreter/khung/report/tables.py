"""What tables answered: as data, and as lines with the clause of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.ir import types as t
from khung.report import values
from khung.report.layout import Line, Style
from khung.rulebook.model import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.tables import Answer, Fired
    from khung.engine.values import Value
    from khung.ir.program import Program
    from khung.ir.program_tables import Table
    from khung.report.context import Context


def answer_json(answer: Answer, program: Program) -> dict[str, Any]:
    """Return the answer as `schemas/result.schema.json` describes it.

    Its value is each output by name, of `collect` a list of those; null where it is open.
    """
    return {"value": _plain(answer, program), "sources": list(answer.sources)}


def _plain(answer: Answer, program: Program) -> Any:
    table = answer.table
    if table.hit is Hit.COLLECT:
        rows = [_outputs(row.values, table, program) for row in answer.rows]
        return rows if answer.settled else None
    found = _outputs(answer.values, table, program)
    return None if all(value is None for value in found.values()) else found


def _outputs(found: Mapping[str, Value], table: Table, program: Program) -> dict[str, Any]:
    return {name: values.plain(found[name], ty, program) for name, ty in table.outputs.items()}


# -- words ----------------------------------------------------------------------------------------


def answer_lines(answer: Answer, context: Context) -> Iterator[Line]:
    """Yield the answer of a table, and under it what it rests on."""
    words, table = context.words, answer.table
    what = words.label(table.label, table.name)
    if table.hit is Hit.COLLECT:
        yield from _collected(answer, what, context)
        return
    said = _said(answer.values, table, context)
    yield Line(words.say("found", what=what, value=said), 4, "•")
    yield from _cited(answer.sources, context, 8)


def _collected(answer: Answer, what: str, context: Context) -> Iterator[Line]:
    words = context.words
    if not answer.rows:
        value = words.say("none" if answer.settled else "unknown")
        yield Line(words.say("found", what=what, value=value), 4, "•")
        return
    yield Line(words.say("table.rows", what=what), 4, "•")
    for fired in answer.rows:
        yield Line(_row(fired, answer.table, context), 8, "-")
        yield from _cited(fired.row.rule.sources, context, 12)


def _row(fired: Fired, table: Table, context: Context) -> str:
    words, label = context.words, fired.row.rule.label
    said = _said(fired.values, table, context)
    if label is not None:
        said = words.say("found", what=words.label(label, ""), value=said)
    return said if fired.sure else words.say("table.maybe", row=said)


def _said(found: Mapping[str, Value], table: Table, context: Context) -> str:
    words = context.words
    if len(table.outputs) == 1:
        return "".join(words.value(found[name], ty) for name, ty in table.outputs.items())
    parts = (
        words.say("found", what=_called(name, ty, context), value=words.value(found[name], ty))
        for name, ty in table.outputs.items()
    )
    return "; ".join(parts)


def _called(name: str, ty: t.Type, context: Context) -> str:
    """Return what an output is called: as its scale or enumeration, if it is of one."""
    declared = context.words.program.values
    if isinstance(ty, t.Scale | t.Enumeration) and ty.name in declared:
        return context.words.label(declared[ty.name].label, name)
    return name


def _cited(sources: tuple[str, ...], context: Context, indent: int) -> Iterator[Line]:
    cited = context.clauses.cited(sources)
    if cited:
        yield Line(cited, indent, style=Style.FAINT)

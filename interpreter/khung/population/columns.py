"""The columns of a result: status, checks, lists, what stages were run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.steps import reached
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import GivenPart
from khung.ir.rewrite import children
from khung.ir.stages import names
from khung.population import findings, reasons, steps
from khung.population.statuses import (
    NEEDS_DECISION,
    NOT_RANKED,
    PENDING,
    RANKED,
    UNDETERMINED,
)
from khung.rulebook.model.rules import Stage
from khung.sql.ends import UnsupportedError, same, truth
from khung.sql.lists.told import MOST_BITS, Told, as_bits, listed, told_list
from khung.sql.members import write_column
from khung.sql.needs import reading
from khung.sql.table import UNDECIDED, Column, Quoted
from khung.sql.text import FALSE, TRUE, both, chosen, constant, either, literal, negated, quoted
from khung.sql.writer import FullWriter

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Row
    from khung.ir.program import Table as DecisionTable
    from khung.sql.build import Build
    from khung.sql.table import Table


def result_column(build: Build, table: Table, name: str) -> Column:
    """Write a column of a result, or any other."""
    w = FullWriter(build, table, undecided=name.startswith(UNDECIDED))
    asked = name.removeprefix(UNDECIDED)
    if asked.startswith(steps.STEP):
        ty, ends = steps.part_of(w, asked)
    elif asked.startswith("r:list:"):
        ty, ends = t.STRING, same(_list(w, asked), loose=True)
    elif asked.startswith("r:"):
        ty, ends = t.NUMBER, same(_number(w, asked))
    else:
        return write_column(w, name)
    return reading(build, Column(table, name, ty, ends), w.needs)


def _number(w: FullWriter, name: str) -> str:
    """Return what is said by a number or a truth."""
    what, _, rest = name.removeprefix("r:").partition(":")
    match what:
        case "status":
            return _status(w)
        case "ran":
            return _ran(w, rest)
        case "unvoted":
            return _unvoted(w, int(rest))
        case "check":
            return _check(w, rest)
        case "among":
            return steps.may_choose(w, rest)
        case "beyond":
            return findings.is_beyond(w)
        case "longer":
            return findings.is_longer(w, rest)
        case _:
            return reasons.bits(w, name)


def _declared(w: FullWriter) -> ObjectType:
    assert w.table.declared is not None  # noqa: S101  # it is ranked
    return w.table.declared


def _status(w: FullWriter) -> str:
    declared = _declared(w)
    out, pending = w.own(f"={names.OUT}")[0], w.own(f"={names.PENDING}")[0]
    final = steps.of_stage(w, names.of_stage(Stage.QUOTA))
    known = TRUE if final.level.single else f"({final.level.low} = {final.level.high})"
    may_leave = either(
        TRUE if each.head.when is None else w.test(each.head.when).high
        for each in declared.defer
        if each.may_leave
    )
    decided = FALSE if final.decision == steps.NONE else f"({final.decision} <> 0)"
    ways = [
        (out.low, NOT_RANKED),
        (pending.low, PENDING),
        (either((out.high, pending.high)), UNDETERMINED),
        (both((known, negated(may_leave))), RANKED),
        (final.leave, UNDETERMINED),
        (decided, NEEDS_DECISION),
        (known, RANKED),
    ]
    text = str(UNDETERMINED)
    for condition, status in reversed(ways):
        text = chosen(condition, str(status), text)
    return text


def _is_told_on(w: FullWriter) -> str:
    """Return whether what votes find is told after the deferrals: not if it is open which holds."""
    text = TRUE
    for each in reversed(_declared(w).defer):
        when = truth(TRUE, TRUE) if each.head.when is None else w.test(each.head.when)
        text = chosen(when.low, TRUE, chosen(when.high, FALSE, text))
    return text


NOT_APPLICABLE, MET_CHECK, VIOLATED, UNKNOWN = range(4)
CHECKS = ("not_applicable", "met", "violated", "unknown")


def _check(w: FullWriter, name: str) -> str:
    """Return what came of a check, as its place in `CHECKS`."""
    check = next(c for c in _declared(w).checks if c.head.name == name)
    when = truth(TRUE, TRUE) if check.head.when is None else w.shared(check.head.when)
    holds = w.shared(check.require)
    violated = both((when.low, negated(holds.high)))
    text = chosen(holds.low, str(MET_CHECK), chosen(violated, str(VIOLATED), str(UNKNOWN)))
    return chosen(when.high, text, str(NOT_APPLICABLE))


def _list(w: FullWriter, column: str) -> str:
    """Return an output that is a list, or the answers of a table that collects, as texts.

    Of a table that is streamed a number says which of some constant texts are in it: those are kept
    in `Build.bits`.
    """
    declared, name = _declared(w), column.removeprefix("r:list:")
    if name in declared.definitions and not name.startswith("tables."):
        definition = declared.definition(name)
        told = told_list(w, definition.value)
        applies = truth(TRUE, TRUE) if definition.applies is None else w.test(definition.applies)
        condition = both((applies.high, told.known))
    else:
        table = declared.tables[name]
        applies = truth(TRUE, TRUE) if table.applies is None else w.test(table.applies)
        told = _collected(w, table)
        condition = both((applies.low, told.known))
    parts = told.parts or ()
    texts = [text for _, part in parts if (text := constant(part)) is not None]
    of_bits = told.parts is not None and len(parts) == len(texts) <= MOST_BITS
    if not (of_bits and w.build.takes_bits(w.table)):
        return _where(condition, told.text)
    w.build.bits[w.table.key, column] = tuple(texts)
    return _where(condition, as_bits(holds for holds, _ in parts))


def _collected(w: FullWriter, table: DecisionTable) -> Told:
    """Return the answers of a table of all rows that hold."""
    tests = [w.shared(row.condition) for row in table.rows]
    known = both(TRUE if x.single else either((x.low, negated(x.high))) for x in tests)
    parts = [(x.low, _row(w, table, row)) for x, row in zip(tests, table.rows, strict=True)]
    return Told(listed(parts), known, tuple(parts))


def _where(condition: str, text: str) -> str:
    return text if condition == TRUE else f"CASE WHEN {condition} THEN {text} END"


def _row(w: FullWriter, table: DecisionTable, row: Row) -> str:
    """Return what a row answers: of one output its text, of several JSON of all by name."""
    cells = {name: _json(w, row.then[name], output.ty) for name, output in table.outputs.items()}
    if len(cells) == 1:
        return next(iter(cells.values()))
    parts = []
    for at, (name, text) in enumerate(cells.items()):
        mark = _quote_mark(table.outputs[name].ty)
        parts += [literal(f'{"{ " if at == 0 else ", "}"{name}": {mark}'), text, literal(mark)]
    return _put_together([*parts, literal(" }")])


def _put_together(parts: list[str]) -> str:
    """Return texts one after the other, of constant ones one text."""
    texts = [constant(part) for part in parts]
    if None not in texts:
        return literal("".join(text for text in texts if text is not None))
    return f"({' || '.join(parts)})"


def _quote_mark(ty: t.Type) -> str:
    return '"' if isinstance(ty, t.Scale | t.Enumeration | t.String | t.Date) else ""


def _json(w: FullWriter, node: Node, ty: t.Type) -> str:
    found = w.shared(node)
    if not found.single or found.loose:
        raise UnsupportedError("an answer that may be open")
    match ty:
        case t.Enumeration():
            return found.low
        case t.Scale():
            levels = w.values[ty.name].values
            if found.low.isdigit():
                return literal(levels[int(found.low)])
            ways = " ".join(f"WHEN {at} THEN {literal(x)}" for at, x in enumerate(levels))
            return f"CASE {found.low} {ways} END"
        case t.Number() if found.low.strip("()-").isdigit():
            return f"CAST({found.low} AS VARCHAR)"
        case _:
            raise UnsupportedError("an answer of such a type")


def _ran(w: FullWriter, stage: str) -> str:
    """Return whether a stage is told: a body may have spoken, or a quota touches the subject."""
    declared = _declared(w)
    if stage != str(Stage.QUOTA):
        what = n.Winner if stage == str(Stage.VOTE) else n.Choice
        name = f"stages.{stage}"
        reached_by = reached(declared.definition(name).value, declared, name, what)
        return w.test(reached_by).high
    before, final = (w.own(f"={names.of_stage(s)}")[0] for s in (Stage.DEFER, Stage.QUOTA))
    moved = [f"{a} <> {b}" for a, b in zip(before[:2], final[:2], strict=True) if a != b]
    touched = []
    for place, _ in enumerate(declared.quotas):
        if w.quota(declared.name, place) is not None:
            need = next(x for x in w.needs if isinstance(x, Quoted) and x.place == place)
            touched.append(f"({quoted(need.name)}.rid IS NOT NULL)")
    given = n.Given(
        GivenPart.STANDS, t.BOOLEAN, declared.stages[names.RANKED].value.span, Stage.QUOTA
    )
    return either((*moved, both((negated(w.test(given).low), either(touched)))))


def _unvoted(w: FullWriter, place: int) -> str:
    """Return whether a vote that surely binds was not held, and none before it binds."""
    declared = _declared(w)
    span = declared.stages[names.RANKED].value.span
    given = n.Given(GivenPart.STANDS, t.BOOLEAN, span, Stage.VOTE)
    found = [negated(w.test(given).low), _is_told_on(w)]
    asked: list[Node] = []
    for at in range(place + 1):
        node = declared.definition(names.of_vote(at)).value
        assert isinstance(node, n.If)  # noqa: S101  # as votes are lowered
        found.append(negated(w.test(node.condition).high))
        asked = [part for part in children(node.condition) if not isinstance(part, n.There)]
    return both((*found, *(w.test(part).low for part in asked)))

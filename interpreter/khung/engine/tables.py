"""What tables answer: of one output as a value, of a whole table with the rows behind it.

Of a table that takes one row, the answer lies between those of all rows that may be the one; it
is decided where they agree. That some row holds is taken for granted, as `analysis.tables` proves
of every table: only where no row may hold any more is there no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.engine import logic
from khung.engine.errors import is_error
from khung.engine.values import ERROR, Value, reason
from khung.engine.worth import as_value
from khung.ir import types as t
from khung.ir.program import member_name
from khung.records import dataclass
from khung.rulebook.model import Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from khung.engine.facts import Entity
    from khung.engine.solver import Env, Held, Solver
    from khung.ir.nodes import Node, Rows
    from khung.ir.program import Row, Table


class Reached(NamedTuple):
    """A row that may answer: its place in the table, and whether it surely holds."""

    place: int
    holds: Value


def reached(hit: Hit, conditions: Iterable[Node], env: Env, evaluator: Solver) -> Iterator[Reached]:
    """Yield the rows that may answer, in order: of `first` none after one that surely holds."""
    for place, condition in enumerate(conditions):
        holds = evaluator.truth(condition, env)
        if holds.most:
            yield Reached(place, holds)
        if holds.least and hit is Hit.FIRST:
            return


def answer_of(node: Rows, env: Env, evaluator: Solver) -> Value:
    """Return one output of a table that takes one row; of `collect` all is written as code."""
    rows = list(reached(node.hit, (condition for condition, _ in node.rows), env, evaluator))
    values = [evaluator.evaluate(node.rows[row.place][1], env) for row in rows]
    return _one(node.hit, rows, values, evaluator.whole(node.ty, ERROR), node.ty)


def _one(hit: Hit, rows: list[Reached], values: list[Value], failed: Value, ty: t.Type) -> Value:
    sure = sum(row.holds.least for row in rows)
    if not values or (hit is Hit.UNIQUE and sure > 1):
        return failed
    found = values[0]
    why = reason(*values, *(row.holds for row in rows))
    for value in values[1:]:
        found = logic.hull(found, value, why, ordered=t.is_ordered(ty))
    return found


# -- a whole table --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fired:
    """A row that may answer, whether it surely does, and the value of each output in it."""

    row: Row
    sure: bool
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a table answers for one subject.

    Attributes:
        rows: Those that may answer, in order.
        values: Each output, a list of `collect`.
        sure: Whether the subject surely has the table.
    """

    table: Table
    rows: tuple[Fired, ...]
    values: Mapping[str, Value]
    sure: bool

    @property
    def settled(self) -> bool:
        """Whether it is known which rows answer."""
        return self.sure and all(row.sure for row in self.rows)

    @property
    def sources(self) -> tuple[str, ...]:
        """The clauses of the table, then those of the rows that surely answer."""
        fired = (source for row in self.rows if row.sure for source in row.row.rule.sources)
        return tuple(dict.fromkeys((*self.table.sources, *fired)))


def as_data(answer: Answer, plain: Callable[[Value, t.Type], Any]) -> Any:
    """Return each output by name, of `collect` a list with those of each row; None where open.

    Args:
        answer: What a table answers.
        plain: Returns a value of a type as data, None where it is open.
    """
    outputs = answer.table.outputs

    def row(values: Mapping[str, Value]) -> dict[str, Any]:
        return {name: plain(values[name], output.ty) for name, output in outputs.items()}

    if answer.table.hit is Hit.COLLECT:
        return [row(fired.values) for fired in answer.rows] if answer.settled else None
    found = row(answer.values)
    return None if all(value is None for value in found.values()) else found


def data_of(
    evaluator: Solver,
    entity: Entity,
    plain: Callable[[Value, t.Type], Any],
    names: frozenset[str] | None = None,
) -> dict[str, Any]:
    """Return what each table, or each that is named, answers as `as_data` does, without the why."""
    held, found = evaluator.row(entity), {}
    for table in entity.type.tables.values():
        if names is not None and table.name not in names:
            continue
        there = held.layout.tester_of(table.applies)(held)
        if there is not False:
            each = _rows_as_data if table.hit is Hit.COLLECT else _outputs_as_data
            found[table.name] = each(table, held, plain) if there else None
    return found


def _rows_as_data(table: Table, held: Held, plain: Callable[[Value, t.Type], Any]) -> Any:
    rows = list(_reached(table, held))
    if not all(sure for _, sure in rows):
        return None
    outputs = table.outputs.items()
    return [{n: plain(_read(row.then[n], held), out.ty) for n, out in outputs} for row, _ in rows]


def _outputs_as_data(table: Table, held: Held, plain: Callable[[Value, t.Type], Any]) -> Any:
    worth, found = held.run.worth, {}
    for name, output in table.outputs.items():
        found[name] = plain(worth(held, member_name(table.name, name)), output.ty)
    return None if all(value is None for value in found.values()) else found


def answers(evaluator: Solver, entity: Entity) -> tuple[Answer, ...]:
    """Return what each table answers for a subject; those that it has not are left out."""
    found = (_answer(evaluator, entity, table) for table in entity.type.tables.values())
    return tuple(answer for answer in found if answer is not None)


def _answer(evaluator: Solver, entity: Entity, table: Table) -> Answer | None:
    held = evaluator.row(entity)
    there = held.layout.tester_of(table.applies)(held)
    if there is False:
        return None
    found = [*_reached(table, held)] if there else []
    single = table.hit is not Hit.COLLECT and len(found) == 1
    fired = tuple(_fired(row, held, sure=sure or single) for row, sure in found)
    values = {output: _value(evaluator, entity, table, output) for output in table.outputs}
    return Answer(table, fired, values, bool(there))


def _reached(table: Table, held: Held) -> Iterator[tuple[Row, bool]]:
    """Yield the rows that may answer as `reached` does, and whether each surely holds."""
    for row in table.rows:
        holds = held.layout.tester_of(row.condition)(held)
        if holds is not False:
            yield row, bool(holds)
        if holds and table.hit is Hit.FIRST:
            return


def _fired(row: Row, held: Held, *, sure: bool) -> Fired:
    values = {name: _read(node, held) for name, node in row.then.items()}
    return Fired(row, sure, values)


def _read(node: Node, held: Held) -> Value:
    least, most = held.layout.reader_of(node)(held)
    return as_value(least, most, node.ty)


def _value(evaluator: Solver, entity: Entity, table: Table, output: str) -> Value:
    read = evaluator.definition(entity, member_name(table.name, output))
    if read is None:
        return evaluator.whole(table.outputs[output].ty)
    made_of = entity.type.definition(member_name(table.name, output)).value
    failed = read[0].why and is_error(made_of, evaluator.env(entity), evaluator)
    return read[0]._replace(why=ERROR) if failed else read[0]

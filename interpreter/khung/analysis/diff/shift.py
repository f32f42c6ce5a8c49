"""A case moved to another period: its dates and calendar years by whole months.

What is a date is told by the declared type and not by how a text looks. A number is a year of the
calendar where its fact says `unit: calendar_year`; other numbers stay as they are. What comes of a
case is moved alike, so that two results can be compared in one period.
"""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from khung.casefile.names import input_of
from khung.engine.values import Elements
from khung.ir import types as t
from khung.ir.dates import parse_date
from khung.records import dataclass
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence
from khung.why.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from khung.casefile.model import CaseFile, Group, Written
    from khung.engine.tables import Answer
    from khung.engine.values import Value
    from khung.ir.program import ObjectType, Program
    from khung.rulebook.model import Rulebook
    from khung.why.result import Output, Results

CALENDAR_YEAR = "calendar_year"
"""The unit of a number that names a year, such as 2021."""

_YEAR = 12  # months


def months_between(before: Rulebook, after: Rulebook) -> int:
    """Return how many months the period of one rulebook begins before that of the other."""
    first, other = before.period[0], after.period[0]
    return _YEAR * (other.year - first.year) + other.month - first.month


def months_to(case_file: CaseFile, home: Rulebook, away: Rulebook) -> int:
    """Return by how many months a case is moved to run under `away`; 0 where it belongs there.

    A case belongs to the rulebook that it names, or else to that whose period holds its day.
    """
    return months_between(home, away) if _belongs(case_file, home, away) else 0


def _belongs(case_file: CaseFile, home: Rulebook, away: Rulebook) -> bool:
    name = case_file.rulebook.name
    if home.id != away.id and name in (home.id, away.id):
        return name == home.id
    first, last = home.period
    return case_file.on is not None and first <= case_file.on <= last


def moved_case(case_file: CaseFile, months: int, program: Program) -> CaseFile:
    """Return a case with its dates moved by some months, what it expects as it is.

    Args:
        case_file: The case as written.
        months: By how much.
        program: The rulebook that says which facts are dates, or years of the calendar.
    """
    if not months:
        return case_file
    mover = _Mover(months, program)
    on = case_file.on and moved_day(case_file.on, months)
    groups = tuple(map(mover.group, case_file.subjects))
    return replace(case_file, on=on, subjects=groups)


def moved_day(day: date, months: int) -> date:
    """Return the same day some months later; the last of the month where it has no such day."""
    year, month = divmod(_YEAR * day.year + day.month - 1 + months, _YEAR)
    if not date.min.year <= year <= date.max.year:
        return day
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class _Mover:
    """Moves what a case states, by the types that a program declares."""

    months: int
    program: Program

    def group(self, group: Group) -> Group:
        declared = self.program.objects.get(group.type.name)
        if declared is None:
            return group
        return replace(group, entries=tuple(self.written(one, declared) for one in group.entries))

    def written(self, written: Written, declared: ObjectType) -> Written:
        given = written.given
        if given is not None and given.on is not None:
            given = replace(given, on=moved_day(given.on, self.months))
        return replace(written, facts=self.entries(written.facts, declared), given=given)

    def entries(self, entries: Iterable[Entry], declared: ObjectType) -> tuple[Entry, ...]:
        return tuple(replace(e, value=self.fact(e.value, e.key, declared)) for e in entries)

    def fact(self, node: Node, name: str, declared: ObjectType) -> Node:
        stated = input_of(declared, name)
        if stated is None:
            return node
        fact = declared.facts.get(name)
        if fact is not None and fact.unit == CALENDAR_YEAR:
            return self.year(node)
        return self.value(node, stated.ty)

    def value(self, node: Node, ty: t.Type) -> Node:
        match node, ty:
            case Scalar(), t.Date():
                return self.day(node)
            case Sequence(), t.List():
                items = tuple(self.value(item, ty.element) for item in node.items)
                return replace(node, items=items)
            case Mapping(), t.Object():
                entries = self.entries(node.entries, self.program.objects[ty.name])
                return replace(node, entries=entries)
            case _:
                return node

    def day(self, node: Scalar) -> Scalar:
        day = parse_date(node.value) if isinstance(node.value, str) else None
        if day is None:
            return node
        moved = moved_day(day, self.months).isoformat()
        return replace(node, value=moved, text=replace(node.text, text=moved))

    def year(self, node: Node) -> Node:
        """Return a year moved; by less than a whole year it stays."""
        if not isinstance(node, Scalar) or not isinstance(node.value, int) or self.months % _YEAR:
            return node
        moved = node.value + self.months // _YEAR
        return replace(node, value=moved, text=replace(node.text, text=str(moved)))


# -- what comes of a case -------------------------------------------------------------------------


def moved_results(results: Results, months: int) -> Results:
    """Return results with the dates that they report moved by some months."""
    if not months:
        return results
    by_type = {
        name: {key: _Moved(result, months) for key, result in by_id.items()}
        for name, by_id in results.by_type.items()
    }
    return replace(results, by_type=by_type)


class _Moved(Result):
    """A result that tells its dates moved."""

    def __init__(self, result: Result, months: int) -> None:
        super().__init__(result.explanation, result.entity)
        self._told, self._months = result, months

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        return tuple(_moved_output(output, self._months) for output in self._told.outputs)

    @cached_property
    def tables(self) -> tuple[Answer, ...]:
        return tuple(_moved_answer(answer, self._months) for answer in self._told.tables)


def _moved_output(output: Output, months: int) -> Output:
    return replace(output, value=moved_value(output.value, output.ty, months))


def _moved_answer(answer: Answer, months: int) -> Answer:
    def moved(values: MappingOf[str, Value]) -> dict[str, Value]:
        told = answer.table.outputs
        return {name: moved_value(value, told[name].ty, months) for name, value in values.items()}

    rows = tuple(replace(row, values=moved(row.values)) for row in answer.rows)
    return replace(answer, rows=rows, values=moved(answer.values))


def moved_value(value: Value, ty: t.Type, months: int) -> Value:
    """Return a value with the dates in it moved."""
    if not months:
        return value
    least, most = (_moved_form(form, ty, months) for form in (value.least, value.most))
    return value._replace(least=least, most=most)


def _moved_form(form: object, ty: t.Type, months: int) -> object:
    """Return the run-time form of a value moved; `ty` is its type, or that of its elements."""
    match form:
        case date() if isinstance(ty, t.Date):
            return moved_day(form, months)
        case Elements():
            element = ty.element if isinstance(ty, t.List) else ty
            items = (i._replace(value=moved_value(i.value, element, months)) for i in form.items)
            return replace(form, items=tuple(items))
        case _:
            return form

"""The tables of results: which columns each has, and of which type, whatever engine fills them.

One table for a subject type, a row for a subject, and one for the groups of all quotas. A level or
a value of an enumeration is its name, a subject its id, a rule its id, a share the text of a
fraction; what is unknown, or does not apply, is null. What is neither is JSON in a text.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, assert_never

from khung.ir import types as t
from khung.ir.entries import stages_of
from khung.rulebook.model import Hit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.ir.program import Definition, ObjectType, Program, Table


class Form(Enum):
    """What the cells of a column hold."""

    TEXT = "text"
    TEXTS = "texts"
    WHOLE = "whole"
    NUMBER = "number"
    """Whole numbers, or decimals with as many digits as those there are need."""
    TRUTH = "truth"
    DAY = "day"


class Column(NamedTuple):
    """A column of a table of results."""

    name: str
    form: Form = Form.TEXT


DECISION = "decision"
"""The column with the kind of choice that is left to a body; what begins so tells more of it."""

GIVEN = ("level", "status", "after", "by", "on", "document")
"""What is told of a decision that was taken, each in a column `given.NAME`."""


PARTS: dict[str, tuple[str, ...]] = {
    "bounds": ("at_best", "at_worst", "stages.", "bounds."),
    "reasons": ("reasons", "clauses", "missing", "assumed", "readings"),
    "provisional": ("provisional",),
    "decision": ("decision", "given."),
    "outputs": ("outputs.",),
    "checks": ("findings", "unchecked", "checks."),
}
"""What may be told of a subject beside who it is, its status and its level, and what the names of
its columns begin with."""


MOST_TOLD = 2_000
"""Subjects of a case up to which `NOT_TOLD` is told of each: it takes longer than all else."""

NOT_TOLD = ("assumed", "readings")
"""Columns that are null where there are more; `khung show why` finds them for one subject."""


class Selection(NamedTuple):
    """What of results is asked for.

    Attributes:
        subjects: The subject types; all if there are none.
        parts: What is told of each beside status and level, of `PARTS`.
    """

    subjects: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset(PARTS)

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self == EVERYTHING

    def tells_of(self, subject: str) -> bool:
        """Whether results of a subject type are asked for."""
        return not self.subjects or subject in self.subjects

    def shows(self, column: str) -> bool:
        """Whether a column of results is asked for."""
        left_out = [start for part in PARTS.keys() - self.parts for start in PARTS[part]]
        return not column.startswith(tuple(left_out))


EVERYTHING = Selection()


def result_columns(
    program: Program, subject: str, selection: Selection = EVERYTHING
) -> tuple[Column, ...]:
    """Return the columns of the results of a subject type that has a ladder."""
    columns = _columns(program, program.objects[subject])
    return tuple(column for column in columns if selection.shows(column.name))


def other_columns(program: Program, subject: str) -> tuple[Column, ...]:
    """Return the columns of a subject type that has no ladder, which others are counted under."""
    links = unit_links(program.objects[subject])
    return tuple(_named("id", "name", *(f"links.{name}" for name in links)))


def _columns(program: Program, declared: ObjectType) -> Iterator[Column]:
    texts = Form.TEXTS
    yield from _named("id", "name", *(("kind",) if declared.kind_field else ()))
    yield from _named(*(("overlay",) if program.parts else ()))
    yield from _named(*(f"links.{name}" for name in unit_links(declared)))
    yield Column("status")
    yield Column("provisional", texts)
    yield from _named("scope", "level", "at_best", "at_worst")
    for stage in stages_of(declared):
        yield Column(f"stages.{stage}")
    for stage in stages_of(declared):
        yield from _named(f"bounds.{stage}.least", f"bounds.{stage}.most")
    yield from (Column(name, texts) for name in ("reasons", "clauses", "missing", "assumed"))
    yield Column("readings", texts)
    yield from _named(DECISION, f"{DECISION}.rule")
    yield Column(f"{DECISION}.places", Form.WHOLE)
    yield from (Column(f"{DECISION}.{name}", texts) for name in ("options", "candidates"))
    yield Column(f"{DECISION}.group")
    for name in GIVEN:
        yield Column(f"given.{name}", Form.DAY if name == "on" else Form.TEXT)
    for member in declared.definitions.values():
        yield from _output(member)
    for table in declared.tables.values():
        yield from _answers(table)
    yield from (Column(name, texts) for name in ("findings", "unchecked"))
    yield from _named(*(f"checks.{check.head.name}" for check in declared.checks))


def _named(*names: str) -> Iterator[Column]:
    return map(Column, names)


def _output(definition: Definition) -> Iterator[Column]:
    if definition.output:
        yield Column(f"outputs.{definition.name}", form_of(definition.ty))
        if definition.final:
            yield Column(f"outputs.{definition.name}.awaits", Form.TEXTS)


def _answers(table: Table) -> Iterator[Column]:
    if table.hit is Hit.COLLECT:
        yield Column(f"outputs.{table.name}", Form.TEXTS)
        return
    for name, output in table.outputs.items():
        yield Column(f"outputs.{table.name}.{name}", form_of(output.ty))


def unit_links(declared: ObjectType) -> tuple[str, ...]:
    """Return the links by which a subject is counted under another: those marked `unit`."""
    return tuple(link.name for link in declared.links.values() if link.unit)


def form_of(ty: t.Type) -> Form:
    """Return what holds the values of a type."""
    match ty:
        case t.Boolean():
            return Form.TRUTH
        case t.Number():
            return Form.NUMBER
        case t.Date():
            return Form.DAY
        case t.List():
            return Form.TEXTS
        case t.Fraction() | t.Ratio() | t.String() | t.Months() | t.Seconds() | t.Scale():
            return Form.TEXT
        case t.Enumeration() | t.Object() | t.Context() | t.Range() | t.Ballots():
            return Form.TEXT
        case t.Calendar() | t.Anything() | t.Bad():
            return Form.TEXT
        case _:
            assert_never(ty)


# -- groups of quotas ---------------------------------------------------------------------------


def group_columns(keys: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of the groups of all quotas, of which the keys have these names."""
    ends = [f"{count}.{end}" for count in ("base", "places") for end in ("least", "most")]
    whose = ("kept", "cut", "open")
    return (
        *_named("rule", "subject", "level", "key"),
        *_named(*(f"key.{name}" for name in dict.fromkeys(keys))),
        *(Column(name, Form.WHOLE) for name in ends),
        Column("whole", Form.TRUTH),
        *(Column(name, Form.WHOLE) for name in whose),
        *(Column(f"{name}.ids", Form.TEXTS) for name in whose),
        Column(DECISION),
    )


# -- as Arrow has them ----------------------------------------------------------------------------


def schema_of(
    columns: Iterable[Column], numbers: Mapping[str, pa.DataType] | None = None
) -> pa.Schema:
    """Return the schema of a table.

    Args:
        columns: Its columns.
        numbers: The types of columns of numbers, by name; of the others it is int64.
    """
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    def type_of(column: Column) -> pa.DataType:
        match column.form:
            case Form.TEXT:
                return pa.string()
            case Form.TEXTS:
                return pa.list_(pa.string())
            case Form.WHOLE:
                return pa.int64()
            case Form.NUMBER:
                return (numbers or {}).get(column.name, pa.int64())
            case Form.TRUTH:
                return pa.bool_()
            case Form.DAY:
                return pa.date32()
            case _:
                assert_never(column.form)

    return pa.schema([pa.field(column.name, type_of(column)) for column in columns])


def result_schema(
    program: Program, subject: str, numbers: Mapping[str, pa.DataType] | None = None
) -> pa.Schema:
    """Return the schema of the results of a subject type; `numbers` as for `schema_of`."""
    return schema_of(result_columns(program, subject), numbers)

"""Which tables a case of a rulebook may have, and their columns.

In: a `Program`. Out: a `Sheet` for each subject and for each list that a subject or a record of
one holds. What reads tables, writes empty ones and makes results of them asks here.

A subject has a table `SUBJECT`, a row each. A list has a table `SUBJECT.LIST`, a row an element,
whose column `of` has the id of the holder; a list that a record holds has `SUBJECT.LIST.LIST`,
where `of.LIST` has the key of that record, or its place from 1 where the list has no key.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from khung.casefile.names import input_of, kind_fact
from khung.digests import sha256
from khung.ir import types as t
from khung.ir.entries import stages_of
from khung.locale import languages, phrase
from khung.records import dataclass
from khung.rulebook.model import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.program import Criterion, Fact, Link, ObjectType, Program

HEAD = "case"
"""The sheet of a workbook with the head of the case, and the name of its file in a folder."""

ID, NAME, OF, VALUE, GIVEN = "id", "name", "of", "value", "given"
"""Columns that no fact has; `given` stands before those of a decision."""

_FACT = "fact."
"""What stands before the column of a fact that is called as one of those."""

MARK = "?"
"""The end of the name of a column that says of another what no value can: `UNKNOWN`, `NONE`."""

UNKNOWN, NONE = "?", "-"
"""Cells: stated to be unknown; does not apply, leads nowhere, is empty."""

GIVEN_STATUSES = ("not_ranked", "pending")
"""What a decision may say instead of a level."""

_SHEET_NAME = 31  # what spreadsheet programs allow
_TAKEN = (HEAD, "history")  # the latter by Excel
_DIGEST = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        key: Its name; with `MARK` at its end it only says what no value can of lists and ballots.
        ty: Type of its values. A level of ballots is a Number, a mark is a List or Ballots.
        unit: Of numbers, as the rulebook writes it.
        options: Names of levels, options or kinds in the order of the rulebook, with labels.
        of: What it states; None for ids, names and decisions.
        level: The level of ballots of which it is the count; empty for others.
        optional: Whether `-` may be stated.
        required: Whether no row may leave it empty.
    """

    key: str
    ty: t.Type
    label: Label | None = None
    sources: tuple[str, ...] = ()
    unit: str = ""
    options: tuple[tuple[str, Label | None], ...] = ()
    of: Fact | Link | Criterion | None = None
    level: str = ""
    optional: bool = False
    required: bool = False

    @property
    def is_mark(self) -> bool:
        """Whether it only says what no value can."""
        return self.key.endswith(MARK)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table.

    Attributes:
        key: `SUBJECT`, `SUBJECT.LIST`, or `SUBJECT.LIST.LIST` for what records hold.
        subject: Whose subjects it is about.
        path: The lists on the way; empty for the table of the subjects themselves.
        record: What the rows state, where they are subjects or records; None for plain values.
        columns: In the order in which they are written; read, the order is free.
    """

    key: str
    subject: ObjectType
    path: tuple[Fact, ...]
    record: ObjectType | None
    columns: tuple[Column, ...]

    @property
    def fact(self) -> Fact | None:
        """The list whose elements the rows are; None for the table of the subjects themselves."""
        return self.path[-1] if self.path else None

    @property
    def label(self) -> Label | None:
        """What people call what is in it."""
        return self.subject.label if self.fact is None else self.fact.label

    @property
    def by_key(self) -> Mapping[str, Column]:
        """The columns by name."""
        return {column.key: column for column in self.columns}


def sheets(program: Program) -> tuple[Sheet, ...]:
    """Return the tables of a rulebook: each subject, followed by its lists.

    With overlays a table has what any of them asks.
    """
    found: list[Sheet] = []
    for subject in program.subjects:
        columns = tuple(_of_subject(subject, program))
        found.append(Sheet(subject.name, subject, (), subject, columns))
        found += _lists(subject, subject, (), program)
    return tuple(found)


def column_of(declared: ObjectType, name: str, program: Program) -> Column | None:
    """Return the column of a fact, link or criterion of an object; None where it has none."""
    columns = _members(declared, program)
    return next((c for c in columns if name in (c.key, c.key.removesuffix(MARK), _own(c))), None)


def elements_of(fact: Fact, element: t.Type, program: Program) -> Column:
    """Return the column in which the elements of a list stand that are no records."""
    return next(_of_element(fact, element, None, program))


def _own(column: Column) -> str:
    return "" if column.of is None else getattr(column.of, "name", "")


def sheet_name(key: str) -> str:
    """Return the name of the sheet of a table.

    Spreadsheet programs keep names to 31 characters, take capitals and small letters for the same,
    and have a name of their own. A key that cannot be one, or is that of the head, is cut and told
    apart by its digest: `SUBJECT.SOMETHING_RATHE~1a2b3c`.
    """
    if len(key) <= _SHEET_NAME and key == key.casefold() and key not in _TAKEN:
        return key
    digest = sha256(key.encode()).hexdigest()[:_DIGEST]
    return f"{key[: _SHEET_NAME - _DIGEST - 1]}~{digest}"


# -- columns ------------------------------------------------------------------------------------


def _of_subject(declared: ObjectType, program: Program) -> Iterator[Column]:
    yield Column(ID, t.STRING, _said(ID), required=True)
    if input_of(declared, NAME) is None:
        yield Column(NAME, t.STRING, _said(NAME))
    if declared.kinds is not None:
        yield _fact(kind_fact(declared), declared, program)
    yield from _members(declared, program)
    yield from _ballots(declared, program)
    if declared.ladder is not None:
        yield from _given(declared, program)


def _members(declared: ObjectType, program: Program) -> Iterator[Column]:
    """Yield links, facts but ballots, criteria."""
    for link in declared.links.values():
        key = _free(link.name)
        yield Column(key, link.ty, link.label, of=link, optional=_may_lack(link))
    for fact in declared.facts.values():
        if not isinstance(fact.ty, t.Ballots):
            yield _fact(fact, declared, program)
    for item in declared.criteria.values():
        key, optional = f"criteria.{item.id}", item.applies is not None
        options = _options(item.ty, program)
        yield Column(
            key, item.ty, item.label, item.sources, "", options, of=item, optional=optional
        )


def _fact(fact: Fact, declared: ObjectType, program: Program) -> Column:
    is_list = isinstance(fact.ty, t.List)
    return Column(
        f"{fact.name}{MARK}" if is_list else _free(fact.name),
        fact.ty,
        _said("kind") if fact.label is None and fact.name == declared.kind_field else fact.label,
        fact.sources,
        fact.unit,
        _options(fact.ty, program),
        of=fact,
        optional=is_list or _may_lack(fact),
    )


def _ballots(declared: ObjectType, program: Program) -> Iterator[Column]:
    """Yield a column a level, best first, and one to say that there are none."""
    for fact in declared.facts.values():
        if isinstance(fact.ty, t.Ballots):
            scale = program.values[fact.ty.scale]
            for level in reversed(scale.values):
                label = _joined(fact.label, scale.labels.get(level), level)
                key = f"{fact.name}.{level}"
                yield Column(key, t.NUMBER, label, fact.sources, fact.unit, of=fact, level=level)
            mark = f"{fact.name}{MARK}"
            yield Column(mark, fact.ty, fact.label, fact.sources, of=fact, optional=True)


def _given(declared: ObjectType, program: Program) -> Iterator[Column]:
    assert declared.ladder is not None  # noqa: S101  # the caller has looked
    scale = declared.ladder.scale.name
    level = t.Scale(scale)
    statuses = tuple((name, _said(f"status.{name}")) for name in GIVEN_STATUSES)
    stages = tuple(
        (stage.value, _spoken(f"constructs.after.{stage}")) for stage in stages_of(declared)
    )
    options = _options(level, program)
    yield Column(f"{GIVEN}.level", level, _said("given.level"), options=options)
    yield Column(f"{GIVEN}.status", t.STRING, _said("given.status"), options=statuses)
    yield Column(f"{GIVEN}.after", t.STRING, _said("given.after"), options=stages)
    yield Column(f"{GIVEN}.by", t.STRING, _said("given.by"))
    yield Column(f"{GIVEN}.on", t.DATE, _said("given.on"))
    yield Column(f"{GIVEN}.document", t.STRING, _said("given.document"))


def _lists(
    subject: ObjectType, holder: ObjectType, path: tuple[Fact, ...], program: Program
) -> Iterator[Sheet]:
    """Yield the tables of the lists of a holder, each followed by those of its records."""
    for fact in holder.facts.values():
        if not isinstance(fact.ty, t.List):
            continue
        way, element = (*path, fact), fact.ty.element
        record = program.objects[element.name] if isinstance(element, t.Object) else None
        record = record if record is not None and record.is_record else None
        columns = (*_holder(subject, path), *_of_element(fact, element, record, program))
        yield Sheet(".".join((subject.name, *(f.name for f in way))), subject, way, record, columns)
        if record is not None and fact not in path:
            yield from _lists(subject, record, way, program)


def _holder(subject: ObjectType, path: tuple[Fact, ...]) -> Iterator[Column]:
    label = _joined(_said(OF), subject.label, subject.name)
    yield Column(OF, t.Object(subject.name), label, required=True)
    for fact in path:
        label = _joined(_said(OF), fact.label, fact.name)
        yield Column(f"{OF}.{fact.name}", t.STRING, label, required=True)


def _of_element(
    fact: Fact, element: t.Type, record: ObjectType | None, program: Program
) -> Iterator[Column]:
    if record is None:
        label, options = fact.label, _options(element, program)
        yield Column(VALUE, element, label, fact.sources, fact.unit, options, required=True)
        return
    yield from _members(record, program)
    yield from _ballots(record, program)


def _options(ty: t.Type, program: Program) -> tuple[tuple[str, Label | None], ...]:
    if not isinstance(ty, t.Scale | t.Enumeration):
        return ()
    values = program.values[ty.name]
    return tuple((name, values.labels.get(name)) for name in values.values)


def _may_lack(declared: Fact | Link) -> bool:
    return declared.optional or declared.applies is not None


def _free(name: str) -> str:
    """Return the column of a fact or link: its name, if the table has no such column itself."""
    return f"{_FACT}{name}" if name in (ID, OF, VALUE) else name


def named(key: str) -> str:
    """Return a column, where it is not called as what it states, by the name of that."""
    name = key.removeprefix(_FACT)
    return name if name.removesuffix(MARK) in (ID, OF, VALUE) else key


# -- labels -------------------------------------------------------------------------------------


def _said(key: str) -> Label:
    """Return khung's own words for a column."""
    return _spoken(f"tables.{key}")


@cache
def _spoken(key: str) -> Label:
    vi, en = (phrase(lang, key) for lang in languages)
    return Label(vi, en)


def _joined(label: Label | None, more: Label | None, fallback: str) -> Label:
    """Return a label followed by another: `Ballots: excellent`."""
    parts = [one for one in (label, more or Label(fallback)) if one is not None]
    vi, en = (": ".join(one.said(lang) for one in parts) for lang in languages)
    return Label(vi, en)

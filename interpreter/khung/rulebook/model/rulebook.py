"""A subject, and the rulebook as a whole."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from khung.records import dataclass
from khung.rulebook.model.rules import Rules

if TYPE_CHECKING:
    from datetime import date

    from khung.rulebook.model.criteria import Criteria, Kinds
    from khung.rulebook.model.label import Label
    from khung.rulebook.model.parts import Definition, Fact, Head, Link
    from khung.rulebook.model.shared import (
        Calendar,
        Clause,
        Document,
        Enumeration,
        Parameter,
        Reading,
        Record,
        Scale,
    )
    from khung.rulebook.model.tables import Table
    from khung.rulebook.model.versions import AppliesTo, Carried, Extends, Leads, Removed
    from khung.syntax.ast import Binder, Expr
    from khung.text import Span

    _Rules = Rules[Head, Expr, Expr | None, Binder]
else:
    _Rules = Rules


@dataclass(frozen=True, slots=True)
class Subject(_Rules):
    """A type of what is ranked, or of what ranking reads."""

    head: Head = dataclasses.field(kw_only=True)
    kinds: Kinds | None = None
    links: tuple[Link, ...] = ()
    facts: tuple[Fact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    criteria: Criteria | None = None
    tables: tuple[Table, ...] = ()


_LAST = (*(part.name for part in dataclasses.fields(Rules)), "tables")


def fields_of(kind: type) -> tuple[dataclasses.Field[Any], ...]:
    """Return the fields of a class of the model as a file has them: of a subject its rules last."""
    found = dataclasses.fields(kind)
    if kind is not Subject:
        return found
    return tuple(sorted(found, key=lambda one: one.name in _LAST and 1 + _LAST.index(one.name)))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A folder of YAML files, read whole.

    Attributes:
        digest: `sha256:…` over its files.
        leads: Where what earlier documents say stands in its own.
        broken: The keys that lead to what could not be read: such entries are not in the model,
            or there in part, and nothing more should be said of them.
    """

    id: str
    title: Label
    period: tuple[date, date]
    document: str
    digest: str
    documents: tuple[Document, ...] = ()
    scales: tuple[Scale, ...] = ()
    enumerations: tuple[Enumeration, ...] = ()
    records: tuple[Record, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    readings: tuple[Reading, ...] = ()
    subjects: tuple[Subject, ...] = ()
    clauses: tuple[Clause, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    extends: Extends | None = None
    carried: Carried | None = None
    removed: tuple[Removed, ...] = ()
    applies_to: tuple[AppliesTo, ...] = ()
    leads: Leads = dataclasses.field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    span: Span = dataclasses.field(compare=False, repr=False, kw_only=True)

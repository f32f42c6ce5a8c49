"""What a subject of a case can state, as fields of a form: label, unit, clause, and what is typed.

A field knows where its value stands in the text of the case, and is called in a form after that.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.casefile.names import kind_fact
from khung.casefile.to_facts import NAME
from khung.desk import typed
from khung.desk.edits import at
from khung.ir import types as t
from khung.ir.nodes import Build, Literal
from khung.ir.program import Criterion, Fact, Link
from khung.locale import phrase, table
from khung.records import dataclass
from khung.report.document.model import anchor
from khung.report.page.pager import CLAUSE
from khung.source.nodes import Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal

    from khung.desk.edits import Path
    from khung.ir.program import ObjectType, Values
    from khung.report.words.labels import Words
    from khung.report.words.sentences import Sayer
    from khung.source.nodes import Node

PREFIX = "f."
"""What the names of fields begin with in a form."""

GIVEN, LEVEL, STATUS = "given", "level", "status"
"""Under which keys a case says what was decided of a subject, a level or a status."""

MOST_CHOICES = 300
"""Subjects that a link offers to choose; among more, the id is typed."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value to choose: as it is written, and as it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause behind a field: its address, what it says, its place on the rulebook's page."""

    address: str
    summary: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Field:
    """One value that can be stated.

    Attributes:
        path: Where it stands in the text.
        name: How results call it, within its subject: `FACT`, `criteria.ITEM`.
        clauses: What says it.
        options: What can be chosen; () where it is typed.
        default: What is taken where nothing is stated; empty where nothing is.
        has_default: Whether to say nothing is other than not to know.
        value: What is stated, as it is typed.
        rows: Of a list of records, the fields of each; `new_row` is how one more is written.
        parts: Of ballots, a field for each level.
    """

    path: Path
    name: str
    label: str
    ty: t.Type
    clauses: tuple[Clause, ...] = ()
    hints: tuple[str, ...] = ()
    unit: str = ""
    options: tuple[Option, ...] = ()
    default: str = ""
    has_default: bool = False
    value: str = ""
    rows: tuple[tuple[Field, ...], ...] | None = None
    new_row: str = "{}"
    parts: tuple[Field, ...] = ()

    @property
    def key(self) -> str:
        """What it is called in a form."""
        return PREFIX + "/".join(str(step) for step in self.path)

    @property
    def id(self) -> str:
        """What it is called in a page."""
        return "f-" + "-".join(str(step) for step in self.path[3:] or self.path)

    @property
    def is_stated(self) -> bool:
        """Whether the case says anything of it."""
        return bool(self.value or self.rows or any(part.value for part in self.parts))

    def leaves(self) -> Iterator[Field]:
        """Yield the fields in it that are typed or chosen."""
        inner = (*self.parts, *(one for row in self.rows or () for one in row))
        if inner or self.rows is not None:
            for one in inner:
                yield from one.leaves()
        else:
            yield self


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the fields of the subjects of one case.

    Attributes:
        words: Of the rulebook, in a language.
        sayer: Says its conditions.
        root: The text of the case as nodes.
        ids: The ids of the subjects in it, by type.
    """

    words: Words
    sayer: Sayer
    root: Node | None
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        """The language."""
        return self.words.lang

    def say(self, key: str, **args: object) -> str:
        """Return a phrase of the form."""
        return phrase(self.lang, f"desk.{key}", **args)

    def of_subject(self, declared: ObjectType, path: Path) -> Iterator[Field]:
        """Yield all that a subject can state, the kind first, criteria where they stand."""
        if NAME not in declared.facts:
            node = at(self.root, (*path, NAME))
            value = typed.shown(node, t.STRING, self.lang)
            yield Field((*path, NAME), NAME, self.say("name"), t.STRING, value=value)
        if declared.kinds:
            yield self.of(kind_fact(declared), (*path, declared.kind_field))
        for link in declared.links.values():
            yield self.of(link, (*path, link.name))
        for item in declared.criteria.values():
            yield self._criterion(item, (*path, "criteria", item.id))
        for fact in declared.facts.values():
            yield self.of(fact, (*path, fact.name))

    def of(self, fact: Fact | Link, path: Path) -> Field:
        """Return the field of a fact or link, of a record too."""
        node, ty = at(self.root, path), fact.ty
        own = self.words.program.objects.get(ty.element.name) if _holds_objects(ty) else None  # type: ignore[union-attr]  # a list
        label = self.words.label(fact.label, self.say("kind") if _is_kind(fact) else fact.name)
        if own is not None and own.is_record:
            rows = tuple(self._rows(own, path, node))
            hints = tuple(self._hints(fact, is_typed=False))
            clauses, new = self._clauses(fact), _new_row(fact, own, rows)
            return Field(
                path, fact.name, label, ty, clauses, hints, rows=rows, has_default=True, new_row=new
            )
        if isinstance(ty, t.Ballots):
            parts = tuple(self._ballots(ty, path))
            return Field(
                path, fact.name, label, ty, self._clauses(fact), parts=parts, has_default=True
            )
        value = self._value(node, ty, has_default=fact.has_default)
        return Field(
            path,
            fact.name,
            label,
            ty,
            self._clauses(fact),
            tuple(self._hints(fact)),
            self._unit(fact.unit) if isinstance(fact, Fact) else "",
            self._options(fact, value),
            self._default(fact),
            fact.has_default,
            value,
        )

    def _value(self, node: Node | None, ty: t.Type, *, has_default: bool) -> str:
        """Return what is stated; not to know is to say nothing where there is no default."""
        shown = typed.shown(node, ty, self.lang)
        return typed.UNSTATED if shown == typed.UNKNOWN and not has_default else shown

    def _criterion(self, item: Criterion, path: Path) -> Field:
        value = self._value(at(self.root, path), item.ty, has_default=False)
        name = f"criteria.{item.id}"
        return Field(
            path,
            name,
            self.words.label(item.label, item.id),
            item.ty,
            self._cited(item.sources),
            tuple(self._limits(item)),
            options=self._chosen(self.of_type(item.ty), value, has_default=False),
            value=value,
        )

    def _rows(
        self, record: ObjectType, path: Path, node: Node | None
    ) -> Iterator[tuple[Field, ...]]:
        """Yield the fields of each record of a list; what is not known of it has none."""
        items = node.items if isinstance(node, Sequence) else ()
        inputs: list[Fact | Link] = [*record.facts.values(), *record.links.values()]
        for place, item in enumerate(items):
            if not (isinstance(item, Scalar) and item.value is None):
                yield tuple(self.of(fact, (*path, place, fact.name)) for fact in inputs)

    def _ballots(self, ty: t.Ballots, path: Path) -> Iterator[Field]:
        values = self.words.program.values[ty.scale]
        for level in reversed(values.values):
            label = self.words.label(values.labels.get(level), level)
            value = self._value(at(self.root, (*path, level)), t.NUMBER, has_default=False)
            yield Field((*path, level), level, label, t.NUMBER, value=value)

    # -- what can be chosen ---------------------------------------------------------------------

    def _options(self, fact: Fact | Link, value: str) -> tuple[Option, ...]:
        options = self._linked(fact.to) if isinstance(fact, Link) else self.of_type(fact.ty)
        if not options:
            return ()
        absent = (Option(typed.ABSENT, self.say("absent")),) if fact.optional else ()
        return self._chosen((*options, *absent), value, has_default=fact.has_default)

    def _chosen(
        self, options: tuple[Option, ...], value: str, *, has_default: bool
    ) -> tuple[Option, ...]:
        """Return options after that to say nothing; what is stated is among them, right or not."""
        if not options:
            return ()
        first = self.say("by_default" if has_default else "unstated")
        nothing = [Option(typed.UNSTATED, first)]
        nothing += [Option(typed.UNKNOWN, self.say("unknown"))] if has_default else []
        found = (*nothing, *options)
        known = any(one.value == value for one in found)
        return found if known else (*found, Option(value, value))

    def of_type(self, ty: t.Type) -> tuple[Option, ...]:
        """Return what can be chosen of a type of values; () where it is typed."""
        match ty:
            case t.Boolean():
                return (Option("true", self.say("yes")), Option("false", self.say("no")))
            case t.Scale() | t.Enumeration():
                values = self.words.program.values[ty.name]
                names = values.values[::-1] if values.ordered else values.values
                return tuple(self._option(name, values) for name in names)
            case t.Object():
                return self._linked(ty.name)
            case _:
                return ()

    def _option(self, name: str, values: Values) -> Option:
        return Option(name, self.words.label(values.labels.get(name), name))

    def _linked(self, to: str) -> tuple[Option, ...]:
        ids = self.ids.get(to, ())
        if len(ids) > MOST_CHOICES:
            return ()
        called = ((key, at(self.root, ("subjects", to, key, NAME))) for key in ids)
        return tuple(
            Option(key, f"{node.text.text} ({key})" if isinstance(node, Scalar) else key)
            for key, node in called
        )

    # -- what is said beside --------------------------------------------------------------------

    def _hints(self, fact: Fact | Link, *, is_typed: bool = True) -> Iterator[str]:
        if isinstance(fact, Fact):
            yield from self._limits(fact)
        match fact.ty:
            case t.Date():
                yield self.say("day_form")
            case t.List() if is_typed:
                yield self.say("list_form")
            case t.Object() if len(self.ids.get(fact.ty.name, ())) > MOST_CHOICES:
                yield self.say("id_form")
            case _:
                pass
        if fact.applies is not None and not fact.optional:
            yield phrase(self.lang, "template.applies", condition=self.sayer.say(fact.applies))

    def _limits(self, fact: Fact | Criterion) -> Iterator[str]:
        low, high = _end(fact.low), _end(fact.high)
        if low and high:
            yield phrase(self.lang, "template.between", low=low, high=high)
        elif low or high:
            key = "from" if low else "to"
            yield phrase(self.lang, f"template.{key}", low=low, high=high)

    def _default(self, fact: Fact | Link) -> str:
        """Return what is taken where nothing is stated, in words."""
        default = fact.default if isinstance(fact, Fact) else None
        if default is None:
            return self.say("absent") if fact.absent else ""
        if isinstance(default, Literal) and default.value is not None:
            return self.words.known(default.value, default.ty, getattr(fact, "unit", ""))
        if isinstance(default, Build) and not default.items:
            return self.say("none")
        return self.sayer.say(default)

    def _unit(self, unit: str) -> str:
        words = table(self.lang, "report").get(f"report.unit.{unit}.other", unit)
        return words.replace("{n}", "").strip()

    def _clauses(self, fact: Fact | Link) -> tuple[Clause, ...]:
        return self._cited(fact.sources) if isinstance(fact, Fact) else ()

    def _cited(self, sources: tuple[str, ...]) -> tuple[Clause, ...]:
        return tuple(map(self._clause, dict.fromkeys(one.partition("#")[0] for one in sources)))

    def _clause(self, source: str) -> Clause:
        address = self.words.cited((source,))
        return Clause(address, self.words.summary(source), anchor(CLAUSE, address))


def _new_row(fact: Fact | Link, record: ObjectType, rows: tuple[tuple[Field, ...], ...]) -> str:
    """Return a record of which nothing is known, but for a key where any text is one."""
    key = fact.key if isinstance(fact, Fact) else ""
    held = record.facts.get(key)
    free = held is not None and isinstance(held.ty, t.String)
    taken = {one.value for row in rows for one in row if one.name == key}
    new = next(str(n) for n in range(1, len(rows) + 2) if str(n) not in taken)
    return f'{{{key}: "{new}"}}' if free else "{}"


def _is_kind(fact: Fact | Link) -> bool:
    return isinstance(fact.ty, t.Enumeration) and fact.ty.name.endswith(f".{fact.name}")


def _holds_objects(ty: t.Type) -> bool:
    return isinstance(ty, t.List) and isinstance(ty.element, t.Object)


def _end(end: Decimal | date | None) -> str:
    return "" if end is None else str(end)


def written(one: Field, value: str) -> str | None:
    """Return what is written for a field as it was typed; None for nothing at all.

    Where nothing stands by default, an empty field is an unknown value, which the text says.
    """
    if value == typed.UNSTATED:
        return None if one.has_default or one.name == NAME else "null"
    return typed.yaml_of(value, one.ty)

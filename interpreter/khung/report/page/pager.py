"""What all parts of a page share: names with anchors, citations as links, conditions in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.entries import rules_of
from khung.locale import phrase, table
from khung.report.document.model import (
    Anchor,
    Break,
    Code,
    Grid,
    Link,
    Rich,
    Strong,
    anchor,
    joined,
)
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer
from khung.rulebook import model as m
from khung.rulebook.entries import Entry, entries, labels_of_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khung.ir.nodes import Rule
    from khung.ir.program import Program
    from khung.text import Span

RULE, CLAUSE, DOCUMENT = "r", "c", "d"
"""Kinds of anchors."""


@dataclass(frozen=True)
class Pager:
    """Writes parts of the page of one rulebook in one language.

    Attributes:
        names: The name under which an entry stands, by the place where it is declared: the id of
            a rule, the path of any other.
        heads: The heads of entries by place.
    """

    rulebook: m.Rulebook
    program: Program
    lang: str
    found: tuple[Entry, ...]
    names: Mapping[Span, str]
    heads: Mapping[Span, m.Head] = field(default_factory=dict)

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase of the page."""
        return phrase(self.lang, f"page.{key}", **args)

    def known(self, key: str) -> str | None:
        """Return a phrase without places to fill; None where there is none."""
        return table(self.lang, "page").get(f"page.{key}")

    @cached_property
    def words(self) -> Words:
        """The words of the rulebook."""
        return Words(self.program, self.lang)

    @cached_property
    def sayer(self) -> Sayer:
        """What says conditions."""
        return Sayer(self.words, sets=labels_of_sets(self.rulebook))

    @cached_property
    def addresses(self) -> Mapping[str, m.Clause]:
        """The clauses by address."""
        return {clause.address: clause for clause in self.rulebook.clauses}

    # -- names and citations --------------------------------------------------------------------

    def label(self, label: m.Label | None, name: str) -> str:
        """Return a label, or the name of what has none."""
        return self.words.label(label, name)

    def name_of(self, head: m.Head) -> str:
        """Return the name under which an entry stands on the page."""
        return self.names[head.span]

    def link(self, entry: Entry) -> Link:
        """Return a link to an entry by its label; by what it gives if it has none."""
        label = entry.head.label or getattr(entry.node, "question", None)
        said = label.said(self.lang) if label else self._given.get(entry.head.span, entry.head.id)
        return Link(said, anchor(RULE, self.name_of(entry.head)))

    @cached_property
    def _given(self) -> Mapping[Span | None, str]:
        """What levels give, and rows of tables, by place."""
        return dict(self._gives())

    def _gives(self) -> Iterator[tuple[Span | None, str]]:
        for declared in self.program.subjects:
            for level in declared.ladder.levels if declared.ladder else ():
                yield level.rule.span, self.words.level(level.rank, declared)
            for asked in declared.tables.values():
                named = self.label(asked.label, asked.name)
                for row in asked.rows:
                    given = ", ".join(map(self.value, row.then.values()))
                    yield row.rule.span, self.say("row", table=named, given=given)

    def titled(self, head: m.Head, label: m.Label | None = None) -> Rich:
        """Return the cell that names an entry: anchor, label, id, and how sure it is."""
        told = label or head.label
        named: Rich = (Strong(told.said(self.lang)), Break()) if told else ()
        cell: Rich = (Anchor(anchor(RULE, self.name_of(head))), *named, Code(head.id))
        if head.basis is not m.Basis.TEXT:
            cell = (*cell, Break(), self.say(f"basis.{head.basis.value}"))
        return cell

    def ruled(self, rule: Rule) -> Rich:
        """Return the cell that names a rule."""
        assert rule.span is not None  # noqa: S101  # rules of a rulebook have a place
        return self.titled(self.heads[rule.span], rule.label)

    def cited(self, sources: Iterable[str]) -> Rich:
        """Return citations as links: `5.2/1#new` to the clause, others to their document."""
        return joined([(self._citation(source),) for source in sources], Break())

    def own(self, head: m.Head) -> Rich:
        """Return the citations of an entry of the model."""
        return self.linked(head.sources)

    def linked(self, citations: Iterable[m.Citation]) -> Rich:
        """Return citations of the model as links."""
        return self.cited(citation.full(self.rulebook.document) for citation in citations)

    def in_line(self, head: m.Head) -> Rich:
        """Return the citations of an entry of the model in one line."""
        return joined([(part,) for part in self.own(head) if not isinstance(part, Break)], ", ")

    def _citation(self, source: str) -> Link | str:
        document, _, address = source.partition(" ")
        if document == self.rulebook.document:
            held = self._held(address)
            return Link(address, anchor(CLAUSE, held)) if held else address
        known = {d.head.id for d in self.rulebook.documents}
        return Link(source, anchor(DOCUMENT, document)) if document in known else source

    def _held(self, address: str) -> str:
        """Return the clause to which an address leads: itself, or the first under a heading."""
        if address.partition("#")[0] in self.addresses:
            return address
        return next((a for a in self.addresses if a.startswith(f"{address}/")), "")

    # -- conditions -----------------------------------------------------------------------------

    def condition(self, node: n.Node | None, before: str = "") -> Rich:
        """Return a condition in words, and below as it is written; empty for none."""
        if node is None:
            return ()
        said, written = self.sayer.say(node), " ".join(node.span.text.split())
        text = f"{before}{said}" if before else f"{said[:1].upper()}{said[1:]}"
        return (text,) if said == written else (text, Break(), Code(written))

    def value(self, node: n.Node | None) -> str:
        """Return a value in words."""
        return "" if node is None else self.sayer.say(node)

    def type(self, ty: t.Type) -> str:
        """Return what a value may be."""
        match ty:
            case t.Scale() | t.Enumeration() | t.Ballots():
                name = ty.scale if isinstance(ty, t.Ballots) else ty.name
                values = self.program.values.get(name)
                said = self.label(values.label if values else None, name)
                return self.say("type.ballots", of=said) if isinstance(ty, t.Ballots) else said
            case t.Object():
                declared = self.program.objects[ty.name]
                return self.label(declared.label, ty.name)
            case t.List():
                return self.say("type.list", of=self.type(ty.element))
            case _:
                return self.say(f"type.{type(ty).__name__.lower()}")

    def grid(self, columns: str, rows: Sequence[tuple[Rich, ...]]) -> list[Grid]:
        """Return a table of columns whose phrases are named; none without rows."""
        names = tuple(self.say(f"column.{name}") for name in columns.split())
        return [Grid(names, tuple(rows))] if rows else []


def pager(rulebook: m.Rulebook, program: Program, lang: str) -> Pager:
    """Return what writes the page of a sound rulebook."""
    found = tuple(entries(rulebook))
    names = {entry.head.span: path_of(entry) for entry in found}
    rules = (rule for declared in program.subjects for rule in rules_of(declared))
    names.update({rule.span: rule.id for rule in rules if rule.span is not None})
    heads = {entry.head.span: entry.head for entry in found}
    return Pager(rulebook, program, lang, found, names, heads)


def path_of(entry: Entry) -> str:
    """Return the path of an entry: `lecturer.facts.hours`, `parameters.share`."""
    head, node = entry.head, entry.node
    if isinstance(node, m.Subject):
        return head.id
    owner = f"{entry.owner.head.id}." if isinstance(entry.owner, m.Subject) else ""
    return f"{owner}{head.at or head.id}"

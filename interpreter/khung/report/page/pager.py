"""What all parts of a page share: names with anchors, citations as links, conditions in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from khung.ir import types as t
from khung.ir.entries import rules_of
from khung.ir.rewrite import fold
from khung.locale import phrase
from khung.report.document import model as d
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer, sentence
from khung.rulebook import model as m
from khung.rulebook.entries import Entry, entries
from khung.syntax.respell import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from khung.ir import nodes as n
    from khung.ir.entries import Entry as Ruled
    from khung.ir.program import Fact, ObjectType, Program
    from khung.text import Span

    R = TypeVar("R", bound=Ruled)

RULE, CLAUSE, DOCUMENT, TEXT = "r", "c", "d", "t"
"""Kinds of anchors; that of a text is a clause where another place is that of the clause."""


class Headed(Protocol):
    """An entry of the model."""

    @property
    def head(self) -> m.Head:
        """Return its head."""


H = TypeVar("H", bound=Headed)


@dataclass(frozen=True)
class Pager:
    """Writes parts of the page of one rulebook in one language.

    Attributes:
        names: The name under which an entry stands, by the place where it is declared: the id of
            a rule, the path of any other.
        heads: The heads of entries by place.
        full: Whether parts of clauses have places of their own.
    """

    rulebook: m.Rulebook
    program: Program
    lang: str
    found: tuple[Entry, ...]
    names: Mapping[Span, str]
    heads: Mapping[Span, m.Head] = field(default_factory=dict)
    full: bool = True

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase of the page."""
        return phrase(self.lang, f"page.{key}", **args)

    def word(self, key: str, /, **args: object) -> str:
        """Return a phrase about a construct of rulebooks."""
        return phrase(self.lang, f"constructs.{key}", **args)

    @cached_property
    def words(self) -> Words:
        """The words of the rulebook."""
        return Words(self.program, self.lang)

    @cached_property
    def sayer(self) -> Sayer:
        """What says conditions."""
        return Sayer(self.words)

    @cached_property
    def addresses(self) -> Mapping[str, m.Clause]:
        """The clauses by address."""
        return {clause.address: clause for clause in self.rulebook.clauses}

    # -- names and citations --------------------------------------------------------------------

    def called(self, head: m.Head) -> str:
        """Return the label of an entry, or its id."""
        return self.words.label(head.label, head.id)

    def place(self, head: m.Head) -> d.Anchor:
        """Return the anchor of an entry."""
        return d.Anchor(d.anchor(RULE, self.names[head.span]))

    def heading(self, level: int, text: str, head: m.Head) -> d.Heading:
        """Return a heading to which links to an entry lead."""
        return d.Heading(level, text, self.place(head).id)

    def link(self, entry: Entry) -> d.Link:
        """Return a link to an entry by its label; by what it gives if it has none."""
        label = entry.head.label or getattr(entry.node, "question", None)
        said = label.said(self.lang) if label else self._given.get(entry.head.span, entry.head.id)
        return d.Link(said, self.place(entry.head).id)

    @cached_property
    def _given(self) -> Mapping[Span | None, str]:
        """What levels give, and rows of tables, by place."""
        return dict(self._gives())

    def _gives(self) -> Iterator[tuple[Span | None, str]]:
        for declared in self.program.subjects:
            for level in declared.ladder.levels if declared.ladder else ():
                yield level.head.span, self.words.level(level.rank, declared)
            for asked in declared.tables.values():
                named = self.words.label(asked.label, asked.name)
                for row in asked.rows:
                    given = ", ".join(map(self.value, row.then.values()))
                    yield row.rule.span, self.word("rows.named", table=named, given=given)

    def titled(self, head: m.Head, label: m.Label | None = None) -> d.Rich:
        """Return the cell that names an entry: anchor, label, id, and how sure it is."""
        told = label or head.label
        named: d.Rich = (d.Strong(told.said(self.lang)), d.Break()) if told else ()
        cell: d.Rich = (self.place(head), *named, d.Code(head.id))
        if head.basis is not m.Basis.TEXT:
            cell = (*cell, d.Break(), self.say(f"basis.{head.basis.value}"))
        return cell

    def ruled(self, rule: n.Rule) -> d.Rich:
        """Return the cell that names a rule."""
        return self.titled(self.head_of(rule), rule.label)

    def head_of(self, rule: n.Rule) -> m.Head:
        """Return the head of the entry that a rule is."""
        assert rule.span is not None  # noqa: S101  # rules of a rulebook have a place
        return self.heads[rule.span]

    def cited(self, sources: Iterable[str]) -> d.Rich:
        """Return citations as links: `5.2/1#new` to the clause, others to their document."""
        return d.joined([(self._citation(source),) for source in sources], d.Break())

    def linked(self, citations: Iterable[m.Citation]) -> d.Rich:
        """Return citations of the model as links."""
        return self.cited(citation.full(self.rulebook.document) for citation in citations)

    def own(self, head: m.Head, before: str = "") -> d.Rich:
        """Return the citations of an entry of the model, after something if there are any."""
        cited = self.linked(head.sources)
        return (before, *cited) if before and cited else cited

    def in_line(self, head: m.Head) -> d.Rich:
        """Return the citations of an entry of the model in one line."""
        return d.joined([(part,) for part in self.own(head) if not isinstance(part, d.Break)], ", ")

    def _citation(self, source: str) -> d.Link | str:
        document, _, address = source.partition(" ")
        if document == self.rulebook.document:
            held = self._held(address)
            held = held if self.full else held.partition("#")[0]
            return d.Link(address, d.anchor(CLAUSE, held)) if held else address
        known = {one.head.id for one in self.rulebook.documents}
        return d.Link(source, d.anchor(DOCUMENT, document)) if document in known else source

    def _held(self, address: str) -> str:
        """Return the clause to which an address leads: itself, or the first under a heading."""
        if address.partition("#")[0] in self.addresses:
            return address
        return next((a for a in self.addresses if a.startswith(f"{address}/")), "")

    # -- conditions -----------------------------------------------------------------------------

    def condition(self, node: n.Node | None, before: str = "") -> d.Rich:
        """Return a condition in words, and below as it is written; empty for none."""
        if node is None:
            return ()
        said, written = self.value(node), shown(node.span, self.lang)
        text = f"{before}{said}" if before else sentence(said)
        return (text,) if said == written else (text, d.Break(), d.Code(written))

    def when(self, node: n.Node | None) -> d.Rich:
        """Return when something applies: where it has no condition, always."""
        return self.condition(node) or (self.say("always"),)

    def value(self, node: n.Node | None) -> str:
        """Return a value in words; where not all is told, without the options not chosen."""
        if node is None:
            return ""
        return self.sayer.say(node if self.full else fold(node))

    def never(self, when: n.Node | None) -> bool:
        """Say whether something applies to nobody under the readings chosen."""
        return when is not None and getattr(fold(when), "value", None) is False

    def always(self, when: n.Node) -> bool:
        """Say whether something applies to all under the readings chosen."""
        return getattr(fold(when), "value", None) is True

    def type(self, ty: t.Type) -> str:
        """Return what a value may be."""
        match ty:
            case t.Scale() | t.Enumeration():
                return self._scale(ty.name)
            case t.Ballots():
                return self.say("type.ballots", of=self._scale(ty.scale))
            case t.Object():
                return self.words.type(self.program.objects[ty.name])
            case t.List():
                return self.say("type.list", of=self.type(ty.element))
            case _:
                return self.say(f"type.{type(ty).__name__.lower()}")

    def _scale(self, name: str) -> str:
        values = self.program.values.get(name)
        return self.words.label(values.label if values else None, name)

    # -- tables ---------------------------------------------------------------------------------

    def grid(self, columns: str, rows: Sequence[tuple[d.Rich, ...]]) -> list[d.Grid]:
        """Return a table of columns whose phrases are named; none without rows."""
        names = tuple(self.word(f"column.{name}") for name in columns.split())
        return [d.Grid(names, tuple(rows))] if rows else []

    def declared(
        self, columns: str, entries: Iterable[H], *cells: Callable[[H], d.Rich]
    ) -> list[d.Grid]:
        """Return a table of entries of the model: the name of each, its cells, its clauses."""
        rows = [(self.titled(e.head), *(c(e) for c in cells), self.own(e.head)) for e in entries]
        return self.grid(columns, rows)

    def rules(
        self, columns: str, entries: Iterable[R], *cells: Callable[[R], d.Rich]
    ) -> list[d.Grid]:
        """Return a table of rules: the name of each, its cells, its clauses."""
        rows = [
            (self.ruled(e.head), *(cell(e) for cell in cells), self.cited(e.head.sources))
            for e in entries
        ]
        return self.grid(columns, rows)

    def section(self, level: int, name: str, blocks: Iterable[d.Block]) -> Iterator[d.Block]:
        """Yield a heading with what stands under it, and what it means; nothing for nothing."""
        found = list(blocks)
        if found:
            place = "" if level > d.CHAPTER else d.anchor("part", name)
            yield d.Heading(level, self.word(f"{name}.section"), place)
            yield d.Paragraph((self.word(f"{name}.about"),))
            yield from found


def pager(rulebook: m.Rulebook, program: Program, lang: str, *, full: bool = True) -> Pager:
    """Return what writes the page of a sound rulebook."""
    found = tuple(entries(rulebook))
    names = {entry.head.span: path_of(entry) for entry in found}
    rules = (rule for declared in program.subjects for rule in rules_of(declared))
    names.update({rule.span: rule.id for rule in rules if rule.span is not None})
    heads = {entry.head.span: entry.head for entry in found}
    return Pager(rulebook, program, lang, found, names, heads, full)


def path_of(entry: Entry) -> str:
    """Return the path of an entry: `lecturer.facts.hours`, `parameters.share`."""
    head, node = entry.head, entry.node
    if isinstance(node, m.Subject):
        return head.id
    owner = f"{entry.owner.head.id}." if isinstance(entry.owner, m.Subject) else ""
    return f"{owner}{head.at or head.id}"


def as_in_the_document(rulebook: m.Rulebook) -> list[m.Subject]:
    """Return the subjects in the order in which the document comes to their levels."""
    places = {clause.address: place for place, clause in enumerate(rulebook.clauses)}
    first = {subject.head.id: len(places) for subject in rulebook.subjects}
    for entry in entries(rulebook):
        if isinstance(entry.owner, m.Subject) and isinstance(entry.node, m.Level | m.Requirement):
            cited = [places.get(citation.address, len(places)) for citation in entry.citations]
            first[entry.owner.head.id] = min((first[entry.owner.head.id], *cited))
    return sorted(rulebook.subjects, key=lambda subject: first[subject.head.id])


# -- facts, links, definitions ------------------------------------------------------------------


def facts(written: Iterable[m.Fact], declared: ObjectType, pager: Pager) -> list[d.Grid]:
    """Return what a case may state."""
    known = declared.facts
    return pager.declared(
        "fact type default asked source",
        written,
        lambda fact: _type_and_must(fact, known[fact.head.id], pager),
        lambda fact: (_default(known[fact.head.id], pager),),
        lambda fact: pager.when(known[fact.head.id].applies),
    )


def _type_and_must(written: m.Fact, fact: Fact, pager: Pager) -> d.Rich:
    """Return what a value may be, and below what no case may say otherwise of it."""
    ty = _type(fact, pager)
    if written.must is None or fact.must is None:
        return (ty,)
    head, said = written.must.head, pager.condition(fact.must.condition)
    must = (pager.place(head), pager.say("must"), " ", *said)
    return d.joined(
        [(ty,), must, (pager.called(head),) if head.label else (), pager.own(head)], d.Break()
    )


def _type(fact: Fact, pager: Pager) -> str:
    said = pager.type(fact.ty)
    if fact.length is not None:
        said = pager.say("length", of=said, number=fact.length)
    ends = [str(e) for e in (fact.low, fact.high) if e is not None]
    limits = f", {' – '.join(ends)}" if ends else ""
    unit = pager.words.number(Decimal(2), fact.unit).partition(" ")[2] if fact.unit else ""
    return (f"{said} ({unit})" if unit else said) + limits


def _default(fact: Fact, pager: Pager) -> str:
    if not fact.has_default:
        return pager.say("must_state")
    found = "" if fact.default is None else pager.value(fact.default)
    return found or pager.words.say("none")


def links(written: Iterable[m.Link], declared: ObjectType, pager: Pager) -> list[d.Grid]:
    """Return the links to other subjects."""

    def to(link: m.Link) -> d.Rich:
        return (pager.words.type(pager.program.objects[declared.links[link.head.id].to]),)

    def asked(link: m.Link) -> d.Rich:
        known = declared.links[link.head.id]
        said = "optional_absent" if known.absent else "optional"
        optional = (pager.say(said),) if known.optional else ()
        when = pager.condition(known.applies)
        return d.joined([when, optional], d.Break()) or (pager.say("always"),)

    return pager.declared("link to_subject asked source", written, to, asked)


def definitions(
    written: Iterable[m.Definition], declared: ObjectType, pager: Pager, *, output: bool
) -> list[d.Grid]:
    """Return the definitions that results tell, or those that they do not."""
    known = declared.definitions
    return pager.declared(
        "definition is applies source",
        (one for one in written if one.output is output),
        lambda one: pager.condition(known[one.head.id].value),
        lambda one: pager.when(known[one.head.id].applies),
    )

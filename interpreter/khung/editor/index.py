"""What a rulebook declares, and where each name is used: what hovers, jumps and choices look up.

In: a rulebook as read. Out: an `Index`. Names are known by kind, owner and name; places by path
and offsets of khung's.
"""

from __future__ import annotations

from dataclasses import field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from khung.diagnostics.bag import Bag
from khung.driver import summaries
from khung.ir.from_rulebook import lower_rulebook
from khung.ir.uses import Uses
from khung.records import dataclass
from khung.rulebook import model as m
from khung.rulebook.entries import entries
from khung.source.files import place_of
from khung.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.driver import Loaded
    from khung.ir.program import Program
    from khung.rulebook.entries import Entry
    from khung.rulebook.model import Label, Rulebook

Key = tuple[str, str, str]
"""Kind, owner and name of something declared."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Something that has a name; `node` is its class of the model, None of a value of a list."""

    key: Key
    span: Span
    label: Label | None
    sources: tuple[m.Citation, ...] = ()
    node: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands; `declares` if it is declared there."""

    path: str
    start: int
    end: int
    key: Key
    declares: bool = False


@dataclass(slots=True)
class Index:
    """All names of a rulebook; `base` is what it extends, `program` None if it has mistakes."""

    rulebook: Rulebook
    base: Rulebook | None = None
    program: Program | None = None
    clauses: Mapping[str, Label] = field(default_factory=dict)
    declared: dict[Key, Declared] = field(default_factory=dict)
    places: dict[str, list[Place]] = field(default_factory=dict)

    def add(self, key: Key, span: Span, *, declares: bool = False) -> None:
        """Note where a name stands."""
        path = place_of(span.file.name)
        place = Place(path, span.start, span.end, key, declares)
        self.places.setdefault(path, []).append(place)

    def at(self, path: str, offset: int) -> Place | None:
        """Return the name at an offset of a file, the shortest where one stands in another."""
        near = [one for one in self.places.get(path, ()) if one.start <= offset <= one.end]
        return min(near, key=lambda one: one.end - one.start, default=None)

    def of(self, key: Key) -> tuple[Place, ...]:
        """Return all places of a name, each once."""
        found = (one for places in self.places.values() for one in places if one.key == key)
        by_place = {(one.path, one.start, one.end): one for one in found}
        return tuple(by_place.values())

    def names(self, kind: str, owner: str = "") -> list[Declared]:
        """Return what is declared of a kind."""
        return [one for key, one in self.declared.items() if key[:2] == (kind, owner)]


def index_of(loaded: Loaded) -> Index | None:
    """Return the names of a rulebook; None if there is no model of it."""
    rulebook = loaded.rulebook
    if rulebook is None:
        return None
    uses = Uses(wanted=True)
    program = lower_rulebook(rulebook, {}, Bag(), None, uses)
    base = loaded.written.base if loaded.written else None
    index = Index(rulebook, base, program, summaries(rulebook))
    for entry in entries(rulebook):
        _declare(entry, index)
    for clause in rulebook.clauses:
        key = ("clause", rulebook.document, clause.address)
        index.declared[key] = Declared(key, clause.span, clause.summary)
        index.add(key, clause.span, declares=True)
    for use in uses.found:
        index.add((use.kind, use.owner, use.name), use.span)
    for ref, owner in _refs(rulebook, ""):
        _refer(ref, owner, index)
    return index


def _declare(entry: Entry, index: Index) -> None:
    for citation in entry.citations:
        _cite(citation, index)
    if isinstance(entry.node, m.Named | m.Option):  # declared with the list that they are in
        return
    owner = "" if entry.owner is None else entry.owner.head.id
    if isinstance(entry.node, m.Kind) and isinstance(entry.owner, m.Subject) and entry.owner.kinds:
        owner = f"{owner}.{entry.owner.kinds.field}"
    key = (*_sort(entry.node, owner), entry.head.id)
    index.declared[key] = Declared(
        key, entry.head.span, entry.head.label, entry.head.sources, entry.node
    )
    index.add(key, entry.head.span, declares=True)
    values = getattr(entry.node, "values", ()) if key[0] == "type" else ()
    options = entry.node.options if isinstance(entry.node, m.Reading) else ()
    for value in (*values, *options):
        head = getattr(value, "head", None)
        if isinstance(head, m.Head):
            of = f"readings.{key[2]}" if options else key[2]
            own = ("value", of, head.id)
            index.declared[own] = Declared(own, head.span, head.label, head.sources, value)
            index.add(own, head.span, declares=True)


def _sort(node: Any, owner: str) -> tuple[str, str]:
    match node:
        case m.Parameter():
            return "parameter", ""
        case m.Reading():
            return "reading", ""
        case m.Calendar():
            return "calendar", ""
        case m.Subject() | m.Record() | m.Scale() | m.Enumeration():
            return "type", ""
        case m.Criterion():
            return "criterion", owner
        case m.Kind():
            return "value", owner
        case m.Fact() | m.Link() | m.Definition() | m.CriterionSet() | m.CriterionGroup():
            return "member", owner
        case _:
            return type(node).__name__.lower(), owner


def _cite(citation: m.Citation, index: Index) -> None:
    document = citation.document or index.rulebook.document
    index.add(("clause", document, citation.address), citation.span)


def _refs(node: Any, owner: str) -> Iterator[tuple[m.Ref | m.TypeRef, str]]:
    """Yield the names of something declared elsewhere, but in expressions, with their owners."""
    if isinstance(node, m.Ref | m.TypeRef):
        yield node, owner
    elif isinstance(node, tuple):
        for item in node:
            yield from _refs(item, owner)
    elif is_dataclass(node) and type(node).__module__.startswith(m.__name__):
        head = getattr(node, "head", None)
        inner = head.id if isinstance(node, m.Subject | m.Record) and head else owner
        for part in fields(node):
            yield from _refs(getattr(node, part.name), inner)


def _refer(ref: m.Ref | m.TypeRef, owner: str, index: Index) -> None:
    tried = (("type", "", ref.name), ("member", owner, ref.name), ("criterion", owner, ref.name))
    key = next((one for one in tried if one in index.declared), None)
    text, at = ref.span.text, ref.span.text.rfind(ref.name)
    if key is not None and at >= 0 and text[at:].strip("'\"") == ref.name:
        start = ref.span.start + at
        index.add(key, Span(ref.span.file, start, start + len(ref.name)))

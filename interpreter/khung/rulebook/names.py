"""Which names an author may give, and that no two things share one.

In: declared names with their places. Out: diagnostics. Whether a *used* name is declared is asked
later, by `ir`.

Reports: K0401, K0402, K0435.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from khung.diagnostics.model import Word
from khung.resources import schema
from khung.source.shape import named_entries
from khung.source.values import under
from khung.surfaces import others, surface

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import CriterionGroup, CriterionSet, Head, Rulebook, Subject
    from khung.source.nodes import Entry, Mapping
    from khung.text import Span

Declared = tuple[str, str, "Span"]
"""What kind of thing (the key of a word), its name, its place."""


@cache
def reserved() -> frozenset[str]:
    """Return the names that mean something in every expression, and keywords."""
    return frozenset(schema("subject")["$defs"]["name"]["not"]["enum"])


def names_of(node: Mapping, taken: frozenset[str], bag: Bag, at: str) -> tuple[Entry, ...]:
    """Return the entries whose key is a name; report the others, and names that are `taken`."""
    entries = named_entries(node, bag, at)
    for entry in entries:
        check_taken(entry.key, entry.key_span, taken, bag, under(at, entry.key))
    return entries


def check_taken(name: str, span: Span, taken: frozenset[str], bag: Bag, at: str) -> None:
    """Report a name that the language keeps for itself, or that another surface does."""
    own = span.file.surface
    if name in taken or (taken and name in surface(own).keywords):
        bag.add("K0402", span, at=at, name=name)
    elif taken and any(name in other.keywords for other in others(own)):
        bag.add("K0435", span, at=at, name=name)


def heads(word: str, things: Iterable[Head]) -> list[Declared]:
    """Return the names of entries, all of one kind."""
    return [(word, thing.id, thing.span) for thing in things]


def check_unique(declared: Iterable[Declared], bag: Bag) -> None:
    """Report each name that an earlier thing has already."""
    first: dict[str, Declared] = {}
    for word, name, span in declared:
        other = first.setdefault(name, (word, name, span))
        if other[2] != span:
            kind, taken = Word(word), Word(other[0])
            advice = "file" if word == other[0] and span.file != other[2].file else ""
            bag.add(
                "K0401", span, help=advice, related=(other[2],), name=name, kind=kind, other=taken
            )


def declared_in_criteria(
    groups: Iterable[CriterionGroup], sets: Iterable[CriterionSet]
) -> list[Declared]:
    """Return the names of groups, of the criteria in them, and of sets."""
    groups = tuple(groups)
    items = heads("criterion", (item.head for group in groups for item in group.items))
    return heads("group", (g.head for g in groups)) + items + heads("set", (s.head for s in sets))


def declared_in_subject(read: Subject) -> list[Declared]:
    """Return every name that an expression of the subject may use bare."""
    found: list[Declared] = []
    if read.kinds is not None:
        found.append(("kind", read.kinds.field, read.kinds.span))
    found += heads("link", (one.head for one in read.links))
    found += heads("fact", (one.head for one in read.facts))
    found += heads("definition", (one.head for one in read.definitions))
    found += heads("table", (one.head for one in read.tables))
    if read.criteria is not None:
        found += heads("group", (one.head for one in read.criteria.groups))
        found += heads("set", (one.head for one in read.criteria.sets))
    if read.ladder is not None:
        alias, span, scale = read.ladder.alias, read.ladder.span, read.ladder.scale
        found.append(("level", alias, span) if alias else ("level", scale.name, scale.span))
    return found


def declared_types(read: Rulebook) -> list[Declared]:
    """Return the names of all types: scales, enumerations, records, subjects."""
    return [
        *heads("scale", (one.head for one in read.scales)),
        *heads("enumeration", (one.head for one in read.enumerations)),
        *heads("record", (one.head for one in read.records)),
        *heads("subject", (one.head for one in read.subjects)),
    ]

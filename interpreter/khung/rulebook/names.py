"""Which names an author may give, and that no two things share one.

In: declared names with their places. Out: diagnostics. Whether a *used* name is declared is asked
later, by `ir`.

Reports: K0401, K0402.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.model import Word
from khung.syntax.keywords import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Head, Ref
    from khung.source.nodes import Entry
    from khung.text import Span

RESERVED = frozenset(
    {"on", "period", "self", "owner", "parameters", "readings", "tables", "calendars", "criteria"}
)
"""Names that mean something in every expression."""

OF_SUBJECTS = frozenset({"given", "repeat", "like", "ranked", "pending", "status", "stages"})
"""Names that a case file or a result has on every subject."""

OF_LEVELS = frozenset({"all", "default", "not_ranked", "more_than", "at_least"})
"""Words that stand where a level may stand."""

OF_TYPES = frozenset({"boolean", "number", "string", "date", "list", "ballots", "groups"})
"""Names of types that need no declaration; `groups` is a part of what a case expects."""

Declared = tuple[str, str, "Span"]
"""What kind of thing (the key of a word), its name, its place."""


def check_name(entry: Entry, bag: Bag, at: str, also: frozenset[str] = frozenset()) -> None:
    """Report a declared name that the language keeps for itself.

    Args:
        entry: The entry whose key is the name.
        bag: Where to report.
        at: The path of the entry.
        also: Names that are taken in this place only.
    """
    check_reserved(entry.key, entry.key_span, bag, at, also)


def check_reserved(
    name: str, span: Span, bag: Bag, at: str, also: frozenset[str] = frozenset()
) -> None:
    """Report a name that the language keeps for itself."""
    if name in KEYWORDS or name in RESERVED or name in also:
        bag.add("K0402", span, at=at, name=name)


def heads(word: str, things: Iterable[Head]) -> list[Declared]:
    """Return the names of entries, all of one kind."""
    return [(word, thing.id, thing.span) for thing in things]


def named(word: str, ref: Ref | None) -> list[Declared]:
    """Return one name that stands under a key of its own."""
    return [] if ref is None else [(word, ref.name, ref.span)]


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

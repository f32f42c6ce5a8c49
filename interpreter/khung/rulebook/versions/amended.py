"""What a rulebook amends, and from which day on.

Reports: K0552, K0553.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.rulebook.entries import items_of
from khung.rulebook.folder import text_at
from khung.rulebook.model import Amended, Manner
from khung.rulebook.versions.matrices import cells_of_row
from khung.source.nodes import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingOf
    from datetime import date

    from khung.diagnostics.bag import Bag
    from khung.rulebook.folder import Written
    from khung.rulebook.model import Extends, Rulebook
    from khung.source.nodes import Node
    from khung.text import Span

_READ = pattern(r"(?<![\w.])parameters\s*\.\s*(\w+)")
_NOT_READ = frozenset({"label", "source", "basis"})
_SOURCE = "source"
_AT = "extends.from"


def amended_by(own: Written, how: Extends, base: Rulebook, bag: Bag) -> Amended | None:
    """Return what a rulebook amends, or that which it is put over does; None if nothing is.

    Args:
        own: What the rulebook itself says.
        how: How it extends its base.
        base: The base.
        bag: Where to report a first day out of the period (K0552), or one that is no later than
            that of the amendment before (K0553).
    """
    match how.manner:
        case Manner.SUCCESSOR:
            return None
        case Manner.OVERLAY:
            return base.amended
        case Manner.AMENDMENT:
            if how.first is not None:
                _check_first_day(how.first, _place(own.manifest), base, bag)
            older = base.amended or Amended(base.id, (), {})
            name = text_at(own.manifest.get("id")) or own.folder.name
            later = (*older.later, (name, how.first or base.period[0]))
            return Amended(older.id, later, {**older.clauses, base.document: base.clauses})


def _place(manifest: Mapping) -> Span:
    """Return where a manifest says the first day of an amendment."""
    said = manifest.get("extends")
    day = said.get("from") if isinstance(said, Mapping) else None
    return manifest.span if day is None else day.span


def _check_first_day(day: date, span: Span, base: Rulebook, bag: Bag) -> None:
    first, last, said = *map(str, base.period), str(day)
    before = base.amended.later[-1] if base.amended and base.amended.later else None
    if not first <= said <= last:
        bag.add("K0552", span, at=_AT, name=base.id, day=said, first=first, last=last)
    elif before is not None and day <= before[1]:
        bag.add("K0553", span, at=_AT, name=base.id, day=said, before=str(before[1]))


# -- what reads a parameter that is amended ------------------------------------------------------


def cite_changes(subjects: Mapping, own: Written) -> Mapping:
    """Return subjects in which what reads an amended parameter cites what amends it, too.

    Args:
        subjects: The subjects, merged.
        own: What the amendment itself says; entries that cite something there are left as they are.
    """
    parameters = own.manifest.get("parameters")
    said = parameters.entries if isinstance(parameters, Mapping) else ()
    changed = {e.key: items_of(e.value.get(_SOURCE)) for e in said if isinstance(e.value, Mapping)}
    return _citing(subjects, changed, own.files) if any(changed.values()) else subjects


def _citing(
    node: Mapping, changed: MappingOf[str, tuple[Node, ...]], own: frozenset[str]
) -> Mapping:
    inside = tuple(
        Entry(e.key, _citing(e.value, changed, own), e.key_span)
        if isinstance(e.value, Mapping)
        else e
        for e in node.entries
    )
    source = node.get(_SOURCE)
    is_whole = node.get("subject") is not None or cells_of_row(node) is not None
    if source is None or source.span.file.name in own or is_whole:
        return Mapping(inside, node.span)
    cited = items_of(source)
    more = [one for name in _read(node) for one in changed.get(name, ()) if one not in cited]
    whole = Sequence((*cited, *dict.fromkeys(more)), source.span) if more else source
    told = (Entry(e.key, whole, e.key_span) if e.key == _SOURCE else e for e in inside)
    return Mapping(tuple(told), node.span)


def _read(node: Node) -> Iterator[str]:
    """Yield the parameters that an entry reads, without those of entries with a source in it."""
    match node:
        case Scalar():
            yield from _READ.findall(node.text.text)
        case Sequence():
            for item in node.items:
                yield from _read(item)
        case Mapping():
            for entry in node.entries:
                cites = isinstance(entry.value, Mapping) and entry.value.get(_SOURCE) is not None
                if entry.key not in _NOT_READ and not cites:
                    yield from _read(entry.value)

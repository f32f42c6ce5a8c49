"""Clauses as a rulebook cites them, made full: `KH-23 II.B.6/8#nghi_om`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest
from khung.rulebook.leads import headings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.declare import Declarations
    from khung.rulebook import model as m


def cited(declared: Declarations, sources: Iterable[m.Citation]) -> tuple[str, ...]:
    """Return citations with their document, each checked against the clauses of the rulebook.

    Reports: K0501 (no such clause), K0502 (the clause has no such part), K0201 (no such document).
    """
    rulebook = declared.rulebook
    default = rulebook.document if rulebook else ""
    return tuple(_full(declared, source, default) for source in sources)


def check_others(declared: Declarations, rulebook: m.Rulebook) -> None:
    """Check what is cited by entries that a program does not keep: types, kinds, groups, sets.

    They may cite a heading, of which only what stands below is a clause.

    Reports: as `cited`.
    """
    over = {heading for clause in rulebook.clauses for heading in headings(clause.address)}
    cited(declared, (s for s in _others(rulebook) if s.part or s.address not in over))


def _others(rulebook: m.Rulebook) -> Iterator[m.Citation]:
    for group in rulebook.carried.groups if rulebook.carried else ():
        yield from group.sources
    for head in _heads(rulebook):
        yield from head.sources


def _heads(rulebook: m.Rulebook) -> Iterator[m.Head]:
    for scale in rulebook.scales:
        yield from (scale.head, *(value.head for value in scale.values))
    for enumeration in rulebook.enumerations:
        yield from (enumeration.head, *(value.head for value in enumeration.values))
    for record in rulebook.records:
        yield record.head
    for reading in rulebook.readings:
        yield from (option.head for option in reading.options)
    for subject in rulebook.subjects:
        if subject.kinds:
            yield from (kind.head for kind in subject.kinds.values)
        if subject.criteria:
            yield from (grouped.head for grouped in subject.criteria.groups)
            yield from (chosen.head for chosen in subject.criteria.sets)


def _full(declared: Declarations, source: m.Citation, default: str) -> str:
    document = source.document or default
    if document == default:
        _check(declared, source)
    part = f"#{source.part}" if source.part else ""
    return f"{document} {source.address}{part}"


def _check(declared: Declarations, source: m.Citation) -> None:
    rulebook = declared.rulebook
    if rulebook is None or not rulebook.clauses:
        return
    clauses = {clause.address: clause for clause in rulebook.clauses}
    found = clauses.get(source.address)
    if found is None:
        near = nearest(source.address, clauses)
        advice = "near" if near else ""
        declared.bag.add("K0501", source.span, help=advice, address=source.address, near=near or "")
    elif source.part and source.part not in found.parts:
        declared.bag.add(
            "K0502",
            source.span,
            address=source.address,
            part=source.part,
            known=found.parts or ("—",),
        )

"""Clauses as a rulebook cites them, made full: `UR-7 5.2/1#new`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.declare import Declarations
    from khung.rulebook import model as m


def cited(declared: Declarations, sources: Iterable[m.Citation]) -> tuple[str, ...]:
    """Return citations with their document, each checked against the clauses of the rulebook.

    Reports: K0501 (no such clause), K0502 (the clause has no such part), K0201 (no such document).
    """
    rulebook = declared.rulebook
    default = rulebook.document if rulebook else ""
    found = tuple(sources)
    for source in found:
        if source.document in ("", default):
            _check(declared, source)
    return tuple(source.full(default) for source in found)


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

"""Clauses as a rulebook cites them, made full: `KH-23 II.B.6/8#nghi_om`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.diagnostics.bag import Bag
    from khung.ir.declare import Declarations
    from khung.rulebook import model as m


def cited(declared: Declarations, sources: Iterable[m.Citation]) -> tuple[str, ...]:
    """Return citations with their document, each checked against the clauses of the rulebook.

    Reports: K0501 (no such clause), K0502 (the clause has no such part), K0201 (no such document).
    """
    rulebook = declared.rulebook
    default = rulebook.document if rulebook else ""
    return tuple(_full(declared, source, default) for source in sources)


def _full(declared: Declarations, source: m.Citation, default: str) -> str:
    document = source.document or default
    if document == default:
        _check(declared, source)
    part = f"#{source.part}" if source.part else ""
    return f"{document} {source.address}{part}"


def no_such_clause(source: m.Citation, clauses: Iterable[str], bag: Bag) -> None:
    """Report that the document has no such clause (K0501)."""
    near = nearest(source.address, clauses)
    advice = "near" if near else ""
    bag.add("K0501", source.span, help=advice, address=source.address, near=near or "")


def _check(declared: Declarations, source: m.Citation) -> None:
    rulebook = declared.rulebook
    if rulebook is None or not rulebook.clauses:
        return
    clauses = {clause.address: clause for clause in rulebook.clauses}
    found = clauses.get(source.address)
    if found is None:
        no_such_clause(source, clauses, declared.bag)
    elif source.part and source.part not in found.parts:
        declared.bag.add(
            "K0502",
            source.span,
            address=source.address,
            part=source.part,
            known=found.parts or ("—",),
        )

"""Clauses as a rulebook cites them, made full: `KH-23 II.B.6/8#nghi_om`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.declare import Declarations
    from khung.rulebook import model as m


def cited(declared: Declarations, sources: Iterable[m.Citation]) -> tuple[str, ...]:
    """Return citations with their document."""
    default = declared.rulebook.document if declared.rulebook else ""
    return tuple(_full(source, default) for source in sources)


def _full(source: m.Citation, default: str) -> str:
    part = f"#{source.part}" if source.part else ""
    return f"{source.document or default} {source.address}{part}"

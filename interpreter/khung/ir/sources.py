"""Clauses as a rulebook cites them, made full: `UR-7 5.2/1#new`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.declare import Declarations
    from khung.rulebook import model as m


def cited(declared: Declarations, sources: Iterable[m.Citation]) -> tuple[str, ...]:
    """Return citations with their document."""
    return tuple(source.full(declared.document) for source in sources)

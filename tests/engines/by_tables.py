"""The reference as a second engine: it reads the case back from its typed tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.engines.cases import CasePlain
from tests.engines.reference import reference
from tests.engines.tables import plain_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.engines.reference import Answers

    from khung.casefile.tables.frames import Frames
    from khung.ir.program import Program


def by_tables(program: Program, cases: Sequence[tuple[str, Frames]]) -> dict[str, Answers]:
    """Return what the reference finds of cases that are tables."""
    return {name: reference(program, case_of(program, frames)) for name, frames in cases}


def case_of(program: Program, frames: Frames) -> CasePlain:
    """Return the case that tables and a head are of."""
    head = frames.head
    assert head.on is not None
    complete = True if head.complete is True else [ref.name for ref in head.complete]
    return CasePlain(head.on, complete, plain_of(program, frames.tables), head.bare)

"""The first sheet of a workbook to fill in: how to fill it in, and where everything stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.tables.layout import HEAD, sheet_name
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.program import Program
    from khung.report.workbook.plan import Planned
    from khung.report.workbook.told import Teller

STEPS = ("head", "subjects", "order", "folded", "lists", "run")
"""How to fill in, step by step."""

MARKS = ("empty", "unknown", "none")
"""What stands in a cell beside values."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A sheet in the index: its name, what is in it, and when it is to be filled in."""

    sheet: str
    label: str
    when: str


def title(program: Program, teller: Teller) -> str:
    """Return what stands above the guide."""
    return teller.say("guide.title", title=program.title.said(teller.words.lang))


def steps(program: Program, teller: Teller) -> Iterator[str]:
    """Yield how to fill in the workbook."""
    for step in STEPS:
        yield teller.say(f"guide.{step}", rulebook=program.rulebook)


def marks(teller: Teller) -> Iterator[tuple[str, str]]:
    """Yield what stands in a cell beside values, and what it means."""
    for mark in MARKS:
        yield teller.say(f"mark.{mark}"), teller.say(f"mark.{mark}.means")


def index(planned: Iterable[Planned], teller: Teller) -> Iterator[Listed]:
    """Yield the sheets in their order."""
    yield Listed(HEAD, teller.say("guide.of_head"), teller.say("need.head"))
    for one in planned:
        when = teller.say(f"need.{one.need.value}")
        yield Listed(sheet_name(one.sheet.key), teller.sheet(one.sheet), when)

"""The head of a case to fill in: the rows of its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from khung.ir.program import Program, Reading
    from khung.report.workbook.told import Teller

CASE = "case"
"""The key of the title, without which a workbook is called as its file."""

COMPLETE = "complete"
"""The key of the open question which lists are whole."""


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A row of the head: what it states, and what is said of it.

    Attributes:
        key: As in the head of a case file; with a point what stands below such a key.
        value: What is filled in already; None where nothing is.
        options: What can be chosen.
        is_folded: Whether it is grouped away, as hardly anybody answers it otherwise.
    """

    key: str
    value: str | date | None
    told: str
    options: tuple[str, ...] = ()
    is_folded: bool = False


def head_rows(program: Program, teller: Teller) -> Iterator[HeadRow]:
    """Yield the rows, those that everybody fills in first."""
    yield HeadRow(CASE, None, teller.say("head.case"))
    yield HeadRow("rulebook", program.rulebook, teller.say("head.rulebook"))
    yield HeadRow("on", program.period[1], teller.say("head.on"))
    yield HeadRow(COMPLETE, None, teller.say("head.complete", example=_example(program, teller)))
    yield HeadRow("overlays", None, teller.say("head.overlays"), is_folded=True)
    for reading in program.readings.values():
        yield _reading(reading, teller)


def _example(program: Program, teller: Teller) -> str:
    """Return how a type and a list are named that are whole."""
    last = program.subjects[-1].name
    lists = (
        teller.say("head.list", type=declared.name, list=name)
        for declared in program.subjects
        for name in declared.back_lists
    )
    return ", ".join((last, *[*lists][:1]))


def _reading(reading: Reading, teller: Teller) -> HeadRow:
    words = teller.words
    options = reading.options.values
    said = [f"{name} ({words.option(reading, name)})" for name in options]
    told = teller.say(
        "head.reading",
        question=reading.question.said(words.lang),
        options="; ".join(said),
        chosen=reading.chosen,
    )
    return HeadRow(f"readings.{reading.name}", None, told, tuple(options), is_folded=True)

"""A rulebook and its program → the page that says all of it, for people who read no YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.report.document.model import Document, Heading, Link, Listing, Paragraph, anchor
from khung.report.page.changes import changes
from khung.report.page.clauses import clauses
from khung.report.page.pager import Pager, pager
from khung.report.page.shared import (
    calendars,
    documents,
    parameters,
    readings,
    records,
    values,
)
from khung.report.page.subject import subject_blocks
from khung.rulebook import model as m
from khung.rulebook.entries import entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.ir.program import Program
    from khung.report.document.model import Block

_BEFORE: dict[str, Callable[[Pager], Iterator[Block]]] = {
    "documents": documents,
    "new": changes,
}
_AFTER: dict[str, Callable[[Pager], Iterator[Block]]] = {
    "readings": readings,
    "parameters": parameters,
    "calendars": calendars,
    "values": values,
    "records": records,
    "clauses": clauses,
}


def page(rulebook: m.Rulebook, program: Program, lang: str) -> Document:
    """Return the page of a sound rulebook under the readings of the program."""
    writer = pager(rulebook, program, lang)
    title = rulebook.title.said(lang)
    chapters = list(_chapters(writer))
    return Document(title, lang, (*_front(title, chapters, writer), *chapters))


def _chapters(writer: Pager) -> Iterator[Block]:
    yield from _parts(_BEFORE, writer)
    for subject in _as_in_the_document(writer.rulebook):
        yield from subject_blocks(subject, writer)
    yield from _parts(_AFTER, writer)


def _as_in_the_document(rulebook: m.Rulebook) -> list[m.Subject]:
    """Return the subjects in the order in which the document comes to their levels."""
    places = {clause.address: place for place, clause in enumerate(rulebook.clauses)}
    first = {subject.head.id: len(places) for subject in rulebook.subjects}
    for entry in entries(rulebook):
        if isinstance(entry.owner, m.Subject) and isinstance(entry.node, m.Level | m.Requirement):
            cited = [places.get(citation.address, len(places)) for citation in entry.citations]
            first[entry.owner.head.id] = min((first[entry.owner.head.id], *cited))
    return sorted(rulebook.subjects, key=lambda subject: first[subject.head.id])


def _parts(parts: dict[str, Callable[[Pager], Iterator[Block]]], writer: Pager) -> Iterator[Block]:
    for name, make in parts.items():
        blocks = list(make(writer))
        if blocks:
            yield Heading(2, writer.say(f"chapter.{name}"), anchor("part", name))
            yield Paragraph((writer.say(f"chapter_about.{name}"),))
            yield from blocks


def _front(title: str, chapters: list[Block], writer: Pager) -> Iterator[Block]:
    first, last = map(writer.words.date, writer.program.period)
    yield Heading(1, title)
    yield Paragraph((writer.say("made", id=writer.rulebook.id),))
    yield Paragraph((writer.say("period", first=first, last=last) + ".",))
    yield Paragraph((writer.say("how_to_read"),))
    yield Listing(
        tuple(
            (Link(block.text, block.anchor),)
            for block in chapters
            if isinstance(block, Heading) and block.level == 2  # noqa: PLR2004  # chapters
        )
    )

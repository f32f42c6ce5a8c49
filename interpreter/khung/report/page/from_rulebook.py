"""A rulebook and its program → the page that says all of it, for people who read no YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from khung.analysis.clauses import items, traced
from khung.report.document import model as d
from khung.report.page import declarations
from khung.report.page.pager import CLAUSE, Pager, pager, path_of
from khung.report.page.subject import subject_blocks
from khung.rulebook import model as m
from khung.rulebook.entries import entries
from khung.rulebook.versions.answers import short_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.program import Program
    from khung.rulebook.entries import Entry


# -- what is new --------------------------------------------------------------------------------


_IN_GROUP = re.compile(r"\.criteria\.groups\.[^.]+\.items\.")


def changes(pager: Pager) -> Iterator[d.Block]:
    """Yield what is new by group, then what became of the values of the year."""
    extends, carried = pager.rulebook.extends, pager.rulebook.carried
    if extends is None:
        return
    yield d.Paragraph((pager.say(f"extends.{extends.manner.value}", base=extends.rulebook.name),))
    if carried is None:
        return
    shown = _shown(pager)
    gone = {short_path(one.path): one for one in pager.rulebook.removed}
    for group in carried.groups:
        yield d.Heading(4, pager.label(group.label, group.id))
        cited = pager.linked(group.sources)
        if cited:
            yield d.Paragraph((f"{pager.say('source')}: ", *cited))
        yield d.Listing(
            tuple(
                _taken_out(gone[ref.name], pager) if ref.name in gone else _entries(ref.name, shown)
                for ref in group.entries
            )
        )
    yield from _answers(carried, shown, pager)


def _taken_out(removed: m.Removed, pager: Pager) -> d.Rich:
    label = pager.label(removed.label, removed.name)
    return (f"{pager.say('taken_out')}: {label} ", d.Code(removed.path))


def _answers(carried: m.Carried, shown: dict[str, d.Link], pager: Pager) -> Iterator[d.Block]:
    by_fate: dict[str, list[d.Rich]] = {}
    for section, answers in carried.answers.items():
        for name, answer in answers.items():
            found = _entries(f"{section}.{name}", shown)
            if answer.fate is not None:
                by_fate.setdefault(answer.fate.value, []).append(found)
    rows: list[tuple[d.Rich, ...]] = [
        ((pager.say(f"fate.{fate}"),), d.joined(names, "; ")) for fate, names in by_fate.items()
    ]
    yield from pager.grid("fate yearly", rows)


def _entries(path: str, shown: dict[str, d.Link]) -> d.Rich:
    """Return links to the entries that a path or a prefix names; as written if there are none.

    The path of something within an entry leads to the entry.
    """
    if path.endswith("*"):
        found = [link for name, link in shown.items() if name.startswith(path[:-1])]
        return d.joined([(link,) for link in found], "; ") or (d.Code(path),)
    inside = path
    while inside not in shown and "." in inside:
        inside = inside.rpartition(".")[0]
    if "." not in inside:
        return (d.Code(path),)
    rest = path.removeprefix(inside).lstrip(".")
    return (shown[inside], " ", d.Code(rest)) if rest else (shown[inside],)


def _shown(pager: Pager) -> dict[str, d.Link]:
    """Return the entries of the page by path, a criterion by that without its group."""
    links = {}
    for entry in pager.found:
        links[_IN_GROUP.sub(".criteria.", path_of(entry))] = pager.link(entry)
    return links


# -- clauses ------------------------------------------------------------------------------------


def clauses(pager: Pager) -> Iterator[d.Block]:
    """Yield the table of clauses."""
    traces = traced(pager.rulebook, pager.found)
    rows: list[tuple[d.Rich, ...]] = [
        (
            (d.Anchor(d.anchor(CLAUSE, clause.address)), d.Strong(clause.address)),
            (clause.summary.said(pager.lang),),
            _rests(clause, traces, pager),
        )
        for clause in pager.rulebook.clauses
    ]
    yield from pager.grid("clause says rests", rows)


def _rests(clause: m.Clause, traces: Mapping[str, list[Entry]], pager: Pager) -> d.Rich:
    lines: list[d.Rich] = []
    if clause.kind:
        because = f": {clause.because.said(pager.lang)}" if clause.because else ""
        lines.append((f"{pager.say(f'clause.{clause.kind}')}{because}",))
    if clause.parts:
        lines += [_links(traces.get(clause.address, []), pager)]
    lines += [_item(item, clause, traces, pager) for item in items(clause)]
    return d.joined(lines, d.Break()) or (pager.say("clause.nothing"),)


def _item(item: str, clause: m.Clause, traces: Mapping[str, list[Entry]], pager: Pager) -> d.Rich:
    found = _links(traces.get(item, []), pager)
    if not clause.parts:
        return found
    place, part = d.Anchor(d.anchor(CLAUSE, item)), d.Code("#" + item.partition("#")[2])
    return (place, part, ": ", *(found or (pager.say("clause.nothing"),)))


def _links(found: list[Entry], pager: Pager) -> d.Rich:
    """Return links to entries, those of one subject or record behind its name."""
    by_owner: dict[str, list[d.Rich]] = {}
    for entry in found:
        by_owner.setdefault(_owner(entry, pager), []).append((pager.link(entry),))
    said = [
        d.joined([(f"{owner}: ",) if owner else (), d.joined(links, "; ")], "")
        for owner, links in by_owner.items()
    ]
    return d.joined(said, ". ")


def _owner(entry: Entry, pager: Pager) -> str:
    if entry.owner is None or entry.owner is entry.node:
        return ""
    return pager.label(entry.owner.head.label, entry.owner.head.id)


# -- the page -----------------------------------------------------------------------------------

_BEFORE = {"documents": declarations.documents, "new": changes}
_AFTER = {
    "readings": declarations.readings,
    "parameters": declarations.parameters,
    "calendars": declarations.calendars,
    "values": declarations.values,
    "records": declarations.records,
    "clauses": clauses,
}


def page(rulebook: m.Rulebook, program: Program, lang: str) -> d.Document:
    """Return the page of a sound rulebook under the readings of the program."""
    writer = pager(rulebook, program, lang)
    title = rulebook.title.said(lang)
    chapters = list(_chapters(writer))
    return d.Document(title, lang, (*_front(title, chapters, writer), *chapters))


def _chapters(writer: Pager) -> Iterator[d.Block]:
    for name, blocks in _BEFORE.items():
        yield from writer.section(d.CHAPTER, name, blocks(writer))
    for subject in _as_in_the_document(writer.rulebook):
        yield from subject_blocks(subject, writer)
    for name, blocks in _AFTER.items():
        yield from writer.section(d.CHAPTER, name, blocks(writer))


def _as_in_the_document(rulebook: m.Rulebook) -> list[m.Subject]:
    """Return the subjects in the order in which the document comes to their levels."""
    places = {clause.address: place for place, clause in enumerate(rulebook.clauses)}
    first = {subject.head.id: len(places) for subject in rulebook.subjects}
    for entry in entries(rulebook):
        if isinstance(entry.owner, m.Subject) and isinstance(entry.node, m.Level | m.Requirement):
            cited = [places.get(citation.address, len(places)) for citation in entry.citations]
            first[entry.owner.head.id] = min((first[entry.owner.head.id], *cited))
    return sorted(rulebook.subjects, key=lambda subject: first[subject.head.id])


def _front(title: str, chapters: list[d.Block], writer: Pager) -> Iterator[d.Block]:
    first, last = map(writer.words.date, writer.program.period)
    yield d.Heading(1, title)
    yield d.Paragraph((writer.say("made", id=writer.rulebook.id),))
    yield d.Paragraph((writer.say("period", first=first, last=last) + ".",))
    yield d.Paragraph((writer.say("how_to_read"),))
    yield d.contents(chapters)

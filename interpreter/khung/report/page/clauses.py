"""The clauses of the source document, each with the rules that rest on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.clauses import items, traced
from khung.report.document.model import Anchor, Break, Code, Rich, Strong, anchor, joined
from khung.report.page.pager import CLAUSE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.report.document.model import Block
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m
    from khung.rulebook.entries import Entry


def clauses(pager: Pager) -> Iterator[Block]:
    """Yield the table of clauses."""
    traces = traced(pager.rulebook, pager.found)
    rows: list[tuple[Rich, ...]] = [
        (
            (Anchor(anchor(CLAUSE, clause.address)), Strong(clause.address)),
            (clause.summary.said(pager.lang),),
            _rests(clause, traces, pager),
        )
        for clause in pager.rulebook.clauses
    ]
    yield from pager.grid("clause says rests", rows)


def _rests(clause: m.Clause, traces: Mapping[str, list[Entry]], pager: Pager) -> Rich:
    lines: list[Rich] = []
    if clause.kind:
        because = f": {clause.because.said(pager.lang)}" if clause.because else ""
        lines.append((f"{pager.say(f'clause.{clause.kind}')}{because}",))
    if clause.parts:
        lines += [_links(traces.get(clause.address, []), pager)]
    lines += [_item(item, clause, traces, pager) for item in items(clause)]
    return joined(lines, Break()) or (pager.say("clause.nothing"),)


def _item(item: str, clause: m.Clause, traces: Mapping[str, list[Entry]], pager: Pager) -> Rich:
    found = _links(traces.get(item, []), pager)
    if not clause.parts:
        return found
    place, part = Anchor(anchor(CLAUSE, item)), Code("#" + item.partition("#")[2])
    return (place, part, ": ", *(found or (pager.say("clause.nothing"),)))


def _links(found: list[Entry], pager: Pager) -> Rich:
    """Return links to entries, those of one subject or record behind its name."""
    by_owner: dict[str, list[Rich]] = {}
    for entry in found:
        by_owner.setdefault(_owner(entry, pager), []).append((pager.link(entry),))
    said = [
        joined([(f"{owner}: ",) if owner else (), joined(links, "; ")], "")
        for owner, links in by_owner.items()
    ]
    return joined(said, ". ")


def _owner(entry: Entry, pager: Pager) -> str:
    if entry.owner is None or entry.owner is entry.node:
        return ""
    return pager.label(entry.owner.head.label, entry.owner.head.id)

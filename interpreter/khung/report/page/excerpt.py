"""What the full page says of one thing: of a clause, of an entry, with who reads it and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.clauses import items, traced
from khung.analysis.diff.uses import mentions
from khung.report.document import model as d
from khung.report.page.from_rulebook import page
from khung.report.page.pager import RULE, pager, path_of
from khung.rulebook.model.rules import KINDS
from khung.rulebook.versions.citations import headings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from khung.ir.program import Program
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m
    from khung.rulebook.entries import Entry

_MOST = 12  # entries of one name, or clauses of a heading, that are told


def excerpt(rulebook: m.Rulebook, program: Program, name: str, lang: str) -> d.Document | None:
    """Return what is said of a clause, a heading, or of the entries of a name or a path.

    Args:
        rulebook: The rulebook.
        program: Its program.
        name: `4.1/2`, `4.1/2#part`, `hours`, `lecturer.hours`, `caps.absent` or
            `lecturer.caps.absent`.
        lang: The language.

    Returns:
        None if nothing is called so.
    """
    writer = pager(rulebook, program, lang)
    clauses, entries = _clauses(name, writer), _named(name, writer)
    traces = traced(rulebook, writer.found) if clauses else {}
    blocks = [block for clause in clauses for block in _clause(clause, traces, writer)]
    whole = page(rulebook, program, lang, full=True).blocks if entries else ()
    for entry in entries:
        place = d.anchor(RULE, writer.names[entry.head.span])
        blocks += [*_at(whole, place), *_around(entry, writer)]
    return d.Document(name, lang, tuple(blocks)) if blocks else None


def names(rulebook: m.Rulebook, program: Program) -> tuple[str, ...]:
    """Return all that may be asked for."""
    writer = pager(rulebook, program, "")
    paths = (path_of(entry) for entry in writer.found)
    ids = (entry.head.id for entry in writer.found)
    return tuple(dict.fromkeys((*writer.addresses, *writer.names.values(), *paths, *ids)))


def _clauses(name: str, writer: Pager) -> list[m.Clause]:
    """Return the clause of a name, or those under a heading."""
    address = name.removeprefix(f"{writer.rulebook.document} ").partition("#")[0]
    found = [writer.addresses[address]] if address in writer.addresses else []
    below = (clause for clause in writer.rulebook.clauses if address in headings(clause.address))
    return found or list(below)[:_MOST]


def _clause(
    clause: m.Clause, traces: Mapping[str, list[Entry]], writer: Pager
) -> Iterator[d.Block]:
    """Yield what a clause says, then the entries that cite it or a part of it, with their ids."""
    yield d.Paragraph((d.Strong(clause.address), f" {clause.summary.said(writer.lang)}"))
    because = clause.because.said(writer.lang) if clause.because else ""
    lines = [because] if because else []
    for item in dict.fromkeys((clause.address, *items(clause))):
        part = item.removeprefix(clause.address)
        said = (_titled(entry, writer) for entry in traces.get(item, ()))
        lines += [f"{part} {one}".strip() for one in dict.fromkeys(said)]
    yield d.Listing(tuple((line,) for line in lines))


def _named(name: str, writer: Pager) -> list[Entry]:
    """Return the entries of a path, or of the end of one; `OWNER.ID` needs nothing between."""
    found = []
    for entry in writer.found:
        short = f"{entry.owner.head.id}.{entry.head.id}" if entry.owner else ""
        paths = (path_of(entry), writer.names[entry.head.span], short)
        if any(f".{path}".endswith(f".{name}") for path in paths):
            found.append(entry)
    return found[:_MOST]


def _at(blocks: Sequence[d.Block], place: str) -> Iterator[d.Block]:
    """Yield what stands at a place: a row with the names of its columns, an item, a section."""
    for at, block in enumerate(blocks):
        match block:
            case d.Heading(anchor=anchor) if anchor == place:
                yield block
                yield from _section(blocks[at + 1 :], block.level)
            case d.Paragraph(text=text) if d.Anchor(place) in text:
                yield block
            case d.Listing():
                yield from (d.Paragraph(one) for one in block.items if d.Anchor(place) in one)
            case d.Grid():
                yield from (_row(block, one) for one in block.rows if _holds(one, place))
            case _:
                pass


def _section(blocks: Sequence[d.Block], level: int) -> Iterator[d.Block]:
    for block in blocks:
        if isinstance(block, d.Heading) and block.level <= level:
            return
        yield block


def _holds(row: tuple[d.Rich, ...], place: str) -> bool:
    return any(d.Anchor(place) in cell for cell in row)


def _row(grid: d.Grid, row: tuple[d.Rich, ...]) -> d.Grid:
    """Return a table of one row; what stands below one another in a cell is told side by side."""
    parted = tuple(tuple(" · " if part == d.Break() else part for part in cell) for cell in row)
    return d.Grid(grid.columns, (parted,), kinds=grid.kinds)


def _around(entry: Entry, writer: Pager) -> Iterator[d.Block]:
    """Yield where an entry stands, and the entries that read it."""
    span = entry.head.span
    lines: list[d.Rich] = []
    if span is not None:
        lines.append(
            (writer.say("stands_in", file=span.file.name, line=span.file.position(span.start)[0]),)
        )
    readers = [_titled(one, writer) for one in writer.found if _reads(one, entry)]
    if readers:
        lines.append((writer.say("read_by", x="; ".join(dict.fromkeys(readers))),))
    yield d.Listing(tuple(lines))


def _titled(entry: Entry, writer: Pager) -> str:
    owner = f"{writer.called(entry.owner.head)}: " if entry.owner else ""
    return f"{owner}{writer.link(entry).text} [{writer.names[entry.head.span]}]"


def _reads(one: Entry, entry: Entry) -> bool:
    """Say whether an entry may read another: of the same subject, or behind a point.

    Nobody reads a rule by its name.
    """
    if isinstance(entry.node, KINDS):
        return False
    for mention in mentions(one.expressions):
        if mention.name == entry.head.id:
            return bool(mention.space) or one.owner is entry.owner
    return False

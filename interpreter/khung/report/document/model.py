"""A document to read or print: headings, paragraphs, lists, tables, outlines, with links inside it.

It says nothing of how it is written down: `terminal`, `markdown` and `html` do that.
"""

from __future__ import annotations

import re
from dataclasses import field
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOT_IN_ANCHORS = re.compile(r"[^\w./-]")


@dataclass(frozen=True, slots=True)
class Code:
    """A text that stands as it is written in a file."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """A text that stands out."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to an anchor of the document, or with a `.` or `/` in front to a file."""

    text: str
    to: str

    @property
    def target(self) -> str:
        """As it stands in a link."""
        return self.to if self.to.startswith((".", "/")) else f"#{self.to}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place that links lead to."""

    id: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new line within a paragraph or cell."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A bar of as many equal steps as there are things, with lines across it.

    What it shows stands beside it in words, too: it is drawn, and read out to nobody.

    Attributes:
        parts: How many things of each kind, a key of `GAUGE`, from the left.
        marks: After how many steps a line stands.
    """

    parts: tuple[tuple[str, int], ...]
    marks: tuple[int, ...] = ()


GAUGE: Final = {"full": "■", "open": "▨", "free": "□", "out": "×"}
"""The kinds of what a gauge counts, and how each is written where nothing can be drawn."""

NONE: Final = "–"
"""What stands in a cell for the number 0; where cells stand below one another it is left out."""

Inline = str | Code | Strong | Link | Anchor | Break | Gauge
Rich = tuple[Inline, ...]
"""A text in one paragraph or cell."""


class Style(Enum):
    """How a line stands out. Without colours nothing is lost."""

    PLAIN = "plain"
    TITLE = "title"
    HEADING = "heading"
    WARNING = "warning"
    ERROR = "error"
    FAINT = "faint"


class Fit(Enum):
    """What becomes of a line that is wider than the terminal."""

    WRAPPED = "wrapped"
    WHOLE = "whole"
    """It is left as it is, with all its blanks: people copy from it."""
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an outline; those after it that stand further in belong to it.

    Attributes:
        text: What it says.
        indent: Columns before it.
        bullet: What stands before its text.
        style: How it stands out.
        hang: Columns by which what does not fit stands further in than it; below its text if None.
        fit: What becomes of it where it does not fit.
    """

    text: str = ""
    indent: int = 0
    bullet: str = ""
    style: Style = Style.PLAIN
    hang: int | None = None
    fit: Fit = Fit.WRAPPED


BLANK: Final = Line()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; `anchor` is empty where nothing leads to it."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `kind` is a class of the style sheet."""

    text: Rich
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Rich, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; every row has a cell for each column.

    Attributes:
        kinds: The class of the cells of each column; where it is `standing`, they head their row.
        groups: What stands above the rows from one on, by the number of that row, counted from 0.
        lines: What a terminal shows instead, which has no room for columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Rich, ...], ...]
    caption: str = ""
    kinds: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    groups: tuple[tuple[int, str], ...] = ()

    @property
    def parts(self) -> Iterator[tuple[str, tuple[tuple[Rich, ...], ...]]]:
        """Yield the rows of each group below what stands above them; those of none below ''."""
        starts = (
            self.groups if self.groups[:1] and not self.groups[0][0] else ((0, ""), *self.groups)
        )
        for (start, title), (end, _) in pairwise((*starts, (len(self.rows), ""))):
            if start < end:
                yield title, self.rows[start:end]


@dataclass(frozen=True, slots=True)
class Sample:
    """Lines to be shown as they are; `language` is what they are written in."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """A place to sign for each of some people, below a line for the day."""

    day: str
    people: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document: a sheet of paper of its own, or with a `kind` a part of one.

    One whose kind is `contents` leads through the document; its `label` says so.
    """

    blocks: tuple[Block, ...]
    anchor: str = ""
    kind: str = ""
    label: str = ""


Solid = Heading | Paragraph | Listing | Grid | Sample | Signatures | Section
Block = Solid | Line


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document in one language; `sheets` if it is made of sections to be printed."""

    title: str
    lang: str
    blocks: tuple[Block, ...]
    sheets: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with those that belong to it."""

    line: Line
    inside: list[Entry] = field(default_factory=list)


Part = Solid | Entry


def outlined(blocks: Iterable[Block]) -> list[Part]:
    """Return blocks, each line with those that belong to it below it; no blank ones."""
    top: list[Part] = []
    path: list[Entry] = []
    for block in blocks:
        if not isinstance(block, Line):
            path.clear()
            top.append(block)
        elif block.text:
            while path and path[-1].line.indent >= block.indent:
                path.pop()
            entry = Entry(block)
            (path[-1].inside if path else top).append(entry)
            path.append(entry)
    return top


def plain(text: Rich) -> str:
    """Return a text without its marks."""
    return "".join(
        " " if isinstance(part, Break) else part if isinstance(part, str) else part.text
        for part in text
        if not isinstance(part, Anchor | Gauge)
    )


CHAPTER = 2  # the level of headings that a table of contents names


def contents(blocks: Iterable[Block]) -> Listing:
    """Return links to the chapters of a document."""
    found = (block for block in blocks if isinstance(block, Heading) and block.level == CHAPTER)
    return Listing(tuple((Link(block.text, block.anchor),) for block in found if block.anchor))


def anchor(kind: str, name: str) -> str:
    """Return the anchor of a thing by its kind and its name: `c-5.2/1:new` of `5.2/1#new`.

    No two names share one: `#` becomes `:`, what else may not stand in a link its code point.
    """
    return f"{kind}-{_NOT_IN_ANCHORS.sub(_allowed, name)}"


def _allowed(character: re.Match[str]) -> str:
    return ":" if character[0] == "#" else f"~{ord(character[0]):x}~"


def marked(text: str) -> Rich:
    """Return a text of which what stands in back-ticks is code."""
    parts = text.split("`")
    return tuple(Code(part) if at % 2 else part for at, part in enumerate(parts) if part)


def joined(parts: list[Rich], between: Inline) -> Rich:
    """Return texts one after another with something between them; empty ones are left out."""
    said: list[Inline] = []
    for part in filter(None, parts):
        said += [between, *part] if said else part
    return tuple(said)

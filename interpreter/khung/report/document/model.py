"""A document to read or print: headings, paragraphs, lists and tables, with links inside it.

It says nothing of how it is written down: `document_markdown` and `document_html` do that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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


Inline = str | Code | Strong | Link | Anchor | Break
Rich = tuple[Inline, ...]
"""A text in one paragraph or cell."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; `anchor` is empty where nothing leads to it."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: Rich


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Rich, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; every row has a cell for each column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Rich, ...], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Lines to be shown as they are; `language` is what they are written in."""

    text: str
    language: str = ""


Block = Heading | Paragraph | Listing | Grid | Sample


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document in one language."""

    title: str
    lang: str
    blocks: tuple[Block, ...]


def anchor(kind: str, name: str) -> str:
    """Return the anchor of a thing by its kind and its name: `c-5.2/1:new` of `5.2/1#new`.

    No two names share one: `#` becomes `:`, what else may not stand in a link its code point.
    """
    return f"{kind}-{_NOT_IN_ANCHORS.sub(_allowed, name)}"


def _allowed(character: re.Match[str]) -> str:
    return ":" if character[0] == "#" else f"~{ord(character[0]):x}~"


def joined(parts: list[Rich], between: Inline) -> Rich:
    """Return texts one after another with something between them; empty ones are left out."""
    said: list[Inline] = []
    for part in filter(None, parts):
        said += [between, *part] if said else part
    return tuple(said)

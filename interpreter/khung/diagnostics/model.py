"""What is said about the text of a rulebook or case: a code, its values, and where.

A diagnostic holds no sentence. Sentences live in `codes/CODE.md`, one file for a code and for
both languages, and are put together by `render`.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from khung.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.text import Span


class Severity(Enum):
    """How bad it is. Only errors stop a command."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of khung's own, such as `fact`, which the renderer says in the reader's language.

    `name` fills the word where it has a place for one: "a level of `{name}`".
    """

    key: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an author, in both languages; `en` is empty where there is none."""

    vi: str
    en: str = ""


Value = str | int | Word | Text | tuple[str, ...]
"""What a message may be filled with. A tuple is a list of names."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file: what is to stand in place of what stands at a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """What is said of many cells of one column at once.

    Attributes:
        count: How many cells it is, the first one included.
        rows: Some of the others: the number of the row, and what stands there if it differs.
    """

    count: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, or may be.

    Attributes:
        code: `K` and four digits; severity, sentences and page come with it.
        span: Where, in the file. None where there is no text, as for a missing file.
        args: The values that the sentences of the code name.
        help: Which advice of the code applies; empty for the plain one.
        at: The YAML path, such as `ladder.levels.good.require.tasks.that`.
        related: Other places to look at, such as the first of two equal keys.
        repeated: Of cells, in how many more of the column it is so.
        edits: What mends it, where that is certain and the page of the code cannot say it.
    """

    code: str
    span: Span | None
    args: Mapping[str, Value] = field(default_factory=dict)
    help: str = ""
    at: str = ""
    related: tuple[Span, ...] = ()
    repeated: Repeated | None = None
    edits: tuple[Edit, ...] = ()

    def in_whole(self) -> Diagnostic:
        """Return the same with places in files, where they are in pieces of them."""
        return replace(
            self,
            span=None if self.span is None else self.span.in_whole(),
            related=tuple(span.in_whole() for span in self.related),
            edits=tuple(Edit(edit.span.in_whole(), edit.text) for edit in self.edits),
        )

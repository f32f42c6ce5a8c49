"""A part of a template as a source of the template language."""

from __future__ import annotations

from khung.records import dataclass

_LONGEST = 60  # characters of a place


@dataclass(frozen=True, slots=True)
class Source:
    """A text of the template language, and what people see where each line of it is.

    Attributes:
        part: The part of the file, or the sheet.
        text: The source.
        places: By line: the text of a paragraph, or the cell.
    """

    part: str
    text: str
    places: tuple[str, ...]

    def place(self, line: int) -> str:
        """Return where a line is, for people."""
        found = self.places[line - 1] if 0 < line <= len(self.places) else ""
        return found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"

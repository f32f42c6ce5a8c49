"""What handlers of the protocol ask of the server, and places as the protocol writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lsprotocol import types as lsp

from khung.editor.texts import lsp_range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.editor.session import Session
    from khung.editor.texts import Text
    from khung.editor.told import Change


class Serves(Protocol):
    """The server, as handlers see it."""

    @property
    def session(self) -> Session:
        """What is open."""

    def path(self, uri: str) -> str:
        """Return the path of a file."""

    def uri(self, path: str) -> str:
        """Return how the editor names a file."""

    def place(self, path: str, start: int, end: int) -> lsp.Range | None:
        """Return a place in a file; None of a file that cannot be read."""


def span(text: Text, start: int, end: int) -> lsp.Range:
    """Return a place in a text as the editor counts."""
    found = lsp_range(text, start, end)
    return lsp.Range(lsp.Position(**found["start"]), lsp.Position(**found["end"]))


def edits_by_uri(ls: Serves, changes: Iterable[Change]) -> dict[str, list[lsp.TextEdit]]:
    """Return changes as the protocol writes them, by file."""
    found: dict[str, list[lsp.TextEdit]] = {}
    for one in changes:
        place = ls.place(one["path"], one["start"], one["end"])
        if place is not None:
            found.setdefault(ls.uri(one["path"]), []).append(lsp.TextEdit(place, one["text"]))
    return found

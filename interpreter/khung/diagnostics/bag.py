"""The collector that every pass is given. Passes go on after an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.codes import is_error
from khung.diagnostics.model import Diagnostic, Edit, Value
from khung.diagnostics.repeated import collapsed
from khung.locale import languages
from khung.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.text import Span


class InvalidError(Exception):
    """The rulebook or the case is invalid. `diagnostics` says why, in order of place."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{len(diagnostics)} diagnostics")
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        """Return what is wrong, one line a diagnostic, in khung's first language."""
        return self.said(languages[0])

    def said(self, lang: str) -> str:
        """Return what is wrong, one line a diagnostic: `file:line:column: error[K0203] message`."""
        from khung.diagnostics.render.forms import render_concise  # noqa: PLC0415  # only here

        return render_concise(self.diagnostics, lang).rstrip("\n")


class Bag:
    """Collects diagnostics, each once."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}

    def add(
        self,
        code: str,
        span: Span | None,
        *,
        help: str = "",  # noqa: A002  # the field's word for advice
        at: str = "",
        related: tuple[Span, ...] = (),
        **args: Value,
    ) -> None:
        """Add one diagnostic; a second one with the same code, place and values is dropped."""
        self._put(Diagnostic(code, span, args, help, at, related))

    def add_mended(self, found: Diagnostic, *edits: Edit) -> None:
        """Add one diagnostic with what mends it for certain."""
        self._put(replace(found, edits=edits))

    def _put(self, found: Diagnostic) -> None:
        span = None if found.span is None else found.span.in_whole()
        place = None if span is None else (span.file.name, span.start, span.end)
        key = (found.code, place, tuple(sorted((k, str(v)) for k, v in found.args.items())))
        self._found.setdefault(key, found)

    def add_all(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add what another bag has found, each once."""
        for found in diagnostics:
            self._put(found)

    def __len__(self) -> int:
        """Return how many were found."""
        return len(self._found)

    def relate_since(self, count: int, span: Span) -> None:
        """Add a place to look at to all diagnostics but the first `count` that were found."""
        for key, found in list(self._found.items())[count:]:
            self._found[key] = replace(found, related=(*found.related, span))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found, by file and place; what many cells of a column share, once."""
        return collapsed(sorted(self._found.values(), key=_place))

    @property
    def each(self) -> tuple[Diagnostic, ...]:
        """What was found, in that order, each cell by itself."""
        return tuple(self._found.values())

    @property
    def has_errors(self) -> bool:
        """Whether anything found stops the command."""
        return any(map(is_error, self._found.values()))


def _place(diagnostic: Diagnostic) -> tuple[str, int, str]:
    span = None if diagnostic.span is None else diagnostic.span.in_whole()
    return (span.file.name, span.start, diagnostic.code) if span else ("", -1, diagnostic.code)

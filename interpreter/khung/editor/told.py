"""A diagnostic as an editor is told it: plain data, which a process can hand to another.

In: diagnostics. Out: `Told`, with offsets of khung's, the sentences in the reader's language, and
the mends that are offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from khung.diagnostics.codes import severity_of
from khung.diagnostics.mends import mends_of
from khung.diagnostics.model import Diagnostic
from khung.diagnostics.render.sentences import advice, placed_message
from khung.locale import phrase
from khung.source.files import place_of
from khung.text import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.diagnostics.mends import Mend
    from khung.text import Span


class Spot(TypedDict):
    """A place: the file, and offsets of khung's in it."""

    path: str
    start: int
    end: int


class Change(Spot):
    """What is to stand at a place."""

    text: str


class Offer(TypedDict):
    """A mend: what a menu calls it, whether it can be done unasked, and what it changes."""

    title: str
    certain: bool
    changes: list[Change]


class Told(Spot):
    """What is said of a place."""

    code: str
    severity: str
    message: str
    help: str
    related: list[Spot]
    offers: list[Offer]


def tell(diagnostics: Iterable[Diagnostic], lang: str, otherwise: str) -> list[Told]:
    """Return diagnostics as plain data.

    Args:
        diagnostics: What was found.
        lang: The language of the sentences.
        otherwise: The path of the file at whose start that is told which has no place.
    """
    return [_told(one, lang, otherwise) for one in diagnostics]


def defect(error: Exception) -> Diagnostic:
    """Return what is said where khung itself is wrong."""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return Diagnostic("K0000", None, {"what": what})


def _told(one: Diagnostic, lang: str, otherwise: str) -> Told:
    spot = spot_of(one.span) or Spot(path=_file_of(one) or otherwise, start=0, end=0)
    return Told(
        **spot,
        code=one.code,
        severity=severity_of(one.code).value,
        message=placed_message(one, lang),
        help=advice(one, lang),
        related=[found for span in one.related if (found := spot_of(span))],
        offers=[_offer(mend, one, lang) for mend in mends_of(one)],
    )


def spot_of(span: Span | None) -> Spot | None:
    """Return a place in a text of a file; None of no place, or of a cell of a table."""
    if span is None or isinstance(span.file, Grid):
        return None
    return Spot(path=place_of(span.file.name), start=span.start, end=span.end)


def _file_of(one: Diagnostic) -> str:
    """Return the file of which a diagnostic speaks as a whole."""
    file = one.args.get("file")
    return place_of(file) if isinstance(file, str) else ""


def _offer(mend: Mend, one: Diagnostic, lang: str) -> Offer:
    changes = [
        Change(**spot, text=edit.text) for edit in mend.edits if (spot := spot_of(edit.span))
    ]
    first = mend.edits[0]
    title = title_of(first.span.text, first.text, one.code, lang)
    return Offer(title=title, certain=mend.certain, changes=changes)


_SHOWN = 60  # characters of a change that a menu shows


def title_of(was: str, now: str, code: str, lang: str) -> str:
    """Return what a menu calls a change: the texts before and after it."""
    key = "replace" if was and now else "insert" if now else "remove"
    return phrase(lang, f"editor.mend.{key}", was=_short(was), now=_short(now), code=code)


def _short(text: str) -> str:
    line = text if text.isspace() else " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"

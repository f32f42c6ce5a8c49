"""What a new year still has to answer, as a short list in place of one error each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.model import Word
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.diagnostics.model import Diagnostic

_OF_CODES = {"K0536": "document", "K0527": "", "K0538": "clause"}
_ORDER = ("document", "parameter", "reading", "calendar", "clause")
_FEW = 8  # how many of each are named where not all are asked for


def is_open(diagnostic: Diagnostic) -> bool:
    """Say whether a diagnostic is a question that waits for an answer."""
    return diagnostic.code in _OF_CODES


def worklist(diagnostics: Sequence[Diagnostic], lang: str, *, every: bool) -> list[str]:
    """Return the questions among diagnostics as lines, grouped and counted; [] if there is none.

    Args:
        diagnostics: All that was found.
        lang: The language.
        every: Whether each is named, however many there are.
    """
    questions = [diagnostic for diagnostic in diagnostics if is_open(diagnostic)]
    if not questions:
        return []
    head = phrase(lang, "cli.check.open", count=len(questions), file=_file(questions))
    return [head, *_groups(questions, lang, every=every)]


def _file(questions: Sequence[Diagnostic]) -> str:
    files = (d.span.file.name for d in questions if d.span)
    return ", ".join(dict.fromkeys(files))


def _groups(questions: Sequence[Diagnostic], lang: str, *, every: bool) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for question in questions:
        kind = question.args.get("kind")
        group = _OF_CODES[question.code] or (kind.key if isinstance(kind, Word) else "")
        name = question.args.get("address", question.args.get("name", ""))
        found.setdefault(group, []).append(str(name))
    for group in _ORDER:
        if group in found:
            names = found[group]
            shown = names if every else names[:_FEW]
            listed = ", ".join(shown)
            if len(shown) < len(names):
                listed = phrase(lang, "cli.check.more", listed=listed)
            yield "  " + phrase(lang, f"cli.check.open_{group}", count=len(names), listed=listed)

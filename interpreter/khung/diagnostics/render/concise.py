"""One line a diagnostic, as editors and `grep` read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.render.sentences import message, severity, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.diagnostics.model import Diagnostic


def render_concise(diagnostics: Sequence[Diagnostic], lang: str) -> str:
    """Return lines `file:line:column: error[K0203] message`; without a place, the rest of it."""
    return "".join(_line(d, lang) + "\n" for d in diagnostics)


def _line(diagnostic: Diagnostic, lang: str) -> str:
    said = f"{severity(diagnostic, lang)}[{diagnostic.code}] {message(diagnostic, lang)}"
    if diagnostic.span is None:
        return said
    line, column = diagnostic.span.file.position(diagnostic.span.start)
    return f"{visible(diagnostic.span.file.name)}:{line}:{column}: {said}"

"""Diagnostics as data, for `--format json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.codes import severity_of
from khung.diagnostics.render.sentences import advice, message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.diagnostics.model import Diagnostic


def render_json(diagnostics: Sequence[Diagnostic], lang: str) -> list[dict[str, str | int | None]]:
    """Return one object a diagnostic.

    Lines and columns begin at 1, columns count characters, the end is the place after the last
    character. Place and help are null where there is none; severity is not translated.
    """
    return [_object(d, lang) for d in diagnostics]


def _object(diagnostic: Diagnostic, lang: str) -> dict[str, str | int | None]:
    span = diagnostic.span
    line, column = span.file.position(span.start) if span else (None, None)
    end_line, end_column = span.file.position(span.end) if span else (None, None)
    return {
        "code": diagnostic.code,
        "severity": severity_of(diagnostic.code).value,
        "file": span.file.name if span else _named(diagnostic),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "message": message(diagnostic, lang),
        "help": advice(diagnostic, lang) or None,
    }


def _named(diagnostic: Diagnostic) -> str | None:
    """Return the file that a diagnostic speaks of as a whole, if any."""
    file = diagnostic.args.get("file")
    return file if isinstance(file, str) else None

"""Diagnostics as workflow commands of GitHub Actions, shown as annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.codes import severity_of
from khung.diagnostics.model import Diagnostic, Severity
from khung.diagnostics.render.sentences import advice, message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.text import Span

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(diagnostics: Sequence[Diagnostic], lang: str) -> str:
    """Return one command a line: `::error file=…,line=…,title=K0203::message`."""
    return "".join(_command(d, lang) + "\n" for d in diagnostics)


def _command(diagnostic: Diagnostic, lang: str) -> str:
    place = _place(diagnostic.span) if diagnostic.span else {}
    properties = {**place, "title": diagnostic.code}
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    told = "\n".join(filter(None, (message(diagnostic, lang), advice(diagnostic, lang))))
    return f"::{_COMMANDS[severity_of(diagnostic.code)]} {listed}::{_data(told)}"


def _place(span: Span) -> dict[str, str]:
    line, column = span.file.position(span.start)
    end_line, end_column = span.file.position(span.end)
    place = {"file": span.file.name, "line": str(line), "endLine": str(end_line)}
    if line == end_line:  # columns are not allowed across lines
        place |= {"col": str(column), "endColumn": str(end_column)}
    return place


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

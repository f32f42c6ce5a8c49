"""Diagnostics as other programs read them: data, lines, commands of a build server, SARIF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.diagnostics.codes import page, severity_of
from khung.diagnostics.model import Diagnostic, Severity
from khung.diagnostics.render.sentences import advice, placed_message, severity, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.text import Span

# -- data, for `--format json` --------------------------------------------------------------------


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
        "message": placed_message(diagnostic, lang),
        "help": advice(diagnostic, lang) or None,
    }


def _named(diagnostic: Diagnostic) -> str | None:
    """Return the file that a diagnostic speaks of as a whole, if any."""
    file = diagnostic.args.get("file")
    return file if isinstance(file, str) else None


# -- one line each, as editors and `grep` read it -------------------------------------------------


def render_concise(diagnostics: Sequence[Diagnostic], lang: str) -> str:
    """Return lines `file:line:column: error[K0203] message`; without a place, the rest of it."""
    return "".join(_line(d, lang) + "\n" for d in diagnostics)


def _line(diagnostic: Diagnostic, lang: str) -> str:
    said = f"{severity(diagnostic, lang)}[{diagnostic.code}] {placed_message(diagnostic, lang)}"
    if diagnostic.span is None:
        return said
    line, column = diagnostic.span.file.position(diagnostic.span.start)
    return f"{visible(diagnostic.span.file.name)}:{line}:{column}: {said}"


# -- workflow commands of GitHub Actions, shown as annotations ------------------------------------

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(diagnostics: Sequence[Diagnostic], lang: str) -> str:
    """Return one command a line: `::error file=…,line=…,title=K0203::message`."""
    return "".join(_command(d, lang) + "\n" for d in diagnostics)


def _command(diagnostic: Diagnostic, lang: str) -> str:
    place = _annotated(diagnostic.span) if diagnostic.span else {}
    properties = {**place, "title": diagnostic.code}
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    told = "\n".join(filter(None, (placed_message(diagnostic, lang), advice(diagnostic, lang))))
    return f"::{_COMMANDS[severity_of(diagnostic.code)]} {listed}::{_data(told)}"


def _annotated(span: Span) -> dict[str, str]:
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


# -- a SARIF 2.1.0 log, which code hosts show beside the changed lines ----------------------------

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_sarif(diagnostics: Sequence[Diagnostic], lang: str) -> dict[str, Any]:
    """Return a log with one run, one rule a code that occurs, one result a diagnostic."""
    codes = sorted({d.code for d in diagnostics})
    driver = {"name": "khung", "rules": [_rule(code, lang) for code in codes]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "language": lang,
                "columnKind": "unicodeCodePoints",
                "results": [_result(d, codes.index(d.code), lang) for d in diagnostics],
            }
        ],
    }


def _rule(code: str, lang: str) -> dict[str, Any]:
    written = page(code)
    body = written.said[lang].body
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in written.slug.split("-")),
        "fullDescription": {"text": " ".join(body.split("\n\n")[0].split())},
        "help": {"text": body, "markdown": body},
        "defaultConfiguration": {"level": _LEVELS[written.severity]},
    }


def _result(diagnostic: Diagnostic, rule: int, lang: str) -> dict[str, Any]:
    told = ". ".join(filter(None, (placed_message(diagnostic, lang), advice(diagnostic, lang))))
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": _LEVELS[severity_of(diagnostic.code)],
        "message": {"text": told},
    }
    if diagnostic.span:
        result["locations"] = [_location(diagnostic.span)]
    if diagnostic.related:
        result["relatedLocations"] = [_location(span) for span in diagnostic.related]
    return result


def _location(span: Span) -> dict[str, Any]:
    line, column = span.file.position(span.start)
    end_line, end_column = span.file.position(span.end)
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
    from urllib.parse import quote  # noqa: PLC0415  # only here

    uri = quote(span.file.name.replace("\\", "/"))
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}

"""Diagnostics as a SARIF 2.1.0 log, which code hosts show beside the changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from khung.diagnostics.codes import page, severity_of
from khung.diagnostics.model import Diagnostic, Severity
from khung.diagnostics.render.sentences import advice, message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.text import Span

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
    told = ". ".join(filter(None, (message(diagnostic, lang), advice(diagnostic, lang))))
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
    uri = quote(span.file.name.replace("\\", "/"))
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}

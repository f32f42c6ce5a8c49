"""What was found of a case, as parts of a page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from khung.diagnostics.render.sentences import advice, cell, message, severity
from khung.locale import phrase
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.diagnostics.model import Diagnostic


@dataclass(frozen=True, slots=True)
class Said:
    """A diagnostic in words: where, what is wrong, what to do.

    Attributes:
        severity: `error`, `warning` or `info`.
        word: That in the language.
        field: The id of the field that it is about; empty where it is about none.
    """

    code: str
    severity: str
    word: str
    where: str
    text: str
    advice: str
    field: str = ""


def said(diagnostic: Diagnostic, lang: str, field: str = "") -> Said:
    """Return a diagnostic in words."""
    from khung.diagnostics.codes import severity_of  # noqa: PLC0415  # reads the page of the code

    return Said(
        diagnostic.code,
        severity_of(diagnostic.code).value,
        severity(diagnostic, lang),
        _where(diagnostic, lang),
        message(diagnostic, lang),
        advice(diagnostic, lang),
        field,
    )


def all_said(diagnostics: Iterable[Diagnostic], lang: str) -> list[Said]:
    """Return diagnostics in words, each once."""
    return list(dict.fromkeys(said(one, lang) for one in diagnostics))


def _where(diagnostic: Diagnostic, lang: str) -> str:
    """Return the cell of a table, or the line of a file."""
    if diagnostic.span is None:
        return ""
    of_table = cell(diagnostic.span, lang)
    if of_table:
        return of_table
    line, _ = diagnostic.span.file.position(diagnostic.span.start)
    return phrase(lang, "desk.line", line=line)


def plain_page(diagnostic: Diagnostic, lang: str) -> str:
    """Return a page that holds nothing but what is wrong, for those who may see nothing else."""
    told = said(diagnostic, lang)
    text = " ".join(filter(None, (sentence(told.text), sentence(told.advice))))
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>khung</title></head><body><main><h1>khung</h1>"
        f'<p role="alert">{escape(text)} ({told.code})</p></main></body></html>\n'
    )


def sentence(text: str) -> str:
    """Return a message as a sentence."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""

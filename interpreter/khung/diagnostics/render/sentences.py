"""A diagnostic's code and values put together to sentences in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.diagnostics.codes import page, severity_of
from khung.diagnostics.model import Diagnostic, Text, Value, Word
from khung.locale import languages, phrase
from khung.surfaces import ENGLISH, in_words_of
from khung.text import Grid, letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.text import Span

_EXPRESSIONS = ("K03", "K0452", "K0483", "K0701", "K0715")  # how codes begin that tell of them
_CELL = "cell"  # the advice for cells of tables, where it differs from that for files of YAML
_HEADING = 60  # characters of the heading of a column
_LONGEST = 200  # characters of a value from the file: a message stays one line


class _Values(dict[str, str]):
    """Values of a message. One that was forgotten shows as its name: the error must come out."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def severity(diagnostic: Diagnostic, lang: str) -> str:
    """Return the word for the severity of a diagnostic."""
    return phrase(lang, f"word.{severity_of(diagnostic.code).value}")


def message(diagnostic: Diagnostic, lang: str) -> str:
    """Return what is wrong, in one line."""
    sentence = _of_surface(page(diagnostic.code).said[lang].message, diagnostic)
    said = _filled(sentence, diagnostic.args, lang)
    again = diagnostic.repeated
    if again is None or again.count == 1:
        return said
    rows = ", ".join(visible(row) for row in again.rows)
    rows += ", …" if len(again.rows) < again.count - 1 else ""
    return said + phrase(lang, "tables.repeated", count=again.count, rows=rows)


def cell(span: Span, lang: str) -> str:
    """Return which cell of a table a place is; empty for a place in a text."""
    file = span.file
    if not isinstance(file, Grid):
        return ""
    row, column = file.position(span.start)
    heading = file.headings.get(column)
    label = "" if heading is None else f" ({visible(heading[languages.index(lang)], _HEADING)})"
    key = "tables.place_on_sheet" if file.sheet else "tables.place"
    name = f"{letters(column)}{label}"
    return phrase(lang, key, sheet=visible(file.sheet), row=row, column=name)


def placed_message(diagnostic: Diagnostic, lang: str) -> str:
    """Return what is wrong, in one line, after the cell of a table in which it is."""
    where = cell(diagnostic.span, lang) if diagnostic.span else ""
    said = message(diagnostic, lang)
    return f"{where}: {said}" if where else said


def advice(diagnostic: Diagnostic, lang: str) -> str:
    """Return what to do, in one line; empty if the code has no advice."""
    helps = page(diagnostic.code).said[lang].helps
    sentence = helps.get(diagnostic.help, helps.get("", ""))
    if diagnostic.span is not None and isinstance(diagnostic.span.file, Grid):
        of_cells = f"{diagnostic.help}.{_CELL}" if diagnostic.help else _CELL
        sentence = helps.get(of_cells, sentence)
    return _filled(_of_surface(sentence, diagnostic), diagnostic.args, lang)


def _of_surface(sentence: str, diagnostic: Diagnostic) -> str:
    """Return what is said of an expression in the words that the expressions of its file have."""
    surface = ENGLISH if diagnostic.span is None else diagnostic.span.file.surface
    return in_words_of(sentence, surface) if diagnostic.code.startswith(_EXPRESSIONS) else sentence


def _filled(sentence: str, args: Mapping[str, Value], lang: str) -> str:
    return sentence.format_map(_Values({key: _said(value, lang) for key, value in args.items()}))


def _said(value: Value, lang: str) -> str:
    match value:
        case Word():
            return phrase(lang, f"word.{value.key}", name=value.name)
        case Text():
            return visible(value.en if lang == "en" and value.en else value.vi)
        case tuple():
            return ", ".join(name if name == "…" else f"`{visible(name)}`" for name in value)
        case str():
            return visible(value)
        case int():
            return str(value)
        case _:
            assert_never(value)


def visible(text: str, longest: int = _LONGEST) -> str:
    """Return `text` in one line, what cannot be printed escaped, cut if it is long."""
    if len(text) > longest:
        text = text[:longest] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)

"""A diagnostic's code and values put together to sentences in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from khung.diagnostics.codes import page, severity_of
from khung.diagnostics.model import Diagnostic, Text, Value, Word
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    return _filled(page(diagnostic.code).said[lang].message, diagnostic.args, lang)


def advice(diagnostic: Diagnostic, lang: str) -> str:
    """Return what to do, in one line; empty if the code has no advice."""
    helps = page(diagnostic.code).said[lang].helps
    sentence = helps.get(diagnostic.help, helps.get("", ""))
    return _filled(sentence, diagnostic.args, lang)


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

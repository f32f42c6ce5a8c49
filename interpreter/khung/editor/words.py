"""What is said of a name: for a hover, and beside a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.locale import phrase
from khung.rulebook import model as m
from khung.syntax.respell import as_read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.editor.index import Declared, Index
    from khung.text import Span

_LONGEST = 1500  # characters of an expression that a hover shows


def markdown(one: Declared, index: Index, lang: str) -> str:
    """Return all that is said of something declared."""
    kind, owner, name = one.key
    title = f"**`{owner}.{name}`**" if owner else f"**`{name}`**"
    known = phrase(lang, f"editor.kind.{kind}") if kind in _KINDS else ""
    head = " ".join(filter(None, (title, known and f"({known})")))
    said = one.label.said(lang) if one.label else ""
    parts = [head, said, *_details(one.node, lang), *_clauses(one, index, lang)]
    return "\n\n".join(part for part in parts if part)


_KINDS = ("member", "value", "parameter", "reading", "criterion", "calendar", "type", "clause")


def detail(one: Declared, lang: str) -> str:
    """Return what is said of something declared, in one line."""
    said = one.label.said(lang) if one.label else ""
    ty = one.node.type.text if isinstance(one.node, m.Fact) else ""
    return " · ".join(filter(None, (ty, " ".join(said.split()))))


def _details(node: object, lang: str) -> Iterator[str]:
    match node:
        case m.Fact():
            yield from _of_fact(node, lang)
        case m.Link():
            yield phrase(lang, "editor.hover.type", type=node.to.name)
        case m.Definition():
            yield _code(_shown(node.value.span, lang) if node.value else "")
        case m.Parameter():
            yield phrase(lang, "editor.hover.value", value=_shown(node.value.span, lang))
        case m.Reading():
            yield from _of_reading(node, lang)
        case _:
            return


def _of_fact(node: m.Fact, lang: str) -> Iterator[str]:
    said = [phrase(lang, "editor.hover.type", type=node.type.text)]
    if node.unit:
        said.append(phrase(lang, "editor.hover.unit", unit=node.unit))
    if node.range is not None:
        said.append(phrase(lang, "editor.hover.range", range=node.range.span.text))
    if node.default is not None:
        said.append(phrase(lang, "editor.hover.default", default=_shown(node.default.span, lang)))
    if node.applies_when is not None:
        said.append(phrase(lang, "editor.hover.applies", when=_shown(node.applies_when.span, lang)))
    yield "  \n".join(said)


def _of_reading(node: m.Reading, lang: str) -> Iterator[str]:
    yield node.question.said(lang)
    lines = []
    for option in node.options:
        key = "chosen" if option.head.id == node.chosen.name else "option"
        about = option.head.label or option.because
        said = about.said(lang) if about else ""
        lines.append(phrase(lang, f"editor.hover.{key}", name=option.head.id, said=said))
    yield "\n".join(lines)


def _shown(span: Span, lang: str) -> str:
    """Return an expression as it is laid out in its file, in the words of a language."""
    return as_read(span.text, span.file.surface, lang)


def _code(text: str) -> str:
    return f"```\n{text[:_LONGEST]}\n```" if text else ""


def _clauses(one: Declared, index: Index, lang: str) -> Iterator[str]:
    for citation in one.sources:
        full = citation.full(index.rulebook.document)
        summary = index.clauses.get(full.partition("#")[0])
        said = summary.said(lang) if summary else ""
        yield phrase(lang, "editor.hover.clause", address=full, said=said)

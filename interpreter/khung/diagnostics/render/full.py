"""The form for people: the line with the place underlined, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.codes import severity_of
from khung.diagnostics.model import Diagnostic, Severity
from khung.diagnostics.render.columns import excerpt, wrapped
from khung.diagnostics.render.sentences import advice, cell, message, severity, visible
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.text import Span

_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_FAINT = "34"
_BOLD = "1"
_HANGING = 4  # columns before the lines of a message but the first


def render_full(
    diagnostics: Sequence[Diagnostic],
    lang: str,
    *,
    color: bool = False,
    limit: int = 50,
    width: int = 100,
) -> str:
    """Return diagnostics as blocks of lines, a blank line between them.

    Args:
        diagnostics: In the order to show them.
        lang: A language of `khung.locale`.
        color: Whether to colour for a terminal.
        limit: How many to show; the rest is counted in a last line.
        width: Columns of the terminal: messages are wrapped to it, longer source lines are cut
            around the place.
    """
    blocks = [_block(d, lang, _Paint(on=color), width) for d in diagnostics[:limit]]
    if len(diagnostics) > limit:
        blocks.append(phrase(lang, "word.more", count=len(diagnostics) - limit))
    return "\n\n".join(blocks) + "\n" if blocks else ""


class _Paint:
    """Colours text, or does not."""

    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, color: str) -> str:
        return f"\x1b[{color}m{text}\x1b[0m" if self._on else text


def _block(diagnostic: Diagnostic, lang: str, paint: _Paint, width: int) -> str:
    color = _COLORS[severity_of(diagnostic.code)]
    head = f"{severity(diagnostic, lang)}[{diagnostic.code}]"
    first, *rest = wrapped(f"{head}: {message(diagnostic, lang)}", width, whole=True)
    lines = [f"{paint(head, color)}{paint(first.removeprefix(head), _BOLD)}"]
    lines += [" " * _HANGING + paint(line, _BOLD) for line in rest]
    gutter = _gutter(diagnostic)
    if diagnostic.span:
        path = f" ({phrase(lang, 'word.in')} {visible(diagnostic.at)})" if diagnostic.at else ""
        lines += _place(
            diagnostic.span, "-->", path, gutter, _Marks("^", color, paint, width, lang)
        )
    for span in diagnostic.related:
        note = f" ({phrase(lang, 'word.see_also')})"
        lines += _place(span, ":::", note, gutter, _Marks("-", _FAINT, paint, width, lang))
    told = advice(diagnostic, lang)
    if told:
        sign, said = paint("=", _FAINT), f"{phrase(lang, 'word.help')}: {told}"
        margin = " " * (gutter + 1)
        first, *rest = wrapped(said, width - len(margin) - 2, whole=True)
        lines.append(f"{margin}{sign} {first}")
        lines += [f"{margin}  {line}" for line in rest]
    return "\n".join(lines)


class _Marks:
    """How a place is underlined."""

    def __init__(self, sign: str, color: str, paint: _Paint, width: int, lang: str) -> None:
        self.sign = sign
        self.color = color
        self.paint = paint
        self.width = width
        self.lang = lang


def _gutter(diagnostic: Diagnostic) -> int:
    spans = (*((diagnostic.span,) if diagnostic.span else ()), *diagnostic.related)
    return max((len(str(span.file.position(span.start)[0])) for span in spans), default=1)


def _place(span: Span, arrow: str, note: str, gutter: int, marks: _Marks) -> list[str]:
    """Return the lines that show a place: of one over several lines, the first."""
    where = cell(span, marks.lang)
    if where:
        name = visible(span.file.name)
        return [f"{' ' * gutter} {marks.paint(arrow, _FAINT)} {name}, {where}{note}"]
    number, column = span.file.position(span.start)
    line = span.file.line(number)
    end = min(column - 1 + max(span.end - span.start, 0), len(line))
    shown = excerpt(line, column - 1, end, max(marks.width - gutter - 3, 20))
    bar, paint = marks.paint("|", _FAINT), marks.paint
    underline = " " * shown.caret + paint(marks.sign * shown.length, marks.color)
    return [
        f"{' ' * gutter} {paint(arrow, _FAINT)} {visible(span.file.name)}:{number}:{column}{note}",
        f"{' ' * gutter} {bar}",
        f"{paint(str(number).rjust(gutter), _FAINT)} {bar} {shown.text}".rstrip(),
        f"{' ' * gutter} {bar} {underline}",
    ]

"""A gauge drawn as a picture inside a page: it prints as it looks, and asks for no file."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.report.document.model import Gauge

_WIDTH, _HEIGHT = 200, 16
_STEP = 16  # the greatest width of one thing, so that few do not look like many
_GAP = 3  # above and below the bar, where lines that stand across it reach out
_HATCH = 6  # between the strokes of what is open
_STYLES: Final = {
    "full": 'fill="#1d4f91" stroke="#1d4f91"',
    "open": 'fill="#fff" stroke="#1d4f91" stroke-dasharray="3 2"',
    "free": 'fill="#fff" stroke="#777"',
    "out": 'fill="#ececec" stroke="#777"',
}
"""How each kind is drawn: they differ in shape, too, as not everyone sees colours."""


def svg(gauge: Gauge) -> str:
    """Return a gauge as an SVG element."""
    parts = [(kind, number) for kind, number in gauge.parts if number]
    total = max(sum(number for _, number in parts), *gauge.marks, 1)
    step = min(_STEP, _WIDTH / total)
    ends = [*accumulate((number for _, number in parts), initial=0)]
    drawn = [
        line
        for (kind, number), start in zip(parts, ends, strict=False)
        for line in _part(kind, start * step, number * step)
    ]
    drawn += [_line(mark * step, 0, mark * step, _HEIGHT, "#000", 2) for mark in gauge.marks]
    width = _text(step * total + 2)
    size = f'width="{width}" height="{_HEIGHT}" viewBox="-1 0 {width} {_HEIGHT}"'
    return f'<svg class="gauge" aria-hidden="true" {size}>{"".join(drawn)}</svg>'


def _part(kind: str, start: float, width: float) -> Iterator[str]:
    """Yield a rectangle, and the strokes in it that tell its kind."""
    top, bottom = _GAP, _HEIGHT - _GAP
    box = f'x="{_text(start)}" y="{top}" width="{_text(width)}" height="{bottom - top}"'
    yield f"<rect {box} {_STYLES[kind]}/>"
    if kind == "open":
        for x in range(_HATCH, round(width), _HATCH):
            yield _line(start + x, top, start + x - (bottom - top) / 2, bottom, "#1d4f91", 1)
    if kind == "out":
        yield _line(start, bottom, start + width, top, "#777", 1)
        yield _line(start, top, start + width, bottom, "#777", 1)


def _line(x1: float, y1: float, x2: float, y2: float, color: str, width: int) -> str:
    ends = f'x1="{_text(x1)}" y1="{_text(y1)}" x2="{_text(x2)}" y2="{_text(y2)}"'
    return f'<line {ends} stroke="{color}" stroke-width="{width}"/>'


def _text(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")

"""JSON text in which a decimal keeps its digits, which a binary fraction would not."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.engine.texts import number_text
from khung.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_STEP = "  "
_UNSEEN = pattern("[\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""What JSON may hold as it is, and a terminal had better not."""
_FEW = 60  # characters of a list of plain values that stays on one line


def dumps(document: Any) -> str:
    """Return a document as indented JSON, with a line break at the end.

    Args:
        document: Mappings with text keys, sequences, texts, booleans, None, whole numbers and
            finite decimals.

    Raises:
        TypeError: Anything else is in it, a float among them: a defect.
    """
    return "".join(_written(document, "\n")) + "\n"


def _written(value: Any, margin: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _object(value, margin)
    elif isinstance(value, list | tuple):
        yield from _array(value, margin)
    else:
        yield _scalar(value)


def _object(value: Mapping[str, Any], margin: str) -> Iterator[str]:
    if not value:
        yield "{}"
        return
    inner = margin + _STEP
    for index, (key, item) in enumerate(value.items()):
        yield ("," if index else "{") + inner + _scalar(key) + ": "
        yield from _written(item, inner)
    yield margin + "}"


def _array(value: Sequence[Any], margin: str) -> Iterator[str]:
    if not any(isinstance(item, dict | list | tuple) for item in value):
        line = "[" + ", ".join(map(_scalar, value)) + "]"
        if len(line) <= _FEW:
            yield line
            return
    inner = margin + _STEP
    for index, item in enumerate(value):
        yield ("," if index else "[") + inner
        yield from _written(item, inner)
    yield margin + "]"


def _scalar(value: Any) -> str:
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    raise TypeError(type(value).__name__)


def _text(value: str) -> str:
    written = json.dumps(value, ensure_ascii=False)
    if written.isprintable():
        return written
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", written)

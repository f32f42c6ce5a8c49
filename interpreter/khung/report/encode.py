"""JSON text in which a decimal keeps its digits, which a binary fraction would not."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.engine.texts import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_STEP = "  "
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
    if value is None or isinstance(value, str | bool | int):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(type(value).__name__)

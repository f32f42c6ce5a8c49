"""JSON text in which a decimal keeps its digits, which a binary fraction would not."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from khung.engine.texts import number_text
from khung.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_STEP = "  "
_UNSEEN = pattern("[\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""What JSON may hold as it is, and a terminal had better not."""
_CONSTANTS = {None: "null", True: "true", False: "false"}
_FEW = 60  # characters of a list of plain values that stays on one line


def dumps(document: Any) -> str:
    """Return a document as indented JSON, with a line break at the end.

    Args:
        document: Mappings with text keys, sequences, texts, booleans, None, whole numbers and
            finite decimals.

    Raises:
        TypeError: Anything else is in it, a float among them: a defect.
    """
    parts: list[str] = []
    _write(document, "\n", parts.append)
    return "".join(parts) + "\n"


def _write(value: Any, margin: str, say: Callable[[str], None]) -> None:
    if isinstance(value, dict):
        _write_object(value, margin, say)
    elif isinstance(value, list | tuple):
        _write_array(value, margin, say)
    else:
        say(_scalar(value))


def _write_object(value: Mapping[str, Any], margin: str, say: Callable[[str], None]) -> None:
    if not value:
        say("{}")
        return
    inner, mark = margin + _STEP, "{"
    for key, item in value.items():
        say(f"{mark}{inner}{_text(key)}: ")
        _write(item, inner, say)
        mark = ","
    say(margin + "}")


def _write_array(value: Sequence[Any], margin: str, say: Callable[[str], None]) -> None:
    if not any(isinstance(item, dict | list | tuple) for item in value):
        line = f"[{', '.join(map(_scalar, value))}]"
        if len(line) <= _FEW:
            say(line)
            return
    inner, mark = margin + _STEP, "["
    for item in value:
        say(mark + inner)
        _write(item, inner, say)
        mark = ","
    say(margin + "]")


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, Decimal):
        return number_text(value)
    raise TypeError(type(value).__name__)


@lru_cache(maxsize=1 << 12)  # keys, and the texts of rules, come again for each subject
def _text(value: str) -> str:
    written = encode_basestring(value)
    if written.isprintable():
        return written
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", written)

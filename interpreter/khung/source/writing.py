"""Values as YAML on one line, such as khung reads."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz_0123456789")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def flow(value: Any) -> str:
    """Return a value, a list or a mapping as YAML on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{k}: {flow(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case _:
            return scalar(value)


def scalar(value: Any) -> str:
    """Return a truth, a number, a day or a text as YAML; only what looks like a name is plain."""
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case str() if value and set(value) <= _PLAIN and value not in _WORDS:
            return value if value[0].isalpha() else quoted(value)
        case _:
            return quoted(str(value))


def quoted(text: str) -> str:
    """Return a text in quotation marks, on one line whatever it holds."""
    return json.dumps(text, ensure_ascii=False)

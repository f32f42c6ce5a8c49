"""Plain data as YAML, as people write it: an entry a line, and what it holds on that line."""

from __future__ import annotations

import json
import re

_WIDE = 100
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()*-]*[\w)])?")
"""Texts that need no quotes, wherever they stand; `true` and the like are left to `_WORDS`."""
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


def to_yaml(value: object, indent: str = "") -> str:
    """Return mappings, lists and plain values as YAML.

    Args:
        value: What could be written as JSON.
        indent: The blanks before each line.
    """
    if not isinstance(value, dict):
        return f"{indent}{_flow(value)}"
    return "\n".join(_entry(str(key), inner, indent) for key, inner in value.items())


def _entry(key: str, value: object, indent: str) -> str:
    line = f"{indent}{_flow(key)}: {_flow(value)}"
    if len(line) <= _WIDE or not isinstance(value, dict):
        return line
    return f"{indent}{_flow(key)}:\n{to_yaml(value, indent + '  ')}"


def _flow(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case str() if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)

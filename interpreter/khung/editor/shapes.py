"""What a schema says of a place in a file: which keys, which values, and what they are for.

In: a schema and the path of a place. Out: the parts of the schema that hold there, with the names
of the definitions on the way, by which it is known what an expression or an address is.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from khung.editor.cursor import ITEM
from khung.records import dataclass

Schema = dict[str, Any]

_BRANCHES = ("anyOf", "oneOf", "allOf")
_DEEPEST = 12  # references in one another: a schema that leads back to itself ends


@dataclass(frozen=True, slots=True)
class Shape:
    """What holds at a place.

    Attributes:
        parts: The parts of the schema, references followed.
        called: The names of the definitions that led there.
        said: What the schema says of the place, in both languages.
    """

    parts: tuple[Schema, ...]
    called: frozenset[str] = frozenset()
    said: str = ""

    def keys(self) -> dict[str, str]:
        """Return the keys that are known here, with what is said of each."""
        found: dict[str, str] = {}
        for part in self.parts:
            for key, value in part.get("properties", {}).items():
                found.setdefault(key, value.get("description", "") if value is not True else "")
        return found

    def values(self) -> tuple[str, ...]:
        """Return the words and truth values that may stand here."""
        found: dict[str, None] = {}
        for part in self.parts:
            words = [*part.get("enum", ()), *([part["const"]] if "const" in part else [])]
            types = part.get("type", ())
            if "boolean" in ([types] if isinstance(types, str) else types):
                words += [True, False]
            found |= {_written(word): None for word in words if word is not None}
        return tuple(found)


def _written(word: Any) -> str:
    return str(word).lower() if isinstance(word, bool) else str(word)


@dataclass(slots=True)
class _Walk:
    root: Schema
    called: set[str] = field(default_factory=set)
    said: str = ""

    def spread(self, part: Any, depth: int = 0) -> list[Schema]:
        """Return a part with its references followed and its alternatives beside it."""
        if not isinstance(part, dict) or depth > _DEEPEST:
            return []
        self.said = self.said or part.get("description", "")
        found = [part]
        if "$ref" in part:
            name = str(part["$ref"]).removeprefix("#/$defs/")
            self.called.add(name)
            found += self.spread(self.root["$defs"].get(name), depth + 1)
        inner = [one for word in _BRANCHES for one in part.get(word, ())]
        inner += [part[word] for word in ("then", "else") if word in part]
        return found + [s for one in inner for s in self.spread(one, depth + 1)]


def shape_at(root: Schema, path: tuple[str, ...]) -> Shape:
    """Return what holds at a path."""
    walk = _Walk(root)
    parts = walk.spread(root)
    for key in path:
        walk = _Walk(root)
        nexts = [inner for part in parts for inner in _under(part, key)]
        parts = [found for inner in nexts for found in walk.spread(inner)]
    return Shape(tuple(parts), frozenset(walk.called), walk.said)


def _under(part: Schema, key: str) -> list[Any]:
    if key == ITEM:
        return [part["items"]] if "items" in part else []
    if key in part.get("properties", {}):
        return [part["properties"][key]]
    more = part.get("additionalProperties")
    return [more] if isinstance(more, dict) else []


def in_language(said: str, lang: str) -> str:
    """Return one half of what a schema says in both languages; all of it where it is one text."""
    vi, dash, en = said.partition(" — ")
    return (en if lang == "en" else vi) if dash else said

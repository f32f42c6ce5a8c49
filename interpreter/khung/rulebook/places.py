"""Where in a file a key belongs, for one that stands where it does not.

In: the schema of a kind of file, and the key. Out: the path of the mapping that takes it, if there
is one such mapping and no more.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from khung.resources import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]

TOP = ""
"""The path of the file itself."""

ANY = "…"
"""Stands in a path for a name that the author chooses."""

_DEEPEST = 6  # steps of a path: further in, nobody looks for a key
_NAMED_WITHIN = (
    ("subject", re.compile(r"criteria"), rf"\g<0>.groups.{ANY}.items"),
    ("subject", re.compile(r"criteria\.groups\.\w+"), r"\g<0>.items"),
)
"""Where the names belong that authors give to what they put right into a mapping of keys."""


def place_of(key: str, at: str, file: str) -> str | None:
    """Return where a key belongs; None if that is not certain.

    Args:
        key: A key that is not known where it stands.
        at: The path of the mapping in which it stands.
        file: The name of the schema of the file.
    """
    places = _places(file).get(key, frozenset())
    if len(places) == 1:
        (place,) = places
        return None if place == at else place
    if places:
        return None
    found = ((form.fullmatch(at), within) for one, form, within in _NAMED_WITHIN if one == file)
    return next((at_it.expand(within) for at_it, within in found if at_it), None)


@cache
def _places(file: str) -> dict[str, frozenset[str]]:
    root, found = schema(file), dict[str, set[str]]()
    for key, place in _keys(root, root, TOP):
        found.setdefault(key, set()).add(place)
    return {key: frozenset(places) for key, places in found.items()}


def _keys(part: Schema, root: Schema, at: str) -> Iterator[tuple[str, str]]:
    """Yield each key that a part of a schema knows, with the path of the mapping that takes it."""
    if at.count(".") >= _DEEPEST:
        return
    for key, value in part.get("properties", {}).items():
        yield key, at
        yield from _keys(_resolved(value, root), root, f"{at}.{key}" if at else key)
    inner = part.get("additionalProperties")
    if isinstance(inner, dict):
        yield from _keys(_resolved(inner, root), root, f"{at}.{ANY}")
    for word in ("anyOf", "oneOf"):
        for choice in part.get(word, ()):
            yield from _keys(_resolved(choice, root), root, at)


def _resolved(part: Schema, root: Schema) -> Schema:
    """Return what a part refers to; nothing if that stands in another schema."""
    while "$ref" in part:
        part = root["$defs"].get(part["$ref"].removeprefix("#/$defs/"), {})
    return part

"""The overlays of units that a case can name: which there are, and which it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.desk.edits import at, parsed, scalar, with_value, without
from khung.diagnostics.bag import Bag
from khung.locale import languages
from khung.rulebook.folder import read_manifest, rulebooks_beside, text_at
from khung.rulebook.model import Manner
from khung.source.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from khung.source.nodes import Node

OVERLAYS = "overlays"
"""The key under which a case names them."""


class Overlay(NamedTuple):
    """An overlay: its id, and what it is called."""

    name: str
    title: str


def extended_by(folder: Path) -> str:
    """Return the rulebook that a folder is an overlay of; empty if it is none."""
    manifest = read_manifest(folder, Bag())
    extends = manifest.get("extends") if manifest else None
    if not isinstance(extends, Mapping) or text_at(extends.get("as")) != Manner.OVERLAY.value:
        return ""
    return text_at(extends.get("rulebook"))


def overlays_of(folder: Path, lang: str) -> tuple[Overlay, ...]:
    """Return the overlays of the rulebook in a folder, which stand beside it."""
    beside = rulebooks_beside(folder)
    own = [one for one in beside if extended_by(one) == folder.name]
    return tuple(Overlay(one.name, _title(one, lang)) for one in own)


def _title(folder: Path, lang: str) -> str:
    manifest = read_manifest(folder, Bag())
    said = manifest.get("title") if manifest else None
    if isinstance(said, Mapping):
        said = said.get(lang) or said.get(languages[0])
    return text_at(said) or folder.name


def named(root: Node | None) -> tuple[str, ...]:
    """Return the overlays that a case names."""
    return tuple(_named(at(root, (OVERLAYS,))))


def _named(node: Node | None) -> Iterator[str]:
    items = node.items if isinstance(node, Sequence) else ()
    yield from (one.text.text for one in items if isinstance(one, Scalar))


def with_overlay(text: str, name: str, *, applies: bool) -> str:
    """Return the text of a case that names an overlay, or does not.

    Raises:
        NotEditedError: The text cannot be changed.
    """
    before = named(parsed(text))
    others = [one for one in before if one != name]
    now = [*before, name] if applies and name not in before else before if applies else others
    if not now:
        return without(text, (OVERLAYS,))
    return with_value(text, (OVERLAYS,), f"[{', '.join(map(scalar, now))}]")

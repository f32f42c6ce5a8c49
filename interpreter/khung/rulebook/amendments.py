"""Amendments: rulebooks that change another from a day within its period on.

Each is a folder beside that which it amends; a second one amends the first. Which one is in force
on a day is told by the heads of their manifests alone, so that a case of another day reads no more.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.patterns import pattern
from khung.records import dataclass
from khung.rulebook.folder import MANIFEST, rulebooks_beside, text_at
from khung.source.files import decode, read_bytes
from khung.source.from_text import parse_yaml
from khung.source.nodes import Mapping
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


_WORD = "amendment"
_OPEN = "open"  # what the first day is until somebody answers; no case runs under it
_NEAR = 100  # characters in which a broken manifest must say what it amends
_OF = pattern(r"rulebook\s*:\s*[\"']?(?P<of>[^\s\"',}]+)")
_FROM = pattern(r"from\s*:\s*[\"']?(?P<day>\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Amendment:
    """What the head of a manifest says: a folder, what it amends, and from when.

    `first` is None where that cannot be read: it may be in force on any day.
    """

    folder: Path
    of: str
    first: date | None

    @property
    def name(self) -> str:
        """The name by which a case could ask for it."""
        return nfc(self.folder.name)

    def is_in_force(self, on: date) -> bool:
        """Say whether it holds on a day."""
        return self.first is None or self.first <= on


def amendments_beside(folder: Path) -> tuple[Amendment, ...]:
    """Return the amendments in the folders beside a rulebook, by name."""
    heads = (_head(beside) for beside in rulebooks_beside(folder))
    return tuple(found for found in heads if found is not None)


def in_turn(folder: Path, known: Sequence[Amendment]) -> Iterator[tuple[Amendment, ...]]:
    """Yield what amends a rulebook, then what amends that, and so on.

    Args:
        folder: The rulebook.
        known: The amendments beside it.

    Yields:
        One amendment, the first if there are several from different days; all that are first.
    """
    name, seen = nfc(folder.name), set[str]()
    while name not in seen:
        seen.add(name)
        found = sorted((a for a in known if a.of == name), key=lambda a: a.first or date.min)
        if not found:
            return
        yield tuple(found)
        name = found[0].name


def year_of(amendment: Amendment, known: Sequence[Amendment]) -> str:
    """Return the name of the rulebook that an amendment, and all before it, amend in the end."""
    by_name, of, seen = {one.name: one for one in known}, amendment.of, set[str]()
    while of in by_name and of not in seen:
        seen.add(of)
        of = by_name[of].of
    return of


def _head(folder: Path) -> Amendment | None:
    """Return what a manifest says of what it amends; None if it amends nothing."""
    path, unheard = folder / MANIFEST, Bag()
    data = read_bytes(path, unheard)
    if data is None or _WORD.encode() not in data:
        return None
    file = decode(data, str(path), unheard)
    node = None if file is None else parse_yaml(file, unheard)
    if not isinstance(node, Mapping):
        return _guessed(folder, data)
    said = node.get("extends")
    if not isinstance(said, Mapping) or text_at(said.get("as")) != _WORD:
        return None
    if text_at(said.get("from")) == _OPEN:
        return None
    return Amendment(folder, nfc(text_at(said.get("rulebook"))), _day(text_at(said.get("from"))))


def _guessed(folder: Path, data: bytes) -> Amendment | None:
    """Return what a manifest that is no YAML seems to say: who runs under it must be told."""
    said = data.decode("utf-8", "replace").partition("extends")[2][:_NEAR]
    of, first = _OF.search(said), _FROM.search(said)
    if of is None or _WORD not in said:
        return None
    return Amendment(folder, nfc(of["of"]), _day(first["day"]) if first else None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

"""Which name a cursor is on, in a rulebook and in a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.editor.cursor import Cursor, cursor_at
from khung.editor.files import Kind
from khung.patterns import pattern
from khung.records import dataclass
from khung.rulebook import model as m

if TYPE_CHECKING:
    from khung.editor.files import Target
    from khung.editor.index import Index, Key

_WORD = pattern(r"\w")
_SUBJECTS, _EXPECT, _CRITERIA = "subjects", "expect", "criteria"
_TYPE, _ID, _FACT, _ITEM = 1, 2, 3, 4  # how many keys lead there in a case


@dataclass(frozen=True, slots=True)
class Found:
    """A name under a cursor: what it is, if that is known, and where it stands in the file."""

    key: Key | None
    word: str
    start: int
    end: int
    cursor: Cursor


def found_at(target: Target, path: str, text: str, offset: int, index: Index | None) -> Found:
    """Return what is under a cursor.

    Args:
        target: The rulebook or the case.
        path: The file.
        text: Its text as it is now.
        offset: The cursor.
        index: The names of the rulebook; None where it cannot be read.
    """
    start, end = _word(text, offset)
    word, cursor = text[start:end], cursor_at(text, end)
    if index is None:
        return Found(None, word, start, end, cursor)
    place = index.at(path, offset) if target.kind is Kind.RULEBOOK else None
    if place is not None and _stands(index, place.key, text[place.start : place.end]):
        return Found(place.key, word, place.start, place.end, cursor)
    key = _in_case(word, cursor, index) if target.kind is Kind.CASE else _by_name(word, "", index)
    return Found(key, word, start, end, cursor)


def _stands(index: Index, key: Key, text: str) -> bool:
    """Say whether what the index knows of a place is what stands there still."""
    return key in index.declared and key[2].rpartition(".")[2] in text


def _word(text: str, offset: int) -> tuple[int, int]:
    start = end = min(offset, len(text))
    while start and _WORD.match(text[start - 1]):
        start -= 1
    while end < len(text) and _WORD.match(text[end]):
        end += 1
    return start, end


def _in_case(word: str, cursor: Cursor, index: Index) -> Key | None:
    path = cursor.path
    head = path[0] if path else ""
    owner = path[_TYPE] if len(path) > _TYPE else ""
    if head == "readings":
        tried = ("reading", "", word) if cursor.at_key else ("value", f"readings.{path[-1]}", word)
        return tried if tried in index.declared else None
    if head not in (_SUBJECTS, _EXPECT):
        return None
    if cursor.at_key and len(path) == _TYPE:
        return _first(index, ("type", "", word))
    if cursor.at_key and len(path) > _FACT and path[_FACT] == _CRITERIA:
        return _first(index, ("criterion", owner, word))
    if cursor.at_key:
        return _first(index, ("member", owner, word)) or _by_name(word, owner, index)
    fact = index.declared.get(("member", owner, path[-1]))
    of = fact.node.type.name if fact is not None and isinstance(fact.node, m.Fact) else ""
    return _first(index, ("value", of, word)) or _by_name(word, owner, index)


def _first(index: Index, key: Key) -> Key | None:
    return key if key in index.declared else None


def _by_name(word: str, owner: str, index: Index) -> Key | None:
    """Return the only thing that has a name, or that of an owner."""
    named = [key for key in index.declared if key[2] == word and word]
    own = [key for key in named if key[1] == owner and owner]
    found = own or named
    return found[0] if len(found) == 1 else None

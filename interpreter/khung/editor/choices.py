"""What may be written at a cursor: keys, names, levels, clauses, readings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.editor.cursor import ITEM
from khung.editor.shapes import in_language, shape_at
from khung.editor.words import detail
from khung.patterns import pattern
from khung.records import dataclass
from khung.rulebook import model as m
from khung.rulebook.entries import entries
from khung.syntax.keywords import FUNCTIONS, KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.editor.cursor import Cursor
    from khung.editor.index import Declared, Index
    from khung.editor.shapes import Schema, Shape

_READING = pattern(r"readings\.(\w+)\s*(?:!?=|in\s*\()[^=]*$")
_SPACES = {"readings": "reading", "parameters": "parameter", "calendars": "calendar"}
_RESERVED = ("on", "period", "self", "parameters", "readings", "calendars", "criteria")
_EXPRESSIONS = frozenset({"expression", "condition", "cells", "must", "local", "majority"})
_BASE_TYPES = ("boolean", "number", "string", "date", "list of", "ballots of")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that may be written: what it is, what it is for, and whether it is a key."""

    word: str
    sort: str
    said: str = ""


def choices(
    cursor: Cursor, schema: Schema, index: Index | None, owner: str, lang: str
) -> list[Choice]:
    """Return what may be written, each once.

    Args:
        cursor: Where.
        schema: That of the file.
        index: The names of the rulebook; None where it cannot be read.
        owner: The subject whose file it is; empty elsewhere.
        lang: The language of what is said.
    """
    shape = shape_at(schema, cursor.path)
    if cursor.at_key:
        found = [*_keys(shape, lang), *(_taken_over(cursor, index, owner, lang) if index else ())]
    else:
        found = [Choice(word, "value") for word in shape.values() if "." not in cursor.word]
        found += _values(cursor, shape, index, owner, lang) if index is not None else ()
    return list({one.word: one for one in reversed(found)}.values())[::-1]


def _keys(shape: Shape, lang: str) -> Iterator[Choice]:
    for key, said in shape.keys().items():
        yield Choice(key, "key", in_language(said, lang))


def _taken_over(cursor: Cursor, index: Index, owner: str, lang: str) -> Iterator[Choice]:
    """Yield the names that stand at a place in the rulebook that is extended, or are asked for."""
    base = index.base
    if base is None or not cursor.path:
        return
    if cursor.path[0] == "carried" and cursor.path[-1] in _SPACES:
        yield from _named(index.names(_SPACES[cursor.path[-1]]), lang)
    elif cursor.path == ("clauses",):
        yield from (Choice(c.address, "clause", c.summary.said(lang)) for c in base.clauses)
    else:
        at = ".".join(cursor.path)
        for entry in entries(base):
            of = "" if entry.owner is None else entry.owner.head.id
            if of == owner and entry.head.at.rpartition(".")[0] == at:
                said = entry.head.label.said(lang) if entry.head.label else ""
                yield Choice(entry.head.id, "member", said)


# -- values ---------------------------------------------------------------------------------------


def _values(cursor: Cursor, shape: Shape, index: Index, owner: str, lang: str) -> Iterator[Choice]:
    if shape.called & {"citation", "sources"}:
        yield from _named(index.names("clause", index.rulebook.document), lang)
    elif "type" in shape.called:
        yield from (Choice(word, "type") for word in _BASE_TYPES)
        yield from _named(index.names("type"), lang)
    elif shape.called & _EXPRESSIONS or "by" in cursor.path[-1:]:
        yield from _in_expression(cursor, index, owner, lang)
    elif cursor.path[:1] == ("carried",):
        yield from (Choice(word, "value") for word in ("kept", "changed", "ended"))
    elif "used_name" in shape.called:
        yield from _named(index.names("member", owner), lang)
        yield from _named(index.names("type"), lang)


def _named(declared: Iterable[Declared], lang: str) -> Iterator[Choice]:
    for one in declared:
        yield Choice(one.key[2], one.key[0], detail(one, lang))


def _in_expression(cursor: Cursor, index: Index, owner: str, lang: str) -> Iterator[Choice]:
    before, _, _ = cursor.word.rpartition(".")
    option = _READING.search(cursor.value)
    if cursor.path[-1:] == ("by",):
        yield from _named(index.names("reading"), lang)
    elif before in _SPACES:
        yield from _named(index.names(_SPACES[before]), lang)
    elif before == "criteria":
        yield from _named(index.names("criterion", owner), lang)
    elif before:
        yield from _members_of(before, index, owner, lang)
    elif option is not None:
        yield from _named(index.names("value", f"readings.{option[1]}"), lang)
    else:
        yield from _bare(index, owner, lang)


def _members_of(before: str, index: Index, owner: str, lang: str) -> Iterator[Choice]:
    """Yield the members of what a path leads to; those of all types where that is not known."""
    here = owner
    for name in before.split("."):
        here = _type_of(index.declared.get(("member", here, name))) if here else ""
    wanted = [key for key in index.declared if key[0] == "member" and here in ("", key[1])]
    yield from _named((index.declared[key] for key in wanted), lang)


def _type_of(one: Declared | None) -> str:
    match one.node if one is not None else None:
        case m.Link(to=to):
            return to.name
        case m.Fact(type=ty):
            return ty.name
        case _:
            return ""


def _bare(index: Index, owner: str, lang: str) -> Iterator[Choice]:
    yield from _named(index.names("member", owner), lang)
    levels = (key for key in index.declared if key[0] == "value" and "." not in key[1])
    yield from _named((index.declared[key] for key in levels), lang)
    yield from (Choice(word, "word") for word in (*KEYWORDS, *_RESERVED))
    yield from (Choice(word, "function") for word in sorted(FUNCTIONS))


# -- cases ----------------------------------------------------------------------------------------


def ids_of(text: str, subject: str) -> tuple[str, ...]:
    """Return the ids that a case gives subjects of a type, as far as its lines can be read."""
    inside, found = False, []
    for line in text.split("\n"):
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        key = body.partition(":")[0].strip()
        if indent == 2:  # noqa: PLR2004  # as cases are laid out
            inside = key == subject
        elif indent == 4 and inside and body and not body.startswith("#"):  # noqa: PLR2004  # as above
            found.append(key)
        elif indent == 0 and body:
            inside = False
    return tuple(found)


def in_case(
    cursor: Cursor, schema: Schema, index: Index | None, text: str, lang: str
) -> list[Choice]:
    """Return what may be written in a case, whose schema knows the names of its rulebook."""
    found = choices(cursor, schema, index, "", lang)
    path = [one for one in cursor.path if one != ITEM]
    if index is not None and not cursor.at_key and path[:1] == ["subjects"]:
        link: Any = index.declared.get(("member", path[1] if len(path) > 1 else "", path[-1]))
        if link is not None and isinstance(link.node, m.Link):
            found += [Choice(one, "id") for one in ids_of(text, link.node.to.name)]
    if index is not None and not cursor.at_key and path[:1] == ["rulebook"]:
        found.append(Choice(f'"{index.rulebook.id}"', "value"))
    return found

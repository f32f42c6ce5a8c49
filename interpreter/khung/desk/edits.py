"""The text of a case with one value changed: what else stands in it, comments too, stays.

A change is a cut in the text at the place of the value. The new text is read again, and taken only
if it says what was meant and nothing else is otherwise.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from khung.diagnostics.bag import Bag
from khung.records import dataclass
from khung.source.from_text import parse_yaml
from khung.source.nodes import Entry, Mapping, Scalar, Sequence, to_plain
from khung.text import SourceFile

if TYPE_CHECKING:
    from khung.source.nodes import Node

Path = tuple[str | int, ...]
"""Keys of mappings, and places in lists counted from 0."""

_NAME = "<desk>"


class NotEditedError(Exception):
    """The text cannot be changed by itself; a person has to edit it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a text with what comes in its place."""

    start: int
    end: int
    new: str

    def of(self, text: str) -> str:
        """Return the text after the cut."""
        return text[: self.start] + self.new + text[self.end :]


def parsed(text: str) -> Node | None:
    """Return a text of YAML as nodes; None if it is none, or not sound."""
    bag = Bag()
    node = parse_yaml(SourceFile(_NAME, text), bag)
    return None if bag.has_errors else node


def at(node: Node | None, path: Path) -> Node | None:
    """Return the node at a path; None where there is none."""
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def with_value(text: str, path: Path, value: str) -> str:
    """Return a text in which a value stands at a path, which is made where it is not there.

    Args:
        text: A text of YAML, in NFC.
        path: Where.
        value: The value in one line, as YAML writes it inside brackets.

    Raises:
        NotEditedError: The text is not sound, or says something else at the path.
    """
    root, meant = parsed(text), parsed(f"x: {value}")
    if root is None or not isinstance(meant, Mapping) or len(meant.entries) != 1:
        raise NotEditedError
    wanted = _with(to_plain(root), path, to_plain(meant.entries[0].value))
    return _checked(_placed(text, root, path, value).of(text), wanted)


def without(text: str, path: Path) -> str:
    """Return a text in which nothing stands at a path, nor its key; itself if nothing does.

    Raises:
        NotEditedError: As of `with_value`.
    """
    root = parsed(text)
    if root is None:
        raise NotEditedError
    holder, key = at(root, path[:-1]), path[-1]
    if at(root, path) is None or holder is None:
        return text
    wanted = _less(to_plain(root), path)
    if isinstance(holder, Mapping):
        if len(holder.entries) == 1:
            return _checked(_placed(text, root, path[:-1], "{}").of(text), wanted)
        starts = [(e.key_span.start, e.value.span.end) for e in holder.entries]
        place = [e.key for e in holder.entries].index(str(key))
    elif isinstance(holder, Sequence) and isinstance(key, int):
        if len(holder.items) == 1:
            return _checked(_placed(text, root, path[:-1], "[]").of(text), wanted)
        starts, place = [(i.span.start, i.span.end) for i in holder.items], key
    else:
        raise NotEditedError
    return _checked(_dropped(text, starts, place).of(text), wanted)


def _dropped(text: str, parts: list[tuple[int, int]], place: int) -> Cut:
    """Return the cut that takes one of several parts away, with what parts it from the others."""
    start, end = parts[place]
    if place + 1 < len(parts):
        return Cut(start, parts[place + 1][0], "")
    line, before = text.rfind("\n", 0, start) + 1, parts[place - 1][1]
    if not text[line:start].strip(" -"):  # it begins its line: the line goes, and its comment
        stop = _line_end(text, end)
        return Cut(line - 1 if line else 0, stop, "")
    return Cut(before, end, "")


# -- where a value comes to stand -----------------------------------------------------------------


def _placed(text: str, root: Node, path: Path, value: str) -> Cut:
    """Return the cut that puts a value at a path."""
    if not path:
        return Cut(root.span.start, root.span.end, value)
    holder, key = at(root, path[:-1]), path[-1]
    match holder:
        case Mapping():
            found = next((e for e in holder.entries if e.key == key), None)
            if found is None:
                return _added(text, holder, f"{_key(str(key))}: {value}", str(key))
            return _replaced(text, found, value)
        case Sequence() if isinstance(key, int):
            if key < len(holder.items):
                span = holder.items[key].span
                return Cut(span.start, span.end, value)
            return _appended(text, holder, value)
        case Scalar() if holder.value is not None:
            raise NotEditedError
        case None if _may_be_block(text, root, path):
            return _nested(text, root, path, value)
        case _:
            inner = f"{{{_key(key)}: {value}}}" if isinstance(key, str) else f"[{value}]"
            return _placed(text, root, path[:-1], inner)


def _may_be_block(text: str, root: Node, path: Path) -> bool:
    """Say whether what is missing of a path may stand in lines of its own."""
    holder, missing = _deepest(root, path)
    keys = all(isinstance(step, str) for step in missing)
    return keys and isinstance(holder, Mapping) and text[holder.span.start] != "{"


def _deepest(root: Node, path: Path) -> tuple[Node, Path]:
    """Return the last node on a path that is there, and what is left of the path."""
    length = max(n for n in range(len(path)) if at(root, path[:n]) is not None)
    found = at(root, path[:length])
    assert found is not None  # noqa: S101  # as it was chosen
    return found, path[length:]


def _nested(text: str, root: Node, path: Path, value: str) -> Cut:
    """Return the cut that puts a value at a path of which several keys are missing."""
    holder, missing = _deepest(root, path)
    assert isinstance(holder, Mapping)  # noqa: S101  # `_may_be_block` has looked
    column = holder.span.start - (text.rfind("\n", 0, holder.span.start) + 1)
    keys = [f"{' ' * (column + 2 * n)}{_key(str(key))}:" for n, key in enumerate(missing)]
    stop = _line_end(text, holder.entries[-1].value.span.end)
    return Cut(stop, stop, "\n" + "\n".join(keys) + f" {value}")


def _replaced(text: str, entry: Entry, value: str) -> Cut:
    span = entry.value.span
    if span.start < span.end:
        return Cut(span.start, span.end, value)
    colon = text.index(":", entry.key_span.end) + 1
    return Cut(colon, colon, f" {value}")


def _added(text: str, holder: Mapping, entry: str, key: str) -> Cut:
    """Return the cut that puts a new entry into a mapping: at the comment that stands for it."""
    span = holder.span
    if text[span.start] == "{":
        between = ", " if holder.entries else ""
        inside = span.end - 1
        while text[inside - 1] in " \n":
            inside -= 1
        return Cut(inside, inside, between + entry)
    column = span.start - (text.rfind("\n", 0, span.start) + 1)
    told = _told(text, span.start, column, key)
    if told is not None:
        return Cut(*told, " " * column + entry)
    stop = _line_end(text, holder.entries[-1].value.span.end)
    return Cut(stop, stop, f"\n{' ' * column}{entry}")


def _told(text: str, start: int, column: int, key: str) -> tuple[int, int] | None:
    """Return the line of a comment that shows how an entry is written, in the part of `start`."""
    shown = re.compile(rf" {{{column}}}# {re.escape(key)}:(?: .*)?")
    for line, end in _lines(text, _first_line(text, start, column)):
        said = text[line:end].rstrip("\r")
        if shown.fullmatch(said):
            following = text[end + 1 :].split("\n", 1)[0]
            if re.match(rf" {{{column}}}#   ", following):  # goes on below: records
                return None
            return line, line + len(said)
        indent = len(said) - len(said.lstrip(" "))
        if said.strip() and not said.lstrip().startswith("#") and indent < column:
            return None
    return None


def _first_line(text: str, start: int, column: int) -> int:
    """Return where the first line of a part is, comments that stand before its first entry too."""
    line = text.rfind("\n", 0, start) + 1
    while line:
        before = text.rfind("\n", 0, line - 1) + 1
        said = text[before : line - 1]
        if said.strip() and not said.startswith(" " * column + "#"):
            break
        line = before
    return line


def _lines(text: str, start: int) -> list[tuple[int, int]]:
    found = []
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        found.append((start, end))
        start = end + 1
    return found


def _appended(text: str, holder: Sequence, value: str) -> Cut:
    span = holder.span
    if text[span.start] == "[":
        between = ", " if holder.items else ""
        return Cut(span.end - 1, span.end - 1, between + value)
    column = span.start - (text.rfind("\n", 0, span.start) + 1)
    stop = _line_end(text, span.end)
    return Cut(stop, stop, f"\n{' ' * column}- {value}")


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _key(key: str) -> str:
    return key if re.fullmatch(r"[^\W\d]\w*", key) else scalar(key)


def scalar(text: str) -> str:
    """Return a text as a scalar that stands anywhere: plain where that is sure."""
    if re.fullmatch(r"[^\W_][\w./%-]*(?: [^\W_][\w./%-]*)*", text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# -- what the text must say then ------------------------------------------------------------------


def _with(plain: Any, path: Path, value: Any) -> Any:
    """Return plain data with a value at a path."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        held = dict(plain or {}) if plain is None or isinstance(plain, dict) else None
        if held is None:
            raise NotEditedError
        held[step] = _with(held.get(step), rest, value)
        return held
    items = list(plain or []) if plain is None or isinstance(plain, list) else None
    if items is None:
        raise NotEditedError
    items += [None] * (step + 1 - len(items))
    items[step] = _with(items[step], rest, value)
    return items


def _less(plain: Any, path: Path) -> Any:
    """Return plain data without what stands at a path."""
    copied = deepcopy(plain)
    held = copied
    for step in path[:-1]:
        held = held[step]
    del held[path[-1]]
    return copied


def _checked(text: str, wanted: Any) -> str:
    """Return a text if it says what is wanted. Raises NotEditedError otherwise."""
    root = parsed(text)
    if root is None or to_plain(root) != wanted:
        raise NotEditedError
    return text

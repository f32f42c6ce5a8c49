"""Where in a YAML file a cursor stands, also while the file is half written.

In: a text and an offset. Out: the keys that lead there, whether a key or a value is being written,
and the word begun. Only what stands before the cursor is looked at, from the last line that is not
indented, so that what follows may be broken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEM = "[]"
"""Stands in a path for an item of a list."""

_TOP = pattern(r"(?m)^[^\s#-]")
_KEY = pattern(
    r"""("[^"]*"|'[^']*'|[^\s#:\[\]{},&*!|>'"%@`-][^:#{}\[\]]*?|-?[^\s:]+)\s*:(?:\s+|$)"""
)
_BLOCK = pattern(r"[>|][-+0-9]*\s*(?:#.*)?$")
_WORD = pattern(r"[\w.\-/#*]*$")
_DASH = pattern(r"-(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a cursor stands.

    Attributes:
        path: The keys that lead to the mapping, list or value, `[]` for an item of a list.
        at_key: Whether a key of that mapping is being written, and not the value of the last key.
        value: The value so far, from where it begins; empty at a key.
        word: The word begun: what a choice is to replace.
        in_flow: Whether it stands inside brackets.
    """

    path: tuple[str, ...]
    at_key: bool
    value: str
    word: str
    in_flow: bool


@dataclass(slots=True)
class _Level:
    """A mapping or list that is open: its indentation (-1 in brackets) and the key begun."""

    indent: int
    key: str | None
    is_list: bool = False


def cursor_at(text: str, offset: int) -> Cursor:
    """Return where an offset is."""
    head = text[:offset]
    starts = [found.start() for found in _TOP.finditer(head)]
    reader = _Reader()
    for line in head[starts[-1] if starts else 0 :].split("\n"):
        reader.line(line)
    return reader.cursor()


class _Reader:
    """Reads lines, and knows what is open at the end of them."""

    def __init__(self) -> None:
        self.levels: list[_Level] = []
        self.flow: list[_Level] = []
        self.token = ""
        self.in_text: int | None = None  # the indentation above which all is text
        self.value = ""
        self.at_key = True

    def line(self, line: str) -> None:
        """Read one line."""
        if self.flow:
            self.token += " "
            self._flow(line)
            return
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if self.in_text is not None and (indent > self.in_text or not body):
            self.value += "\n" + body
            return
        self.in_text = None
        if not body or body.startswith("#"):
            self._empty(indent)
            return
        self._block(body, indent)

    def _empty(self, indent: int) -> None:
        """A line without anything yet: a key of what is open at its indentation."""
        self._close(indent)
        self.value, self.at_key = "", True

    def _close(self, indent: int) -> None:
        while self.levels and self.levels[-1].indent >= indent:
            self.levels.pop()

    def _block(self, body: str, indent: int) -> None:
        key = _KEY.match(body)
        if key is None and not _DASH.match(body) and self._goes_on(indent):
            self.value += " " + body
            return
        self._close(indent)
        while dash := _DASH.match(body):
            self.levels.append(_Level(indent, ITEM, is_list=True))
            indent, body = indent + dash.end(), body[dash.end() :]
            self.value, self.at_key = "", False
        key = _KEY.match(body)
        if key is not None:
            self.levels.append(_Level(indent, key[1].strip("'\"")))
            self._value(body[key.end() :], indent)
        elif self.levels and self.levels[-1].is_list and self.levels[-1].indent < indent:
            self._value(body, indent)
        else:
            self.value, self.at_key, self.token = "", True, body

    def _goes_on(self, indent: int) -> bool:
        """Say whether a line goes on with the text of the line before."""
        last = self.levels[-1] if self.levels else None
        return bool(last and self.value.strip() and indent > last.indent and not self.at_key)

    def _value(self, value: str, indent: int) -> None:
        self.at_key, self.value, self.token = False, value, ""
        if _BLOCK.match(value):
            self.in_text, self.value = indent, ""
        elif value[:1] in ("{", "["):
            self.value = ""
            self._flow(value)

    def _flow(self, text: str) -> None:
        """Read what stands in brackets; what follows the last of them is no value any more."""
        for character, quoted in _unquoted(text):
            if quoted or character not in "{}[],:":
                self.token += character
            elif character in "{[":
                is_list = character == "["
                self.flow.append(_Level(-1, ITEM if is_list else None, is_list))
                self.token = ""
            elif character in "}]":
                self.flow and self.flow.pop()
                self.token = ""
            elif character == ",":
                self._next()
            elif self.flow and not self.flow[-1].is_list and self.flow[-1].key is None:
                self.flow[-1].key, self.token = self.token.strip().strip("'\""), ""
            else:
                self.token += character

    def _next(self) -> None:
        if self.flow and not self.flow[-1].is_list:
            self.flow[-1].key = None
        self.token = ""

    def cursor(self) -> Cursor:
        """Return where the end of what was read is."""
        path = [level.key or "" for level in self.levels]
        if self.flow:
            path += [level.key for level in self.flow if level.key is not None]
            at_key = self.flow[-1].key is None
            value = self.token.lstrip()
            return Cursor(tuple(path), at_key, "" if at_key else value, _word(value), in_flow=True)
        if self.at_key:
            return Cursor(tuple(path), True, "", _word(self.token), in_flow=False)
        return Cursor(tuple(path), False, self.value, _word(self.value), in_flow=False)


def _word(text: str) -> str:
    found = _WORD.search(text)
    return found[0] if found else ""


def _unquoted(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each character with whether it stands in quotes; a comment ends the line."""
    quote, before = "", " "
    for character in text:
        if quote:
            yield character, True
            quote = "" if character == quote else quote
        elif character in "'\"" and before in " ,[{:(=":
            quote = character
            yield character, True
        elif character == "#" and before in " \t":
            return
        else:
            yield character, False
        before = character

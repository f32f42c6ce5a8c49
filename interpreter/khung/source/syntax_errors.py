"""What YAML's own syntax errors mean in the words of the person who wrote the file.

PyYAML's two parsers, C and Python, word the same error differently; the patterns cover both. What
is looked at besides the message is the text around the place.

Reports: K0110-K0119, K0137, K0142.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from khung.source.flow_cuts import quoted
from khung.source.limits import YAML_NESTING
from khung.text import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.diagnostics.bag import Bag

_COLON_WITHOUT_SPACE = re.compile(r"\s*(?:- +)?[^\s:#\"'\[{]+(:)[^\s:/]")
_LONGEST_KEY = 1024  # characters, set by YAML
_COLON = re.compile(r":(?:\s|$)")
_KEY_ALONE = re.compile(r"[{,]\s*([^\W\d]\w*) +$")


class _Place:
    """Where the error is: `at` is the offset of what is wrong, `context` of what it is part of.

    `opened` is the offset of the collection, by bracket or not, that was being read.
    """

    def __init__(self, error: yaml.MarkedYAMLError, file: SourceFile, opened: int) -> None:
        self.file = file
        self.opened = opened
        self.at = min(error.problem_mark.index if error.problem_mark else 0, len(file.text))
        self.context = error.context_mark.index if error.context_mark else self.at

    @property
    def character(self) -> str:
        """The character at the place; empty at the end of the file."""
        return self.file.text[self.at : self.at + 1]

    @property
    def line(self) -> int:
        return self.file.position(self.at)[0]

    @property
    def before(self) -> str:
        """The text of the line before the place."""
        return self.file.line(self.line)[: self.file.position(self.at)[1] - 1]

    def rest(self, start: int) -> Span:
        """Return the span from `start` to the end of its line, blanks left out."""
        line, column = self.file.position(start)
        length = len(self.file.line(line)[column - 1 :].rstrip())
        return Span(self.file, start, start + max(length, 1 if start < len(self.file.text) else 0))

    @property
    def in_flow(self) -> bool:
        """Whether the place is inside a bracket that its line opened."""
        return self.before.count("{") + self.before.count("[") > sum(map(self.before.count, "]}"))

    def piece(self, start: int) -> Span:
        """Return the span from `start` to the comma or bracket that ends it inside brackets."""
        depth, text = 0, self.rest(start).text
        for at, character in enumerate(text):
            depth += (character in "([{") - (character in ")]}")
            if depth < 0 or (depth == 0 and character == ","):
                return Span(self.file, start, start + len(text[:at].rstrip()))
        return Span(self.file, start, start + len(text))

    def one(self, start: int) -> Span:
        """Return the span of one character, none at the end of the file."""
        return Span(self.file, start, min(start + 1, len(self.file.text)))


def report_syntax_error(error: yaml.YAMLError, file: SourceFile, opened: int, bag: Bag) -> None:
    """Report an error that PyYAML raised while it read what begins at `opened` in `file`."""
    if not isinstance(error, yaml.MarkedYAMLError):
        bag.add("K0110", Span(file, 0, 0))
        return
    place = _Place(error, file, opened)
    said = f"{error.context or ''} / {error.problem or ''}"
    for pattern, report in _RULES:
        if re.search(pattern, said):
            report(place, bag)
            return
    bag.add("K0110", place.one(place.at))


def _too_deep(place: _Place, bag: Bag) -> None:
    """The C parser looks ahead and meets its own limit, 1,000, before ours is counted."""
    bag.add("K0142", place.one(place.at), limit=YAML_NESTING)


def _cannot_start(place: _Place, bag: Bag) -> None:
    if place.character == "\t":
        bag.add("K0111", place.one(place.at))
    else:
        _bad_start(place, place.at, bag)


def _tab(place: _Place, bag: Bag) -> None:
    bag.add("K0111", place.one(place.at))


def _bad_start_of_context(place: _Place, bag: Bag) -> None:
    _bad_start(place, place.context, bag)


def _bad_start_here(place: _Place, bag: Bag) -> None:
    _bad_start(place, place.at, bag)


def _bad_start(place: _Place, start: int, bag: Bag) -> None:
    span = place.piece(start) if place.in_flow else place.rest(start)
    advice = "list" if span.text.startswith("- ") else ""
    bag.add("K0116", span, help=advice, character=span.text[:1], quoted=quoted(span.text))


def _unclosed_quote(place: _Place, bag: Bag) -> None:
    bag.add("K0114", place.rest(place.context), quote=place.file.text[place.context])


def _bad_escape(place: _Place, bag: Bag) -> None:
    start = place.file.text.rfind("\\", 0, place.at + 1)
    span = Span(place.file, start, start + 2)
    bag.add("K0119", span, escape=span.text)


def _flow(place: _Place, bag: Bag) -> None:
    same_line = place.file.position(place.context)[0] == place.line
    if place.character and place.character in "[{?" and place.before.strip():
        _cut(place, bag)
    elif not place.character or not same_line:
        _unclosed(place, place.context, bag)
    elif place.character == ":":
        own = re.split(r"[,{\[]", place.before)[-1]
        bag.add("K0115", place.one(place.at), help="semicolon" if ";" in own else "flow")
    else:
        bag.add("K0110", place.one(place.at), help="comma")


def _cut(place: _Place, bag: Bag) -> None:
    """Report the text that a bracket cut: it began after the last `,`, `:` or bracket.

    A word alone before a bracket in braces is a key that lacks its colon.
    """
    before = place.before
    key = _KEY_ALONE.search(before)
    if key and place.file.text[place.context] == "{" and place.character != "?":
        start = place.at - len(before) + key.start(1)
        bag.add("K0118", Span(place.file, start, start + len(key[1])), help="", text=key[1])
        return
    begin = max(before.rfind(mark) for mark in (": ", ", ", "{", "[")) + 1
    begin += len(before[begin:]) - len(before[begin:].lstrip())
    span = place.piece(place.at - len(before) + begin)
    mark, whole = place.character, quoted(span.text)
    bag.add("K0117", span, help="bracket", character=mark, quoted=whole)


def _no_item(place: _Place, bag: Bag) -> None:
    if place.character == ",":
        bag.add("K0110", place.one(place.at), help="item")
    else:
        _unclosed(place, place.opened, bag)


def _unclosed(place: _Place, start: int, bag: Bag) -> None:
    """Report a bracket without its partner, or the wide sign that was typed for that."""
    bracket = place.one(start)
    wide = _wide(place.rest(start), "｝］")
    bag.add("K0113", wide or bracket, help="wide" if wide else "", bracket=(wide or bracket).text)


def _wide(span: Span, signs: str) -> Span | None:
    """Return the first of some signs of double width, as Chinese keyboards type them."""
    found = (at for at, character in enumerate(span.text, span.start) if character in signs)
    at = next(found, None)
    return None if at is None else Span(span.file, at, at + 1)


def _second_colon(place: _Place, bag: Bag) -> None:
    first = _COLON.search(place.before)
    if len(place.before) > _LONGEST_KEY:
        bag.add("K0110", place.one(place.at))
        return
    if first is None:
        _key_line_before(place, bag)
        return
    start = place.at - len(place.before) + first.end()
    value = place.rest(start)
    bag.add("K0115", place.one(place.at), quoted=quoted(value.text))


def _key_line_before(place: _Place, bag: Bag) -> None:
    """Report at the line before: YAML took it and this one for one text."""
    number = place.line - 1
    while number > 1 and not place.file.line(number).strip():
        number -= 1
    before = place.file.line(max(number, 1))
    if _COLON.search(before) and not _COLON_WITHOUT_SPACE.match(before):
        bag.add("K0112", _content(place.file, place.line))
    else:
        _missing_colon(place.file, max(number, 1), bag)


def _missing_colon_of_context(place: _Place, bag: Bag) -> None:
    _missing_colon(place.file, place.file.position(place.context)[0], bag)


def _missing_colon(file: SourceFile, number: int, bag: Bag) -> None:
    span = _content(file, number)
    if wide := _wide(span, "："):
        bag.add("K0118", wide, help="wide", text=wide.text)
        return
    glued = _COLON_WITHOUT_SPACE.match(file.line(number))
    bag.add("K0118", span, help="space" if glued else "", text=span.text)


def _block(place: _Place, bag: Bag) -> None:
    if place.character and place.character in "]}":
        bag.add("K0113", place.one(place.at), help="extra", bracket=place.character)
    elif place.before.rstrip().endswith(('"', "'")):
        bag.add("K0114", place.rest(place.at), help="after", quote=place.before.rstrip()[-1])
    elif not place.before.strip() and place.character == ":":
        bag.add("K0137", place.one(place.at), help="empty")
    elif not place.before.strip():
        bag.add("K0112", _content(place.file, place.line))
    else:
        bag.add("K0110", place.one(place.at))


def _content(file: SourceFile, number: int) -> Span:
    line = file.line(number)
    start = file.start_of_line(number) + len(line) - len(line.lstrip())
    return Span(file, start, start + len(line.strip()))


_RULES: tuple[tuple[str, Callable[[_Place, Bag], None]], ...] = (
    (r"nesting depth", _too_deep),
    (r"tab character", _tab),
    (r"cannot start any token", _cannot_start),
    (r"chomping or indentation|expected comment or line break", _bad_start_of_context),
    (r"(?:scanning|parsing) an? (?:alias|anchor|tag)", _bad_start_of_context),
    (r"(?:mapping keys|sequence entries) are not allowed", _bad_start_here),
    (r"quoted scalar / found unexpected (?:end|document)", _unclosed_quote),
    (r"quoted scalar / .*(?:escape|hexa?decimal)", _bad_escape),
    (r"',' or", _flow),
    (r"a flow node", _no_item),
    (r"mapping values are not allowed", _second_colon),
    (r"could not find expected ':'", _missing_colon_of_context),
    (r"expected key|block end|'-' indicator|<?document start>?", _block),
)

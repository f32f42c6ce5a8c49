"""YAML text to nodes. Only a strict subset of YAML 1.2 passes.

Built from the events of PyYAML with a stack of our own: `compose` recurses until the process dies
on deep nesting, keeps the last of two equal keys without a word, and reads scalars by YAML 1.1.
Refused: duplicate keys, anchors, aliases, tags, merge keys, several documents, directives, keys
that are no scalars, nesting beyond `limits.YAML_NESTING`.

Reports: K0104, K0108-K0119, K0130-K0143.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from khung.records import dataclass
from khung.source.embedded import place
from khung.source.flow_cuts import as_placeholder, mend_entries, mend_items, quoted
from khung.source.limits import COLLECTION_ITEMS, YAML_NESTING
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence
from khung.source.scalars import characters_fit, refuse_escaped, resolve
from khung.text import PlacedText, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.diagnostics.bag import Bag

_BLOCKS = frozenset("|>")
_BLANK = frozenset(" \t")
_GLUED_COMMENT = re.compile(r"[ \t]+#[^\s#!-]")
_PROPERTIES = re.compile(r"(?:[!&][^ \t\r\n]*[ \t\r\n]+)+")

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's C parser where it was built, ten times as fast."""


def parse_yaml(file: SourceFile, bag: Bag, loader: Any = LOADER, depth: int = 0) -> Node | None:
    """Return the document of a YAML file.

    Both of PyYAML's parsers give the same nodes; the pure one refuses some files that the C parser
    takes, such as those with a Tab after a colon or a question mark inside brackets.

    Args:
        file: The file, in NFC, without byte order mark.
        bag: Where to report.
        loader: The PyYAML loader whose events are read.
        depth: In how many collections the document itself stands.

    Returns:
        The root node; None after an error of syntax, or if nothing is left to read. Other errors
        leave a node, so that what is wrong elsewhere is found in the same run.
    """
    if not characters_fit(file, bag):
        return None
    builder = _Builder(file, bag, depth)
    parser = None
    try:
        parser = loader(file.text)
        take = builder.takes.get
        for event in iter(parser.get_event, None):
            known = take(type(event))
            if known is not None and known(event) is False:
                return None
    except yaml.YAMLError as error:
        if not builder.explains(error):
            from khung.source.syntax_errors import (  # noqa: PLC0415  # only after a mistake
                report_syntax_error,
            )

            report_syntax_error(error, file, builder.opened, bag)
        return None
    finally:
        if parser is not None:
            parser.dispose()
    return builder.finish()


_SUBJECTS, _SUBJECTS_DEPTH = "subjects", 2
"""The key under which a case has its subjects, and how deep those of one type stand."""


class _Key(NamedTuple):
    """A scalar that is a key: of its place, the whole is enough."""

    text: str
    span: Span
    quoted: bool


@dataclass(slots=True)
class _Open:
    """A collection not yet closed. In a mapping, `nodes` alternates keys and values.

    `may_be_cut` where a plain text is empty, or has what may still be open at its end: elsewhere
    there is nothing to mend.
    """

    start: int
    is_mapping: bool
    is_flow: bool
    nodes: list[Any] = field(default_factory=list)
    may_be_cut: bool = False


class _Builder:
    """Takes events and puts nodes together; what `takes` a kind says False to go no further."""

    def __init__(self, file: SourceFile, bag: Bag, depth: int) -> None:
        self._file = file
        self._bag = bag
        self._depth = depth
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0
        self._refused_lines: set[int] = set()
        self.takes: dict[type, Callable[[Any], bool | None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    @property
    def opened(self) -> int:
        """The offset of the collection that is being read."""
        return self._stack[-1].start if self._stack else 0

    @property
    def _in_flow(self) -> bool:
        return bool(self._stack) and self._stack[-1].is_flow

    def explains(self, error: yaml.YAMLError) -> bool:
        """Say whether a syntax error only follows from an alias or tag in the same line."""
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        return mark is not None and mark.line + 1 in self._refused_lines

    def finish(self) -> Node | None:
        """Return the document; report one that is empty."""
        root = self._root
        if root is None or (isinstance(root, Scalar) and root.value is None):
            self._bag.add("K0104", Span(self._file, 0, 0), file=self._file.name)
            return None
        return root

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self._file, start.index if start else 0, end.index if end else 0)

    def _put(self, node: Node | _Key) -> None:
        if self._stack:
            self._stack[-1].nodes.append(node)
        else:
            assert not isinstance(node, _Key)  # noqa: S101  # a key stands in a mapping
            self._root = node

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        span, style = self._span(event), event.style or ""
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event)
            span = self._without_properties(span)
        if self._at_key():
            self._put(_Key(self._key(event.value, span, style), span, bool(style)))
            return
        text = self._placed(event.value, span, style)
        said = text.text
        if style:
            self._put(Scalar(said, text, span, quoted=True))
            return
        if self._stack and (not said or "(" in said or '"' in said):
            self._stack[-1].may_be_cut = True
        value = resolve(said, span, self._bag)
        if isinstance(value, str):
            self._warn_of_comment(span)
        self._put(Scalar(value, text, span))

    def _key(self, decoded: str, span: Span, style: str) -> str:
        """Return the text of a key. One that stands in the file as it is needs no places."""
        if not style:
            self._warn_of_comment(span)
        if self._stands(decoded, span, style):
            return decoded
        return self._placed(decoded, span, style).text

    def _stands(self, decoded: str, span: Span, style: str) -> bool:
        """Whether a text that is no block stands in the file as it is."""
        quote = len(style)
        found = self._file.text[span.start + quote : span.end - quote]
        return found == decoded and style not in _BLOCKS

    def _placed(self, decoded: str, span: Span, style: str) -> PlacedText:
        if self._stands(decoded, span, style):
            return PlacedText(decoded, self._file, span.start + len(style))
        text = place(decoded, self._file, span.start, span.end, style)
        if style and text.offsets is not None:  # it does not stand in the file as it is
            refuse_escaped(text, self._bag)
        return text

    def _at_key(self) -> bool:
        """Say whether the next node is a key: keys are texts, whatever they look like."""
        top = self._stack[-1] if self._stack else None
        return top is not None and top.is_mapping and len(top.nodes) % 2 == 0

    def _without_properties(self, span: Span) -> Span:
        written = _PROPERTIES.match(self._file.text, span.start, span.end)
        return span if written is None else Span(self._file, written.end(), span.end)

    def _warn_of_comment(self, span: Span) -> None:
        """Warn where a `#` glued to a word ends a plain text: `annex #2` loses its number."""
        text, end = self._file.text, span.end
        if text[end : end + 1] in _BLANK and _GLUED_COMMENT.match(text, end):
            rest = quoted(self._rest_of_line(span.start))
            self._bag.add("K0141", Span(self._file, span.start, span.end), quoted=rest)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> bool:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if self._depth + len(self._stack) >= YAML_NESTING:
            self._bag.add("K0142", self._first_character(event), limit=YAML_NESTING)
            return False
        is_mapping, is_flow = isinstance(event, yaml.MappingStartEvent), bool(event.flow_style)
        self._stack.append(_Open(_start(event), is_mapping, is_flow))
        return True

    def _close(self, event: yaml.Event) -> None:
        closed = self._stack.pop()
        end = _end(event)
        if not closed.is_flow:  # a block ends where its last value does, not at the next token
            end = closed.nodes[-1].span.end if closed.nodes else closed.start
        span = Span(self._file, closed.start, max(end, closed.start))
        self._put(
            self._mapping(closed, span) if closed.is_mapping else self._sequence(closed, span)
        )

    def _sequence(self, closed: _Open, span: Span) -> Sequence:
        self._limit(len(closed.nodes), span)
        mends = closed.is_flow and closed.may_be_cut
        items = mend_items(closed.nodes, self._bag) if mends else closed.nodes
        return Sequence(tuple(items), span)

    def _mapping(self, closed: _Open, span: Span) -> Mapping | Scalar:
        self._limit(len(closed.nodes) // 2, span)
        read = [
            Entry(key.text, value, key.span)
            for key, value in zip(closed.nodes[::2], closed.nodes[1::2], strict=True)
            if self._is_key(key)
        ]
        if closed.is_flow and closed.may_be_cut:
            text = as_placeholder(read, span, self._bag, in_flow=self._in_flow)
            if text is not None:  # what follows on the line is part of it, and no YAML
                self._refused_lines.add(self._file.position(span.start)[0])
                return text
            read = mend_entries(read, self._bag)
        return Mapping(tuple(self._without_duplicates(read)), span)

    def _limit(self, count: int, span: Span) -> None:
        if count > COLLECTION_ITEMS:
            head = Span(self._file, span.start, span.start + 1)
            self._bag.add("K0143", head, count=count, limit=COLLECTION_ITEMS)

    def _is_key(self, key: Node | _Key) -> bool:
        """Say whether a key is one that may be; report one that may not."""
        if not isinstance(key, _Key) or not key.text:
            self._bag.add("K0137", key.span, help="" if key.span.text else "empty")
            return False
        if key.text == "<<" and not key.quoted:
            self._bag.add("K0134", key.span)
            return False
        return True

    def _without_duplicates(self, entries: list[Entry]) -> list[Entry]:
        first = {entry.key: entry for entry in entries}
        if len(first) == len(entries):
            return entries
        first.clear()
        advice = "id" if self._is_of_a_case() else ""
        for entry in entries:
            kept = first.setdefault(entry.key, entry)
            if kept is not entry:
                related, key = (kept.key_span,), entry.key
                self._bag.add("K0130", entry.key_span, help=advice, related=related, key=key)
                first[key] = _joined(kept, entry)
        return list(first.values())

    def _is_of_a_case(self) -> bool:
        """Say whether the mapping that was just read holds subjects of a case, by their ids."""
        above = self._stack[0].nodes[-1:] if len(self._stack) == _SUBJECTS_DEPTH else ()
        return any(isinstance(key, _Key) and key.text == _SUBJECTS for key in above)

    def _refuse_properties(
        self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent
    ) -> None:
        if event.anchor is not None:
            self._bag.add("K0131", self._property(event, "&"), name=event.anchor)
        if event.tag is not None:
            span = self._property(event, "!")
            rest = quoted(self._rest_of_line(span.start))
            self._bag.add("K0133", span, tag=span.text, quoted=rest)

    def _alias(self, event: yaml.AliasEvent) -> None:
        span = self._span(event)
        self._refused_lines.add(self._file.position(span.start)[0])
        rest = quoted(self._rest_of_line(span.start))
        self._bag.add("K0132", span, name=event.anchor or "", quoted=rest)
        if self._at_key():
            self._put(_Key(span.text, span, quoted=False))
        else:
            self._put(Scalar(span.text, PlacedText(span.text, self._file, span.start), span))

    def _property(self, event: yaml.Event, mark: str) -> Span:
        """Return the span of an anchor or tag, which stands at the start of its node."""
        start = max(self._file.text.find(mark, _start(event)), _start(event))
        end = start
        while end < len(self._file.text) and self._file.text[end] not in " \t\r\n,]}":
            end += 1
        self._refused_lines.add(self._file.position(start)[0])
        return Span(self._file, start, end)

    def _rest_of_line(self, start: int) -> str:
        line, column = self._file.position(start)
        return self._file.line(line)[column - 1 :].rstrip()

    def _first_character(self, event: yaml.Event) -> Span:
        return Span(self._file, _start(event), _start(event) + 1)

    def _document(self, event: yaml.DocumentStartEvent) -> bool:
        self._documents += 1
        if self._documents > 1:
            self._bag.add("K0135", self._span(event))
        return self._documents == 1


def _joined(one: Entry, other: Entry) -> Entry:
    """Return an entry that was written twice with what both hold, so that nothing is missed."""
    if not isinstance(one.value, Mapping) or not isinstance(other.value, Mapping):
        return one
    new = (entry for entry in other.value.entries if one.value.get(entry.key) is None)
    return Entry(one.key, Mapping((*one.value.entries, *new), one.value.span), one.key_span)


def _start(event: yaml.Event) -> int:
    return 0 if event.start_mark is None else event.start_mark.index


def _end(event: yaml.Event) -> int:
    return 0 if event.end_mark is None else event.end_mark.index

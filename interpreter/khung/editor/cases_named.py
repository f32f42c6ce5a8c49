"""Where cases name a fact, a definition or a reading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.diagnostics.bag import Bag
from khung.editor.library import RULEBOOK
from khung.rulebook import model as m
from khung.source import limits
from khung.source.files import place_of, read_source
from khung.source.from_text import parse_yaml
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.editor.index import Index, Key
    from khung.text import Span

Spot = tuple[str, int, int]
Types = dict[tuple[str, str], str]


def in_cases(
    folders: Iterable[Path],
    rulebooks: set[str],
    more: Iterable[str],
    key: Key,
    indexes: list[Index],
) -> Iterator[Spot]:
    """Yield the places in cases.

    Args:
        folders: Where cases are, in folders in one another.
        rulebooks: The names of the rulebooks whose cases are meant.
        more: The paths of further cases.
        key: What is named.
        indexes: The names of these rulebooks.
    """
    files = {place_of(path) for folder in folders for path in _below(folder)} | set(more)
    word, types = key[2], _types(indexes)
    for file in sorted(files):
        source = read_source(Path(file), Bag(), limit=limits.CASE_FILE_BYTES)
        if source is None or word not in source.text:
            continue
        named = RULEBOOK.search(source.text)
        root = parse_yaml(source, Bag()) if named and named[1] in rulebooks else None
        if isinstance(root, Mapping):
            yield from ((file, span.start, span.end) for span in _in_case(root, key, types))


def _below(folder: Path) -> Iterator[Path]:
    for path in paths.inside(folder) or ():
        if paths.is_folder(path) and not paths.is_link(path):
            yield from _below(path)
        elif path.suffix == ".yaml":
            yield path


def _types(indexes: list[Index]) -> Types:
    """Return of which type each fact is, by its own owner and name."""
    return {
        one.key[1:]: one.node.type.name
        for index in indexes
        for one in index.declared.values()
        if isinstance(one.node, m.Fact)
    }


def _in_case(root: Mapping, key: Key, types: Types) -> Iterator[Span]:
    kind, owner, name = key
    if kind == "reading":
        yield from _keys(root.get("readings"), name)
        yield from _told(root.get("expect"), name, ("readings",))
        return
    for subject in _entries(root.get("subjects")):
        for one in _entries(subject.value):
            if subject.key == owner:
                yield from _keys(one.value, name)
            yield from _in_records(one.value, subject.key, key, types)
    for subject in _entries(root.get("expect")):
        if subject.key == owner:
            yield from _told(subject.value, name, ("outputs", "missing", "assumed", "provisional"))
        yield from _paths(subject.value, f"{owner}.", f".{name}")


def _in_records(node: Node, owner: str, key: Key, types: Types) -> Iterator[Span]:
    """Yield the fields of records in what a subject or a record states, however deep."""
    for entry in _entries(node):
        ty = types.get((owner, entry.key), "")
        items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
        for item in items if ty else ():
            if ty == key[1]:
                yield from _keys(item, key[2])
            yield from _in_records(item, ty, key, types)


def _entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, Mapping) else ()


def _keys(node: Node | None, name: str) -> Iterator[Span]:
    yield from (entry.key_span for entry in _entries(node) if entry.key == name)


def _told(
    node: Node | None, name: str, where: tuple[str, ...], *, inside: bool = False
) -> Iterator[Span]:
    """Yield the keys and texts that are a name, below some keys."""
    if isinstance(node, Mapping):
        if inside:
            yield from _keys(node, name)
        for entry in node.entries:
            yield from _told(entry.value, name, where, inside=inside or entry.key in where)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _told(item, name, where, inside=inside)
    elif isinstance(node, Scalar) and inside and node.text.text == name:
        yield node.span


def _paths(node: Node | None, start: str, end: str) -> Iterator[Span]:
    """Yield the texts that are a path to a fact of somebody, `TYPE.ID.FACT`."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from _paths(entry.value, start, end)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _paths(item, start, end)
    elif isinstance(node, Scalar) and _is_path(node.text.text, start, end):
        yield node.span


def _is_path(text: str, start: str, end: str) -> bool:
    return text.startswith(start) and text.endswith(end)

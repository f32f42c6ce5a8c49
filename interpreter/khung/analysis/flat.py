"""A rulebook as one document that says of each entry where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from khung.records import replace
from khung.rulebook.folder import text_at
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence, to_plain
from khung.source.values import under
from khung.source.writing import quoted
from khung.syntax.respell import changes_of, edited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.rulebook.folder import Written

T = TypeVar("T", bound=Node)

_STEP = "  "
_COLUMN = 90  # where the places stand


def merged(written: Written) -> Mapping:
    """Return a sound rulebook as one: `subjects`, `clauses`, `texts` in the manifest."""
    subjects = sorted(map(_subject, written.subjects), key=lambda entry: entry.key)
    clauses = [e for root in written.clauses for e in root.entries if e.key == "clauses"]
    span = written.manifest.span
    whole = Mapping(tuple(subjects), span)
    texts = written.translations.as_written(span)
    own = (*written.manifest.entries, Entry("subjects", whole, span), *clauses, *texts)
    made = Mapping(own, span)
    said = _in_one_surface(written)
    return _with_texts(made, said) if said else made


def _in_one_surface(written: Written) -> dict[int, str]:
    """Return the expressions taken over that are in other words than the folder's, in its words.

    By the identity of their texts.
    """
    surface = written.manifest.span.file.surface
    return {
        id(text): edited(text.text, changes_of(text, tree, surface))
        for text, tree in (*written.parsed.values(), *written.cells)
        if text.file.surface != surface
    }


def _with_texts(node: T, said: dict[int, str]) -> T:
    """Return a node with other texts at the places of some."""
    match node:
        case Mapping():
            entries = (replace(e, value=_with_texts(e.value, said)) for e in node.entries)
            return replace(node, entries=tuple(entries))
        case Sequence():
            return replace(node, items=tuple(_with_texts(item, said) for item in node.items))
        case Scalar():
            text = said.get(id(node.text))
            if text is None or not isinstance(node.value, str):
                return node
            return replace(node, value=text, text=replace(node.text, text=text, offsets=None))


def _subject(root: Mapping) -> Entry:
    first = next(entry for entry in root.entries if entry.key == "subject")
    rest = tuple(entry for entry in root.entries if entry is not first)
    return Entry(text_at(first.value), Mapping(rest, root.span), first.key_span)


# -- data -------------------------------------------------------------------------------------


def flat_json(written: Written) -> dict[str, Any]:
    """Return `rulebook`, the whole as data, and `origins`: each path with its file and line."""
    whole = merged(written)
    return {"rulebook": to_plain(whole), "origins": dict(_origins(whole, ""))}


def _origins(node: Node, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            path = under(at, entry.key)
            yield path, _origin(entry)
            yield from _origins(entry.value, path)


def _origin(entry: Entry) -> str:
    file = entry.key_span.file
    return f"{file.name}:{file.position(entry.key_span.start)[0]}"


# -- YAML -------------------------------------------------------------------------------------


def flat_yaml(written: Written) -> str:
    """Return the whole as YAML, the place of each entry in a comment."""
    return "\n".join(_lines(merged(written), "")) + "\n"


def _lines(node: Mapping, margin: str) -> Iterator[str]:
    for entry in node.entries:
        head = f"{margin}{_key(entry.key)}:"
        written = _inline(entry.value)
        if written is not None:
            yield _placed(f"{head} {written}", entry)
        else:
            yield _placed(head, entry)
            yield from _block(entry.value, margin + _STEP)


def _block(node: Node, margin: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        yield from _lines(node, margin)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield f"{margin}- {_flow(item)}"


def _placed(line: str, entry: Entry) -> str:
    return f"{line.ljust(_COLUMN)}  # {_origin(entry)}"


def _inline(node: Node) -> str | None:
    """Return a node in one line; None for what is written over several and holds more."""
    if isinstance(node, Scalar) or ("\n" not in node.span.text and _from_one_file(node)):
        return _flow(node)
    return None


def _from_one_file(node: Node) -> bool:
    """Say whether all that is in a node comes from the file of the node itself."""
    if not isinstance(node, Mapping):
        return True
    return all(
        entry.key_span.file.name == node.span.file.name
        and entry.value.span.file.name == node.span.file.name
        and _from_one_file(entry.value)
        for entry in node.entries
    )


def _flow(node: Node) -> str:
    match node:
        case Scalar():
            text = node.span.text
            is_plain = text == node.text.text and text and not node.quoted
            return text if is_plain else quoted(node.text.text)
        case Sequence():
            return "[" + ", ".join(map(_flow, node.items)) + "]"
        case Mapping():
            inside = (f"{_key(entry.key)}: {_flow(entry.value)}" for entry in node.entries)
            return "{" + ", ".join(inside) + "}"


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() and not key.isdecimal() else quoted(key)

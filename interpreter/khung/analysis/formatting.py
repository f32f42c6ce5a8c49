"""Files laid out anew, and a rulebook whose expressions are turned into the words of a surface.

In: paths. Out: what each file holds and would hold; nothing is written here.

Reports: K0436, and those of the readers of files and rulebooks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.records import dataclass
from khung.rulebook.folder import MANIFEST, SURFACE
from khung.rulebook.from_source import decode, load_written
from khung.source.files import decode as decode_bytes
from khung.source.files import read_bytes
from khung.source.from_text import parse_yaml
from khung.source.layout.formatted import formatted
from khung.source.nodes import Mapping
from khung.surfaces import ENGLISH
from khung.syntax.ast import Aggregate, Cell, Each
from khung.syntax.from_text import parse_cell, parse_expression
from khung.syntax.respell import (
    Respelling,
    changes_of,
    clashes,
    each_as_sum,
    edited,
)
from khung.text import SourceFile, placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.folder import Written
    from khung.source.nodes import Entry
    from khung.syntax.ast import Expr
    from khung.text import PlacedText

_KEYS = ("case", "khung", "subject", "clauses", "translations", "population")
"""One of them is in every file of khung's."""

_YAML_WORDS = ("true", "false", "null")
_BREAK = b"\r\n"


@dataclass(frozen=True, slots=True)
class Laid:
    """A file as it is and as it would be; None where it cannot be read."""

    path: Path
    before: bytes
    after: bytes | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the file would change."""
        return self.after is not None and self.after != self.before


def lay_out(path: Path, *, is_named: bool) -> Laid | None:
    """Return a file laid out anew; None of a file that is none of khung's and was not named."""
    bag = Bag()
    data = read_bytes(path, bag)
    file = None if data is None else decode_bytes(data, str(path), bag)
    if data is None or file is None:
        return Laid(path, b"", None, bag.diagnostics)
    return _laid(path, data, file, is_named=is_named)


def _laid(path: Path, data: bytes, file: SourceFile, *, is_named: bool = True) -> Laid | None:
    text = formatted(file.text)
    bag = Bag()
    node = parse_yaml(file, bag)
    if not is_named and not _is_of_khung(node, path):
        return None
    if text is None:
        return Laid(path, data, None, tuple(d for d in bag.diagnostics if is_error(d)))
    return Laid(path, data, _as_bytes(text, data))


def _is_of_khung(node: object, path: Path) -> bool:
    """Say so of a file with a key that tells; of one that cannot be read, by what is beside it."""
    if isinstance(node, Mapping):
        return any(node.get(key) is not None for key in _KEYS)
    return (path.parent / MANIFEST).is_file()


def _as_bytes(text: str, data: bytes) -> bytes:
    """Return a text as bytes, with the line ends that the file had."""
    is_windows = data.count(_BREAK) * 2 > data.count(b"\n")
    return (text.replace("\n", "\r\n") if is_windows else text).encode()


# -- surfaces ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turned:
    """The files of a rulebook in the words of another surface; none of one that has mistakes."""

    files: tuple[Laid, ...]
    diagnostics: tuple[Diagnostic, ...]


def turn(folder: Path, surface: str) -> Turned:
    """Return a rulebook with its own expressions in the words of a surface, laid out anew."""
    bag = Bag()
    written = load_written(folder, bag)
    if written is not None:
        decode(written, bag)
    errors = tuple(d for d in bag.diagnostics if is_error(d))
    if written is None or errors:
        return Turned((), errors)
    edits = _edits(written, surface, bag)
    blocking = tuple(d for d in bag.diagnostics if d.code in _BLOCKING[surface])
    if blocking:
        return Turned((), blocking)
    return Turned(tuple(_turned(edits, surface)), ())


_BLOCKING = {"vi": ("K0435", "K0436"), ENGLISH: ("K0436",)}
"""What keeps a rulebook from a surface: names that are words of it, declared or read."""


def _edits(written: Written, surface: str, bag: Bag) -> dict[str, list[Respelling]]:
    """Return what changes in the expressions of each file of the folder itself."""
    found: dict[str, dict[tuple[int, int], Respelling]] = {name: {} for name in written.files}
    for text, tree in (*written.parsed.values(), *written.cells):
        own, name = text.file.surface, text.file.name
        if name not in found or own == surface or text.text in _YAML_WORDS:
            continue  # `true` is read in every surface
        changes = changes_of(text, tree, surface)
        said = edited(text.text, changes)
        _check(text, tree, said, surface, bag)
        for start, end, word in changes:
            span = text.span(start, end)
            new = _in_quotes(word, text) if said == word else word
            found[name][span.start, span.end] = Respelling(span.start, span.end, new)
    return {name: list(edits.values()) for name, edits in found.items()}


def _check(text: PlacedText, tree: Expr | Cell, said: str, surface: str, bag: Bag) -> None:
    """Report names that another surface reads as words, and what would be read otherwise."""
    names = list(clashes(text.text, text.file.surface, surface))
    for token in names:
        bag.add("K0436", text.span(token.start, token.end), name=token.text, surface=surface)
    if names:
        return
    if not _means(said, tree, surface):
        span = text.span(0, len(text.text))
        bag.add("K0436", span, help="whole", name=said, surface=surface)


def _means(said: str, tree: Expr | Cell, surface: str) -> bool:
    """Say whether a text is read as a tree."""
    match tree:
        case Cell():
            return parse_cell(placed(said, surface=surface), Bag()) == tree
        case Each(binder, where, body):
            text, _ = each_as_sum(said, surface)
            found = parse_expression(placed(text, surface=surface), Bag())
            return isinstance(found, Aggregate) and (found.binder, found.where, found.body) == (
                (binder, where, body)
            )
        case _:
            return parse_expression(placed(said, surface=surface), Bag()) == tree


def _in_quotes(word: str, text: PlacedText) -> str:
    """Return a word as a text of YAML still, where it is all that stands without quotes."""
    before = text.file.text[text.start - 1 : text.start]
    is_plain = text.offsets is None and before not in ("'", '"')
    return f'"{word}"' if is_plain and word in _YAML_WORDS else word


def _turned(edits: dict[str, list[Respelling]], surface: str) -> Iterator[Laid]:
    for name, own in sorted(edits.items()):
        path = Path(name)
        bag = Bag()
        data = read_bytes(path, bag)
        file = None if data is None else decode_bytes(data, name, bag)
        if data is None or file is None:  # it was there a moment ago
            yield Laid(path, b"", None, bag.diagnostics)
            continue
        changes = [*own, *(_of_manifest(file, surface) if path.name == MANIFEST else ())]
        text = edited(file.text, changes)
        laid = _laid(path, data, SourceFile(name, text, surface=surface))
        if laid is not None:
            yield laid


def _of_manifest(file: SourceFile, surface: str) -> Iterator[Respelling]:
    """Yield what says in a manifest that its folder is in a surface."""
    node = parse_yaml(file, Bag())
    assert isinstance(node, Mapping)  # noqa: S101  # the rulebook was read
    said = next((entry for entry in node.entries if entry.key == SURFACE), None)
    if said is not None:
        yield _said_otherwise(file, said, surface)
    elif surface != ENGLISH:
        first = next((entry for entry in node.entries if entry.key == "id"), node.entries[0])
        at = first.key_span.start
        margin = at - (file.text.rfind("\n", 0, at) + 1)
        is_block = file.text[node.span.start : node.span.start + 1] != "{"
        between = "\n" + " " * margin if is_block else ", "
        yield Respelling(at, at, f"{SURFACE}: {surface}{between}")


def _said_otherwise(file: SourceFile, said: Entry, surface: str) -> Respelling:
    """Return what names another surface; what nothing names is English."""
    start = file.text.rfind("\n", 0, said.key_span.start) + 1
    end = file.text.find("\n", said.value.span.end) + 1
    is_alone = file.text[start:end].strip() == file.text[said.key_span.start : said.value.span.end]
    if surface == ENGLISH and is_alone:
        return Respelling(start, end, "")
    return Respelling(said.value.span.start, said.value.span.end, surface)

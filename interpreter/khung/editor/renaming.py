"""A fact, definition, parameter or reading called otherwise: in every file that names it.

In: what is renamed, and the new name. Out: changes of the rulebook that declares it, of those that
extend it, and of their cases; or why there are none. What comes of the changes is read before they
are given: if a rulebook had an error more than it has, nothing is renamed.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.driver import make_ready
from khung.editor.cases_named import in_cases
from khung.editor.index import index_of
from khung.editor.reading import load_kept
from khung.editor.texts import Text
from khung.editor.told import Change
from khung.ir.memo import Memo
from khung.records import dataclass
from khung.rulebook.folder import POPULATION, rulebooks_in
from khung.rulebook.keeping import Keeping
from khung.rulebook.names import reserved
from khung.source.files import held, place_of, read_source, unsaved
from khung.source.from_text import parse_yaml
from khung.source.nodes import Mapping, Node, Scalar, Sequence
from khung.source.values import is_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.driver import Loaded
    from khung.editor.index import Index, Key
    from khung.text import SourceFile

KINDS = ("member", "parameter", "reading")
"""What can be renamed."""

_SECTIONS = {
    "member": ("facts", "links", "definitions", "fields"),
    "parameter": ("parameters",),
    "reading": ("readings",),
}


@dataclass(frozen=True, slots=True)
class Renamed:
    """The changes; or, where there are none, the key of a phrase and what it speaks of."""

    changes: tuple[Change, ...] = ()
    problem: str = ""
    about: str = ""


def renamed(index: Index, key: Key, new: str, open_cases: Iterable[str]) -> Renamed:
    """Return what renaming something takes.

    Args:
        index: The names of the rulebook from which it is renamed.
        key: What is renamed.
        new: The new name.
        open_cases: The paths of cases that are open, wherever they are.
    """
    kind, owner, name = key
    if kind not in KINDS or key not in index.declared:
        return Renamed(problem="not_this", about=name)
    if not is_name(new) or new in reserved():
        return Renamed(problem="no_name", about=new)
    home = Path(place_of(index.declared[key].span.file.name)).parent
    family = {folder: load_kept(folder, Keeping()) for folder in rulebooks_in(home.parent)}
    family = {f: one for f, one in family.items() if _rests_on(one, home)}
    indexes = [found for one in family.values() if (found := index_of(one)) is not None]
    if any((kind, owner, new) in one.declared for one in indexes):
        return Renamed(problem="taken", about=new)
    form = next((f for folder in family for f in _forms_with(folder, name)), "")
    if form:
        return Renamed(problem="in_a_form", about=form)
    return _checked(_changes(family, indexes, key, new, open_cases), family)


def _rests_on(loaded: Loaded, home: Path) -> bool:
    taken = loaded.written.taken if loaded.written else ()
    return any(paths.same(one.folder, home) for one in taken)


def _forms_with(folder: Path, name: str) -> Iterator[str]:
    """Yield the templates of a rulebook that speak of a name: they are no text to change."""
    word = re.compile(rf"\b{re.escape(name)}\b".encode())
    for path in paths.inside(folder / "forms") or ():
        if path.suffix.lower() in (".docx", ".xlsx") and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as package:
                if any(word.search(package.read(part)) for part in package.namelist()):
                    yield path.name


# -- changes --------------------------------------------------------------------------------------


def _changes(
    family: dict[Path, Loaded],
    indexes: list[Index],
    key: Key,
    new: str,
    open_cases: Iterable[str],
) -> list[Change]:
    places = {(p.path, p.start, p.end) for index in indexes for p in index.of(key)}
    for folder in family:
        for path in paths.inside(folder) or ():
            if path.suffix == ".yaml":
                places |= set(_in_file(path, key))
    folders = {folder.parent.parent / "cases" for folder in family}
    names = {folder.name for folder in family}
    places |= set(in_cases(folders, names, open_cases, key, indexes))
    found = (_change(place, key[2], new) for place in sorted(places))
    return [change for change in found if change is not None]


def _change(place: tuple[str, int, int], name: str, new: str) -> Change | None:
    """Return the change of a name at the end of a place, which may be in quotes."""
    path, start, end = place
    source = read_source(Path(path), Bag())
    text = "" if source is None else source.text[start:end]
    at = text.rfind(name)
    if at < 0:
        return None
    return Change(path=path, start=start + at, end=start + at + len(name), text=new)


def _in_file(path: Path, key: Key) -> Iterator[tuple[str, int, int]]:
    source = read_source(path, Bag())
    if source is None:
        return
    kind, owner, name = key
    if path.name == POPULATION:
        yield from _words(source, name, path)
        return
    if kind == "parameter":
        yield from _words(source, name, path, before=r"\{\s*parameters\.", after=r"\s*\}")
    root = parse_yaml(source, Bag())
    if root is None:
        return
    subject = root.get("subject") if isinstance(root, Mapping) else None
    here = subject.text.text if isinstance(subject, Scalar) else ""
    for node, trail in walked(root):
        section, of = trail[-1] if trail else "", _owner(trail, here)
        owned = kind != "member" or of == owner
        if isinstance(node, Mapping) and section in _SECTIONS[kind] and owned:
            spans = (entry.key_span for entry in node.entries if entry.key == name)
            yield from ((place_of(path), span.start, span.end) for span in spans)
        elif isinstance(node, Scalar) and trail[:1] == ("carried",):
            yield from _carried(node, key, path)


def _owner(trail: tuple[str, ...], here: str) -> str:
    """Return the subject or record that a section belongs to."""
    if trail[:1] in (("subjects",), ("records",)) and len(trail) > 1:
        return trail[1]
    return here


def _carried(node: Scalar, key: Key, path: Path) -> Iterator[tuple[str, int, int]]:
    kind, owner, name = key
    prefixes = [f"{section}.{name}" for section in _SECTIONS[kind]]
    wanted = {p if kind != "member" else f"{owner}.{p}" for p in prefixes} | set(prefixes)
    if node.text.text in wanted:
        yield place_of(path), node.span.start, node.span.end


def _words(
    source: SourceFile, name: str, path: Path, before: str = r"(?<![\w.])", after: str = r"\b"
) -> Iterator[tuple[str, int, int]]:
    for found in re.finditer(rf"{before}({re.escape(name)}){after}", source.text):
        yield place_of(path), *found.span(1)


def walked(node: Node, trail: tuple[str, ...] = ()) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Yield a node and all below it, each with the keys that lead there."""
    yield node, trail
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from walked(entry.value, (*trail, entry.key))
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from walked(item, trail)


# -- what comes of them ---------------------------------------------------------------------------


def _checked(changes: list[Change], family: dict[Path, Loaded]) -> Renamed:
    by_path: dict[str, list[Change]] = {}
    for change in changes:
        by_path.setdefault(change["path"], []).append(change)
    texts: dict[str, bytes] = {}
    for path, of in by_path.items():
        source = read_source(Path(path), Bag())
        if source is not None:
            edits = [(one["start"], one["end"], one["text"]) for one in of]
            texts[path] = Text(source.text).with_changes(edits).encode()
    before = {folder: _errors(loaded) for folder, loaded in family.items()}
    with unsaved({**held(), **texts}):
        for folder, count in before.items():
            after = _errors(load_kept(folder, Keeping()))
            if len(after) > len(count):
                return Renamed(problem="breaks", about=", ".join(sorted(set(after) - set(count))))
    return Renamed(tuple(changes))


def _errors(loaded: Loaded) -> list[str]:
    """Return the errors of a rulebook, each as its code and its place."""
    ready = make_ready(loaded, {}, Memo())
    return [
        f"{one.code} {Path(one.span.file.name).name}:{one.span.file.position(one.span.start)[0]}"
        for one in ready.diagnostics
        if is_error(one) and one.span is not None
    ]

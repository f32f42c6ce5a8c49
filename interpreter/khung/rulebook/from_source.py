"""A folder of YAML files to a `Rulebook`.

In: a folder. Out: the model, names not looked up. Every file is read, and reading goes on after
errors, so that one run reports all of them. The order of the files never matters. Nothing outside
the folder is read.

Reports: K0401, K0403-K0405, K0427, K0428 and those of the readers of each file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from khung.rulebook.clauses_from_source import clauses
from khung.rulebook.manifest_from_source import declared_types, manifest
from khung.rulebook.names import check_unique
from khung.rulebook.reader import LATER, Context
from khung.rulebook.subject_from_source import subject
from khung.source import limits
from khung.source.files import read_source
from khung.source.from_text import parse_yaml
from khung.source.values import as_mapping, head_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Clause, Rulebook, Subject
    from khung.source.nodes import Mapping

MANIFEST = "rulebook.yaml"
"""The file that makes a folder a rulebook."""

_LEFTOVER = (".", "~", "#")  # how hidden files and those of editors and office programs begin


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the folder with what it holds; None where it could not be read."""

    path: Path
    node: Mapping | None


def load_rulebook(folder: Path, bag: Bag) -> Rulebook | None:
    """Read a rulebook.

    Args:
        folder: Where its files are, on one level.
        bag: Where everything that is wrong is reported.

    Returns:
        The rulebook, without the entries that are broken; None if there is no manifest to read.
    """
    paths = _yaml_files(folder, bag)
    if paths is None:
        return None
    files = [_File(path, _parsed(path, bag)) for path in paths]
    about = next((file.node for file in files if file.path.name == MANIFEST), None)
    read, ctx = (None, Context(bag)) if about is None else manifest(about, bag, folder.name)
    subjects, listed = _contents(files, ctx)
    if read is None:
        return None
    whole = replace(read, digest=digest(_readable(files)), subjects=subjects, clauses=listed)
    check_unique(declared_types(whole), bag)
    return whole


def _readable(files: Iterable[_File]) -> list[Path]:
    return [file.path for file in files if file.node is not None]


def digest(paths: Iterable[Path]) -> str:
    """Return `sha256:…` over the names and bytes of files, whatever their order."""
    found = sha256()
    for path in sorted(paths, key=lambda p: p.name):
        data = path.read_bytes()
        found.update(f"{path.name}\0{len(data)}\0".encode())
        found.update(data)
    return f"sha256:{found.hexdigest()}"


# -- the folder -----------------------------------------------------------------------------


def _yaml_files(folder: Path, bag: Bag) -> list[Path] | None:
    """Return the files to read, by name, or None if the folder is no rulebook."""
    try:
        present = sorted(folder.iterdir(), key=lambda p: p.name)
    except OSError:
        bag.add("K0427", None, folder=str(folder))
        return None
    present = [path for path in present if not path.name.startswith(_LEFTOVER)]
    _report_unread(present, bag)
    found = [path for path in present if path.suffix.lower() == ".yaml" and _inside(path, bag)]
    if MANIFEST not in [path.name for path in found]:
        bag.add("K0403", None, folder=str(folder))
        return None
    if len(found) > limits.RULEBOOK_FILES:
        bag.add("K0429", None, folder=str(folder), limit=limits.RULEBOOK_FILES)
        return None
    return found


def _inside(path: Path, bag: Bag) -> bool:
    """Say whether a file is in its folder, and no link to elsewhere."""
    try:
        inside = path.resolve().parent == path.parent.resolve()
    except (OSError, RuntimeError):  # RuntimeError: links that lead in a circle
        inside = False
    if not inside:
        bag.add("K0428", None, file=str(path))
    return inside


def _report_unread(present: Iterable[Path], bag: Bag) -> None:
    """Warn of files that look as if they should be read, and are not."""
    for path in present:
        if path.suffix.lower() == ".yml":
            bag.add("K0405", None, file=str(path))
        elif path.is_dir() and not path.is_symlink() and any(path.glob("*.yaml")):
            bag.add("K0405", None, help="folder", file=str(path))


def _parsed(path: Path, bag: Bag) -> Mapping | None:
    file = read_source(path, bag)
    node = None if file is None else parse_yaml(file, bag)
    return None if node is None else as_mapping(node, bag)


# -- the files ------------------------------------------------------------------------------


def _contents(
    files: Iterable[_File], ctx: Context
) -> tuple[tuple[Subject, ...], tuple[Clause, ...]]:
    """Read every file but the manifest by what it says it is."""
    subjects: list[Subject] = []
    listed: list[Clause] = []
    for file in files:
        node = file.node
        if node is None or file.path.name == MANIFEST:
            continue
        if node.get("subject") is not None:
            read = subject(node, ctx)
            subjects += [] if read is None else [read]
        elif node.get("clauses") is not None:
            listed += clauses(node, ctx)
        else:
            _report_unknown(node, file.path.name, ctx)
    check_unique((("clause", c.address, c.span) for c in listed), ctx.bag)
    # by name, so that renaming a file changes nothing
    return tuple(sorted(subjects, key=lambda s: s.head.id)), tuple(listed)


def _report_unknown(node: Mapping, name: str, ctx: Context) -> None:
    later = [entry for entry in node.entries if entry.key in LATER]
    for entry in later:
        ctx.bag.add("K0400", entry.key_span, at=entry.key, key=entry.key)
    if not later:
        ctx.bag.add("K0404", head_of(node), file=name)

"""Which folder holds the rulebook that a case names.

Looked for, in order: in the folder that the user names; in `rulebooks` beside or above the case
file; in `rulebooks` beside or above the current folder; among those installed with khung.

Reports: K0602.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths, resources
from khung.diagnostics.suggest import listed, nearest_id, one_before
from khung.rulebook.folder import rulebooks_in
from khung.source.values import CURLY_QUOTES
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khung.casefile.model import Group, Written
    from khung.casefile.names import NearIds
    from khung.diagnostics.bag import Bag
    from khung.text import Span

FOLDER = "rulebooks"
"""The folder that holds rulebooks, one folder each."""


def find_rulebook(
    name: str,
    case_path: Path | None,
    rulebooks: Path | None,
    bag: Bag,
    span: Span | None = None,
) -> Path | None:
    """Return the folder of a rulebook.

    Args:
        name: The id of the rulebook, which is the name of its folder.
        case_path: The case file, if there is one.
        rulebooks: The folder of `--rulebooks`; nothing else is looked at if it is given.
        bag: Where to report that there is none.
        span: Where the case names the rulebook.
    """
    looked: list[Path] = []
    for folder in dict.fromkeys(_folders(case_path, rulebooks)):
        looked.append(folder)
        for found in rulebooks_in(folder):
            if nfc(found.name) == nfc(name):
                return found
    _report(name, looked, bag, span)
    return None


def names_in(folders: Iterable[Path]) -> tuple[str, ...]:
    """Return the names of the rulebooks right in some folders, each once."""
    return tuple(dict.fromkeys(nfc(r.name) for folder in folders for r in rulebooks_in(folder)))


def known_folders(rulebooks: Path | None) -> tuple[Path, ...]:
    """Return the folders of the rulebooks that a command could name, the first of each name."""
    found: dict[str, Path] = {}
    for folder in _folders(None, rulebooks):
        for one in rulebooks_in(folder):
            found.setdefault(nfc(one.name), one)
    return tuple(found.values())


def known_rulebooks(rulebooks: Path | None) -> tuple[str, ...]:
    """Return the names of the rulebooks that a command could name."""
    return names_in(_folders(None, rulebooks))


def _folders(case_path: Path | None, rulebooks: Path | None) -> Iterator[Path]:
    if rulebooks is not None:
        yield rulebooks
        return
    if case_path is not None:
        yield from _above(paths.absolute(case_path).parent)
    yield from _above(paths.absolute(Path()))
    try:
        yield resources.data_dir(FOLDER)
    except resources.MissingDataError:
        return


def _above(folder: Path) -> Iterator[Path]:
    """Yield each `rulebooks` beside or above a folder, the nearest first."""
    for parent in (folder, *folder.parents):
        if paths.is_folder(parent / FOLDER):
            yield parent / FOLDER


def _report(name: str, looked: list[Path], bag: Bag, span: Span | None) -> None:
    known = names_in(looked)
    inside = name.strip(CURLY_QUOTES)
    curly = inside if inside != name and inside in known else ""
    near, before = curly or nearest_id(name, known), one_before(name, known)
    advice = "near" if near else "before" if before else "known" if known else ""
    bag.add(
        "K0602",
        span,
        help="curly" if curly else advice,
        name=name,
        looked=tuple(str(folder) for folder in looked),
        known=listed(known, 8),
        near=near or before or "",
    )


def likes_first(
    group: Group, near_ids: NearIds, bag: Bag
) -> Iterator[tuple[Written, Written | None]]:
    """Yield each entry of a group once, with the one whose facts it takes over, that one first.

    An entry that is like nobody, or in a ring, has none after a diagnostic.
    """
    by_id = {entry.id.name: entry for entry in group.entries}
    _report_nobody(group, by_id, near_ids, bag)
    done: set[str] = set()
    for entry in group.entries:
        for link in reversed(_chain(entry, by_id, done, bag)):
            base = by_id.get(link.like.name) if link.like else None
            yield link, base if base is not None and base.id.name in done else None
            done.add(link.id.name)


def _chain(entry: Written, by_id: Mapping[str, Written], done: set[str], bag: Bag) -> list[Written]:
    """Return an entry, what it is like, what that is like, and so on, up to what is done."""
    chain: list[Written] = []
    names: set[str] = set()
    current: Written | None = entry
    while current is not None and current.id.name not in done:
        if current.id.name in names:
            _report_ring(current, chain, bag)
            break
        chain.append(current)
        names.add(current.id.name)
        current = by_id.get(current.like.name) if current.like else None
    return chain


def _report_nobody(group: Group, by_id: Mapping[str, Written], near_ids: NearIds, bag: Bag) -> None:
    for entry in group.entries:
        if entry.like is not None and entry.like.name not in by_id:
            name, at = entry.like.name, f"subjects.{group.type.name}.{entry.id.name}.like"
            near = near_ids.nearest(name, by_id)
            advice = "near" if near else ""
            bag.add("K0607", entry.like.span, help=advice, at=at, name=name, near=near or "")


def _report_ring(entry: Written, chain: Sequence[Written], bag: Bag) -> None:
    start = next(i for i, link in enumerate(chain) if link is entry)
    ring = chain[start:]
    path = " → ".join(link.id.name for link in (*ring, entry))
    like = ring[-1].like
    bag.add("K0608", like.span if like else entry.id.span, path=path)

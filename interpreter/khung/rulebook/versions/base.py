"""Where the rulebook is that another extends: in the folder beside it that has its name.

Reports: K0520, K0522, K0523.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung import paths
from khung.diagnostics.suggest import listed, nearest_id
from khung.rulebook.folder import rulebooks_in
from khung.source import limits
from khung.text import nfc

if TYPE_CHECKING:
    from pathlib import Path

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Ref

_KNOWN = 8  # rulebooks named where there is none of a name


def find_base(folder: Path, name: Ref, chain: tuple[Path, ...], bag: Bag) -> Path | None:
    """Return the folder of the rulebook that one extends.

    Args:
        folder: The folder of the rulebook that extends it.
        name: The name that it gives.
        chain: The folders of the rulebooks that led there, the one asked for first.
        bag: Where to report that there is none, or that the way leads round.
    """
    whole = (*chain, folder)
    found = _beside(folder, name, bag)
    if found is None:
        return None
    real = [paths.real(one) for one in whole]
    if paths.real(found) in real:
        names = [one.name for one in real]
        path = " → ".join((*names[names.index(paths.real(found).name) :], found.name))
        bag.add("K0522", name.span, path=path)
        return None
    if len(whole) >= limits.RULEBOOK_CHAIN:
        bag.add("K0523", name.span, limit=limits.RULEBOOK_CHAIN)
        return None
    return found


def base_of_name(folder: Path, name: str) -> Path | None:
    """Return the folder beside one that has a name; None if there is none."""
    return next((one for one in rulebooks_in(_parent(folder)) if nfc(one.name) == nfc(name)), None)


def _parent(folder: Path) -> Path:
    return folder.parent if folder.name not in ("", "..") else paths.real(folder).parent


def _beside(folder: Path, name: Ref, bag: Bag) -> Path | None:
    found = base_of_name(folder, name.name)
    if found is not None:
        return found
    parent, wanted = _parent(folder), nfc(name.name)
    known = rulebooks_in(parent)
    own = nfc(paths.real(folder).name)
    names = [nfc(path.name) for path in known if nfc(path.name) != own]
    near = nearest_id(wanted, names)
    bag.add(
        "K0520",
        name.span,
        help="near" if near else "known" if names else "",
        at="extends.rulebook",
        name=name.name,
        folder=str(parent),
        near=near or "",
        known=listed(names, _KNOWN),
    )
    return None

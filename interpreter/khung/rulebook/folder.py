"""A folder of YAML files as nodes: the manifest, the subjects, clauses and translations.

In: a folder. Out: `Written`. Nothing outside the folder is read, and the order of its files never
matters. What the manifest of a small rulebook holds itself is as if it stood in files of its own.

Reports: K0403-K0405, K0427-K0429, K0555 and those of the readers of YAML.
"""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.diagnostics.bag import Bag
from khung.diagnostics.suggest import listed, nearest_id
from khung.digests import sha256
from khung.records import dataclass
from khung.rulebook.addresses import with_addresses
from khung.rulebook.keeping import blocks_of, file_once
from khung.rulebook.translations import KEY, Translations, read_translations
from khung.source import limits
from khung.source.files import decode, read_bytes
from khung.source.from_text import parse_yaml
from khung.source.nodes import Entry, Mapping, Scalar
from khung.source.values import as_mapping, as_name, head_of, under
from khung.surfaces import ENGLISH, SURFACES
from khung.text import PlacedText, nfc

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from khung.rulebook.model import (
        Amended,
        AppliesTo,
        Basis,
        Carried,
        Extends,
        Leads,
        Ref,
        Removed,
        Rulebook,
    )
    from khung.rulebook.parts import Cells, Parsed
    from khung.source.nodes import Node

MANIFEST = "rulebook.yaml"
"""The file that makes a folder a rulebook."""

SURFACE = "surface"
"""The key of a manifest that says in which words expressions are written."""

_SAID = re.compile(rb"(?m)^surface:[ \t]*[\"']?(\w+)")

POPULATION = "population.yaml"
"""The file that describes a made-up population: it is none of the files of the rules."""

_LEFTOVER = (".", "~", "#")  # how hidden files and those of editors and office programs begin


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read of a folder: its files by path, and `sha256:…` over them."""

    folder: Path
    files: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """A rulebook as nodes: the files of its folder, or those put over what it extends.

    Attributes:
        manifest: The mapping of `rulebook.yaml`.
        subjects: The mappings of the files with `subject`.
        clauses: The mappings of the files with `clauses`.
        digest: `sha256:…` over all files that went in.
        whole: Whether every file that belongs to it could be read.
        files: The names of the files of the folder itself.
        sure: How sure entries are that cite something and do not say so, by the file that cites
            it: of the files taken over; what is its own is as sure as the manifest says.
        base: The rulebook that this one is put over, if any.
        extends, carried, removed, applies_to, leads, amended: How it was put over that.
        earlier: The clauses of the documents that it amends, by document, that of the year first.
        parsed: What the expressions of that were read as, by the identity of their texts; once
            the rulebook is decoded, all that it has.
        cells: The cells of tables, once it is decoded.
        taken: What was read, of the folder itself and of each that it is put over, in order.
        translations: Those of the folder itself, put over those of what it extends.
    """

    folder: Path
    manifest: Mapping
    subjects: tuple[Mapping, ...]
    clauses: tuple[Mapping, ...]
    digest: str
    whole: bool = True
    files: frozenset[str] = frozenset()
    sure: MappingOf[str, Basis] = field(default_factory=dict)
    base: Rulebook | None = None
    extends: Extends | None = None
    carried: Carried | None = None
    removed: tuple[Removed, ...] = ()
    applies_to: tuple[AppliesTo, ...] = ()
    leads: Leads = field(default_factory=dict)
    amended: Amended | None = None
    earlier: MappingOf[str, Mapping] = field(default_factory=dict)
    parsed: Parsed = field(default_factory=dict)
    cells: Cells = field(default_factory=list)
    taken: tuple[Taken, ...] = ()
    translations: Translations = field(default_factory=Translations)


def read_folder(folder: Path, bag: Bag) -> Written | None:
    """Read the files of a folder; None if it holds no manifest that can be read."""
    present = yaml_files(folder, bag)
    if present is None:
        return None
    data = {path: found for path in present if (found := read_bytes(path, bag)) is not None}
    surface = surface_of(next((d for path, d in data.items() if path.name == MANIFEST), b""))
    parsed = {path: _parsed(found, path, bag, surface) for path, found in data.items()}
    read = {path: node for path, node in parsed.items() if node is not None}
    manifest = next((node for path, node in read.items() if path.name == MANIFEST), None)
    others = {path: node for path, node in read.items() if path.name != MANIFEST}
    subjects = [node for node in others.values() if node.get("subject") is not None]
    rest = {path: node for path, node in others.items() if node.get("subject") is None}
    clauses = [node for node in rest.values() if node.get("clauses") is not None]
    unlisted = {path: node for path, node in rest.items() if node.get("clauses") is None}
    texts = [node for node in unlisted.values() if node.get(KEY) is not None]
    unknown = {path: node for path, node in unlisted.items() if node.get(KEY) is None}
    for path, node in unknown.items():
        bag.add("K0404", head_of(node), file=path.name)
    if manifest is None:
        return None
    manifest, more, listed = split(manifest, bag)
    subjects, clauses = [*subjects, *more], [*clauses, *listed]
    named = [as_name(n, bag, "subject") for root in subjects if (n := root.get("subject"))]
    whole = len(read) == len(present) and not unknown and None not in named
    names = frozenset(node.span.file.name for node in read.values())
    own = digest({path.name: data[path] for path in read})
    taken = (Taken(folder, tuple(map(str, present)), own),)
    files = (tuple(subjects), tuple(clauses))
    said = read_translations(manifest, texts, bag)
    return Written(folder, manifest, *files, own, whole, names, taken=taken, translations=said)


def split(manifest: Mapping, bag: Bag) -> tuple[Mapping, list[Mapping], list[Mapping]]:
    """Return a manifest without the subjects and clauses in it, and those as files have them."""
    said = manifest.get("subjects")
    held = None if said is None else as_mapping(said, bag, "subjects")
    subjects = [_as_file(entry, bag) for entry in held.entries] if held else []
    listed = only(manifest, "headings", "clauses")
    rest = without(manifest, "subjects", "headings", "clauses")
    return rest, [root for root in subjects if root], [listed] if listed.entries else []


def _as_file(entry: Entry, bag: Bag) -> Mapping | None:
    """Return a subject of the manifest as the mapping of a file of its own."""
    at = under("subjects", entry.key)
    node = as_mapping(entry.value, bag, at)
    if node is None:
        return None
    for own in (own for own in node.entries if own.key == "subject"):
        bag.add("K0555", own.key_span, at=at, name=entry.key)
    span, text = entry.key_span, entry.key
    is_quoted = span.text[:1] in ("'", '"')
    placed = PlacedText(text, span.file, span.start + is_quoted)
    name = Entry("subject", Scalar(text, placed, span), span)
    return Mapping((name, *without(node, "subject").entries), node.span)


def read_manifest(folder: Path, bag: Bag) -> Mapping | None:
    """Read the manifest of a folder alone; None if it cannot be read."""
    data = read_bytes(folder / MANIFEST, bag)
    return None if data is None else _parsed(data, folder / MANIFEST, bag, surface_of(data))


def surface_of(manifest: bytes) -> str:
    """Return in which words the expressions of a folder are written, by the bytes of its manifest.

    Nothing is reported: the manifest is read once more, with all that is wrong in it.
    """
    if SURFACE.encode() not in manifest:
        return ENGLISH
    node = _parse(manifest, Path(MANIFEST), Bag(), ENGLISH)
    line = _SAID.search(manifest)  # of one that is just being written all else is still read right
    broken = line[1].decode() if line else ENGLISH
    said = broken if node is None else text_at(node.get(SURFACE))
    return said if said in SURFACES else ENGLISH


def subject_id(root: Mapping) -> str:
    """Return what the mapping of a subject's file says that it describes."""
    return text_at(root.get("subject"))


def without(node: Mapping, *keys: str) -> Mapping:
    """Return a mapping without some keys."""
    return Mapping(tuple(e for e in node.entries if e.key not in keys), node.span)


def only(node: Mapping, *keys: str) -> Mapping:
    """Return a mapping with some keys and no others."""
    return Mapping(tuple(e for e in node.entries if e.key in keys), node.span)


def text_at(node: Node | None) -> str:
    """Return the text of a scalar as written; empty for anything else."""
    return node.text.text if isinstance(node, Scalar) and node.value is not None else ""


def digest(files: MappingOf[str, bytes]) -> str:
    """Return `sha256:…` over the names and bytes of files, whatever their order."""
    found = sha256()
    for name, data in sorted(files.items()):
        found.update(f"{name}\0{len(data)}\0".encode())
        found.update(data)
    return f"sha256:{found.hexdigest()}"


# -- the folder -----------------------------------------------------------------------------


def yaml_files(folder: Path, bag: Bag) -> list[Path] | None:
    """Return the files to read, by name, or None if the folder is no rulebook."""
    present = paths.inside(folder)
    if present is None:
        bag.add("K0427", None, folder=str(folder))
        return None
    present = tuple(path for path in present if not path.name.startswith(_LEFTOVER))
    _report_unread(present, bag)
    present = tuple(path for path in present if path.name != POPULATION)
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
    inside = paths.real(path).parent == paths.real(path.parent)
    if not inside:
        bag.add("K0428", None, file=str(path))
    return inside


def _report_unread(present: Iterable[Path], bag: Bag) -> None:
    """Warn of files that look as if they should be read, and are not."""
    for path in present:
        if path.suffix.lower() == ".yml":
            bag.add("K0405", None, file=str(path))
        elif not paths.is_link(path) and any(p.suffix == ".yaml" for p in paths.inside(path) or ()):
            bag.add("K0405", None, help="folder", file=str(path))


def _parsed(data: bytes, path: Path, bag: Bag, surface: str = ENGLISH) -> Mapping | None:
    return file_once((surface, data), str(path), bag, lambda own: _parse(data, path, own, surface))


def _parse(data: bytes, path: Path, bag: Bag, surface: str) -> Mapping | None:
    file = decode(data, str(path), bag, surface)
    blocks = blocks_of(str(path))
    if file is not None and blocks is not None:
        kept = blocks.read(file, bag, with_addresses)
        if kept is not None:
            return kept
    node = None if file is None else parse_yaml(file, bag)
    found = None if node is None else as_mapping(node, bag)
    return None if found is None else with_addresses(found)


def rulebooks_in(folder: Path) -> tuple[Path, ...]:
    """Return the rulebooks right in a folder, by name; () if it cannot be looked into."""
    return tuple(path for path in paths.inside(folder) or () if paths.is_file(path / MANIFEST))


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


def rulebooks_beside(folder: Path) -> tuple[Path, ...]:
    """Return the rulebooks in the folder that holds one, that one among them, by name."""
    return rulebooks_in(_parent(folder))


def base_of_name(folder: Path, name: str) -> Path | None:
    """Return the folder beside one that has a name; None if there is none."""
    return next((one for one in rulebooks_beside(folder) if nfc(one.name) == nfc(name)), None)


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

"""The rulebook that a command names, by its id or by its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.casefile.find import find_rulebook, known_folders
from khung.cli import output
from khung.cli.problems import UsageProblem
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.driver import Ready, Shelf
from khung.rulebook.folder import MANIFEST, read_manifest, text_at
from khung.source.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.model import Diagnostic
    from khung.ir.program import Program
    from khung.source.nodes import Node


def take(
    name: str, rulebooks: str | None, readings: MappingOf[str, str], shelf: Shelf | None = None
) -> tuple[Ready | None, tuple[Diagnostic, ...]]:
    """Return the rulebook that a command names, and all that is said of it.

    Args:
        name: An id, looked for as a case's is, or a folder.
        rulebooks: The folder of rulebooks that the user names, if any.
        readings: Options to follow.
        shelf: Where rulebooks are kept, if others are taken too.
    """
    bag = Bag()
    folder = _folder(name, rulebooks, bag)
    if folder is None:
        return None, bag.diagnostics
    ready = (shelf or Shelf()).ready(folder, readings)
    return ready, ready.diagnostics


def take_sound(
    name: str, rulebooks: str | None, readings: MappingOf[str, str] | None = None
) -> tuple[Program | None, Ready | None, tuple[Diagnostic, ...]]:
    """Return the program of a rulebook, or None with the errors that there are."""
    ready, said = take(name, rulebooks, readings or {})
    program = ready.program if ready else None
    return program, ready, () if program else tuple(d for d in said if is_error(d))


def take_to_prove(
    name: str,
    rulebooks: str | None,
    readings: MappingOf[str, str],
    shelf: Shelf,
    *,
    lang: str,
    form: str,
) -> Ready | None:
    """Return a sound rulebook that a solver is to be asked about; None where it is refused.

    Raises:
        UsageProblem: K0880 no solver is there.
    """
    from khung.analysis.proof.solver import INSTALL, is_there  # noqa: PLC0415  # not for the help

    ready, said = take(name, rulebooks, readings, shelf)
    if ready is None or ready.program is None:
        output.refuse(tuple(d for d in said if is_error(d)), lang, as_data=form == "json")
        return None
    if not is_there():
        raise UsageProblem("K0880", install=INSTALL)
    return ready


def _folder(name: str, rulebooks: str | None, bag: Bag) -> Path | None:
    path = Path(name)
    if paths.is_file(path / MANIFEST) or len(path.parts) != 1 or name in (".", ".."):
        return path
    return find_rulebook(name, None, Path(rulebooks) if rulebooks else None, bag)


def newest(rulebooks: str | None) -> str | None:
    """Return the rulebook of the last period among those that a command finds, if there is one."""
    return next(iter(by_period(rulebooks)), None)


def by_period(rulebooks: str | None) -> tuple[str, ...]:
    """Return the folders of the rulebooks that a command finds, that of the last period first.

    What is for some of the subjects, or changes another within its period, is not counted.
    """
    found: list[tuple[str, str]] = []
    for folder in known_folders(Path(rulebooks) if rulebooks else None):
        manifest = read_manifest(folder, Bag())
        if manifest is not None and text_at(_at(manifest, "extends", "as")) in ("", "successor"):
            found.append((text_at(_at(manifest, "period", "to")), str(folder)))
    return tuple(folder for _, folder in sorted(found, reverse=True))


def _at(manifest: Mapping, key: str, inner: str) -> Node | None:
    section = manifest.get(key)
    return section.get(inner) if isinstance(section, Mapping) else None

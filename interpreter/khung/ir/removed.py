"""Names that a rulebook took out of the one that it extends, and still uses.

In: what was said of names. Out: the same, where one was taken out said as that (K0530), with the
place that says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.diagnostics.model import Diagnostic, Word
from khung.rulebook.special import YEARLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.rulebook.model import Removed

_UNKNOWN = {"K0201", "K0202"}
_NAMED = {
    *(*YEARLY, "options"),
    *("scales", "enumerations", "values", "records", "fields"),
    *("facts", "links", "definitions", "groups", "items", "sets", "tables", "outputs"),
}
"""The parts of a rulebook whose entries expressions can name."""

_SECTIONS = {word: section for section, word in YEARLY.items()}


def told_of_removed(
    diagnostics: Iterable[Diagnostic], removed: Iterable[Removed]
) -> Iterator[Diagnostic]:
    """Yield diagnostics, those of unknown names turned into K0530 where the name was taken out."""
    gone = tuple(filter(_can_be_named, removed))
    for diagnostic in diagnostics:
        found = next((one for one in gone if _is_of(diagnostic, one)), None)
        if found is None:
            yield diagnostic
            continue
        args = {"name": found.name, "path": found.path}
        yield replace(diagnostic, code="K0530", args=args, help="", related=(found.span,))


def _can_be_named(removed: Removed) -> bool:
    *above, _ = removed.path.split(".")
    return not above or above[-1] in _NAMED


def _is_of(diagnostic: Diagnostic, removed: Removed) -> bool:
    if diagnostic.code not in _UNKNOWN or diagnostic.args.get("name") != removed.name:
        return False
    kind, owner = diagnostic.args.get("kind"), diagnostic.args.get("type")
    section = removed.path.partition(".")[0]
    if isinstance(kind, Word) and kind.key in _SECTIONS:
        return section == _SECTIONS[kind.key]
    if isinstance(owner, Word) and owner.name:
        return owner.name in removed.path.split(".")
    return section not in YEARLY

"""What is an error only because something else is one, and names that were taken out.

An entry that could not be read is missing wherever it is named. What may not apply, and the order
of the stages, follow from conditions: as long as one of those is wrong, nobody can tell.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from khung.diagnostics.codes import is_error
from khung.diagnostics.model import Diagnostic, Word
from khung.rulebook.special import YEARLY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Set

    from khung.rulebook.model import Removed, Rulebook

_OF_SOUND_CONDITIONS = frozenset({"K0333", "K0441"})
_NAME = re.compile(r"[\w./-]+")


def without_follow_ups(
    diagnostics: Collection[Diagnostic], broken: Set[str]
) -> Iterator[Diagnostic]:
    """Yield diagnostics without those that follow from others.

    Args:
        diagnostics: What was found while names were looked up.
        broken: The entries that could not be read (`Rulebook.broken`).
    """
    first = [d for d in diagnostics if d.code not in _OF_SOUND_CONDITIONS]
    sound = not broken and not any(map(is_error, first))
    for diagnostic in diagnostics if sound else first:
        if not _mentions(diagnostic, broken):
            yield diagnostic


def _mentions(diagnostic: Diagnostic, names: Set[str]) -> bool:
    texts = [value for value in diagnostic.args.values() if isinstance(value, str)]
    if diagnostic.span is not None:
        texts.append(diagnostic.span.text)
    found = {name for text in texts for name in _NAME.findall(text)}
    steps = {step for name in found for step in name.split(".")}
    return not names.isdisjoint(found | steps)


def without_lost_levels(
    diagnostics: Iterable[Diagnostic], rulebook: Rulebook
) -> Iterator[Diagnostic]:
    """Yield diagnostics without unknown levels and results of subjects whose scale is unknown."""
    known = {one.head.id: {value.head.id for value in one.values} for one in rulebook.scales}
    ladders = [one.ladder for one in rulebook.subjects if one.ladder is not None]
    lost = [one for one in ladders if one.scale.name not in known]
    names = set(_RESULTS) if lost else set[str]()
    for ladder in lost:
        levels = {level.head.id for level in ladder.levels}
        meant = {name for name, values in known.items() if levels and levels <= values}
        names |= levels.union(meant, *(known[name] for name in meant))
    places = [one.scale.span for one in lost]
    for one in diagnostics:
        follows = one.code in _UNKNOWN and one.args.get("name") in names
        if not follows or one.span in places:
            yield one


_RESULTS = ("ranked", "pending", "status", "stages")
"""What every subject with a ladder has."""

_UNKNOWN = {"K0201", "K0202", "K0354"}
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

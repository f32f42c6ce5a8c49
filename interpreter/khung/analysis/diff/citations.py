"""Changes that only follow a new document: an entry cited by the clause that carries the old one.

A successor repeats most clauses of the document before it. Where an entry's citations lead from
the old clauses to those that carry them, and nothing else differs, the entry is as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.rulebook.model import Basis

if TYPE_CHECKING:
    from khung.analysis.diff.changes import Change
    from khung.rulebook.model import Leads, Rulebook

_CITED = ("source", "sources")
_UNSURE = (Basis.ASSUMED.value, Basis.SECONDARY.value)
_HEADS = ("period", "title", "document", "documents")


def leads(before: Rulebook, after: Rulebook) -> Leads:
    """Return where the citations of one rulebook's document lead in the other's.

    Also from the later one back; {} if both rest on one document, or neither goes back to the
    other's.
    """
    if before.document == after.document:
        return {}
    there = {
        old: ways for old, ways in after.leads.items() if old.startswith(f"{before.document} ")
    }
    back: dict[str, tuple[str, ...]] = {}
    for old, ways in before.leads.items():
        if old.startswith(f"{after.document} "):
            back |= {new: (*back.get(new, ()), old) for new in ways}
    return there or back


def without_following(change: Change, found: Leads) -> Change | None:
    """Return a change without the keys that only follow the new document; None if none is left.

    What stands at the head of every rulebook (its period, its documents) only follows as well.
    """
    if not found:
        return change
    if change.item.part in _HEADS:
        return None
    if not change.keys:
        return change
    keys = tuple(key for key in change.keys if not _follows(key, change, found))
    return replace(change, keys=keys) if keys else None


def _follows(key: str, change: Change, found: Leads) -> bool:
    before, after = (side.get(key) for side in (change.before or {}, change.after or {}))
    return _same(key, before, after, found)


def _same(key: str, before: object, after: object, found: Leads) -> bool:
    if key == "carries":
        return True
    if key in _CITED:
        return _led(_listed(before), _listed(after), found)
    if key == "basis":
        return after is None and before in _UNSURE
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(
            before[name] == after[name] or _same(name, before[name], after[name], found)
            for name in before
        )
    return False


def _led(before: list[str], after: list[str], found: Leads) -> bool:
    """Say whether every old citation leads to a new one, and every new one is led to."""
    led = [{*found.get(cited, ()), cited} for cited in before]
    return all(ways & {*after} for ways in led) and {*after} <= set().union(*led)


def _listed(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []

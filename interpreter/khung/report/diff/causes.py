"""The changes behind what comes out differently, for people."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.analysis.compare_rulebooks import Kind
from khung.locale import phrase, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.analysis.compare_outcomes import Compared
    from khung.analysis.compare_rulebooks import Change
    from khung.analysis.difference import Comparison
    from khung.analysis.units import Unit
    from khung.diagnostics.model import Diagnostic

_MOST_CHANGES = 3
"""How many changes are named of those that are made together."""


class Causes:
    """Names the causes of one comparison in one language."""

    def __init__(self, found: Comparison, lang: str) -> None:
        self.found = found
        self.lang = lang
        self.units = {unit.id: unit for unit in found.units}

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase of the comparison."""
        return phrase(self.lang, f"diff.{key}", **args)

    def of(self, case: Compared) -> tuple[str, ...]:
        """Return the causes of all that differs in a case, in the order of the changes."""
        found = {name for one in case.differences for name in one.causes}
        return tuple(name for name in self.units if name in found)

    def of_refused(self, case: Compared) -> tuple[str, ...]:
        """Return the changes by which a side has not what a case names, if there are any."""
        found = {
            unit.id
            for side, diagnostic in case.refused.items()
            for unit in self.found.units
            for change in unit.changes
            if change.kind is _MISSING_IN[side] and _is_named(change, diagnostic)
        }
        return tuple(name for name in self.units if name in found)

    def sorted(self, cases: Iterable[Compared]) -> list[tuple[tuple[str, ...], list[Compared]]]:
        """Return cases by their causes: what is not explained last."""
        places = {name: place for place, name in enumerate(self.units)}
        found: dict[tuple[str, ...], list[Compared]] = defaultdict(list)
        for case in cases:
            found[self.of(case)].append(case)
        order = sorted(found, key=lambda names: (not names, [places[name] for name in names]))
        return [(names, found[names]) for names in order]

    def heading(self, causes: tuple[str, ...], n: int) -> str:
        """Return the heading of cases that come of some changes."""
        return self.say("heading", heading=self.said(causes), n=n)

    def said(self, causes: tuple[str, ...]) -> str:
        """Return of which changes something comes, or that this was not found."""
        if not causes:
            return self.say("cause.unknown")
        *most, last = map(self.named, causes)
        changes = self.say("cause.and", most=", ".join(most), last=last) if most else last
        return self.say("cause", changes=changes)

    def count(self, name: str) -> int:
        """Return how many cases come out differently by a unit of changes."""
        return sum(name in self.of(case) for case in self.found.differing)

    def named(self, name: str) -> str:
        """Return what a unit of changes is called: a group, or the entries that differ."""
        if name in self.found.groups:
            return self.say("cause.group", label=self.found.groups[name].label.said(self.lang))
        changes = self._telling(self.units[name])
        said = [self._entry(change) for change in changes[:_MOST_CHANGES]]
        left = len(changes) - _MOST_CHANGES
        return ", ".join([*said, self.say("cause.more", n=left)] if left > 0 else said)

    def _telling(self, unit: Unit) -> list[Change]:
        """Return changes without those of a part of another one that is named anyway."""
        paths = [change.path for change in unit.changes]
        return [c for c in unit.changes if not any(c.path.startswith(f"{p}.") for p in paths)]

    def _entry(self, change: Change) -> str:
        part = table(self.lang, "diff").get(f"diff.part.{change.item.part}", change.item.part)
        if change.label is None:
            return self.say("named", part=part, label=change.path)
        return self.say("part_named", part=part, label=change.label.said(self.lang))


_NO_SUCH_FACT = "K0610"

_MISSING_IN = {"before": Kind.ADDED, "after": Kind.REMOVED}
"""The kind of change by which a side has not what the other has."""


def _is_named(change: Change, diagnostic: Diagnostic) -> bool:
    """Say whether a diagnostic names an entry; of a fact it says who has none of that name."""
    owner = diagnostic.args["type"] if diagnostic.code == _NO_SUCH_FACT else ""
    is_owned = not owner or f".{owner}." in f".{change.path}"
    return is_owned and change.item.id in diagnostic.args.values()

"""The changes behind what comes out differently, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.locale import phrase, table
from khung.report.layout import Line, Style

if TYPE_CHECKING:
    from khung.analysis.causes import Unit
    from khung.analysis.compare_rulebooks import Change
    from khung.analysis.difference import Comparison
    from khung.analysis.outcomes import Difference

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

    def line(self, one: Difference) -> Line:
        """Return which changes a difference comes of, or that this was not found."""
        if not one.causes:
            return Line(self.say("cause.unknown"), 6, style=Style.FAINT)
        named = "; ".join(self.named(name) for name in one.causes)
        return Line(self.say("cause", changes=named), 6)

    def named(self, name: str) -> str:
        """Return what a unit of changes is called: a group, or the entries that differ."""
        if name in self.found.groups:
            return self.found.groups[name].label.said(self.lang)
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

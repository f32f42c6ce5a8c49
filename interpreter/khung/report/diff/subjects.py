"""One subject that comes out differently, for people: from what to what, by which rule."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis import values
from khung.locale import phrase
from khung.report.document.model import Line
from khung.report.result.brief import Bearing, brief
from khung.report.result.context import context_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.outcomes import Difference, Outcome
    from khung.report.result.brief import Bound, Brief

_MOST_RULES = 2
"""How many rules are named behind a result."""

_MOST_MISSING = 3
"""How many unknown facts are named."""

_MOST_CHECKS = 3
"""How many checks are named of which the same became."""


class Told(NamedTuple):
    """What is said of a subject: those of whom the same is said share it.

    Attributes:
        type: What its type is called.
        standing: Its level or status before and after.
        lines: By which rules, and what else differs.
    """

    type: str
    standing: str
    lines: tuple[Line, ...]


class Teller:
    """Tells the differences of one comparison in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.briefs: dict[Outcome, Brief] = {}

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase of the comparison."""
        return phrase(self.lang, f"diff.{key}", **args)

    def told(self, one: Difference) -> Told:
        """Return what is said of a subject; rules only where its level or status differs."""
        name = one.label.said(self.lang) if one.label else one.type
        before, after = (self._standing(side) for side in (one.before, one.after))
        key = "same" if before == after else "turned"
        own = (*self._rules(one), *self._left_open(one), *self._missing(one))
        lines = (*(own if is_of_level(one) else ()), *self._outputs(one), *self._checks(one))
        return Told(name, self.say(key, before=before, after=after), lines)

    def _brief(self, side: Outcome) -> Brief:
        if side not in self.briefs:
            self.briefs[side] = brief_of(side, self.lang)
        return self.briefs[side]

    def _standing(self, side: Outcome | None) -> str:
        return self._brief(side).standing if side else self.say("no_result")

    def _rules(self, one: Difference) -> Iterator[Line]:
        """Yield the rules in the way on each side, those first that the other side has not."""
        before, after = self._behind(one.before), self._behind(one.after)
        if before == after:
            return
        for name, own, other in (("before", before, after), ("after", after, before)):
            told = [b for b in own if b.bearing is not Bearing.MET]
            there = {b.rule for b in other}
            first = [b for b in told if b.rule not in there]
            if told:
                said = self._bound([*first, *(b for b in told if b.rule in there)])
                yield Line(self.say(f"because.{name}", rules=said), 8)

    def _behind(self, side: Outcome | None) -> tuple[Bound, ...]:
        return self._brief(side).bound if side else ()

    def _left_open(self, one: Difference) -> Iterator[Line]:
        """Yield what is to be decided on each side, and among which levels, where that differs."""
        if one.before is None or one.after is None:
            return
        before, after = self._brief(one.before), self._brief(one.after)
        if before.standing != after.standing:
            return
        if before.question != after.question:
            yield Line(self.say("to_decide.before", question=before.question), 8)
            yield Line(self.say("to_decide.after", question=after.question), 8)
        if before.left != after.left:
            yield Line(self.say("levels", before=before.left, after=after.left), 8)

    def _missing(self, one: Difference) -> Iterator[Line]:
        """Yield what each side would have to know, where that differs."""
        before, after = (self._brief(side).missing if side else () for side in _sides(one))
        for name, missing in (("before", before), ("after", after)):
            if missing and before != after:
                said, left = "; ".join(missing[:_MOST_MISSING]), len(missing) - _MOST_MISSING
                said = self.say("more_missing", facts=said, n=left) if left > 0 else said
                yield Line(self.say(f"missing.{name}", facts=said), 8)

    def _bound(self, bound: list[Bound]) -> str:
        said = [
            self.say("rule", text=text, cited=b.cited) if b.cited else text
            for b in bound[:_MOST_RULES]
            for text in [self.say(f"bearing.{b.bearing}", rule=b.text)]
        ]
        left = len(bound) - _MOST_RULES
        return "; ".join([*said, self.say("more_rules", n=left)] if left > 0 else said)

    def _outputs(self, one: Difference) -> Iterator[Line]:
        told = [self._turned(one, name) for name in _names(one, "outputs")]
        if told:
            yield Line(self.say("outputs", outputs="; ".join(told)), 8)

    def _turned(self, one: Difference, name: str) -> str:
        before, after = (
            self._brief(side).outputs.get(name) if side else None for side in _sides(one)
        )
        found = after or before
        label = found.label if found else name
        if before and after and before.rows is not None and after.rows is not None:
            told = self._rows(before.rows, after.rows)
            return self.say("found", what=label, value=told)
        said = (side.said if side else self.say("nothing") for side in (before, after))
        return self.say("short", key=label, before=next(said), after=next(said))

    def _rows(self, before: Mapping[str, str], after: Mapping[str, str]) -> str:
        """Say which rows one side alone has; of the same rows, that they are in another order."""
        sides = {
            "rows.more": [row for data, row in after.items() if data not in before],
            "rows.less": [row for data, row in before.items() if data not in after],
        }
        told = [self.say(key, rows=", ".join(rows)) for key, rows in sides.items() if rows]
        return "; ".join(told) or self.say("rows.order")

    def _checks(self, one: Difference) -> Iterator[Line]:
        """Yield checks by what became of them; of many, only the first are named."""
        turned: dict[tuple[str, str], list[str]] = defaultdict(list)
        briefs = [self._brief(side).checks for side in (one.after, one.before) if side]
        states = [values.checks(side.result) if side else {} for side in _sides(one)]
        for name in _names(one, "checks"):
            before, after = (self._check(side.get(name)) for side in states)
            label = next((brief[name] for brief in briefs if name in brief), name)
            turned[before, after].append(label)
        for (before, after), labels in turned.items():
            said = "; ".join(labels[:_MOST_CHECKS])
            left = len(labels) - _MOST_CHECKS
            if left > 0:
                said = self.say("more_checks", checks=said, n=left)
            yield Line(self.say("short", key=said, before=before, after=after), 8)

    def _check(self, state: str | None) -> str:
        return self.say(f"check.{state or 'absent'}")


def brief_of(side: Outcome, lang: str) -> Brief:
    """Return what a side makes of a subject in a few words."""
    results, ready = side.found.results, side.found.ready
    assert results is not None  # noqa: S101  # an outcome is one of them
    return brief(side.result, context_of(results, lang, ready.clauses if ready else {}))


def is_of_level(one: Difference) -> bool:
    """Say whether the level or the status of a subject differs, and not only what stands beside."""
    return any(not part for part, _ in one.facets)


def _sides(one: Difference) -> tuple[Outcome | None, Outcome | None]:
    return one.before, one.after


def _names(one: Difference, part: str) -> list[str]:
    return [name for held, name in one.facets if held == part]

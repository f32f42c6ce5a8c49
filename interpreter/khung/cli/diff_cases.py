"""Cases that come out differently, for people: who, from what to what, by which rule."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from khung.diagnostics.render.sentences import message
from khung.locale import phrase
from khung.report.brief import Bearing
from khung.report.layout import BLANK, Line, Style
from khung.report.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.compare_outcomes import Compared, Difference, Outcome
    from khung.analysis.difference import Comparison
    from khung.report.brief import Bound

_MOST_RULES = 2
"""How many rules are named behind a result."""

_MOST_CASES = 40
"""How many cases are told unless all are asked for."""


def case_lines(found: Comparison, lang: str, *, everything: bool) -> Iterator[Line]:
    """Yield the cases that come out differently, then those that do not run."""
    told = _Cases(lang)
    for heading, cases, lines in (
        ("cases", found.differing, told.case),
        ("not_run", found.refused, told.refused),
    ):
        if cases:
            yield BLANK
            title = told.say("heading", heading=told.say(heading), n=len(cases))
            yield Line(title, 0, "■", Style.TITLE)
        most = len(cases) if everything else _MOST_CASES
        for case in cases[:most]:
            yield from lines(case)
        if len(cases) > most:
            yield Line(told.say("more", n=len(cases) - most), 2)


class _Told(NamedTuple):
    """What is said of a subject: those of whom the same is said share it."""

    type: str
    title: str
    lines: tuple[Line, ...]


class _Cases:
    def __init__(self, lang: str) -> None:
        self.lang = lang

    def say(self, key: str, /, **args: object) -> str:
        return phrase(self.lang, f"diff.{key}", **args)

    def case(self, case: Compared) -> Iterator[Line]:
        yield from self._head(case)
        alike: dict[_Told, list[str]] = defaultdict(list)
        for one in case.differences:
            alike[self._told(one)].append(one.id)
        for told, ids in alike.items():
            whom = self.say("named", part=told.type, label=listed(ids, 12))
            yield Line(self.say("subject", whom=whom, standing=told.title), 4, style=Style.HEADING)
            yield from told.lines

    def refused(self, case: Compared) -> Iterator[Line]:
        yield from self._head(case)
        sides = case.refused
        if len(sides) > 1 and sides["before"] == sides["after"]:
            yield Line(self.say("refused.both", why=message(sides["before"], self.lang)), 4)
            return
        for side, diagnostic in sides.items():
            yield Line(self.say(f"refused.{side}", why=message(diagnostic, self.lang)), 4)

    def _head(self, case: Compared) -> Iterator[Line]:
        title = case.title.said(self.lang) if case.title else case.path.stem
        yield Line(title, 2, "•", Style.TITLE)
        yield Line(str(case.path), 4, style=Style.FAINT)

    # -- one subject ----------------------------------------------------------------------------

    def _told(self, one: Difference) -> _Told:
        name = one.label.said(self.lang) if one.label else one.type
        before, after = (self._standing(side) for side in (one.before, one.after))
        key = "same" if before == after else "turned"
        title = self.say(key, before=before, after=after)
        lines = (*self._rules(one), *self._left_open(one), *self._outputs(one), *self._checks(one))
        return _Told(name, title, lines)

    def _standing(self, side: Outcome | None) -> str:
        return side.brief.standing if side else self.say("no_result")

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
                yield Line(self.say(f"because.{name}", rules=said), 6)

    def _behind(self, side: Outcome | None) -> tuple[Bound, ...]:
        return side.brief.bound if side else ()

    def _left_open(self, one: Difference) -> Iterator[Line]:
        """Yield what is to be decided on each side, and among which levels, where that differs."""
        if one.before is None or one.after is None:
            return
        before, after = one.before.brief, one.after.brief
        if before.standing != after.standing:
            return
        if before.question != after.question:
            yield Line(self.say("to_decide.before", question=before.question), 6)
            yield Line(self.say("to_decide.after", question=after.question), 6)
        if before.left != after.left:
            yield Line(self.say("levels", before=before.left, after=after.left), 6)

    def _bound(self, bound: list[Bound]) -> str:
        said = [
            self.say("rule", text=text, cited=b.cited) if b.cited else text
            for b in bound[:_MOST_RULES]
            for text in [self.say(f"bearing.{b.bearing}", rule=b.text)]
        ]
        left = len(bound) - _MOST_RULES
        return "; ".join([*said, self.say("more_rules", n=left)] if left > 0 else said)

    def _outputs(self, one: Difference) -> Iterator[Line]:
        told = [self._turned(one, name) for name in self._names(one, "outputs")]
        if told:
            yield Line(self.say("outputs", outputs="; ".join(told)), 6)

    def _turned(self, one: Difference, name: str) -> str:
        before, after = (side.brief.outputs.get(name) if side else None for side in _sides(one))
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
        for name in self._names(one, "checks"):
            sides = (s.result.get("checks", {}) if s else {} for s in _sides(one))
            before, after = (self._check(values.get(name)) for values in sides)
            briefs = [side.brief.checks for side in (one.after, one.before) if side]
            label = next((brief[name] for brief in briefs if name in brief), name)
            yield Line(self.say("short", key=label, before=before, after=after), 6)

    def _check(self, state: str | None) -> str:
        return self.say(f"check.{state}") if state else self.say("nothing")

    def _names(self, one: Difference, part: str) -> dict[str, None]:
        sides = (side.result.get(part, {}) for side in _sides(one) if side)
        return dict.fromkeys(name for values in sides for name in values)


def _sides(one: Difference) -> tuple[Outcome | None, Outcome | None]:
    return one.before, one.after

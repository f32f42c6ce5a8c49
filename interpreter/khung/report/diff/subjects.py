"""One subject that comes out differently, for people: from what to what, by which rule."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis import values
from khung.diagnostics.render.columns import columns
from khung.engine.stages import Status
from khung.locale import voice
from khung.report.diff.naming import turned
from khung.report.document.model import Line
from khung.report.result.beside import Reported, TableTeller
from khung.report.result.context import context_of, options, question
from khung.report.result.subject import missing_text, standing
from khung.report.words.rules import telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.diff.results import Difference, Outcome
    from khung.report.result.context import Context

_MOST_RULES = 2  # rules named behind a result
_MOST_MISSING = 3  # unknown facts named
_MOST_CHECKS = 3  # checks named of which the same became
_LONGEST = 100  # columns up to which what a rule found is said beside it


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


class Bearing(StrEnum):
    """How a rule stands to the result that it is behind.

    `MET` is what the best level asks and has, and keeps nothing away. `FAILED` is a requirement
    of the level above. Any other rule `BINDS`.
    """

    MET = "met"
    FAILED = "failed"
    BINDS = "binds"


class Bound(NamedTuple):
    """A rule behind a result: what it says and found, and its clauses in short form."""

    rule: str
    text: str
    cited: str
    bearing: Bearing


class Teller:
    """Tells the differences of one comparison in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.say = voice(lang, "diff")
        self.contexts: dict[int, Context] = {}

    def told(self, one: Difference) -> Told:
        """Return what is said of a subject; rules only where its level or status differs."""
        name = one.label.said(self.lang) if one.label else one.type
        before, after = (self.standing(side) for side in _sides(one))
        key = "same" if before == after else "turned"
        own = (*self._rules(one), *self._left_open(one), *self._missing(one))
        lines = (*(own if one.of_level else ()), *self._outputs(one), *self._checks(one))
        return Told(name, self.say(key, before=before, after=after), lines)

    def name(self, one: Difference) -> str:
        """Return what a subject is called."""
        side = one.after or one.before
        return self._context(side).words.name(side.result.entity) if side else one.id

    def standing(self, side: Outcome | None) -> str:
        """Return the level or status of a side."""
        return standing(side.result, self._context(side)) if side else self.say("no_result")

    def _context(self, side: Outcome) -> Context:
        results, ready = side.found.results, side.found.ready
        assert results is not None  # noqa: S101  # an outcome is one of them
        if id(results) not in self.contexts:
            clauses = ready.clauses if ready else {}
            self.contexts[id(results)] = context_of(results, self.lang, clauses)
        return self.contexts[id(results)]

    # -- the rules ------------------------------------------------------------------------------

    def _rules(self, one: Difference) -> Iterator[Line]:
        """Yield the rules in the way on each side, those first that the other side has not."""
        before, after = (tuple(self.behind(side)) for side in _sides(one))
        if before == after:
            return
        for name, own, other in (("before", before, after), ("after", after, before)):
            told = [b for b in own if b.bearing is not Bearing.MET]
            there = {b.rule for b in other}
            if told:
                said = self._bound(sorted(told, key=lambda b: b.rule in there))
                yield Line(self.say(f"because.{name}", rules=said), 8)

    def behind(self, side: Outcome | None) -> Iterator[Bound]:
        """Yield the rules behind the result of a side, in its order."""
        if side is None:
            return
        result, context = side.result, self._context(side)
        failed = {failure.rule.id for failure in result.failed}
        met = result.status is Status.RANKED and not failed
        for rule in telling(result, context.rules):
            said = context.rules.title(rule, result.entity.type)
            if rule.id in failed:
                sentence = context.rules.sentence(rule, result.entity, result.next_level)
                said = sentence if columns(sentence) <= _LONGEST else said
            test = context.rules.test(rule, result.entity.type)
            asks = test.wanted and test.node is not None
            bearing = Bearing.MET if met else Bearing.FAILED if asks else Bearing.BINDS
            yield Bound(rule.id, said, context.words.cited(rule.sources), bearing)

    def _bound(self, bound: list[Bound]) -> str:
        said = [
            self.say("rule", text=text, cited=b.cited) if b.cited else text
            for b in bound[:_MOST_RULES]
            for text in [self.say(f"bearing.{b.bearing}", rule=b.text)]
        ]
        left = len(bound) - _MOST_RULES
        return "; ".join([*said, self.say("more_rules", n=left)] if left > 0 else said)

    # -- what is open ---------------------------------------------------------------------------

    def _left_open(self, one: Difference) -> Iterator[Line]:
        """Yield what is to be decided on each side, and among which levels, where that differs."""
        if one.before is None or one.after is None:
            return
        sides = (one.before, one.after)
        if len(set(map(self.standing, sides))) > 1:
            return
        asked = [self._question(side) for side in sides]
        if asked[0] != asked[1]:
            yield Line(self.say("to_decide.before", question=asked[0]), 8)
            yield Line(self.say("to_decide.after", question=asked[1]), 8)
        left = [self._left(side) for side in sides]
        if left[0] != left[1]:
            yield Line(self.say("levels", before=left[0], after=left[1]), 8)

    def _question(self, side: Outcome) -> str:
        taken, context = side.result.decision, self._context(side)
        return question(taken, context, side.result.entity.type) if taken else ""

    def _left(self, side: Outcome) -> str:
        """Return the levels left open: those to choose from, else from the worst to the best."""
        result, context = side.result, self._context(side)
        declared = result.entity.type
        if result.decision is not None and result.decision.options:
            return ", ".join(options(result.decision, context, declared))
        ends = (rank for rank in (result.at_worst, result.at_best) if rank is not None)
        return " – ".join(dict.fromkeys(context.words.level(rank, declared) for rank in ends))

    def _missing(self, one: Difference) -> Iterator[Line]:
        """Yield what each side would have to know, where that differs."""
        before, after = (tuple(self._unknown(side)) for side in _sides(one))
        for name, missing in (("before", before), ("after", after)):
            if missing and before != after:
                said = self._several(missing, _MOST_MISSING, "more_missing", "facts")
                yield Line(self.say(f"missing.{name}", facts=said), 8)

    def _unknown(self, side: Outcome | None) -> Iterator[str]:
        if side is not None and side.result.status is Status.UNDETERMINED:
            own, context = side.result.entity, self._context(side)
            for path in side.result.missing:
                yield missing_text(path, own, context, hints=False)

    def _several(self, names: Sequence[str], most: int, key: str, what: str) -> str:
        said, left = "; ".join(names[:most]), len(names) - most
        return self.say(key, **{what: said}, n=left) if left > 0 else said

    # -- what stands beside the level -----------------------------------------------------------

    def _outputs(self, one: Difference) -> Iterator[Line]:
        told = [self._turned(one, name) for name in _names(one, "outputs")]
        if told:
            yield Line(self.say("outputs", outputs="; ".join(told)), 8)

    def _turned(self, one: Difference, name: str) -> str:
        before, after = (self._reported(side, name) for side in _sides(one))
        found = after or before
        label = found.label if found else name
        if before and after and before.rows is not None and after.rows is not None:
            rows = before.rows, after.rows
            more, less = (
                [row for data, row in own.items() if data not in other]
                for own, other in (rows[::-1], rows)
            )
            return self.say("found", what=label, value=turned(more, less, self.say))
        said = (side.said if side else self.say("nothing") for side in (before, after))
        return self.say("short", key=label, before=next(said), after=next(said))

    def _reported(self, side: Outcome | None, name: str) -> Reported | None:
        if side is None:
            return None
        result, context = side.result, self._context(side)
        for answer in result.tables:
            if answer.table.name == name:
                return TableTeller(answer, result.entity, context).reported()
        for output in result.outputs:
            if output.name == name:
                said = context.words.value(output.value, output.ty)
                return Reported(context.words.member(result.entity.type, name), said)
        return None

    def _checks(self, one: Difference) -> Iterator[Line]:
        """Yield checks by what became of them; of many, only the first are named."""
        alike: dict[tuple[str, str], list[str]] = defaultdict(list)
        states = [values.checks(side.result) if side else {} for side in _sides(one)]
        for name in _names(one, "checks"):
            before, after = (self.say(f"check.{side.get(name, 'absent')}") for side in states)
            alike[before, after].append(self._check(one, name))
        for (before, after), labels in alike.items():
            said = self._several(labels, _MOST_CHECKS, "more_checks", "checks")
            yield Line(self.say("short", key=said, before=before, after=after), 8)

    def _check(self, one: Difference, name: str) -> str:
        """Return what a check is called on the later side, or on the other."""
        for side in filter(None, (one.after, one.before)):
            rules, declared = self._context(side).rules, side.result.entity.type
            for check in side.result.checks:
                if check.name == name:
                    return rules.title(check.check.head, declared)
        return name


def _sides(one: Difference) -> tuple[Outcome | None, Outcome | None]:
    return one.before, one.after


def _names(one: Difference, part: str) -> list[str]:
    return [name for held, name in one.facets if held == part]

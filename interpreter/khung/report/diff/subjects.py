"""One subject that comes out differently, for people: from what to what, by which rule."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis import values
from khung.diagnostics.render.columns import columns
from khung.engine.stages import Status
from khung.locale import voice
from khung.records import dataclass
from khung.report.diff.changes import turned
from khung.report.document.model import Line
from khung.report.result.beside import Reported, TableTeller
from khung.report.result.context import context_of, options, question
from khung.report.result.subject import missing_text, standing
from khung.report.words.rules import telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.outcomes import Difference, Outcome
    from khung.ir.nodes import Rule
    from khung.report.result.context import Context
    from khung.why.result import Result

_MOST_RULES = 2  # rules named behind a result
_MOST_MISSING = 3  # unknown facts named
_MOST_CHECKS = 3  # checks named of which the same became


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
        self.say = voice(lang, "diff")
        self.briefs: dict[Outcome, Brief] = {}

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
        more = [row for data, row in after.items() if data not in before]
        return turned(more, [row for data, row in before.items() if data not in after], self.say)

    def _checks(self, one: Difference) -> Iterator[Line]:
        """Yield checks by what became of them; of many, only the first are named."""
        turned: dict[tuple[str, str], list[str]] = defaultdict(list)
        briefs = [self._brief(side).checks for side in (one.after, one.before) if side]
        states = [values.checks(side.result) if side else {} for side in _sides(one)]
        for name in _names(one, "checks"):
            before, after = (self.say(f"check.{side.get(name, 'absent')}") for side in states)
            label = next((brief[name] for brief in briefs if name in brief), name)
            turned[before, after].append(label)
        for (before, after), labels in turned.items():
            said = "; ".join(labels[:_MOST_CHECKS])
            left = len(labels) - _MOST_CHECKS
            if left > 0:
                said = self.say("more_checks", checks=said, n=left)
            yield Line(self.say("short", key=said, before=before, after=after), 8)


def is_of_level(one: Difference) -> bool:
    """Say whether the level or the status of a subject differs, and not only what stands beside."""
    return any(not part for part, _ in one.facets)


def _sides(one: Difference) -> tuple[Outcome | None, Outcome | None]:
    return one.before, one.after


def _names(one: Difference, part: str) -> list[str]:
    return [name for held, name in one.facets if held == part]


# -- a result in a few words ----------------------------------------------------------------------


_LONGEST = 100  # columns up to which what a rule found is said beside it


class Bearing(StrEnum):
    """How a rule stands to the result that it is behind.

    `MET` is what the best level asks and has, and keeps nothing away. `FAILED` is a requirement
    of the level above. Any other rule `BINDS`.
    """

    MET = "met"
    FAILED = "failed"
    BINDS = "binds"


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule behind a result: what it says and found, and its clauses in short form."""

    rule: str
    text: str
    cited: str
    bearing: Bearing


@dataclass(frozen=True, slots=True)
class Brief:
    """A result in a few words.

    Attributes:
        standing: The level or status.
        bound: The rules behind it, in the order of the result.
        outputs: What each output is called and what it says, those of tables among them.
        checks: What each check is called.
        question: What is to be decided; empty if nothing is.
        left: The levels left open: those to choose from, else from the worst to the best.
        missing: What is not known and would settle it.
    """

    standing: str
    bound: tuple[Bound, ...]
    outputs: Mapping[str, Reported]
    checks: Mapping[str, str]
    question: str
    left: str
    missing: tuple[str, ...]


def brief_of(side: Outcome, lang: str) -> Brief:
    """Return what a side makes of a subject in a few words."""
    results, ready, result = side.found.results, side.found.ready, side.result
    assert results is not None  # noqa: S101  # an outcome is one of them
    context = context_of(results, lang, ready.clauses if ready else {})
    declared = result.entity.type
    unknown = result.missing if result.status is Status.UNDETERMINED else ()
    return Brief(
        standing=standing(result, context),
        bound=tuple(_bound(result, context)),
        outputs=dict(_reported(result, context)),
        checks={c.name: context.rules.title(c.check.rule, declared) for c in result.checks},
        question=question(result.decision, context, declared) if result.decision else "",
        left=_left(result, context),
        missing=tuple(missing_text(p, result.entity, context, hints=False) for p in unknown),
    )


def _reported(result: Result, context: Context) -> Iterator[tuple[str, Reported]]:
    words, declared = context.words, result.entity.type
    for output in result.outputs:
        said = words.value(output.value, output.ty)
        yield output.name, Reported(words.member(declared, output.name), said)
    for answer in result.tables:
        yield answer.table.name, TableTeller(answer, result.entity, context).reported()


def _left(result: Result, context: Context) -> str:
    words, declared = context.words, result.entity.type
    if result.decision is not None and result.decision.options:
        return ", ".join(options(result.decision, context, declared))
    ends = (rank for rank in (result.at_worst, result.at_best) if rank is not None)
    return " – ".join(dict.fromkeys(words.level(rank, declared) for rank in ends))


def _bound(result: Result, context: Context) -> Iterator[Bound]:
    failed = {failure.rule.id for failure in result.failed}
    met = result.status is Status.RANKED and not failed
    for rule in telling(result, context.rules):
        said, cited = _said(rule, failed, result, context), context.clauses.cited(rule.sources)
        test = context.rules.test(rule, result.entity.type)
        asks = test.wanted and test.node is not None
        bearing = Bearing.MET if met else Bearing.FAILED if asks else Bearing.BINDS
        yield Bound(rule.id, said, cited, bearing)


def _said(rule: Rule, failed: set[str], result: Result, context: Context) -> str:
    title = context.rules.title(rule, result.entity.type)
    if rule.id not in failed:
        return title
    sentence = context.rules.sentence(rule, result.entity, result.next_level)
    return sentence if columns(sentence) <= _LONGEST else title

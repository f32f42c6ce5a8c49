"""What was found of one subject, as a person reads it: the level first, then why."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, assert_never

from khung.engine.stages import Status
from khung.engine.values import Value
from khung.engine.voting import FindingCode
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.locale import phrase
from khung.records import dataclass
from khung.report.document.model import Line, Style
from khung.report.result.beside import (
    STYLES,
    TableTeller,
    check_lines,
    is_told,
    told_lines,
    violated_lines,
)
from khung.report.result.context import decision_lines
from khung.report.words.labels import is_bare, noun_of
from khung.report.words.rules import kind_of
from khung.report.words.sentences import sentence
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.facts import Entity
    from khung.engine.voting import Finding
    from khung.ir.nodes import Rule
    from khung.report.result.context import Context
    from khung.why.result import Result
    from khung.why.smallest_change import Change, SmallestChange

_NOT_BELOW = (Status.NOT_RANKED, Status.PENDING)  # standings that are not below any level
_FEW_MISSING, _MOST_MISSING = 6, 20  # unknown facts named in brief and in full; JSON has them all
_OPEN = (Status.UNDETERMINED, Status.NEEDS_DECISION)


def is_decided(result: Result) -> bool:
    """Whether a final level is given from outside, and nothing about it must be looked at."""
    given = result.entity.given
    return given is not None and given.stands_for(Stage.QUOTA) and not result.findings


def standing(result: Result, context: Context) -> str:
    """Return where a subject stands: its level, or that it has none yet, and which it may be."""
    ends = (result.at_worst, result.at_best)
    if None in ends or result.status is not Status.UNDETERMINED:
        return brief_standing(result, context)
    worst, best = (context.words.level(r, result.entity.type) for r in ends if r is not None)
    levels = best if worst == best else context.say("from_to", worst=worst, best=best)
    key = "pending_open" if worst == best else "between"
    key = "scope_open" if result.scope == "open" else key
    return context.say(f"status.{key}", levels=levels)


def brief_standing(result: Result, context: Context) -> str:
    """Return the level of a subject, or its status."""
    if result.level is not None:
        level = context.words.level(result.level, result.entity.type)
        return context.say("foreseen", level=level) if result.is_provisional else level
    return context.say(f"status.{result.status.value}")


def missing_text(path: str, own: Entity, context: Context, *, hints: bool) -> str:
    """Return what is not known: a fact, a list or the result of a subject, a group of a quota.

    Args:
        path: As in `Result.missing`.
        own: The subject.
        context: The words and paths.
        hints: Whether to say what to type, too.
    """
    words, found = context.words, context.paths.located(path)
    if found is None:
        return _group_text(path, context)
    entity, name = found
    if not name:
        return words.say("result_of", whom=words.entity(entity))
    if _is_list(entity, name):
        what = list_name(entity, name, context)
        if entity is own:
            return words.say("list_open", what=what)
        return words.say("list_open_of", what=what, whom=words.entity(entity, own))
    label = words.of(entity, name, own)
    if not hints:
        return label
    return words.say("fact", label=label, name=name if entity is own else path)


def awaits_list(result: Result, context: Context) -> bool:
    """Whether a result hangs on a list that is whole as soon as the case says so."""
    whole, found = context.results.case.whole, map(context.paths.located, result.missing)
    lists = ((e.type.back_lists.get(name), e) for e, name in filter(None, found))
    return any(
        back is not None and back.complete not in entity.facts and not whole.has_all(back.holder)
        for back, entity in lists
    )


def list_name(entity: Entity, name: str, context: Context) -> str:
    """Return what a list holds; of several gathered from one type also along which link."""
    words, lists = context.words, entity.type.back_lists
    noun, back = noun_of(words.member(entity.type, name)), lists.get(name)
    what = noun if back is None else words.plural(noun)
    others = [one for one in lists.values() if back and one.holder == back.holder]
    if back is None or (len(others) == 1 and back.holder != entity.type.name):
        return what
    holder = words.program.objects[back.holder]
    return words.say("list_along", what=what, link=words.member(holder, back.link))


def told_findings(result: Result) -> Iterator[Finding]:
    """Yield what khung itself finds, but for votes that are told as what a level waits for."""
    for finding in result.findings:
        awaited = finding.code is FindingCode.NOT_VOTED and finding.rule.id in result.provisional
        if finding.code is not None and not awaited:
            yield finding


def awaited_text(name: str, result: Result, context: Context) -> str:
    """Return what a level waits for, by a name of `Result.provisional`.

    That is a vote of its own, a fact that its default takes as done, or the level of another.
    """
    rule = next((v.head for v in result.entity.type.votes if v.head.id == name), None)
    if rule is not None:
        said = context.say("finding.not_voted", rule=context.rules.title(rule, result.entity.type))
        return context.cited(said, rule.sources)
    found = context.paths.located(name)
    if found is None:
        return name
    entity, fact = found
    if not fact:
        return context.say("await_result", whom=context.words.entity(entity))
    return context.say("await_fact", what=context.words.of(entity, fact, result.entity))


def _group_text(path: str, context: Context) -> str:
    """Return that the group of a quota may be longer, which a path names by its rule."""
    for declared in context.results.program.subjects:
        for quota in declared.quotas:
            if quota.head.id == path:
                return context.say("group_open", rule=context.rules.title(quota.head, declared))
    return path


def _is_list(entity: Entity, name: str) -> bool:
    """Whether a name is that of a list that may be longer than it is stated, or taken to be."""
    stated = entity.facts.get(name)
    is_taken = stated is None or isinstance(stated, Value)
    return name in entity.type.back_lists or (is_taken and _holds_list(entity, name))


def _holds_list(entity: Entity, name: str) -> bool:
    fact = entity.type.facts.get(name)
    return fact is not None and isinstance(fact.ty, t.List)


def so_far(result: Result, context: Context) -> str:
    """Return the level after the stages before the first open one; empty where none is settled."""
    if result.status is not Status.UNDETERMINED:
        return ""
    before = ""
    for stage, value in result.stages.items():
        if value.why:
            break
        before = stage
    else:
        return ""
    if not before:
        return ""
    words, coming = context.words, phrase(context.words.lang, f"constructs.next.{stage}")
    group = context.group_of(result.entity) if stage == Stage.QUOTA else ""
    coming = context.say("next_of", next=coming, whom=group) if group else coming
    lists = any(_names_list(path, context) for path in result.missing)
    level = words.value(result.stages[before], t.Scale(ladder_of(result.entity.type).scale.name))
    until = phrase(words.lang, f"constructs.until.{before}")
    key = "so_far_lists" if lists else "so_far"
    return context.say(key, before=until, level=level, next=coming)


def _names_list(path: str, context: Context) -> bool:
    found = context.paths.located(path)
    return ".quotas." in path if found is None else _is_list(*found)


@dataclass(frozen=True, slots=True)
class Subject:
    """Tells one subject: what stands below its name."""

    result: Result
    context: Context
    cited: set[str] = field(default_factory=set)

    def brief(self) -> Iterator[Line]:
        """Yield what must be known to sign, or to see what is still to be done."""
        yield from self._so_far()
        yield from self._section("foreseen_until", self._awaited())
        yield from self._section("to_decide", self._decision())
        yield from self._why(brief=True)
        yield from self._section("to_know", self._missing(_FEW_MISSING))
        yield from self._smallest_change()
        yield from self._section(
            "findings", (*self._findings(), *violated_lines(self.result, self.context))
        )
        yield from self._section("outputs", self._named())

    def lines(self) -> Iterator[Line]:
        """Yield all, in the order in which people ask."""
        yield from self._so_far()
        yield from self._section("foreseen_until", self._awaited())
        yield from self._section("given", self._given())
        yield from self._section("to_decide", self._decision())
        yield from self._section("to_know", self._missing(_MOST_MISSING))
        yield from self._why()
        yield from self._smallest_change()
        yield from self._section("findings", self._findings())
        yield from check_lines(self.result, self.context, self.cited)
        yield from self._section("outputs", self._outputs())

    def _so_far(self) -> Iterator[Line]:
        overlay = self.context.overlay(self.result.entity)
        if overlay:
            yield Line(self.context.say("under_overlay", title=overlay), 2)
        said = so_far(self.result, self.context)
        if said:
            yield Line(said, 2)

    def _section(self, key: str, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield lines below a heading; nothing where there are none."""
        for index, line in enumerate(lines):
            if index == 0:
                yield self._heading(key)
            yield line

    def _heading(self, key: str, **args: object) -> Line:
        return Line(self.context.say(key, **args), 2, style=Style.HEADING)

    # -- why ------------------------------------------------------------------------------------

    def _why(self, *, brief: bool = False) -> Iterator[Line]:
        """Say the rules that bind: what keeps the next level away, or else what gave this one."""
        result, words = self.result, self.context.words
        if result.status in _NOT_BELOW or result.next_level is None:
            if result.reasons and result.status not in _OPEN:
                yield self._heading("why")
                met = result.status is Status.RANKED
                yield from self._rules((r.rule for r in result.reasons), None, met=met, brief=brief)
        elif result.failed:
            level = words.level(result.next_level, result.entity.type)
            yield self._heading("why_not", level=level)
            yield from self._rules((f.rule for f in result.failed), result.next_level, brief=brief)
            if result.lifting:
                yield self._heading("lifted")
                yield from self._rules(
                    (reason.rule for reason in result.lifting), None, brief=brief
                )

    def _rules(
        self, rules: Iterable[Rule], rank: int | None, *, met: bool = False, brief: bool = False
    ) -> Iterator[Line]:
        """Say each rule once, what it found unless it was met, and its clauses."""
        for rule in {rule.id: rule for rule in rules}.values():
            told_by, own = self.context.rules, self.result.entity
            if rank is None:
                title, found = told_by.titled(rule, own, rank, met=met)
            else:
                title, found = told_by.failed(rule, own, rank)
            yield Line(title, 4, "•")
            for told in found:
                yield from told_lines(told, 8, brief=brief)
            groups = self.context.group_lines(rule, self.result.entity)
            yield from (Line(group, 8) for group in groups)
            yield from self.context.clause_lines(rule.sources, own, 8, self.cited)

    # -- what is open ---------------------------------------------------------------------------

    def _given(self) -> Iterator[Line]:
        given, words = self.result.entity.given, self.context.words
        if given is None:
            return
        said = given.said
        day = words.date(date.fromisoformat(said["on"])) if "on" in said else ""
        parts = [str(said.get("by", "")), day, str(said.get("document", ""))]
        who = ", ".join(part for part in parts if part)
        stage = phrase(words.lang, f"constructs.after.{said.get('after', 'quota')}")
        text = words.say("given_by", who=who, stage=stage) if who else sentence(stage)
        yield Line(text, 4, "•")

    def _decision(self) -> Iterator[Line]:
        if self.result.decision is not None:
            yield from decision_lines(self.result, self.context, 4, self.cited)

    def _missing(self, most: int) -> Iterator[Line]:
        own, hints = self.result.entity, self.context.hints
        for path in self.result.missing[:most]:
            said = missing_text(path, own, self.context, hints=hints)
            yield Line(sentence(said), 4, "•")
        more = len(self.result.missing) - most
        if more > 0:
            yield Line(self.context.say("more_facts", n=more), 4, "•")

    def _awaited(self) -> Iterator[Line]:
        """Say for which steps a level still waits."""
        for name in self.result.provisional:
            yield Line(awaited_text(name, self.result, self.context), 4, "•")

    # -- the rest -------------------------------------------------------------------------------

    def _smallest_change(self) -> Iterator[Line]:
        found = self.context.changes.get(self.result.entity.path)
        if found is None or self.result.next_level is None:
            return
        from khung.why.smallest_change import Search  # noqa: PLC0415  # only where asked for

        level = self.context.words.level(self.result.next_level, self.result.entity.type)
        match found.search:
            case Search.FOUND:
                yield self._heading("lift", level=level)
                yield from (Line(self._change(change), 4, "•") for change in found.changes)
            case Search.NONE:
                yield from self._no_change(found, level)
            case Search.STOPPED:
                yield self._heading("lift_stopped", level=level)
            case _:
                assert_never(found.search)

    def _no_change(self, found: SmallestChange, level: str) -> Iterator[Line]:
        """Say that no change would do, and what stands in the way if that is not just above."""
        declared, words = self.result.entity.type, self.context.words
        if found.fixed:
            what = words.joined([words.member(declared, name) for name in found.fixed])
            yield self._heading("no_lift_fixed", level=level, what=what)
            return
        failed = {failure.rule.id for failure in self.result.failed}
        blocking = self._blocking(found, failed)
        if not blocking or {rule.id for rule in blocking} == failed:
            yield self._heading("no_lift_above", level=level)
            return
        yield self._heading("no_lift", level=level)
        for rule in blocking:
            yield Line(self.context.rules.title(rule, declared), 4, "•")

    def _blocking(self, found: SmallestChange, failed: set[str]) -> list[Rule]:
        """Return the rules in the way; of the requirements only those that are not met now."""
        tests = self.context.rules.of(self.result.entity.type)
        known = [tests[name].rule for name in found.blocked_by]
        return [rule for rule in known if rule.id in failed or kind_of(rule) != "levels"]

    def _change(self, change: Change) -> str:
        words, declared = self.context.words, self.result.entity.type
        fact = declared.facts.get(change.name)
        unit = fact.unit if fact else ""
        before, after = (words.value(v, change.ty, unit) for v in (change.before, change.after))
        label = words.member(declared, change.name)
        return words.say("change", what=label, before=before, after=after)

    def _findings(self) -> Iterator[Line]:
        for finding in told_findings(self.result):
            text = self.context.rules.finding(finding, self.result.entity)
            if finding.severity == "error":
                text = self.context.say("error", text=text)
            text = self.context.cited(text, finding.rule.sources)
            yield Line(text, 4, "!", STYLES[finding.severity])

    def _named(self) -> Iterator[Line]:
        """Tell outputs that name other subjects."""
        words = self.context.words
        for output in self.result.outputs:
            element = output.ty.element if isinstance(output.ty, t.List) else None
            if not isinstance(element, t.Object) or output.value is None or output.value.why:
                continue
            what = words.member(self.result.entity.type, output.name)
            text = self.context.found(what, words.value(output.value, output.ty))
            yield Line(self.context.cited(text, output.sources), 4, "•")

    def _outputs(self) -> Iterator[Line]:
        for output in self.result.outputs:
            what = self.context.words.member(self.result.entity.type, output.name)
            value = self.context.words.value(output.value, output.ty)
            value = self.context.say("not_granted") if output.awaits else value
            yield Line(self.context.found(what, value), 4, "•")
        for answer in self.result.tables:
            if is_told(answer) or not is_bare(self.result.entity):
                yield from TableTeller(answer, self.result.entity, self.context).lines()

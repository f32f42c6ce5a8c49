"""What every part of the text for people needs: the results, the words, the rules, the clauses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.program import ladder_of
from khung.ir.stages.quota import is_joint
from khung.records import dataclass
from khung.report.document.model import Line, Style
from khung.report.words.labels import Paths, Words
from khung.report.words.nodes import chosen
from khung.report.words.rules import RuleTeller, kind_of
from khung.report.words.sentences import Sayer, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.values import Value
    from khung.engine.voting import Decision
    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType, Quota
    from khung.rulebook.model import Label
    from khung.why.result import Result, Results
    from khung.why.smallest_change import SmallestChange


@dataclass(frozen=True, slots=True)
class Context:
    """One evaluation, told in one language.

    Attributes:
        changes: What would lift the level of each for whom that is asked, by path.
        hints: Whether to say what to type, too: at a terminal, where all is told.
    """

    results: Results
    words: Words
    rules: RuleTeller
    paths: Paths
    changes: Mapping[str, SmallestChange]
    hints: bool = False

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase of khung's own."""
        return self.words.say(key, **args)

    def found(self, what: str, value: str) -> str:
        """Return what something is, with its name before it."""
        return self.words.say("found", what=what, value=value)

    def several(self, names: list[str], most: int, between: str, key: str = "and_more") -> str:
        """Return the first names, and how many more there are."""
        said, left = between.join(names[:most]), len(names) - most
        return self.words.say(key, names=said, n=left) if left > 0 else said

    def cited(self, said: str, sources: Iterable[str]) -> str:
        """Return something with the clauses behind it in short form."""
        clauses = self.words.cited(sources)
        return f"{said} ({clauses})" if clauses else said

    def clause_lines(
        self, sources: Iterable[str], entity: Entity, indent: int, said: set[str]
    ) -> Iterator[Line]:
        """Yield what clauses say of an object, with the address; it alone if `said` before."""
        bare: list[str] = []
        for source in dict.fromkeys(source.partition("#")[0] for source in sources):
            summary = self.words.summary(source, self._under(entity))
            if not summary or summary in said:
                bare.append(source)
                continue
            said.add(summary)
            text = self.words.say("of", what=summary, whom=self.words.cited((source,)))
            yield Line(text, indent, style=Style.FAINT)
        if bare:
            yield Line(
                self.say("clauses", clauses=self.words.cited(bare)), indent, style=Style.FAINT
            )

    def overlay(self, entity: Entity) -> str:
        """Return what the overlay is called that a subject is under; empty if it is under none."""
        name = self._under(entity)
        return self.overlay_title(name) if name else ""

    def _under(self, entity: Entity) -> str:
        return self.results.case.under.get((entity.type.name, entity.id), "")

    def overlay_title(self, name: str) -> str:
        """Return what an overlay of the case is called."""
        return self.words.label(self.results.program.parts[name].program.title, name)

    # -- groups of quotas -----------------------------------------------------------------------

    def group_lines(self, rule: Rule, entity: Entity) -> Iterator[str]:
        """Yield the groups of a quota that a subject is in; of several by what, the full first."""
        if kind_of(rule) != "quotas":
            return
        own = [
            group
            for group in self.results.groups
            if group.rule.head.id == rule.id and entity in (*group.kept, *group.cut, *group.open)
        ]
        for group in sorted(own, key=lambda group: entity in group.elsewhere):
            said = self.group(group)
            yield self.found(self.group_key(group), said) if is_joint(group.rule) else said

    def group_of(self, entity: Entity) -> str:
        """Return what the first group in which a subject's place is open has in common."""
        for group in self.results.groups:
            if entity in group.open:
                return self.group_key(group)
        return ""

    def group(self, group: GroupResult) -> str:
        """Return a group of a quota in words: the base, the places, who has them and who not."""
        quota = group.rule
        level, others = (self.group_level(group, node) for node in (quota.level, quota.others))
        parts = [
            self.found(self.group_base(quota), ends(group.base, self)),
            self.found(self._limit(group), ends(group.places, self)),
        ]
        for name, whose, rank in (
            ("kept", group.kept, level),
            ("cut", tuple(one for one in group.cut if one not in group.elsewhere), others),
            ("elsewhere", group.elsewhere, others),
            ("open", group.open, level),
        ):
            if whose:
                names = self.words.names(whose)
                parts.append(self.say(f"group.{name}", level=rank, names=names))
        if not group.is_whole:
            parts.append(self.say("group.may_grow"))
        return "; ".join(parts)

    def group_base(self, quota: Quota) -> str:
        """Return what the base of a quota counts."""
        counts = chosen(quota.counts)
        if isinstance(counts, n.Literal):
            return self.say("group.all")
        if isinstance(counts, n.Compare) and isinstance(counts.right, n.Literal):
            level = self.words.known(counts.right.value, counts.right.ty)
            return sentence(self.say(f"itself.{counts.op.name.lower()}", x=level))
        return sentence(Sayer(self.words).say(counts))

    def _limit(self, group: GroupResult) -> str:
        """Return how many of its base a quota allows."""
        if group.share is None:
            return self.say("group.places")
        return self.say("group.limit", share=self.words.ratio(*group.share))

    def group_level(self, group: GroupResult, node: n.Node) -> str:
        """Return a level that a quota names, as its members have it; empty without members."""
        members = (*group.kept, *group.cut, *group.open)
        found = self._of(node, members[0]) if members else None
        return "" if found is None else self.words.value(found, node.ty)

    def _of(self, node: n.Node, member: Entity) -> Value:
        evaluator = self.results.run.evaluator
        return evaluator.evaluate(node, evaluator.env(member))

    def group_key(self, group: GroupResult) -> str:
        """Return what the members of a group have in common; what says nothing is left out."""
        told = ((value, node.ty) for _, node, value in group.keys if value.why or value.least != "")
        return ", ".join(self.words.value(*one) for one in told) or self.say("everyone")


def context_of(
    results: Results,
    lang: str,
    clauses: Mapping[str, Label] | None,
    lifted: Iterable[Iterable[Result]] = (),
    *,
    hints: bool = False,
) -> Context:
    """Return what is needed to tell an evaluation in a language.

    It looks for the smallest change that lifts the level of each of those `lifted`; see `Context`.
    """
    paths = Paths.of(results.case)
    words = Words(results.program, lang, clauses or {}, _shared(results))
    asked, changes = [result for own in lifted for result in own], {}
    if asked:
        from khung.why.smallest_change import smallest_changes  # noqa: PLC0415  # only where asked for

        changes = smallest_changes(results, asked)
    return Context(results, words, RuleTeller(words, results), paths, changes, hints)


def _shared(results: Results) -> frozenset[str]:
    """Return the names that several subjects of a case have."""
    subjects = (e for own in results.case.entities.values() for e in own.values())
    found = Counter(entity.name for entity in subjects if entity.name)
    return frozenset(name for name, times in found.items() if times > 1)


def ends(numbers: tuple[int, int | None], context: Context) -> str:
    """Return the least and the most of a whole number: one number where they are equal."""
    least, most = numbers
    first = context.words.count(int(least))
    if most is None:
        return context.say("limit.ge", x=first)
    if least == most:
        return first
    return context.say("between", least=first, most=context.words.count(int(most)))


# -- choices that the rules leave to a body ------------------------------------------------------


def decision_lines(result: Result, context: Context, indent: int, said: set[str]) -> Iterator[Line]:
    """Yield what has to be decided of a subject; `said` are the clauses that were told before."""
    decision, declared = result.decision, result.entity.type
    assert decision is not None  # noqa: S101  # asked by the caller
    yield Line(question(decision, context, declared), indent, "•")
    for option in options(decision, context, declared):
        yield Line(option, indent + 4, "–")
    yield from context.clause_lines(decision.rule.sources, result.entity, indent + 4, said)
    who = context.words.label(decision.rule.decided_by, context.say("decider"))
    yield Line(context.say("decided_by", who=who), indent + 4)
    if not context.hints:
        return
    yield Line(context.say("how"), indent + 4, style=Style.FAINT)
    for entry in _entries(decision, result, context):
        yield Line(entry, indent + 6, style=Style.FAINT)


def question(decision: Decision, context: Context, declared: ObjectType) -> str:
    """Return what is asked: in the words of the rulebook if it has some."""
    title = context.rules.title(decision.rule, declared)
    for rule in declared.defer:
        if rule.head.id == decision.rule.id and rule.question is not None:
            title = rule.question.said(context.words.lang)
    own = context.results.case.entities[declared.name]
    names = context.words.names([own[key] for key in decision.candidates])
    return context.say(f"decision.{decision.kind}", rule=title, places=decision.places, names=names)


def decider(decision: Decision, context: Context) -> str:
    """Return who takes a decision: the body that the rule names, with the clause that says so."""
    cited = context.words.cited(decision.rule.sources)
    who = context.words.label(decision.rule.decided_by, context.say("decider"))
    return context.say("decider_by", who=who, clauses=cited) if cited else who


def options(decision: Decision, context: Context, declared: ObjectType) -> Iterator[str]:
    """Yield what a body may choose, the best level first; nothing where subjects are chosen."""
    for rank in reversed(decision.options):
        yield context.words.level(rank, declared)
    if decision.may_leave:
        yield context.say("status.not_ranked")


def _entries(decision: Decision, result: Result, context: Context) -> Iterator[str]:
    """Yield how the answer is written into the case: one entry, or one for each who is chosen."""
    declared = result.entity.type
    quota = next((q for q in declared.quotas if q.head.id == decision.rule.id), None)
    if quota is None:
        yield _entry(decision.options[-1], declared, context, f", after: {decision.kind.stage}")
        return
    evaluator = context.results.run.evaluator
    env = evaluator.env(result.entity)
    for key, node in (("chosen", quota.level), ("not_chosen", quota.others)):
        entry = _entry(evaluator.evaluate(node, env).least, declared, context)
        yield context.say(key, entry=entry)


def _entry(rank: int, declared: ObjectType, context: Context, stage: str = "") -> str:
    levels = context.words.program.values[ladder_of(declared).scale.name].values
    return f"given: {{level: {levels[rank]}{stage}}}"

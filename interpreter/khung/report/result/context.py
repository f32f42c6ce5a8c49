"""What every part of the text for people needs: the results, the words, the rules, the clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.program import ladder_of
from khung.records import dataclass
from khung.report.document.model import Line, Style
from khung.report.words.labels import Paths, Words, listed
from khung.report.words.rules import RuleTeller, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.voting import Decision
    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType
    from khung.rulebook.model import Label
    from khung.why.result import Result, Results
    from khung.why.smallest_change import SmallestChange


@dataclass(frozen=True, slots=True)
class Context:
    """One evaluation, told in one language.

    Attributes:
        changes: What would lift the level of each for whom that is asked, by path.
        hints: Whether to say what to type, which is of use at a terminal and not on paper.
    """

    results: Results
    words: Words
    rules: RuleTeller
    paths: Paths
    changes: Mapping[str, SmallestChange]
    hints: bool = True

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase of khung's own."""
        return self.words.say(key, **args)

    def found(self, what: str, value: str) -> str:
        """Return what something is, with its name before it."""
        return self.words.say("found", what=what, value=value)

    def several(self, names: list[str], most: int, between: str) -> str:
        """Return the first names, and how many more there are."""
        said, left = between.join(names[:most]), len(names) - most
        return self.words.say("and_more", names=said, n=left) if left > 0 else said

    def cited(self, said: str, sources: Iterable[str]) -> str:
        """Return something with the clauses behind it in short form."""
        clauses = self.words.cited(sources)
        return f"{said} ({clauses})" if clauses else said

    def clause_lines(self, sources: Iterable[str], indent: int, said: set[str]) -> Iterator[Line]:
        """Yield each clause in short form with its summary, unless that was `said` before."""
        for source in sources:
            cited, summary = self.words.cited((source,)), self.words.summary(source)
            if summary in said:
                summary = ""
            said.add(summary)
            text = f"{cited}: {summary}" if summary else cited
            yield Line(text, indent, style=Style.FAINT)

    # -- groups of quotas -----------------------------------------------------------------------

    def group_line(self, rule: Rule, entity: Entity) -> str:
        """Return the group of a quota that a subject is in; empty if it is in none."""
        if kind_of(rule) != "quotas":
            return ""
        for group in self.results.groups:
            if group.rule.head.id == rule.id and entity in (*group.kept, *group.cut, *group.open):
                return self.group(group)
        return ""

    def group(self, group: GroupResult) -> str:
        """Return a group of a quota in words: the base, the places, who has them."""
        parts = [
            self.say(f"group.{name}", names=listed(e.id for e in entities))
            for name, entities in (("kept", group.kept), ("cut", group.cut), ("open", group.open))
            if entities
        ]
        key, base, places = self.group_key(group), ends(group.base), ends(group.places)
        return "; ".join([self.say("group.head", key=key, base=base, places=places), *parts])

    def group_key(self, group: GroupResult) -> str:
        """Return what the members of a group have in common; what says nothing is left out."""
        parts = zip(group.key, group.rule.per, strict=True)
        said = (self.words.value(value, node.ty) for value, node in parts)
        return ", ".join(part for part in said if part) or self.say("everyone")


def context_of(
    results: Results,
    lang: str,
    clauses: Mapping[str, Label] | None,
    lifted: Iterable[Iterable[Result]] = (),
    *,
    hints: bool = True,
) -> Context:
    """Return what is needed to tell an evaluation in a language.

    It looks for the smallest change that lifts the level of each of those `lifted`; see `Context`.
    """
    words, paths = Words(results.program, lang, clauses or {}), Paths.of(results.case)
    asked, changes = [result for own in lifted for result in own], {}
    if asked:
        from khung.why.smallest_change import smallest_changes  # noqa: PLC0415  # only where asked for

        changes = smallest_changes(results, asked)
    return Context(results, words, RuleTeller(words, results), paths, changes, hints)


def ends(numbers: tuple[int, int]) -> str:
    """Return the least and the most of a whole number: one number where they are equal."""
    least, most = (int(number) for number in numbers)
    return str(least) if least == most else f"{least}–{most}"


# -- choices that the rules leave to a body ------------------------------------------------------


def decision_lines(result: Result, context: Context, indent: int, said: set[str]) -> Iterator[Line]:
    """Yield what has to be decided of a subject; `said` are the clauses that were told before."""
    decision, declared = result.decision, result.entity.type
    assert decision is not None  # noqa: S101  # asked by the caller
    yield Line(question(decision, context, declared), indent, "•")
    for option in options(decision, context, declared):
        yield Line(option, indent + 4, "–")
    yield from context.clause_lines(decision.rule.sources, indent + 4, said)
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
    names = listed(decision.candidates)
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

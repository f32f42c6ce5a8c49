"""Choices that the rules leave to a body: what is asked, among what, how the answer comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.values import known
from khung.ir.program import ladder_of
from khung.report.document.model import Line, Style
from khung.report.words.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.voting import Decision
    from khung.ir.program import ObjectType
    from khung.report.result.context import Context
    from khung.why.result import Result


def decision_lines(result: Result, context: Context, indent: int, said: set[str]) -> Iterator[Line]:
    """Yield what has to be decided of a subject; `said` are the clauses that were told before."""
    decision = result.decision
    assert decision is not None  # noqa: S101  # asked by the callers
    declared = result.entity.type
    yield Line(question(decision, context, declared), indent, "•")
    for option in options(decision, context, declared):
        yield Line(option, indent + 4, "–")
    yield from context.clause_lines(decision.rule.sources, indent + 4, said)
    if not context.hints:
        return
    yield Line(context.words.say("how"), indent + 4, style=Style.FAINT)
    for entry in _entries(result, context):
        yield Line(entry, indent + 6, style=Style.FAINT)


def question(decision: Decision, context: Context, declared: ObjectType) -> str:
    """Return what is asked: in the words of the rulebook if it has some."""
    words = context.words
    title = context.rules.title(decision.rule, declared)
    for rule in declared.defer:
        if rule.rule.id == decision.rule.id and rule.question is not None:
            title = rule.question.said(words.lang)
    names = listed(decision.candidates)
    return words.say(f"decision.{decision.kind}", rule=title, places=decision.places, names=names)


def decider(decision: Decision, context: Context) -> str:
    """Return who takes a decision: the body that the rule names, with the clause that says so."""
    cited, named = context.clauses.cited(decision.rule.sources), decision.rule.decided_by
    who = named.said(context.words.lang) if named else context.words.say("decider")
    return context.words.say("decider_by", who=who, clauses=cited) if cited else who


def options(decision: Decision, context: Context, declared: ObjectType) -> Iterator[str]:
    """Yield what a body may choose, the best level first; nothing where subjects are chosen."""
    for rank in reversed(decision.options):
        yield context.words.level(rank, declared)
    if decision.may_leave:
        yield context.words.say("status.not_ranked")


def _entries(result: Result, context: Context) -> Iterator[str]:
    """Yield how the answer is written into the case: one entry, or one for each who is chosen."""
    decision, declared = result.decision, result.entity.type
    assert decision is not None  # noqa: S101  # asked by the callers
    quota = next((q for q in declared.quotas if q.rule.id == decision.rule.id), None)
    if quota is None:
        after = f", after: {decision.kind.stage}"
        yield _entry(decision.options[-1], declared, context, after)
        return
    evaluator, env = context.results.run.evaluator, (known(result.entity),)
    for key, node in (("chosen", quota.level), ("not_chosen", quota.others)):
        entry = _entry(evaluator.evaluate(node, env).least, declared, context)
        yield context.words.say(key, entry=entry)


def _entry(rank: int, declared: ObjectType, context: Context, stage: str = "") -> str:
    levels = context.words.program.values[ladder_of(declared).scale].values
    return f"given: {{level: {levels[rank]}{stage}}}"

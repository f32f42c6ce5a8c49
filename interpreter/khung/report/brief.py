"""One result in a few words: where a subject stands, and the rules that bind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from khung.diagnostics.render.columns import columns
from khung.engine.stages import Status
from khung.report.decisions import question
from khung.report.subject import standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.result import Result
    from khung.ir.program import Rule
    from khung.report.context import Context

_LONGEST = 100
"""Columns up to which what a rule found is said beside it."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule behind a result: what it says and found, and its clauses in short form.

    `met` marks a requirement of the best level, which is met and keeps nothing away.
    """

    rule: str
    text: str
    cited: str
    met: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """A result in a few words.

    Attributes:
        standing: The level or status.
        bound: The rules behind it, in the order of the result.
        outputs: What each output is called, and its value.
        checks: What each check is called.
        question: What is to be decided; empty if nothing is.
        ends: The levels at worst and at best, empty where there are none.
    """

    standing: str
    bound: tuple[Bound, ...]
    outputs: Mapping[str, tuple[str, str]]
    checks: Mapping[str, str]
    question: str
    ends: tuple[str, ...]


def brief(result: Result, context: Context) -> Brief:
    """Return a result in a few words."""
    words, declared = context.words, result.entity.type
    outputs = {
        output.name: (words.member(declared, output.name), words.value(output.value, output.ty))
        for output in result.outputs
    }
    asked = question(result.decision, context, declared) if result.decision else ""
    checks = {one.name: context.rules.title(one.check.rule, declared) for one in result.checks}
    ranks = (rank for rank in (result.at_worst, result.at_best) if rank is not None)
    ends = tuple(words.level(rank, declared) for rank in ranks)
    bound = tuple(_bound(result, context))
    return Brief(standing(result, context), bound, outputs, checks, asked, ends)


def _bound(result: Result, context: Context) -> Iterator[Bound]:
    failed = {failure.rule.id for failure in result.failed}
    met = result.status is Status.RANKED and not failed
    for rule in {reason.rule.id: reason.rule for reason in result.reasons}.values():
        said, cited = _said(rule, failed, result, context), context.clauses.cited(rule.sources)
        yield Bound(rule.id, said, cited, met)


def _said(rule: Rule, failed: set[str], result: Result, context: Context) -> str:
    title = context.rules.title(rule, result.entity.type)
    if rule.id not in failed:
        return title
    sentence = context.rules.sentence(rule, result.entity, result.next_level)
    return sentence if columns(sentence) <= _LONGEST else title

"""One result in a few words: where a subject stands, and the rules that bind it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from khung.diagnostics.render.columns import columns
from khung.engine.stages import Status
from khung.records import dataclass
from khung.report.result.beside import Reported, TableTeller
from khung.report.result.context import options, question
from khung.report.result.subject import missing_text, standing
from khung.report.words.rules import telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.nodes import Rule
    from khung.report.result.context import Context
    from khung.report.words.rules import RuleTeller
    from khung.why.result import Result

_LONGEST = 100
"""Columns up to which what a rule found is said beside it."""


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


def brief(result: Result, context: Context) -> Brief:
    """Return a result in a few words."""
    words, declared = context.words, result.entity.type
    outputs = {
        output.name: Reported(
            words.member(declared, output.name), words.value(output.value, output.ty)
        )
        for output in result.outputs
    }
    for answer in result.tables:
        outputs[answer.table.name] = TableTeller(answer, result.entity, context).reported()
    asked = question(result.decision, context, declared) if result.decision else ""
    checks = {one.name: context.rules.title(one.check.head, declared) for one in result.checks}
    bound, left = tuple(_bound(result, context)), _left(result, context)
    missing = tuple(_missing(result, context))
    return Brief(standing(result, context), bound, outputs, checks, asked, left, missing)


def _missing(result: Result, context: Context) -> Iterator[str]:
    for path in result.missing if result.status is Status.UNDETERMINED else ():
        yield missing_text(path, result.entity, context, hints=False)


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
        bearing = Bearing.MET if met else _bearing(rule, result, context.rules)
        yield Bound(rule.id, said, cited, bearing)


def _bearing(rule: Rule, result: Result, rules: RuleTeller) -> Bearing:
    test = rules.test(rule, result.entity.type)
    return Bearing.FAILED if test.wanted and test.node is not None else Bearing.BINDS


def _said(rule: Rule, failed: set[str], result: Result, context: Context) -> str:
    title = context.rules.title(rule, result.entity.type)
    if rule.id not in failed:
        return title
    sentence = context.rules.sentence(rule, result.entity, result.next_level)
    return sentence if columns(sentence) <= _LONGEST else title

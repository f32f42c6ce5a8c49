"""The checks of one subject in words: what is violated at length, the rest in a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.checks import CheckState
from khung.report.document.model import Line, Style
from khung.report.words.names import is_bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.checks import Checked
    from khung.engine.result import Result
    from khung.ir.program import Check
    from khung.report.result.context import Context
    from khung.report.words.conditions import Told

_MOST_UNKNOWN = 5
"""How many checks that are open are named; the JSON output has them all."""

STYLES = {"error": Style.ERROR, "warning": Style.WARNING, "info": Style.PLAIN}
"""How a finding stands out, by its severity."""


def check_lines(result: Result, context: Context, cited: set[str]) -> Iterator[Line]:
    """Yield a heading and what came of the checks; nothing where none applies.

    Args:
        result: What was found of a subject.
        context: The words, the rules, the clauses.
        cited: Summaries of clauses that were said before; those said here are added.
    """
    violated, met, unknown = (
        _in_state(result.checks, state)
        for state in (CheckState.VIOLATED, CheckState.MET, CheckState.UNKNOWN)
    )
    if violated or met or unknown:
        yield Line(context.words.say("checks"), 2, style=Style.HEADING)
    for check in violated:
        yield from _violated(check, result, context, cited)
    if met:
        yield Line(context.words.say("checks.met", n=len(met)), 4, "•")
    if unknown and is_bare(result.entity):
        yield Line(context.words.say("checks.unknown_count", n=len(unknown)), 4, "•")
    elif unknown:
        yield Line(_unknown(unknown, result, context), 4, "•")


def _in_state(checks: tuple[Checked, ...], wanted: CheckState) -> list[Check]:
    return [check for check, state in checks if state is wanted]


def _violated(check: Check, result: Result, context: Context, cited: set[str]) -> Iterator[Line]:
    title, found = context.rules.titled(check.rule, result.entity, None)
    said = context.words.say(f"check.{check.severity}", rule=title)
    yield Line(said, 4, "!", STYLES[check.severity])
    for told in found:
        yield from told_lines(told, 8)
    yield from context.clause_lines(check.rule.sources, 8, cited)


def told_lines(told: Told, indent: int) -> Iterator[Line]:
    """Yield a line and, further in, what belongs under it."""
    yield Line(told.text, indent)
    for part in told.parts:
        yield from told_lines(part, indent + 2)


def _unknown(checks: list[Check], result: Result, context: Context) -> str:
    titles = [context.rules.title(check.rule, result.entity.type) for check in checks]
    names, left = titles[:_MOST_UNKNOWN], len(titles) - _MOST_UNKNOWN
    said = "; ".join(names)
    if left > 0:
        said = context.words.say("and_more", names=said, n=left)
    return context.words.say("checks.unknown", names=said)

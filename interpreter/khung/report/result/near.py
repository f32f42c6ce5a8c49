"""Who is one condition away from the next level, as far as a look at what failed tells.

It is no search for a change: who is named here fails one rule, for one thing that the rulebook
does not mark as `fixed`. A decision on file, or days of illness, bring nobody near a level.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.stages import Status
from khung.ir import types as t
from khung.report.document.model import Heading, Line, Style
from khung.report.result.in_the_way import most_named
from khung.report.words.rules import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.facts import Entity
    from khung.report.document.model import Block
    from khung.report.result.context import Context
    from khung.why.explanation import Failure
    from khung.why.result import Result

_MOST_CONDITIONS = 12  # conditions named; the others are counted
_OF_FACTS = ("levels", "knockouts", "caps")
"""The parts of a subject whose rules ask facts of it; not what others decide, or vote on."""


def near(results: Iterable[Result], context: Context) -> Iterator[Block]:
    """Yield the conditions that alone keep somebody from a level, with those whom they keep."""
    by_text: dict[tuple[str, str, str], list[Entity]] = defaultdict(list)
    for result in results:
        failure = _only(result, context)
        if failure is not None and result.next_level is not None:
            entity = result.entity
            title, found = context.rules.failed(failure.rule, entity, result.next_level)
            said = "; ".join((title, *(told.flat for told in found)))
            level = context.words.level(result.next_level, entity.type)
            by_text[entity.type.name, level, said].append(entity)
    if not by_text:
        return
    yield Heading(2, context.say("near"), "near")
    shown = sorted(by_text.items(), key=lambda one: -len(one[1]))[:_MOST_CONDITIONS]
    for level in dict.fromkeys(level for (_, level, _), _ in shown):
        yield Line(context.say("near.one", level=level), style=Style.HEADING)
        own = ((said, whose) for (_, other, said), whose in shown if other == level)
        for said, whose in own:
            names = context.words.names(whose, most_named(whose, context))
            yield Line(context.found(said, names), 2, "•")
    left = sum(map(len, by_text.values())) - sum(len(whose) for _, whose in shown)
    if left:
        yield Line(context.say("near.more", n=context.words.count(left)), 2, "•")


def _only(result: Result, context: Context) -> Failure | None:
    """Return the rule that alone keeps the next level away, if it does so for a single thing."""
    if result.status is not Status.RANKED or result.entity.given is not None:
        return None
    failed = {failure.rule.id: failure for failure in result.failed}
    rules = context.rules.asking([one.rule for one in failed.values()], result.entity.type)
    if len(rules) != 1:
        return None
    failure = failed[rules[0].id]
    is_asked = kind_of(failure.rule) in _OF_FACTS
    return failure if is_asked and _is_single(failure, result.entity) else None


def _is_single(failure: Failure, entity: Entity) -> bool:
    """Whether a rule failed for one fact or criterion of a subject; numbers compared are one."""
    declared = entity.type
    criteria = {element.name for element in failure.records if element.name}
    criteria |= {read.name for read in failure.reads if read.name.startswith("criteria.")}
    reads = [r for r in failure.reads if r.entity is not entity or r.name in declared.facts]
    facts = [
        r for r in reads if r.name != declared.kind_field and not r.name.startswith("criteria.")
    ]
    if any(r.entity is not entity or declared.facts[r.name].fixed for r in facts):
        return False
    if any(isinstance(r.ty, t.List | t.Ballots) for r in facts):
        return False
    numbers = [r for r in facts if isinstance(r.ty, t.Number)]
    return len(criteria) + len(facts) - len(numbers) + bool(numbers) == 1

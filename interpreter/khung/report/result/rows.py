"""A line for each subject: where it belongs, its level, the main reason, what is missing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.facts import Entity
from khung.engine.progress import Phase, advancing
from khung.engine.stages import Status
from khung.engine.voting import DecisionKind
from khung.records import dataclass
from khung.report.document import model as d
from khung.report.result import overview as o
from khung.report.result.subject import missing_text, so_far, standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.ir.nodes import Rule
    from khung.report.result.context import Context
    from khung.report.words.conditions import Told
    from khung.why.result import Result

_LONGEST = 120  # characters of what belongs under a value that is told in the line of a subject
_MOST_FOUND = 2  # values that a rule found told in the line of a subject
_MOST_MISSING = 2  # unknown facts named in the line of a subject
_FEW = 12  # subjects of a type up to which each has a line of its own on a terminal
_MOST_LINES = 40  # lines of a type on a terminal; the others are counted
_PARTED = 30  # rows from which on a table has a part for each place


@dataclass(frozen=True, slots=True)
class Row:
    """What the line of a subject says."""

    place: str
    level: str
    reason: str
    missing: str


def rows(results: Sequence[Result], context: Context, *, on_paper: bool) -> d.Grid:
    """Return a table of subjects of one type.

    On paper each has a row, but for those not told apart by a name of whom all else is alike; on a
    terminal those of whom the same is said share a line as soon as they are many.

    Args:
        results: Of one type.
        context: The words.
        on_paper: Whether the columns are shown, or the lines.
    """
    found = [(result, _row(result, context)) for result in _advancing(results)]
    if on_paper:
        return _table(found, context)
    return d.Grid(("",), (), lines=tuple(_lines(found, context)))


def _advancing(results: Sequence[Result]) -> Iterator[Result]:
    return advancing(results, len(results), Phase.TELLING)


# -- on paper -------------------------------------------------------------------------------------


def _table(found: Sequence[tuple[Result, Row]], context: Context) -> d.Grid:
    alike: dict[tuple[str, Row], list[Entity]] = defaultdict(list)
    for result, row in found:
        apart = result.entity.path if result.entity.name else ""
        alike[apart, row].append(result.entity)
    by_place: dict[str, list[tuple[Row, list[Entity]]]] = defaultdict(list)
    for (_, row), whose in alike.items():
        by_place[row.place].append((row, whose))
    parted = len(alike) > _PARTED and 1 < len(by_place) <= len(alike) // 2
    parts = by_place if parted else {"": [(row, who) for (_, row), who in alike.items()]}
    cells: list[tuple[d.Rich, ...]] = []
    heads, number = [], 1
    for place, own in parts.items():
        heads += [(len(cells), place or context.say("no_place"))] if parted else []
        for row, whose in own:
            digits = _numbers(number, number + len(whose) - 1, context)
            number += len(whose)
            where = () if parted else ((row.place,),)
            because = ". ".join(filter(None, (row.reason, _missing_text(row, context))))
            name = context.words.names(whose)
            cells.append(((digits,), (name,), *where, (row.level,), (because,)))
    names = "ordinal name level reason" if parted else "ordinal name place level reason"
    heads_of = tuple(context.say(f"column.{name}") for name in names.split())
    kinds = ("ordinal", "name", *(() if parted else ("place",)), "level", "")
    return d.Grid(heads_of, tuple(cells), "", kinds, groups=tuple(heads))


def _numbers(first: int, last: int, context: Context) -> str:
    said = context.words.count(first)
    if first == last:
        return said
    return context.say("from_number", first=said, last=context.words.count(last))


# -- on a terminal --------------------------------------------------------------------------------


def _lines(found: Sequence[tuple[Result, Row]], context: Context) -> Iterator[d.Line]:
    is_few = len(found) <= _FEW
    alike: dict[tuple[str, Row], list[Result]] = defaultdict(list)
    for result, row in found if is_few else sorted(found, key=lambda one: o.order(one[0])):
        apart = result.entity.path if result.entity.name and is_few else ""
        place = row.place if is_few else ""
        alike[apart, Row(place, row.level, row.reason, row.missing)].append(result)
    number = 1
    for (_, row), members in [*alike.items()][:_MOST_LINES]:
        digits = _numbers(number, number + len(members) - 1, context)
        number += len(members)
        most = o.MOST_NAMES if len(found) > o.MOST_LINKS else len(members)
        who = context.words.names([member.entity for member in members], most)
        yield d.Line(_line(who, row, context), 2, f"{digits}." if is_few else "•")
    left = len(found) - number + 1
    if left > 0:
        yield d.Line(context.say("rows.more", n=context.words.count(left)), 2, "•")


def _line(who: str, row: Row, context: Context) -> str:
    """Return what a terminal shows of a row."""
    whom = context.say("of", what=who, whom=row.place) if row.place else who
    parts = [context.say("title", who=whom, level=row.level)]
    if row.reason:
        parts.append(context.say("row.why", why=row.reason))
    parts.append(_missing_text(row, context))
    return ". ".join(filter(None, parts))


def _missing_text(row: Row, context: Context) -> str:
    return context.say("row.missing", missing=row.missing) if row.missing else ""


# -- what is said of one --------------------------------------------------------------------------


def _row(result: Result, context: Context) -> Row:
    place = _place(result.entity)
    where = context.words.name(place) if place else ""
    level = ". ".join(filter(None, (standing(result, context), so_far(result, context))))
    return Row(where, level, main_reason(result, context), _missing(result, context))


def _place(entity: Entity) -> Entity | None:
    """Return the first subject that one belongs to, by the order of its links."""
    for name in entity.type.links:
        found = entity.facts.get(name)
        target = getattr(found, "least", None)
        if isinstance(target, Entity) and not target.stranger:
            return target
    return None


def main_reason(result: Result, context: Context) -> str:
    """Return the first rule behind a result, and how many more there are."""
    if result.decision is not None:
        decision, declared = result.decision, result.entity.type
        if decision.kind is DecisionKind.NO_BAND:  # its rule is the level above
            low, high = (context.words.level(rank, declared) for rank in decision.options)
            return context.say("row.no_band", low=low, high=high)
        return context.rules.title(decision.rule, declared)
    if result.status is Status.UNDETERMINED:
        return ""
    rules, rank = _main_rules(result, context)
    if not rules:
        return ""
    if result.status is Status.RANKED and rank is None:
        return context.say("meets_all")
    title, found = _told(rules[0], result, rank, context)
    texts = [_short(told) for told in found if not told.choice]
    short = found and len(texts) == len(found) <= _MOST_FOUND
    said = context.say("because", rule=title, found="; ".join(texts)) if short else title
    others = len({rule.id for rule in rules}) - 1
    return context.say("and_rules", first=said, n=others) if others else said


def main_rule(result: Result, context: Context) -> str:
    """Return what the first rule behind a result says, without what it found; empty for none."""
    if result.decision is not None or result.status is Status.UNDETERMINED:
        return main_reason(result, context)
    rules, rank = _main_rules(result, context)
    if not rules or (result.status is Status.RANKED and rank is None):
        return ""
    if rank is None:
        return context.rules.title(rules[0], result.entity.type)
    return _told(rules[0], result, rank, context)[0]


def _main_rules(result: Result, context: Context) -> tuple[list[Rule], int | None]:
    """Return the rules behind a result, and the level that they keep away, if it is below one."""
    if result.next_level is not None and result.status is Status.RANKED:
        rules, rank = [failure.rule for failure in result.failed], result.next_level
    else:
        rules, rank = [reason.rule for reason in result.reasons], None
    return context.rules.asking(rules, result.entity.type), rank


def _told(
    rule: Rule, result: Result, rank: int | None, context: Context
) -> tuple[str, tuple[Told, ...]]:
    told_by = context.rules.titled if rank is None else context.rules.failed
    return told_by(rule, result.entity, rank)


def _short(told: Told) -> str:
    """Return what was found with what belongs under it, where that is no long list."""
    parts = [] if told.detail else [part.text for part in told.parts if not part.parts]
    said = "; ".join(parts) if len(parts) == len(told.parts) else ""
    return f"{told.text}, {said}" if 0 < len(said) <= _LONGEST else told.text


def _missing(result: Result, context: Context) -> str:
    named = [
        missing_text(path, result.entity, context, hints=False)
        for path in result.missing[:_MOST_MISSING]
    ]
    left = len(result.missing) - len(named)
    if left > 0:
        return context.say("and_facts", names="; ".join(named), n=left)
    return "; ".join(named)

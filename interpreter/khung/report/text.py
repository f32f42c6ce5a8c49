"""Results for people: a head, a table where there are many, a block each, what it all rests on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.lift import lift
from khung.engine.stages import Status
from khung.report.basis import basis_lines
from khung.report.context import Context, context_of
from khung.report.decisions import question
from khung.report.layout import BLANK, Line, Style, columns, padded, rendered
from khung.report.names import listed
from khung.report.subject import brief_standing, standing, subject_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.engine.result import Result, Results
    from khung.ir.program import ObjectType
    from khung.rulebook.model import Label

_MOST_LIFTS = 12
"""Of how many different results the smallest change is looked for: each takes a search."""


_SMALL_CASE = 100
"""Up to how many subjects it is looked for unasked."""

_MOST_NAMES = 12
"""How many of those who share a block are named in its title."""

_MANY_MISSING = 6
"""From how many unknown facts on a subject of any level is taken as not described."""

_MOST_BLOCKS = 200
"""How many different results are explained; the JSON output has them all."""


def results_text(  # noqa: PLR0913  # how to show it is by keyword only
    results: Results,
    lang: str,
    *,
    width: int = 100,
    color: bool = False,
    folder: str = "",
    clauses: Mapping[str, Label] | None = None,
    with_next: bool | None = None,
) -> str:
    """Return the results of a case in words.

    Args:
        results: What was found.
        lang: `vi` or `en`.
        width: Columns of the terminal, at least `layout.NARROWEST`.
        color: Whether to colour for a terminal.
        folder: The folder of the rulebook, to be named.
        clauses: The summary of each clause by its full address, see `clauses.summaries`.
        with_next: Whether to look for the smallest change that lifts a level. It takes time that
            grows with the case, so without an answer it is looked for in small cases only.
    """
    context = context_of(results, lang, clauses)
    if with_next is None:
        with_next = sum(map(len, results.by_type.values())) <= _SMALL_CASE
    lifts = _MOST_LIFTS if with_next else 0
    return rendered(_document(context, folder, lifts), width=width, color=color)


def _document(context: Context, folder: str, lifts: int) -> Iterator[Line]:
    yield from _head(context, folder)
    ranked = [
        [result for result in by_id.values() if _is_ranking(result.entity.type)]
        for by_id in context.results.by_type.values()
    ]
    told, untold = _split(ranked)
    for results, of_those in zip(ranked, told, strict=True):
        if len(of_those) > 1:
            yield from _table(results, context)
    yield from _all_blocks(told, context, lifts)
    yield from _untold(untold, context)
    yield from _groups({result.entity for results in told for result in results}, context)
    yield from basis_lines(told, context)
    yield from _decisions([result for results in told for result in results], context)


def _split(ranked: list[list[Result]]) -> tuple[list[list[Result]], list[list[Result]]]:
    """Return the results to explain, and those of whom a case says next to nothing.

    The latter are there for others to refer to; if there are no others they are explained too.
    """
    told = [[r for r in results if not _is_blank(r)] for results in ranked]
    if not any(told):
        return ranked, []
    return told, [[r for r in results if _is_blank(r)] for results in ranked]


def _is_blank(result: Result) -> bool:
    """Whether any level is still open, for want of many facts."""
    if result.status is not Status.UNDETERMINED or len(result.missing) < _MANY_MISSING:
        return False
    assert result.entity.type.ladder is not None  # noqa: S101  # only ranked types have results
    levels = result.entity.type.ladder.levels
    return (result.at_worst, result.at_best) == (levels[-1].rank, levels[0].rank)


def _untold(results_by_type: list[list[Result]], context: Context) -> Iterator[Line]:
    for results in results_by_type:
        if results:
            level = context.words.say("status.blank")
            yield BLANK
            yield Line(_title(level, results, context), 0, "■", Style.TITLE)
            least = min(len(result.missing) for result in results)
            yield Line(context.words.say("blank", n=least), 2)


def _is_ranking(declared: ObjectType) -> bool:
    """Whether there is more than one level to be at."""
    return declared.ladder is not None and len(declared.ladder.levels) > 1


def _head(context: Context, folder: str) -> Iterator[Line]:
    words, results = context.words, context.results
    yield Line(words.label(results.program.title, results.program.rulebook), style=Style.TITLE)
    if results.case.title:
        yield Line(words.say("case", title=results.case.title.said(words.lang)))
    key = "head" if folder else "head_without_folder"
    day = words.date(results.case.on)
    yield Line(words.say(key, id=results.program.rulebook, day=day, folder=folder))


# -- many subjects ------------------------------------------------------------------------------


def _table(results: list[Result], context: Context) -> Iterator[Line]:
    """Yield how many stand where, the best level first, and who."""
    rows: dict[str, list[Result]] = defaultdict(list)
    for result in sorted(results, key=_order):
        rows[brief_standing(result, context)].append(result)
    wide = max(map(columns, rows))
    yield BLANK
    declared = results[0].entity.type
    title = context.words.say("table", type=context.words.type(declared), n=len(results))
    yield Line(title, style=Style.TITLE)
    digits = len(str(len(results)))
    for name, members in rows.items():
        ids = listed(member.entity.id for member in members)
        yield Line(ids, 2, f"{padded(name, wide)}  {len(members):>{digits}} ")


def _order(result: Result) -> tuple[int, int]:
    """Return the place of a result in the table: ranked ones first, the best level first."""
    if result.level is not None:
        return 0, -result.level
    return 1, -(result.at_best if result.at_best is not None else -1)


def _all_blocks(told: list[list[Result]], context: Context, lifts: int) -> Iterator[Line]:
    blocks = [block for results in told for block in _blocks(results, context, lifts)]
    for title, lines in blocks[:_MOST_BLOCKS]:
        yield BLANK
        yield Line(title, 0, "■", Style.TITLE)
        yield from lines
    if len(blocks) > _MOST_BLOCKS:
        yield BLANK
        yield Line(context.words.say("more", n=len(blocks) - _MOST_BLOCKS))


def _blocks(results: list[Result], context: Context, lifts: int) -> list[tuple[str, list[Line]]]:
    """Return a title and lines for each subject; those of whom the same is said share a block.

    For the first of them, as many as `lifts`, what would lift the level is looked for.
    """
    alike: dict[tuple[str, tuple[Line, ...]], list[Result]] = defaultdict(list)
    for result in results:
        key = (standing(result, context), tuple(subject_lines(result, context, None)))
        alike[key].append(result)
    blocks = []
    for index, ((level, lines), members) in enumerate(alike.items()):
        found = lift(context.results, members[0]) if index < lifts else None
        said = list(lines) if found is None else subject_lines(members[0], context, found)
        blocks.append((_title(level, members, context), said))
    return blocks


def _title(level: str, members: list[Result], context: Context) -> str:
    declared = members[0].entity.type
    who = f"{context.words.type(declared)} {listed((m.entity.id for m in members), _MOST_NAMES)}"
    if len(members) > _MOST_NAMES:
        who = f"{who} ({len(members)})"
    return context.words.say("title", who=who, level=level)


# -- the whole case -----------------------------------------------------------------------------


def _groups(told: set[Entity], context: Context) -> Iterator[Line]:
    """Yield the groups of quotas in which one of those told had something to win."""
    groups = [g for g in context.results.groups if told & {*g.kept, *g.cut, *g.open}]
    if groups:
        yield BLANK
        yield Line(context.words.say("quotas"), style=Style.TITLE)
    for group in groups:
        rule = group.rule.rule
        declared = context.results.program.objects[rule.id.split(".")[0]]
        yield Line(context.rules.title(rule, declared), 2, "•")
        yield Line(context.group(group), 6)


def _decisions(results: list[Result], context: Context) -> Iterator[Line]:
    """Yield every open decision once, with those it is about."""
    open_: dict[tuple[str, str], list[str]] = defaultdict(list)
    for result in results:
        if result.decision is not None:
            asked = question(result.decision, context, result.entity.type)
            open_[asked, result.entity.type.name].append(result.entity.id)
    if open_:
        yield BLANK
        yield Line(context.words.say("still_to_decide"), style=Style.TITLE)
    for (asked, name), ids in open_.items():
        declared = context.results.program.objects[name]
        yield Line(f"{context.words.type(declared)} {listed(ids)}: {asked}", 2, "•")

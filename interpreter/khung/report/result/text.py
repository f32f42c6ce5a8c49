"""Results for people: a head, a table where there are many, a block each, what it all rests on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.diagnostics.render.columns import columns
from khung.engine.lift import lift
from khung.report.document.terminal import BLANK, Line, Style, padded, rendered
from khung.report.result.basis import basis_lines
from khung.report.result.checks import STYLES
from khung.report.result.context import Context, context_of
from khung.report.result.overview import by_standing, checks_of, groups_of, open_decisions, split
from khung.report.result.subject import standing, subject_lines
from khung.report.words.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.result import Result, Results
    from khung.report.result.overview import Violations
    from khung.rulebook.model import Label

_MOST_LIFTS = 12
"""Of how many different results the smallest change is looked for: each takes a search."""


_SMALL_CASE = 100
"""Up to how many subjects it is looked for unasked."""

_MOST_NAMES = 12
"""How many of those who share a block are named in its title."""

_WIDEST_NAME = 32
"""Columns of a level or status up to which those at it are named beside it."""

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
        clauses: The summary of each clause by its full address, see `words.names.summaries`.
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
    told, untold = split(context.results)
    for index, results in enumerate(told):
        if len(results) > 1:
            blank = untold[index] if untold else []
            yield from _table([*results, *blank], context)
    yield from _checks(context)
    yield from _all_blocks(told, context, lifts)
    yield from _untold(untold, context)
    yield from _groups(told, context)
    yield from basis_lines(told, context)
    yield from _decisions(told, context)


def _untold(results_by_type: list[list[Result]], context: Context) -> Iterator[Line]:
    for results in results_by_type:
        if results:
            level = context.words.say("status.blank")
            yield BLANK
            yield Line(_title(level, results, context), 0, "■", Style.TITLE)
            least = min(len(result.missing) for result in results)
            yield Line(context.words.say("blank", n=least), 2)


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
    """Yield how many stand where, the best level first, and who.

    A name too long to leave room beside it takes a line of its own.
    """
    rows = by_standing(results, context)
    wide = max((columns(name) for name in rows if columns(name) <= _WIDEST_NAME), default=0)
    yield BLANK
    declared = results[0].entity.type
    title = context.words.say("table", type=context.words.type(declared), n=len(results))
    yield Line(title, style=Style.TITLE)
    digits = len(str(len(results)))
    for name, members in rows.items():
        ids = listed(member.entity.id for member in members)
        if columns(name) > _WIDEST_NAME:
            yield Line(f"{name}  {len(members)}", 2)
            yield Line(ids, 6)
        else:
            yield Line(ids, 2, f"{padded(name, wide)}  {len(members):>{digits}} ")


def _checks(context: Context) -> Iterator[Line]:
    """Yield the checks that are violated in a case of several subjects, and how often each is."""
    found = checks_of(context)
    if not found.violated or sum(map(len, context.results.by_type.values())) == 1:
        return
    yield BLANK
    said = context.words.say("checks.summary", bad=found.bad, unknown=found.unknown)
    yield Line(said, style=Style.TITLE)
    for one in found.violated:
        yield Line(_violated(one), 2, "!", STYLES[one.severity])


def _violated(one: Violations) -> str:
    return f"{one.asked}: {len(one.ids)} ({listed(one.ids, _MOST_NAMES)})"


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


def _groups(told: list[list[Result]], context: Context) -> Iterator[Line]:
    """Yield the groups of quotas in which one of those told had something to win."""
    groups = groups_of(told, context)
    if groups:
        yield BLANK
        yield Line(context.words.say("quotas"), style=Style.TITLE)
    for title, group in groups:
        yield Line(title, 2, "•")
        yield Line(context.group(group), 6)


def _decisions(told: list[list[Result]], context: Context) -> Iterator[Line]:
    """Yield every open decision, with those it is about and who takes it."""
    words, open_ = context.words, open_decisions(told, context)
    if open_:
        yield BLANK
        yield Line(words.say("still_to_decide"), style=Style.TITLE)
    for decision in open_:
        whom = f"{words.type(decision.declared)} {listed(decision.ids)}"
        yield Line(f"{whom}: {decision.asked}", 2, "•")
        yield Line(words.say("decided_by", who=decision.decider), 6)

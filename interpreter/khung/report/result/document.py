"""The results of a case for people: as a text for a terminal, as a page to print.

Both are made of the same parts. The text tells together of whom the same is said; the page has a
sheet to sign for each subject.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.lift import lift
from khung.engine.stages import Status
from khung.report.document.html import to_html
from khung.report.document.model import (
    BLANK,
    Document,
    Heading,
    Line,
    Paragraph,
    Section,
    Signatures,
    Style,
)
from khung.report.document.terminal import to_terminal
from khung.report.result.basis import basis_lines
from khung.report.result.context import Context, context_of
from khung.report.result.overview import (
    MOST_NAMES,
    checks,
    decisions,
    quotas,
    split,
    standings,
)
from khung.report.result.subject import standing, subject_lines
from khung.report.words.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.engine.result import Result, Results
    from khung.report.document.model import Block
    from khung.report.result.overview import Told
    from khung.rulebook.model import Label

_MOST_LIFTS = 12
"""Of how many different results the smallest change is looked for: each takes a search."""

_SMALL_CASE = 100
"""Up to how many subjects it is looked for unasked."""

_MOST_NAMES = 40
"""How many of whom next to nothing is known are named on paper."""

_MOST_BLOCKS = 200
"""How many different results are explained in a text; the JSON output has them all."""


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
        width: Columns of the terminal, at least `terminal.NARROWEST`.
        color: Whether to colour for a terminal.
        folder: The folder of the rulebook, to be named.
        clauses: The summary of each clause by its full address, see `words.names.summaries`.
        with_next: Whether to look for the smallest change that lifts a level. It takes time that
            grows with the case, so without an answer it is looked for in small cases only.
    """
    context = context_of(results, lang, clauses)
    if with_next is None:
        with_next = sum(map(len, results.by_type.values())) <= _SMALL_CASE
    blocks = _text(context, folder, _MOST_LIFTS if with_next else 0)
    document = Document(_title(context), lang, tuple(blocks))
    return to_terminal(document, width=width, color=color)


def results_html(results: Results, lang: str, *, clauses: Mapping[str, Label] | None = None) -> str:
    """Return the results of a case as an HTML document that can be printed on A4.

    Args:
        results: What was found.
        lang: `vi` or `en`.
        clauses: The summary of each clause by its full address, see `words.names.summaries`.
    """
    context = context_of(results, lang, clauses, hints=False)
    return to_html(Document(_title(context), lang, tuple(_sheets(context)), sheets=True))


def _title(context: Context) -> str:
    program = context.results.program
    return context.words.label(program.title, program.rulebook)


def _head(context: Context, folder: str = "") -> Iterator[Block]:
    words, case = context.words, context.results.case
    yield Heading(1, _title(context))
    if case.title:
        yield Paragraph((words.say("case", title=case.title.said(words.lang)),))
    yield Paragraph((_dated(context, folder),), "meta")


def _dated(context: Context, folder: str = "") -> str:
    words, results = context.words, context.results
    key, day = "head" if folder else "head_without_folder", words.date(results.case.on)
    return words.say(key, id=results.program.rulebook, day=day, folder=folder)


# -- as a text ----------------------------------------------------------------------------------


def _text(context: Context, folder: str, lifts: int) -> Iterator[Block]:
    yield from _head(context, folder)
    told, untold = split(context.results)
    for index, results in enumerate(told):
        if len(results) > 1:
            yield standings([*results, *(untold[index] if untold else ())], {}, context)
    if sum(map(len, context.results.by_type.values())) > 1:
        yield from checks(context)
    yield from _all_alike(told, context, lifts)
    yield from _untold(untold, context)
    yield from quotas(told, context)
    yield from basis_lines(told, context)
    yield from decisions(told, context)


def _untold(untold: Told, context: Context) -> Iterator[Line]:
    for results in filter(None, untold):
        level = context.words.say("status.blank")
        yield from _named(level, results, context)
        least = min(len(result.missing) for result in results)
        yield Line(context.words.say("blank", n=least), 2)


def _all_alike(told: Told, context: Context, lifts: int) -> Iterator[Line]:
    blocks = [block for results in told for block in _alike(results, context, lifts)]
    for block in blocks[:_MOST_BLOCKS]:
        yield from block
    if len(blocks) > _MOST_BLOCKS:
        yield BLANK
        yield Line(context.words.say("more", n=len(blocks) - _MOST_BLOCKS))


def _alike(results: list[Result], context: Context, lifts: int) -> list[list[Line]]:
    """Return a block for each subject; those of whom the same is said share one.

    For the first of them, as many as `lifts`, what would lift the level is looked for.
    """
    alike: dict[tuple[str, tuple[Line, ...]], list[Result]] = defaultdict(list)
    for result in results:
        key = (standing(result, context), tuple(subject_lines(result, context, None)))
        alike[key].append(result)
    blocks = []
    for index, ((level, lines), members) in enumerate(alike.items()):
        found = lift(context.results, members[0]) if index < lifts else None
        said = lines if found is None else subject_lines(members[0], context, found)
        blocks.append([*_named(level, members, context), *said])
    return blocks


def _named(level: str, members: list[Result], context: Context) -> Iterator[Line]:
    who = _who(members, context, MOST_NAMES)
    if len(members) > MOST_NAMES:
        who = f"{who} ({len(members)})"
    yield BLANK
    yield Line(context.words.say("title", who=who, level=level), 0, "■", Style.TITLE)


def _who(members: list[Result], context: Context, most: int) -> str:
    named = listed((member.entity.id for member in members), most)
    return f"{context.words.type(members[0].entity.type)} {named}"


# -- as sheets of paper -------------------------------------------------------------------------


def _sheets(context: Context) -> Iterator[Section]:
    told, untold = split(context.results)
    results = [result for own in told for result in own]
    anchors = {result.entity.path: f"s{n}" for n, result in enumerate(results, start=1)}
    yield Section(tuple(_front(told, untold, anchors, context)))
    for result in results:
        yield Section(tuple(_sheet(result, context)), anchors[result.entity.path])


def _front(
    told: Told, untold: Told, anchors: Mapping[str, str], context: Context
) -> Iterator[Block]:
    words = context.words
    yield from _head(context)
    yield Paragraph((words.say("digest", digest=context.results.program.digest),), "meta")
    yield from (standings(results, anchors, context) for results in told if results)
    yield from checks(context)
    for results in filter(None, untold):
        who, level = _who(results, context, _MOST_NAMES), words.say("status.blank")
        yield Paragraph((words.say("title", who=who, level=level),))
    yield from quotas(told, context)
    yield from decisions(told, context)


def _sheet(result: Result, context: Context) -> Iterator[Block]:
    """Yield the sheet of a subject: its level, the reasons, what is open, a place to sign."""
    words = context.words
    settled = result.status in (Status.RANKED, Status.NOT_RANKED)
    yield Paragraph((f"{_title(context)} · {_dated(context)}",), "meta")
    yield Heading(2, words.entity(result.entity))
    yield Paragraph((standing(result, context),), "level" if settled else "level open")
    yield from subject_lines(result, context, None)
    basis = tuple(basis_lines([[result]], context))
    if basis:
        yield Section(basis, kind="basis")
    people = tuple(words.say(f"sign.{who}") for who in ("author", "approver"))
    yield Signatures(words.say("sign.day"), people, words.say("sign.note"))

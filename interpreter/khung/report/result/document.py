"""The results of a case for people: as a text for a terminal, as a page to print.

Both are made of the same parts. The text tells together of whom the same is said; the page has a
sheet to sign for each subject.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.progress import Phase, advancing
from khung.engine.stages import Status
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
from khung.report.result.context import Context, context_of
from khung.report.result.overview import (
    MOST_NAMES,
    basis_lines,
    checks,
    decisions,
    quotas,
    split,
    standings,
)
from khung.report.result.subject import Subject, standing
from khung.report.words.labels import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.report.document.model import Block
    from khung.report.result.overview import Told
    from khung.rulebook.model import Label
    from khung.why.result import Result, Results
    from khung.why.smallest_change import SmallestChange

    Changes = Mapping[str, SmallestChange]

_MOST_NAMES = 40  # of those of whom next to nothing is known, named on paper
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
    with_next: bool = False,
) -> str:
    """Return the results of a case in words.

    Args:
        results: What was found.
        lang: `vi` or `en`.
        width: Columns of the terminal, at least `terminal.NARROWEST`.
        color: Whether to colour for a terminal.
        folder: The folder of the rulebook, to be named.
        clauses: The summary of each clause by its full address, see `driver.summaries`.
        with_next: Whether to look for the smallest change that lifts a level, which takes time.
    """
    context = context_of(results, lang, clauses)
    blocks = _text(context, folder, _changes(context, asked=with_next))
    document = Document(_title(context), lang, tuple(blocks))
    return to_terminal(document, width=width, color=color)


def results_html(
    results: Results,
    lang: str,
    *,
    clauses: Mapping[str, Label] | None = None,
    with_next: bool = False,
) -> str:
    """Return the results of a case as an HTML document that can be printed on A4.

    Args:
        results: What was found.
        lang: `vi` or `en`.
        clauses: The summary of each clause by its full address, see `driver.summaries`.
        with_next: Whether to look for the smallest change that lifts a level, which takes time.
    """
    context = context_of(results, lang, clauses, hints=False)
    sheets = _sheets(context, _changes(context, asked=with_next))
    from khung.report.document.html import to_html  # noqa: PLC0415  # only where asked for

    return to_html(Document(_title(context), lang, tuple(sheets), sheets=True))


def _changes(context: Context, *, asked: bool) -> Changes:
    """Return what would lift each of those who are told; nothing unless that is asked."""
    if not asked:
        return {}
    from khung.why.smallest_change import smallest_changes  # noqa: PLC0415  # only where asked for

    told = split(context.results)[0]
    return smallest_changes(context.results, (result for results in told for result in results))


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


def _text(context: Context, folder: str, changes: Changes) -> Iterator[Block]:
    yield from _head(context, folder)
    told, untold = split(context.results)
    for index, results in enumerate(told):
        if len(results) > 1:
            yield standings([*results, *(untold[index] if untold else ())], {}, context)
    if sum(map(len, context.results.by_type.values())) > 1:
        yield from checks(context)
    yield from _all_alike(told, context, changes)
    yield from _untold(untold, context)
    yield from quotas(told, context)
    yield from basis_lines(told, context)
    yield from decisions(told, context)


def _untold(untold: Told, context: Context) -> Iterator[Line]:
    for results in filter(None, untold):
        level = context.say("status.blank")
        yield from _named(level, results, context)
        least = min(len(result.missing) for result in results)
        yield Line(context.say("blank", n=least), 2)


def _all_alike(told: Told, context: Context, changes: Changes) -> Iterator[Line]:
    blocks = [block for results in told for block in _alike(results, context, changes)]
    for block in blocks[:_MOST_BLOCKS]:
        yield from block
    if len(blocks) > _MOST_BLOCKS:
        yield BLANK
        yield Line(context.say("more", n=len(blocks) - _MOST_BLOCKS))


def _alike(results: list[Result], context: Context, changes: Changes) -> Iterator[list[Line]]:
    """Yield a block for each subject; those of whom the same is said share one."""
    alike: dict[tuple[str, tuple[Line, ...]], list[Result]] = defaultdict(list)
    for result in advancing(results, len(results), Phase.TELLING):
        said = Subject(result, context).lines(changes.get(result.entity.path))
        alike[standing(result, context), tuple(said)].append(result)
    for (level, lines), members in alike.items():
        yield [*_named(level, members, context), *lines]


def _named(level: str, members: list[Result], context: Context) -> Iterator[Line]:
    who = _who(members, context, MOST_NAMES)
    if len(members) > MOST_NAMES:
        who = f"{who} ({len(members)})"
    yield BLANK
    yield Line(context.say("title", who=who, level=level), 0, "■", Style.TITLE)


def _who(members: list[Result], context: Context, most: int) -> str:
    named = listed((member.entity.id for member in members), most)
    return f"{context.words.type(members[0].entity.type)} {named}"


# -- as sheets of paper -------------------------------------------------------------------------


def _sheets(context: Context, changes: Changes) -> Iterator[Section]:
    told, untold = split(context.results)
    results = [result for own in told for result in own]
    anchors = {result.entity.path: f"s{n}" for n, result in enumerate(results, start=1)}
    yield Section(tuple(_front(told, untold, anchors, context)))
    for result in advancing(results, len(results), Phase.TELLING):
        path = result.entity.path
        yield Section(tuple(_sheet(result, context, changes.get(path))), anchors[path])


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


def _sheet(result: Result, context: Context, smallest: SmallestChange | None) -> Iterator[Block]:
    """Yield the sheet of a subject: its level, the reasons, what is open, a place to sign."""
    words = context.words
    settled = result.status in (Status.RANKED, Status.NOT_RANKED)
    yield Paragraph((f"{_title(context)} · {_dated(context)}",), "meta")
    yield Heading(2, words.entity(result.entity))
    yield Paragraph((standing(result, context),), "level" if settled else "level open")
    yield from Subject(result, context).lines(smallest)
    basis = tuple(basis_lines([[result]], context))
    if basis:
        yield Section(basis, kind="basis")
    people = tuple(words.say(f"sign.{who}") for who in ("author", "approver"))
    yield Signatures(words.say("sign.day"), people, words.say("sign.note"))

"""The results of a case for people: as a text for a terminal, as a page to print.

Both are made of the same parts. The text tells together of whom the same is said; the page has a
sheet to sign for each subject.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.progress import Phase, advancing
from khung.engine.stages import Status
from khung.report.document import model as d
from khung.report.document.terminal import to_terminal
from khung.report.result import overview as o
from khung.report.result.context import Context, context_of
from khung.report.result.subject import Subject, standing
from khung.report.words.labels import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.rulebook.model import Label
    from khung.why.result import Result, Results

_MOST_NAMES = 40  # of those of whom next to nothing is known, named on paper
_MOST_BLOCKS = 200  # different results explained in a text; the JSON output has them all


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
    told, untold = o.split(results)
    context = context_of(results, lang, clauses, told if with_next else ())
    document = d.Document(_title(context), lang, tuple(_text(told, untold, context, folder)))
    return to_terminal(document, width=width, color=color)


def results_html(
    results: Results,
    lang: str,
    *,
    clauses: Mapping[str, Label] | None = None,
    with_next: bool = False,
) -> str:
    """Return the results of a case as an HTML document that can be printed on A4.

    See `results_text`.
    """
    from khung.report.document.html import to_html  # noqa: PLC0415  # only where asked for

    told, untold = o.split(results)
    context = context_of(results, lang, clauses, told if with_next else (), hints=False)
    sheets = tuple(_sheets(told, untold, context))
    return to_html(d.Document(_title(context), lang, sheets, sheets=True))


def _title(context: Context) -> str:
    program = context.results.program
    return context.words.label(program.title, program.rulebook)


def _head(context: Context, folder: str = "") -> Iterator[d.Block]:
    case = context.results.case
    yield d.Heading(1, _title(context))
    if case.title:
        yield d.Paragraph((context.say("case", title=case.title.said(context.words.lang)),))
    yield d.Paragraph((_dated(context, folder),), "meta")


def _dated(context: Context, folder: str = "") -> str:
    results = context.results
    key, day = "head" if folder else "head_without_folder", context.words.date(results.case.on)
    return context.say(key, id=results.program.rulebook, day=day, folder=folder)


# -- as a text ----------------------------------------------------------------------------------


def _text(told: o.Told, untold: o.Told, context: Context, folder: str) -> Iterator[d.Block]:
    yield from _head(context, folder)
    for index, results in enumerate(told):
        if len(results) > 1:
            yield o.standings([*results, *(untold[index] if untold else ())], {}, context)
    if sum(map(len, context.results.by_type.values())) > 1:
        yield from o.checks(context)
    blocks = [block for results in told for block in _alike(results, context)]
    for block in blocks[:_MOST_BLOCKS]:
        yield from block
    if len(blocks) > _MOST_BLOCKS:
        yield from (d.BLANK, d.Line(context.say("more", n=len(blocks) - _MOST_BLOCKS)))
    for results in filter(None, untold):
        yield from _named(context.say("status.blank"), results, context)
        least = min(len(result.missing) for result in results)
        yield d.Line(context.say("blank", n=least), 2)
    yield from o.quotas(told, context)
    yield from o.basis_lines(told, context)
    yield from o.decisions(told, context)


def _alike(results: list[Result], context: Context) -> Iterator[list[d.Line]]:
    """Yield a block for each subject; those of whom the same is said share one."""
    alike: dict[tuple[str, tuple[d.Line, ...]], list[Result]] = defaultdict(list)
    for result in advancing(results, len(results), Phase.TELLING):
        said = tuple(Subject(result, context).lines())
        alike[standing(result, context), said].append(result)
    for (level, lines), members in alike.items():
        yield [*_named(level, members, context), *lines]


def _named(level: str, members: list[Result], context: Context) -> Iterator[d.Line]:
    who = _who(members, context, o.MOST_NAMES)
    if len(members) > o.MOST_NAMES:
        who = f"{who} ({len(members)})"
    yield d.BLANK
    yield d.Line(context.say("title", who=who, level=level), 0, "■", d.Style.TITLE)


def _who(members: list[Result], context: Context, most: int) -> str:
    named = listed((member.entity.id for member in members), most)
    return f"{context.words.type(members[0].entity.type)} {named}"


# -- as sheets of paper -------------------------------------------------------------------------


def _sheets(told: o.Told, untold: o.Told, context: Context) -> Iterator[d.Section]:
    results = [result for own in told for result in own]
    anchors = {result.entity.path: f"s{n}" for n, result in enumerate(results, start=1)}
    yield d.Section(tuple(_front(told, untold, anchors, context)))
    for result in advancing(results, len(results), Phase.TELLING):
        yield d.Section(tuple(_sheet(result, context)), anchors[result.entity.path])


def _front(
    told: o.Told, untold: o.Told, anchors: Mapping[str, str], context: Context
) -> Iterator[d.Block]:
    yield from _head(context)
    yield d.Paragraph((context.say("digest", digest=context.results.program.digest),), "meta")
    yield from (o.standings(results, anchors, context) for results in told if results)
    yield from o.checks(context)
    for results in filter(None, untold):
        who, level = _who(results, context, _MOST_NAMES), context.say("status.blank")
        yield d.Paragraph((context.say("title", who=who, level=level),))
    yield from o.quotas(told, context)
    yield from o.decisions(told, context)


def _sheet(result: Result, context: Context) -> Iterator[d.Block]:
    """Yield the sheet of a subject: its level, the reasons, what is open, a place to sign."""
    settled = result.status in (Status.RANKED, Status.NOT_RANKED)
    yield d.Paragraph((f"{_title(context)} · {_dated(context)}",), "meta")
    yield d.Heading(2, context.words.entity(result.entity))
    yield d.Paragraph((standing(result, context),), "level" if settled else "level open")
    yield from Subject(result, context).lines()
    basis = tuple(o.basis_lines([[result]], context))
    if basis:
        yield d.Section(basis, kind="basis")
    people = tuple(context.say(f"sign.{who}") for who in ("author", "approver"))
    yield d.Signatures(context.say("sign.day"), people, context.say("sign.note"))

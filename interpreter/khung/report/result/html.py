"""Results as one page to print: the case at a glance, then a sheet to sign for each subject.

The document holds its own style and no script, and asks for no other file. Every text that comes
from a case or a rulebook is escaped where it is written, see `markup`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.stages import Status
from khung.report.document.markup import element, outline, page, text
from khung.report.result.basis import basis_lines
from khung.report.result.context import context_of, ends
from khung.report.result.overview import by_standing, checks_of, groups_of, open_decisions, split
from khung.report.result.subject import standing, subject_lines
from khung.report.words.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.engine.result import Result, Results
    from khung.report.result.context import Context
    from khung.rulebook.model import Label

_MOST_NAMES = 60
"""How many are named in one row of a table; the others are counted."""


def results_html(results: Results, lang: str, *, clauses: Mapping[str, Label] | None = None) -> str:
    """Return the results of a case as an HTML document that can be printed on A4.

    Args:
        results: What was found.
        lang: `vi` or `en`.
        clauses: The summary of each clause by its full address, see `words.names.summaries`.
    """
    context = context_of(results, lang, clauses, hints=False)
    told, untold = split(results)
    sheets = [result for own in told for result in own]
    anchors = {result.entity.path: f"s{n}" for n, result in enumerate(sheets, start=1)}
    parts = [
        element("section", "\n".join(_front(told, untold, anchors, context))),
        *(_sheet(result, anchors[result.entity.path], context) for result in sheets),
    ]
    return page(_title(context), lang, "style.css", "\n".join(parts))


def _title(context: Context) -> str:
    program = context.results.program
    return context.words.label(program.title, program.rulebook)


# -- the case at a glance -----------------------------------------------------------------------


def _front(
    told: list[list[Result]],
    untold: list[list[Result]],
    anchors: Mapping[str, str],
    context: Context,
) -> Iterator[str]:
    yield from _heading(context)
    for results in told:
        if results:
            yield _standings(results, anchors, context)
    yield from _checks(context)
    yield from _blank(untold, context)
    yield from _quotas(told, context)
    yield from _decisions(told, context)


def _heading(context: Context) -> Iterator[str]:
    words, results = context.words, context.results
    yield text("h1", _title(context))
    if results.case.title:
        yield text("p", words.say("case", title=results.case.title.said(words.lang)))
    yield text("p", _basis_of_all(context), class_="meta")
    yield text("p", words.say("digest", digest=results.program.digest), class_="meta")


def _basis_of_all(context: Context) -> str:
    day, rulebook = context.words.date(context.results.case.on), context.results.program.rulebook
    return context.words.say("head_without_folder", id=rulebook, day=day)


def _standings(results: list[Result], anchors: Mapping[str, str], context: Context) -> str:
    """Return the table of one type: each level, how many are at it, and who."""
    declared = results[0].entity.type
    title = context.words.say("table", type=context.words.type(declared), n=len(results))
    rows = [
        text("th", name, scope="row", class_="standing")
        + text("td", str(len(members)), class_="number")
        + element("td", _names(members, anchors, context))
        for name, members in by_standing(results, context).items()
    ]
    return _table(title, context, ("column.level", "column.number", "column.who"), rows)


def _names(members: list[Result], anchors: Mapping[str, str], context: Context) -> str:
    links = [
        text("a", member.entity.id, href=f"#{anchors[member.entity.path]}")
        for member in members[:_MOST_NAMES]
    ]
    named = ", ".join(links)
    left = len(members) - _MOST_NAMES
    return context.words.say("and_more", names=named, n=left) if left > 0 else named


def _checks(context: Context) -> Iterator[str]:
    found = checks_of(context)
    rows = [
        text("td", one.asked)
        + text("td", str(len(one.ids)), class_="number")
        + text("td", listed(one.ids, _MOST_NAMES))
        for one in found.violated
    ]
    if rows:
        title = context.words.say("checks.summary", bad=found.bad, unknown=found.unknown)
        yield _table(title, context, ("column.rule", "column.number", "column.who"), rows)


def _blank(untold: list[list[Result]], context: Context) -> Iterator[str]:
    for results in untold:
        if results:
            kind = context.words.type(results[0].entity.type)
            who = f"{kind} {listed(result.entity.id for result in results)}"
            level = context.words.say("status.blank")
            yield text("p", context.words.say("title", who=who, level=level))


def _quotas(told: list[list[Result]], context: Context) -> Iterator[str]:
    rows = [
        text("td", title) + "".join(text("td", cell) for cell in _cells(group, context))
        for title, group in groups_of(told, context)
    ]
    if rows:
        names = ("rule", "group", "base", "places", "kept", "cut", "open")
        columns = tuple(f"column.{name}" for name in names)
        yield _table(context.words.say("quotas"), context, columns, rows)


def _cells(group: GroupResult, context: Context) -> Iterator[str]:
    yield context.group_key(group)
    yield ends(group.base)
    yield ends(group.places)
    yield from (_ids(entities) for entities in (group.kept, group.cut, group.open))


def _ids(entities: Iterable[Entity]) -> str:
    return listed((entity.id for entity in entities), _MOST_NAMES)


def _decisions(told: list[list[Result]], context: Context) -> Iterator[str]:
    rows = [
        text("td", f"{context.words.type(open_.declared)} {listed(open_.ids)}")
        + text("td", open_.asked)
        + text("td", open_.decider)
        for open_ in open_decisions(told, context)
    ]
    if rows:
        columns = ("column.subjects", "column.asked", "column.decider")
        yield _table(context.words.say("still_to_decide"), context, columns, rows)


def _table(title: str, context: Context, columns: Iterable[str], rows: Iterable[str]) -> str:
    """Return a table; its columns are phrases, its rows are cells that are HTML already."""
    heads = "".join(text("th", context.words.say(name), scope="col") for name in columns)
    body = "\n".join(element("tr", cells) for cells in rows)
    head = element("thead", element("tr", heads))
    return element("table", f"{text('caption', title)}{head}\n{element('tbody', body)}")


# -- one subject --------------------------------------------------------------------------------


def _sheet(result: Result, anchor: str, context: Context) -> str:
    """Return the sheet of a subject: its level, the reasons, what is open, a place to sign."""
    words = context.words
    settled = result.status in (Status.RANKED, Status.NOT_RANKED)
    basis = outline(basis_lines([[result]], context))
    parts = [
        text("p", f"{_title(context)} · {_basis_of_all(context)}", class_="meta"),
        text("h2", words.entity(result.entity)),
        text("p", standing(result, context), class_="level" if settled else "level open"),
        outline(subject_lines(result, context, None)),
        element("div", basis, class_="basis") if basis else "",
        _signatures(context),
    ]
    return element("section", "\n".join(filter(None, parts)), id=anchor)


def _signatures(context: Context) -> str:
    words = context.words
    note = text("i", words.say("sign.note"))
    places = "".join(
        element("div", text("b", words.say(f"sign.{who}")) + note) for who in ("author", "approver")
    )
    day = text("p", words.say("sign.day"), class_="day")
    return element("div", day + element("div", places, class_="places"), class_="sign")

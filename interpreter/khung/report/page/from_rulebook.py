"""A rulebook and its program → the page that says all of it, for people who read no YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from khung.analysis.clauses import items, traced
from khung.report.document import model as d
from khung.report.page.guidance import sections
from khung.report.page.pager import (
    CLAUSE,
    DOCUMENT,
    Pager,
    as_in_the_document,
    definitions,
    facts,
    links,
    pager,
    path_of,
)
from khung.report.page.subject import subject_blocks
from khung.report.words.labels import noun_of
from khung.rulebook.versions.answers import short_path
from khung.syntax.unparse import unparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.program import Program
    from khung.rulebook import model as m
    from khung.rulebook.entries import Entry


# -- what is declared ------------------------------------------------------------------------------


def documents(pager: Pager) -> Iterator[d.Block]:
    """Yield the source documents."""
    rows: list[tuple[d.Rich, ...]] = []
    for one in pager.rulebook.documents:
        name = (d.Anchor(d.anchor(DOCUMENT, one.head.id)), d.Strong(one.head.id))
        own = one.head.id == pager.rulebook.document
        said = pager.words.label(one.head.label, one.number)
        label: d.Rich = (said, d.Break(), pager.say("main_document")) if own else (said,)
        day = pager.words.date(one.date) if one.date else ""
        rows.append((name, label, (one.number,), (day,), (one.issued_by,)))
    yield from pager.grid("short document number date issued_by", rows)


# -- readings ------------------------------------------------------------------------------------


def readings(pager: Pager) -> Iterator[d.Block]:
    """Yield each question of meaning: its options, the chosen one, the reasons."""
    for one in pager.rulebook.readings:
        yield pager.heading(4, one.question.said(pager.lang), one.head)
        cited = pager.in_line(one.head)
        source = (f" · {pager.say('source')}: ", *cited) if cited else ()
        yield d.Paragraph((d.Code(one.head.id), *source))
        chosen = pager.program.readings[one.head.id].chosen
        yield d.Listing(tuple(_option(option, chosen, pager) for option in one.options))


def _option(option: m.Option, chosen: str, pager: Pager) -> d.Rich:
    label: d.Inline = pager.called(option.head)
    if option.head.id == chosen:
        label = d.Strong(f"{pager.say('chosen')}: {label}")
    because = f" — {option.because.said(pager.lang)}" if option.because else ""
    says = () if option.value is None else (": ", d.Code(unparse(option.value, pager.lang)))
    return (pager.place(option.head), label, " ", d.Code(option.head.id), *says, because)


# -- the year ------------------------------------------------------------------------------------


def parameters(pager: Pager) -> Iterator[d.Block]:
    """Yield the values that the guidance sets for the year."""
    found = pager.rulebook.parameters
    yield from pager.declared("parameter value source", found, lambda one: (_set_by(one, pager),))


def _set_by(one: m.Parameter, pager: Pager) -> str:
    """Return the value of a parameter, and how far units may set another."""
    value, local = unparse(one.value, pager.lang), one.local
    if local is None:
        return value
    ends = (("local_most", local.at_most), ("local_least", local.at_least))
    bounds = [
        pager.say(key, value=unparse(end, pager.lang)) for key, end in ends if end is not None
    ]
    left = pager.say("local", bounds=", ".join(bounds) or pager.say("local_any"))
    return f"{value} ({left})"


def calendars(pager: Pager) -> Iterator[d.Block]:
    """Yield the calendars of working days."""
    for one in pager.rulebook.calendars:
        first, last = pager.words.date(one.first), pager.words.date(one.last)
        period = f" · {pager.say('period', first=first, last=last)} "
        name = d.Strong(pager.called(one.head))
        yield d.Paragraph((pager.place(one.head), name, period, *pager.own(one.head)))
        weekend = ", ".join(pager.say(f"weekday.{day}") for day in sorted(one.weekend))
        yield d.Paragraph((pager.say("weekend", days=weekend),))
        rows: list[tuple[d.Rich, ...]] = [
            ((pager.words.date(day.day),), (day.label.said(pager.lang),), (pager.say(key),))
            for key, days in (("holiday", one.holidays), ("working", one.working))
            for day in days
        ]
        yield from pager.grid("date label day_kind", rows)


def forms(pager: Pager) -> Iterator[d.Block]:
    """Yield what is made of results: for whom, under which condition, of which template."""
    rows: list[tuple[d.Rich, ...]] = []
    for one, form in zip(pager.rulebook.forms, pager.program.forms, strict=True):
        whom = pager.say("form.case")
        if form.subject:
            declared = pager.program.objects[form.subject]
            whom = pager.say("form.each", what=noun_of(pager.words.type(declared)))
        told: d.Rich = (whom,)
        if one.head.when is not None:
            told = (
                whom,
                ", ",
                pager.say("form.when"),
                " ",
                d.Code(unparse(one.head.when, pager.lang)),
            )
        template = (d.Code(form.template),)
        rows.append((pager.titled(one.head), told, template, pager.own(one.head)))
    yield from pager.grid("form form_for template source", rows)


# -- scales, enumerations, records ---------------------------------------------------------------


def values(pager: Pager) -> Iterator[d.Block]:
    """Yield the scales and enumerations with their values."""
    rows: list[tuple[d.Rich, ...]] = []
    for key, found in (
        ("ordered", pager.rulebook.scales),
        ("unordered", pager.rulebook.enumerations),
    ):
        for one in found:
            said = d.joined([_value(value, pager) for value in one.values], d.Break())
            rows.append((pager.titled(one.head), (pager.say(key),), said, pager.own(one.head)))
    yield from pager.grid("values order value source", rows)


def _value(value: m.Named, pager: Pager) -> d.Rich:
    head = value.head
    named = (pager.place(head), pager.called(head), " ", d.Code(head.id))
    return d.joined([named, pager.in_line(head)], " · ")


def records(pager: Pager) -> Iterator[d.Block]:
    """Yield the records with their fields."""
    for one in pager.rulebook.records:
        declared = pager.program.objects[one.head.id]
        yield pager.heading(4, pager.called(one.head), one.head)
        yield d.Paragraph(d.joined([(d.Code(one.head.id),), pager.in_line(one.head)], " · "))
        yield from facts(one.fields, declared, pager)
        yield from links(one.links, declared, pager)
        for output in (True, False):
            yield from definitions(one.definitions, declared, pager, output=output)


# -- what is new --------------------------------------------------------------------------------


_IN_GROUP = re.compile(r"\.criteria\.groups\.[^.]+\.items\.")


def news(pager: Pager) -> Iterator[d.Block]:
    """Yield what is new: a line for each group of changes, and how much is kept."""
    extends, carried = pager.rulebook.extends, pager.rulebook.carried
    if extends is None:
        return
    yield d.Paragraph((_stands_on(extends, pager),))
    if carried is not None and carried.groups:
        yield d.Listing(tuple(_group(group, pager) for group in carried.groups))


def _stands_on(extends: m.Extends, pager: Pager) -> str:
    """Say on which rulebook this one stands, and how; of an amendment, from when."""
    day = pager.words.date(extends.first) if extends.first else ""
    return pager.say(f"extends.{extends.manner.value}", base=extends.rulebook.name, day=day)


def _group(group: m.Group, pager: Pager) -> d.Rich:
    cited = d.joined([(part,) for part in pager.linked(group.sources) if part != d.Break()], ", ")
    label = d.Strong(pager.words.label(group.label, group.id))
    return (label, " (", *cited, ")") if cited else (label,)


def changes(pager: Pager) -> Iterator[d.Block]:
    """Yield what is new by group, then what became of the values of the year."""
    extends, carried = pager.rulebook.extends, pager.rulebook.carried
    if extends is None:
        return
    yield d.Paragraph((_stands_on(extends, pager),))
    if carried is None:
        return
    shown = _shown(pager)
    gone = {short_path(one.path): _taken_out(one, pager) for one in pager.rulebook.removed}
    for group in carried.groups:
        yield d.Heading(3, pager.words.label(group.label, group.id))
        cited = pager.linked(group.sources)
        if cited:
            yield d.Paragraph((f"{pager.say('source')}: ", *cited))
        names = [ref.name for ref in group.entries]
        yield d.Listing(tuple(gone.get(name) or _entries(name, shown) for name in names))
    yield from _answers(carried, shown, pager)


def _taken_out(removed: m.Removed, pager: Pager) -> d.Rich:
    label = pager.words.label(removed.label, removed.name)
    return (f"{pager.say('taken_out')}: {label} ", d.Code(removed.path))


def _answers(carried: m.Carried, shown: dict[str, d.Link], pager: Pager) -> Iterator[d.Block]:
    by_fate: dict[str, list[d.Rich]] = {}
    for section, answers in carried.answers.items():
        for name, answer in answers.items():
            found = _entries(f"{section}.{name}", shown)
            if answer.fate is not None:
                by_fate.setdefault(answer.fate.value, []).append(found)
    rows: list[tuple[d.Rich, ...]] = [
        ((pager.say(f"fate.{fate}"),), d.joined(names, "; ")) for fate, names in by_fate.items()
    ]
    yield from pager.grid("fate yearly", rows)


def _entries(path: str, shown: dict[str, d.Link]) -> d.Rich:
    """Return links to the entries that a path or a prefix names; as written if there are none.

    The path of something within an entry leads to the entry.
    """
    if path.endswith("*"):
        found = [link for name, link in shown.items() if name.startswith(path[:-1])]
        return d.joined([(link,) for link in found], "; ") or (d.Code(path),)
    inside = path
    while inside not in shown and "." in inside:
        inside = inside.rpartition(".")[0]
    if "." not in inside:
        return (d.Code(path),)
    rest = path.removeprefix(inside).lstrip(".")
    return (shown[inside], " ", d.Code(rest)) if rest else (shown[inside],)


def _shown(pager: Pager) -> dict[str, d.Link]:
    """Return the entries of the page by path, a criterion by that without its group."""
    return {_IN_GROUP.sub(".criteria.", path_of(e)): pager.link(e) for e in pager.found}


# -- clauses ------------------------------------------------------------------------------------


def clauses(pager: Pager) -> Iterator[d.Block]:
    """Yield the table of clauses."""
    traces = traced(pager.rulebook, pager.found)
    rows: list[tuple[d.Rich, ...]] = [
        (
            (d.Anchor(d.anchor(CLAUSE, clause.address)), d.Strong(clause.address)),
            (clause.summary.said(pager.lang),),
            _rests(clause, traces, pager),
        )
        for clause in pager.rulebook.clauses
    ]
    yield from pager.grid("clause says rests", rows)


def _rests(clause: m.Clause, traces: Mapping[str, list[Entry]], pager: Pager) -> d.Rich:
    lines: list[d.Rich] = []
    if clause.kind:
        because = f": {clause.because.said(pager.lang)}" if clause.because else ""
        lines.append((f"{pager.say(f'clause.{clause.kind}')}{because}",))
    if clause.parts:
        lines += [_links(traces.get(clause.address, []), pager)]
    lines += [_item(item, clause, traces, pager) for item in items(clause)]
    return d.joined(lines, d.Break()) or (pager.say("clause.nothing"),)


def _item(item: str, clause: m.Clause, traces: Mapping[str, list[Entry]], pager: Pager) -> d.Rich:
    found = _links(traces.get(item, []), pager)
    if not clause.parts:
        return found
    place, part = d.Anchor(d.anchor(CLAUSE, item)), d.Code("#" + item.partition("#")[2])
    return (place, part, ": ", *(found or (pager.say("clause.nothing"),)))


def _links(found: list[Entry], pager: Pager) -> d.Rich:
    """Return links to entries, those of one subject or record behind its name."""
    by_owner: dict[str, list[d.Rich]] = {}
    for entry in found:
        owned = entry.owner if entry.owner is not entry.node else None
        owner = pager.called(owned.head) if owned else ""
        by_owner.setdefault(owner, []).append((pager.link(entry),))
    said = [
        d.joined([(f"{owner}: ",) if owner else (), d.joined(links, "; ")], "")
        for owner, links in by_owner.items()
    ]
    return d.joined(said, ". ")


# -- the page -----------------------------------------------------------------------------------

_BEFORE = {"changes": changes}
_AFTER = {
    "readings": readings,
    "parameters": parameters,
    "calendars": calendars,
    "forms": forms,
    "values": values,
    "records": records,
    "clauses": clauses,
}


def page(rulebook: m.Rulebook, program: Program, lang: str, *, full: bool = False) -> d.Document:
    """Return the page of a sound rulebook under the readings of the program.

    It has what is new and the clauses in their order; a `full` one also every entry with its id,
    its type and its condition as written, in a part of their own.
    """
    writer = pager(rulebook, program, lang, full=full)
    title = rulebook.title.said(lang)
    chapters = list(_guidance(writer))
    if full:
        chapters += _chapters(writer)
    return d.Document(title, lang, (*_front(title, chapters, writer), *chapters))


def _guidance(writer: Pager) -> Iterator[d.Block]:
    yield from writer.section(d.CHAPTER, "new", news(writer))
    yield from sections(writer)
    yield from writer.section(d.CHAPTER, "documents", documents(writer))


def _chapters(writer: Pager) -> Iterator[d.Block]:
    for name, blocks in _BEFORE.items():
        yield from writer.section(d.CHAPTER, name, blocks(writer))
    for subject in as_in_the_document(writer.rulebook):
        yield from subject_blocks(subject, writer)
    for name, blocks in _AFTER.items():
        yield from writer.section(d.CHAPTER, name, blocks(writer))


def _front(title: str, chapters: list[d.Block], writer: Pager) -> Iterator[d.Block]:
    first, last = map(writer.words.date, writer.program.period)
    yield d.Heading(1, title)
    yield d.Paragraph((writer.say("made", id=writer.rulebook.id),))
    yield d.Paragraph((writer.say("period", first=first, last=last) + ".",))
    yield d.Paragraph((writer.say("how_to_read"),))
    yield d.contents(chapters)

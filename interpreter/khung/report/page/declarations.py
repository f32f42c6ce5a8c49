"""What is declared: documents, readings, values of the year, scales, records; facts and links."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.report.document import model as d
from khung.report.page.pager import DOCUMENT
from khung.syntax.unparse import unparse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.program import Fact, ObjectType
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m


def documents(pager: Pager) -> Iterator[d.Block]:
    """Yield the source documents."""
    rows: list[tuple[d.Rich, ...]] = []
    for one in pager.rulebook.documents:
        name = (d.Anchor(d.anchor(DOCUMENT, one.head.id)), d.Strong(one.head.id))
        own = one.head.id == pager.rulebook.document
        said = pager.label(one.head.label, one.number)
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
    return (pager.place(option.head), label, " ", d.Code(option.head.id), because)


# -- the year ------------------------------------------------------------------------------------


def parameters(pager: Pager) -> Iterator[d.Block]:
    """Yield the values that the guidance sets for the year."""
    found = pager.rulebook.parameters
    yield from pager.declared("parameter value source", found, lambda one: (unparse(one.value),))


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


# -- facts, links, definitions ------------------------------------------------------------------


def facts(written: Iterable[m.Fact], declared: ObjectType, pager: Pager) -> list[d.Grid]:
    """Return what a case may state."""
    known = declared.facts
    return pager.declared(
        "fact type default asked source",
        written,
        lambda fact: (_type(known[fact.head.id], pager),),
        lambda fact: (_default(known[fact.head.id], pager),),
        lambda fact: pager.when(known[fact.head.id].applies),
    )


def _type(fact: Fact, pager: Pager) -> str:
    said = pager.type(fact.ty)
    ends = [str(e) for e in (fact.low, fact.high) if e is not None]
    limits = f", {' – '.join(ends)}" if ends else ""
    unit = pager.words.number(Decimal(2), fact.unit).partition(" ")[2] if fact.unit else ""
    return (f"{said} ({unit})" if unit else said) + limits


def _default(fact: Fact, pager: Pager) -> str:
    if fact.default is None:
        return pager.say("must_state")
    return pager.value(fact.default) or pager.words.say("none")


def links(written: Iterable[m.Link], declared: ObjectType, pager: Pager) -> list[d.Grid]:
    """Return the links to other subjects."""

    def to(link: m.Link) -> d.Rich:
        return (pager.words.type(pager.program.objects[declared.links[link.head.id].to]),)

    def asked(link: m.Link) -> d.Rich:
        known = declared.links[link.head.id]
        optional = (pager.say("optional"),) if known.optional else ()
        when = pager.condition(known.applies)
        return d.joined([when, optional], d.Break()) or (pager.say("always"),)

    return pager.declared("link to_subject asked source", written, to, asked)


def definitions(
    written: Iterable[m.Definition], declared: ObjectType, pager: Pager, *, output: bool
) -> list[d.Grid]:
    """Return the definitions that results tell, or those that they do not."""
    known = declared.definitions
    return pager.declared(
        "definition is applies source",
        (one for one in written if one.output is output),
        lambda one: pager.condition(known[one.head.id].value),
        lambda one: pager.when(known[one.head.id].applies),
    )

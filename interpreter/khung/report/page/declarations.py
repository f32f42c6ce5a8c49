"""What is declared: documents, readings, values of the year, scales, records; facts and links."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.report.document.model import (
    Anchor,
    Break,
    Code,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Rich,
    Strong,
    anchor,
    joined,
)
from khung.report.page.pager import DOCUMENT, RULE
from khung.syntax.unparse import unparse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.program import Fact, ObjectType
    from khung.report.document.model import Block
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m


def documents(pager: Pager) -> Iterator[Block]:
    """Yield the source documents."""
    rows: list[tuple[Rich, ...]] = []
    for one in pager.rulebook.documents:
        name = (Anchor(anchor(DOCUMENT, one.head.id)), Strong(one.head.id))
        own = one.head.id == pager.rulebook.document
        said = pager.label(one.head.label, one.number)
        label: Rich = (said, Break(), pager.say("main_document")) if own else (said,)
        day = pager.words.date(one.date) if one.date else ""
        rows.append((name, label, (one.number,), (day,), (one.issued_by,)))
    yield from pager.grid("short document number date issued_by", rows)


# -- readings ------------------------------------------------------------------------------------


def readings(pager: Pager) -> Iterator[Block]:
    """Yield each question of meaning: its options, the chosen one, the reasons."""
    for one in pager.rulebook.readings:
        question = one.question.said(pager.lang)
        yield Heading(4, question, anchor(RULE, pager.name_of(one.head)))
        cited = joined(
            [(part,) for part in pager.own(one.head) if not isinstance(part, Break)], ", "
        )
        about: Rich = (Code(one.head.id),)
        yield Paragraph((*about, *((f" · {pager.say('source')}: ", *cited) if cited else ())))
        chosen = pager.program.readings[one.head.id].chosen
        yield Listing(tuple(_option(option, chosen, pager) for option in one.options))


def _option(option: m.Option, chosen: str, pager: Pager) -> Rich:
    label = pager.label(option.head.label, option.head.id)
    place = Anchor(anchor(RULE, pager.name_of(option.head)))
    because = f" — {option.because.said(pager.lang)}" if option.because else ""
    if option.head.id == chosen:
        return (
            place,
            Strong(f"{pager.say('chosen')}: {label}"),
            " ",
            Code(option.head.id),
            because,
        )
    return (place, label, " ", Code(option.head.id), because)


# -- the year ------------------------------------------------------------------------------------


def parameters(pager: Pager) -> Iterator[Block]:
    """Yield the values that the guidance sets for the year."""
    rows: list[tuple[Rich, ...]] = [
        (pager.titled(one.head), (unparse(one.value),), pager.own(one.head))
        for one in pager.rulebook.parameters
    ]
    yield from pager.grid("parameter value source", rows)


def calendars(pager: Pager) -> Iterator[Block]:
    """Yield the calendars of working days."""
    for one in pager.rulebook.calendars:
        name = pager.label(one.head.label, one.head.id)
        first, last = pager.words.date(one.first), pager.words.date(one.last)
        period = pager.say("period", first=first, last=last)
        place = Anchor(anchor(RULE, pager.name_of(one.head)))
        yield Paragraph((place, Strong(name), f" · {period} ", *pager.own(one.head)))
        weekend = ", ".join(pager.say(f"weekday.{day}") for day in sorted(one.weekend))
        yield Paragraph((pager.say("weekend", days=weekend),))
        rows: list[tuple[Rich, ...]] = [
            ((pager.words.date(d.day),), (d.label.said(pager.lang),), (pager.say(key),))
            for key, days in (("holiday", one.holidays), ("working", one.working))
            for d in days
        ]
        yield from pager.grid("date label day_kind", rows)


# -- scales, enumerations, records ---------------------------------------------------------------


def values(pager: Pager) -> Iterator[Block]:
    """Yield the scales and enumerations with their values."""
    rows: list[tuple[Rich, ...]] = []
    for ordered, found in ((True, pager.rulebook.scales), (False, pager.rulebook.enumerations)):
        for one in found:
            kind = pager.say("ordered" if ordered else "unordered")
            said = joined([_value(value, pager) for value in one.values], Break())
            rows.append((pager.titled(one.head), (kind,), said, pager.own(one.head)))
    yield from pager.grid("values order value source", rows)


def _value(value: m.Named, pager: Pager) -> Rich:
    label = pager.label(value.head.label, value.head.id)
    place = Anchor(anchor(RULE, pager.name_of(value.head)))
    return joined([(place, label, " ", Code(value.head.id)), pager.in_line(value.head)], " · ")


def records(pager: Pager) -> Iterator[Block]:
    """Yield the records with their fields."""
    for one in pager.rulebook.records:
        declared = pager.program.objects[one.head.id]
        title = pager.label(one.head.label, one.head.id)
        yield Heading(4, title, anchor(RULE, pager.name_of(one.head)))
        yield Paragraph(joined([(Code(one.head.id),), pager.in_line(one.head)], " · "))
        yield from facts(one.fields, declared, pager)
        yield from links(one.links, declared, pager)
        for output in (True, False):
            yield from definitions(one.definitions, declared, pager, output=output)


# -- facts, links, definitions ------------------------------------------------------------------


def facts(written: Iterable[m.Fact], declared: ObjectType, pager: Pager) -> list[Grid]:
    """Return what a case may state."""
    rows: list[tuple[Rich, ...]] = [
        (
            pager.titled(fact.head),
            (_type(declared.facts[fact.head.id], pager),),
            _default(declared.facts[fact.head.id], pager),
            pager.condition(declared.facts[fact.head.id].applies) or (pager.say("always"),),
            pager.own(fact.head),
        )
        for fact in written
    ]
    return pager.grid("fact type default asked source", rows)


def _type(fact: Fact, pager: Pager) -> str:
    said = pager.type(fact.ty)
    ends = [str(e) for e in (fact.low, fact.high) if e is not None]
    limits = f", {' – '.join(ends)}" if ends else ""
    unit = pager.words.number(*_two(fact.unit)).partition(" ")[2] if fact.unit else ""
    return f"{said} ({unit})".replace(" ()", "") + limits


def _two(unit: str) -> tuple[Decimal, str]:
    return Decimal(2), unit


def _default(fact: Fact, pager: Pager) -> Rich:
    if fact.default is None:
        return (pager.say("must_state"),)
    said = pager.value(fact.default)
    return (said or pager.words.say("none"),)


def links(written: Iterable[m.Link], declared: ObjectType, pager: Pager) -> list[Grid]:
    """Return the links to other subjects."""
    rows: list[tuple[Rich, ...]] = []
    for link in written:
        known = declared.links[link.head.id]
        to = pager.label(pager.program.objects[known.to].label, known.to)
        when = pager.condition(known.applies)
        optional = (pager.say("optional"),) if known.optional else ()
        asked = joined([when, optional], Break()) or (pager.say("always"),)
        rows.append((pager.titled(link.head), (to,), asked, pager.own(link.head)))
    return pager.grid("link to_subject asked source", rows)


def definitions(
    written: Iterable[m.Definition], declared: ObjectType, pager: Pager, *, output: bool
) -> list[Grid]:
    """Return the definitions that results tell, or those that they do not."""
    rows: list[tuple[Rich, ...]] = []
    for one in written:
        if one.output is output:
            known = declared.definitions[one.head.id]
            when = pager.condition(known.applies) or (pager.say("always"),)
            said = pager.condition(known.value)
            rows.append((pager.titled(one.head), said, when, pager.own(one.head)))
    return pager.grid("definition is applies source", rows)

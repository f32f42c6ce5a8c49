"""What is asked and worked out: facts, links, definitions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.report.document.model import Break, Grid, Rich, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.program import Fact, ObjectType
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m


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

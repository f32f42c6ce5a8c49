"""The chapter of one subject: who it is, what it must meet, what it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.report.document.model import Anchor, Heading, Listing, Paragraph, Rich, Strong, anchor
from khung.report.page.declarations import definitions, facts, links
from khung.report.page.pager import RULE
from khung.report.page.steps import checks, limits, steps, tables
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.nodes import Rule
    from khung.ir.program import Ladder, Level, ObjectType
    from khung.report.document.model import Block
    from khung.report.page.pager import Pager


def subject_blocks(subject: m.Subject, pager: Pager) -> Iterator[Block]:
    """Yield the chapter of a subject."""
    declared = pager.program.objects[subject.head.id]
    title = pager.label(subject.head.label, subject.head.id)
    yield Heading(2, title, anchor(RULE, pager.name_of(subject.head)))
    cited = pager.own(subject.head)
    if cited:
        yield Paragraph((f"{pager.say('source')}: ", *cited))
    yield from _kinds(subject, pager)
    yield from _section("not_ranked", _scope(declared.not_ranked, pager), pager)
    yield from _section("pending", _scope(declared.pending, pager), pager)
    if declared.ladder is not None:
        yield from _section("levels", _levels(declared.ladder, pager), pager)
        yield from _section("knockouts", limits(declared.ladder.knockouts, pager), pager)
    for key, told in steps(declared, pager):
        yield from _section(key, told, pager)
    yield from _section("criteria", _criteria(subject, declared, pager), pager)
    yield from _section("tables", tables(subject, declared, pager), pager)
    yield from _section("checks", checks(declared, pager), pager)
    outputs = definitions(subject.definitions, declared, pager, output=True)
    yield from _section("outputs", outputs, pager)
    yield from _section("facts", facts(subject.facts, declared, pager), pager)
    yield from _section("links", links(subject.links, declared, pager), pager)
    others = definitions(subject.definitions, declared, pager, output=False)
    yield from _section("definitions", others, pager)


def _section(name: str, blocks: Iterable[Block], pager: Pager) -> Iterator[Block]:
    """Yield a heading with what stands under it, and what it means; nothing for nothing."""
    found = list(blocks)
    if found:
        yield Heading(3, pager.say(f"section.{name}"))
        yield Paragraph((pager.say(f"about.{name}"),))
        yield from found


# -- who -----------------------------------------------------------------------------------------


def _kinds(subject: m.Subject, pager: Pager) -> Iterator[Block]:
    if subject.kinds is not None:
        rows: list[tuple[Rich, ...]] = [
            (pager.titled(kind.head), pager.own(kind.head)) for kind in subject.kinds.values
        ]
        yield from _section("kinds", pager.grid("kind source", rows), pager)


def _scope(rules: tuple[Rule, ...], pager: Pager) -> list[Block]:
    rows = [(pager.ruled(r), pager.condition(r.when), pager.cited(r.sources)) for r in rules]
    return [*pager.grid("case when source", rows)]


# -- levels --------------------------------------------------------------------------------------


def _levels(ladder: Ladder, pager: Pager) -> Iterator[Block]:
    if getattr(ladder.cumulative, "value", None) is True:
        yield Paragraph((pager.say("cumulative"),))
    for level in ladder.levels:
        yield from _level(level, ladder, pager)


def _level(level: Level, ladder: Ladder, pager: Pager) -> Iterator[Block]:
    assert level.rule.span is not None  # noqa: S101  # rules of a rulebook have a place
    head = pager.heads[level.rule.span]
    title = pager.words.named(ladder.scale, level.rank)
    yield Heading(4, title, anchor(RULE, pager.name_of(head)))
    if level.otherwise:
        yield Paragraph((pager.say("otherwise"), " ", *pager.cited(level.rule.sources)))
    rows = [
        (
            pager.ruled(r.rule),
            pager.condition(r.that),
            pager.condition(r.rule.when) or (pager.say("always"),),
            pager.cited(r.rule.sources),
        )
        for r in level.require
    ]
    yield from pager.grid("requirement that applies source", rows)


# -- criteria ------------------------------------------------------------------------------------


def _criteria(subject: m.Subject, declared: ObjectType, pager: Pager) -> Iterator[Block]:
    if subject.criteria is None:
        return
    rows: list[tuple[Rich, ...]] = []
    for group in subject.criteria.groups:
        rows.append((pager.titled(group.head), (), (), pager.own(group.head)))
        for item in group.items:
            known = declared.criteria[item.head.id]
            when = pager.condition(known.applies) or (pager.say("always"),)
            rows.append(((), pager.titled(item.head), when, pager.own(item.head)))
    yield from pager.grid("group criterion applies source", rows)
    if subject.criteria.sets:
        yield Paragraph((Strong(pager.say("sets")),))
        yield Listing(tuple(_set(known, subject, pager) for known in subject.criteria.sets))


def _set(known: m.CriterionSet, subject: m.Subject, pager: Pager) -> Rich:
    place = Anchor(anchor(RULE, pager.name_of(known.head)))
    name = pager.label(known.head.label, known.head.id)
    said = pager.say("set", name=name, members=_members(known, subject, pager))
    cited = pager.own(known.head)
    return (place, said, *((" ", *cited) if cited else ()))


def _members(known: m.CriterionSet, subject: m.Subject, pager: Pager) -> str:
    match known.members:
        case m.Everything():
            return pager.say("set.all")
        case m.Except():
            return pager.say("set.except", set=_set_name(known.members.set.name, subject, pager))
        case m.Takes():
            names = "; ".join(_take(take, known, subject, pager) for take in known.members.takes)
            return pager.say("set.take", names=names)


def _take(take: m.Take, known: m.CriterionSet, subject: m.Subject, pager: Pager) -> str:
    """Return what is taken, a group or one criterion of it, and where."""
    name = take.item.name if take.item else take.group.name
    said = _set_name(name, subject, pager)
    declared = pager.program.objects[subject.head.id]
    for criterion, when in declared.sets[known.head.id].members:
        if take.when and when and name in (criterion, declared.criteria[criterion].group):
            return f"{said} ({pager.say('if')} {pager.value(when)})"
    return said


def _set_name(name: str, subject: m.Subject, pager: Pager) -> str:
    criterion = pager.program.objects[subject.head.id].criteria.get(name)
    label = criterion.label if criterion else pager.sayer.sets.get((subject.head.id, name))
    return pager.label(label, name)

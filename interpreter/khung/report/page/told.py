"""One line for each rule, as it stands under the clause that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.records import marked
from khung.report.document import model as d
from khung.report.page.subject import defer_lines, hole, quota_lines, vote_lines
from khung.report.page.tables import plain_rows
from khung.rulebook import model as m
from khung.rulebook.model import rules as r
from khung.syntax.unparse import unparse_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir import nodes as n
    from khung.ir import program as p
    from khung.ir.program import ObjectType, Table
    from khung.report.page.pager import Pager
    from khung.rulebook.entries import Entry

    Ruled = (
        p.ScopeRule
        | p.Requirement
        | p.Level
        | p.Knockout
        | p.Cap
        | p.Vote
        | p.Defer
        | p.Quota
        | p.Check
    )
    """A rule of a subject, as lowered."""


def rule(declared: ObjectType, entry: Ruled, summary: str, pager: Pager) -> Iterator[str]:
    """Yield what a rule says beside the summary of its clause; nothing if that says it all.

    Args:
        declared: The subject of the rule.
        entry: The rule as lowered.
        summary: What the clause says.
        pager: What says names and conditions.
    """
    if pager.never(entry.head.when):
        return
    label = pager.words.label(entry.head.label, "")
    name = "" if label == summary else label
    said = _said(declared, entry, name, pager)
    sure = pager.head_of(entry.head).basis
    if declared.ladder is not None:
        yield from hole(declared.ladder, entry.head.id, pager)
    if said and sure is not m.Basis.TEXT:
        said = f"{said} ({pager.say(f'sure.{sure.value}')})"
    if said:
        yield said


def _said(declared: ObjectType, entry: Ruled, name: str, pager: Pager) -> str:
    _, group, *inside = entry.head.id.split(".")
    match entry:
        case r.ScopeRule():
            return _line(f"{group}.told", name or _when(entry.head.when, pager), pager)
        case r.Requirement():
            told = (name if inside[1:] else "") or pager.value(entry.that)
            if not inside[1:]:  # of the points of a level
                told += _printed(declared, inside[0], pager)
            assert declared.ladder is not None  # noqa: S101  # the requirement is of it
            level = pager.words.named(declared.ladder.scale.name, inside[0])
            return pager.word("require.told", level=level, x=_asked(entry.head.when, told, pager))
        case r.Level() if not entry.otherwise:
            return ""
        case r.Level():
            level = pager.words.level(entry.rank, declared)
            return pager.word("levels.told", level=level)
        case r.Cap():
            return pager.word(
                "caps.told", level=_most(entry, pager), x=name or _when(entry.head.when, pager)
            )
        case r.Vote():
            return _lines("votes.told", name, vote_lines(entry, declared, pager), pager)
        case r.Defer():
            return _lines("defer.told", "", defer_lines(entry, pager), pager)
        case r.Quota():
            return _lines("quotas.told", name, quota_lines(entry, pager), pager)
        case r.Check():
            told = name or pager.value(entry.require)
            return _line(f"checks.told.{entry.severity}", told, pager)
        case _:  # any other sets one level
            told = name or _when(entry.head.when, pager)
            return pager.word(f"{group}.told", level=pager.value(_set_by(entry)), x=told)


def _printed(declared: ObjectType, level: str, pager: Pager) -> str:
    """Return the points of a level as printed, where that says more: `[70..89]`."""
    subject = next(one for one in pager.rulebook.subjects if one.head.id == declared.name)
    levels = subject.ladder.levels if subject.ladder else ()
    band = next((one.band for one in levels if one.head.id == level), None)
    text = "" if band is None else unparse_cell(band, pager.lang)
    return f" ({pager.say('printed', x=text)})" if text.startswith(("[", "(")) else ""


def _set_by(entry: Ruled) -> n.Node:
    """Return the level that a knock-out, or a rule like it, sets."""
    kind: Any = type(entry)
    (name,) = (name for mark in r.LEVEL.items() for name in marked(kind, *mark))
    found: n.Node = getattr(entry, name)
    return found


def _line(key: str, told: str, pager: Pager) -> str:
    return pager.word(key, x=told)


def _lines(key: str, name: str, lines: Iterable[str], pager: Pager) -> str:
    return pager.word(key, x="; ".join(filter(None, (name, *lines))))


def _when(when: n.Node | None, pager: Pager) -> str:
    return pager.say("always") if when is None else pager.value(when)


def _asked(when: n.Node | None, told: str, pager: Pager) -> str:
    when = None if when is None or pager.always(when) else when
    return told if when is None else pager.say("where", x=told, when=pager.value(when))


def _most(cap: p.Cap, pager: Pager) -> str:
    if cap.each is None:
        return pager.value(cap.at_most)
    return pager.sayer.each(cap.each.variable, cap.each.list, cap.where, cap.at_most)


def output(head: m.Head, pager: Pager) -> str:
    """Return what a definition that results tell is called."""
    return pager.word("outputs.told", x=pager.called(head))


def reading(one: m.Reading, pager: Pager) -> Iterator[d.Rich]:
    """Yield a question of meaning: the option chosen and why, then the others."""
    chosen = pager.program.readings[one.head.id].chosen
    taken = next(option for option in one.options if option.head.id == chosen)
    others = (pager.called(o.head) for o in one.options if o is not taken)
    because = f" — {taken.because.said(pager.lang)}" if taken.because else ""
    yield (
        pager.word("readings.told", x=one.question.said(pager.lang)),
        " ",
        d.Strong(pager.called(taken.head)),
        because,
        f". {pager.word('readings.others', x='; '.join(others))}",
    )


# -- tables -------------------------------------------------------------------------------------


def table(entry: Entry, pager: Pager) -> Iterator[d.Block]:
    """Yield a table of rules: its name, then its rows without ids."""
    assert isinstance(entry.owner, m.Subject)  # noqa: S101  # tables stand in subjects
    declared: Table = pager.program.objects[entry.owner.head.id].tables[entry.head.id]
    when = f" ({pager.value(declared.applies)})" if declared.applies is not None else ""
    yield d.Paragraph((d.Strong(pager.called(entry.head)), when))
    yield plain_rows(entry.node, declared, pager)

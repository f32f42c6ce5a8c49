"""The steps of a subject: caps, votes, deferrals, quotas; then its tables and checks."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.entries import rules_by_key
from khung.report.document.model import (
    Anchor,
    Break,
    Code,
    Grid,
    Paragraph,
    Rich,
    Strong,
    anchor,
    joined,
)
from khung.report.page.pager import RULE
from khung.report.words.labels import ratio
from khung.syntax.unparse import unparse_cell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from dataclasses import Field

    from khung.ir.entries import Entry
    from khung.ir.nodes import Rule
    from khung.ir.program import Cap, Defer, ObjectType, Quota, Vote
    from khung.ir.program_tables import Output, Table
    from khung.report.document.model import Block
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m
    from khung.syntax.ast import Cell


def steps(declared: ObjectType, pager: Pager) -> Iterator[tuple[str, list[Grid]]]:
    """Yield each key of rules that change a level, with what is told of them."""
    own = {"caps": caps, "votes": votes, "defer": deferrals, "quotas": quotas}
    for key, entries in rules_by_key(declared):
        if key != "checks":
            yield key, own[key](declared, pager) if key in own else limits(entries, pager)


def limits(entries: tuple[Entry, ...], pager: Pager) -> list[Grid]:
    """Return rules that set one level, as knock-outs and floors do.

    What stands first beside the rule is the level, and its key names the column; what else is
    asked for is a line below it.
    """
    if not entries:
        return []
    key = next(part.name for part in _parts(entries[0]) if part.name != "rule")
    rows = [
        (
            pager.ruled(one.rule),
            pager.condition(one.rule.when) or (pager.say("always"),),
            (pager.value(getattr(one, key)), *_asked_beside(one, pager)),
            pager.cited(one.rule.sources),
        )
        for one in entries
    ]
    return pager.grid(f"case when {key} source", rows)


def _asked_beside(entry: Entry, pager: Pager) -> Iterator[Break | str]:
    for part in _parts(entry):
        if getattr(entry, part.name) is True:
            yield from (Break(), pager.say(part.name))


def _parts(entry: Entry) -> tuple[Field[Any], ...]:
    return fields(entry)  # type: ignore[arg-type]  # entries are dataclasses


def caps(declared: ObjectType, pager: Pager) -> list[Grid]:
    """Return the caps."""
    rows = [
        (
            pager.ruled(c.rule),
            pager.condition(c.rule.when) or (pager.say("always"),),
            _at_most(c, pager),
            pager.cited(c.rule.sources),
        )
        for c in declared.caps
    ]
    return pager.grid("case when at_most source", rows)


def _at_most(cap: Cap, pager: Pager) -> Rich:
    said = pager.value(cap.at_most)
    if cap.each is not None and cap.list is not None:
        said = pager.sayer.each(cap.each, cap.list, cap.where, cap.at_most)
    return (said, Break(), pager.say("last")) if cap.last else (said,)


def votes(declared: ObjectType, pager: Pager) -> list[Grid]:
    """Return the votes in order."""
    rows = [
        (_when(v.rule, pager), _lines(_vote(v, declared, pager)), pager.cited(v.rule.sources))
        for v in declared.votes
    ]
    return pager.grid("vote how source", rows)


def _vote(vote: Vote, declared: ObjectType, pager: Pager) -> Iterator[str]:
    binding = getattr(vote.binding, "value", None)
    if isinstance(binding, bool):
        yield pager.say("vote.binding" if binding else "vote.proposal")
    else:
        yield pager.say("vote.binding_if", when=pager.value(vote.binding))
    yield pager.say("vote.ballots", x=pager.value(vote.ballots))
    if vote.base is not None:
        yield pager.say("vote.base", x=pager.value(vote.base))
    if binding is not False:
        yield from _majorities(vote, declared, pager)
        yield _setting("vote.counting", vote.counting, pager)
        yield _setting("vote.above", vote.above_ceiling, pager)
    yield from _decider(vote.rule, pager)


def _majorities(vote: Vote, declared: ObjectType, pager: Pager) -> Iterator[str]:
    """Yield the majority that a level needs: once if all need the same."""
    said = [
        pager.say("vote.strict" if w.strict else "vote.least", x=ratio(w.numerator, w.denominator))
        for w in vote.wins
    ]
    if len(set(said)) == 1:
        yield pager.say("vote.wins", need=said[0])
    else:
        for rank, need in reversed(list(enumerate(said))):
            yield pager.say("vote.wins_at", level=pager.words.level(rank, declared), need=need)


def deferrals(declared: ObjectType, pager: Pager) -> list[Grid]:
    """Return what is left to a body to choose."""
    rows = [
        (
            pager.ruled(d.rule),
            pager.condition(d.rule.when),
            _lines(_defer(d, pager)),
            pager.cited(d.rule.sources),
        )
        for d in declared.defer
    ]
    return pager.grid("case when how source", rows)


def _defer(defer: Defer, pager: Pager) -> Iterator[str]:
    if defer.question is not None:
        yield pager.label(defer.question, "")
    among = pager.say("any_level") if defer.among is None else pager.value(defer.among)
    yield pager.say("among", x=among)
    if defer.may_leave:
        yield pager.say("may_leave")
    yield from _decider(defer.rule, pager)


def quotas(declared: ObjectType, pager: Pager) -> list[Grid]:
    """Return the quotas in order."""
    rows = [
        (_when(q.rule, pager), _lines(_quota(q, pager)), _quota_sources(q, pager))
        for q in declared.quotas
    ]
    return pager.grid("quota how source", rows)


def _quota(quota: Quota, pager: Pager) -> Iterator[str]:
    yield pager.say("quota.level", x=pager.value(quota.level))
    if quota.places is not None:
        yield pager.say("quota.places", x=pager.value(quota.places))
    if quota.at_most is not None:
        yield pager.say("quota.at_most", x=pager.value(quota.at_most))
        yield _base(quota, pager)
    keys = "; ".join(filter(None, map(pager.value, quota.per)))
    yield pager.say("quota.per", x=keys) if keys else pager.say("quota.whole")
    if quota.at_most is not None:
        yield _setting("quota.rounding", quota.rounding, pager)
    small = quota.small_group
    if small is not None:
        said = {"n": pager.value(small.fewer_than), "allow": pager.value(small.allow)}
        yield pager.say("quota.small", **said)
        if pager.value(small.at_least) != "0":
            yield pager.say("quota.at_least", n=pager.value(small.at_least))
    for key in quota.order:
        yield pager.say(
            "quota.highest" if key.highest else "quota.lowest", x=pager.value(key.value)
        )
    yield _setting("quota.ties", quota.ties, pager)
    yield pager.say("quota.others", x=pager.value(quota.others))
    yield from _decider(quota.rule, pager)


def _base(quota: Quota, pager: Pager) -> str:
    if isinstance(quota.counts, n.Literal) and quota.counts.value is True:
        return pager.say("quota.counts_all")
    return pager.say("quota.counts", x=pager.value(quota.counts))


def _quota_sources(quota: Quota, pager: Pager) -> Rich:
    small = quota.small_group.sources if quota.small_group else ()
    return pager.cited(dict.fromkeys((*quota.rule.sources, *small)))


def _when(rule: Rule, pager: Pager) -> Rich:
    when = pager.condition(rule.when, pager.say("if") + " ")
    return joined([pager.ruled(rule), when], Break())


def _setting(key: str, node: n.Node, pager: Pager) -> str:
    """Return what a setting is; a closed word of the language, such as `floor`, in words."""
    said = pager.value(node)
    known = pager.known(f"{key}.{said}")
    return pager.say(key, x=said if known is None else known)


def _decider(rule: Rule, pager: Pager) -> Iterator[str]:
    if rule.decided_by is not None:
        yield pager.say("decided_by", x=pager.label(rule.decided_by, ""))


def _lines(said: Iterator[str]) -> Rich:
    return joined([(line,) for line in said if line], Break())


# -- tables and checks --------------------------------------------------------------------------


def checks(declared: ObjectType, pager: Pager) -> list[Grid]:
    """Return the checks."""
    rows = [
        (
            pager.ruled(c.rule),
            pager.condition(c.require),
            pager.condition(c.rule.when) or (pager.say("always"),),
            (pager.say(f"severity.{c.severity}"),),
            pager.cited(c.rule.sources),
        )
        for c in declared.checks
    ]
    return pager.grid("check must applies severity source", rows)


def tables(subject: m.Subject, declared: ObjectType, pager: Pager) -> Iterator[Block]:
    """Yield each table: what it is about, then its rows."""
    for written in subject.tables:
        table = declared.tables[written.head.id]
        name = pager.label(written.head.label, written.head.id)
        place = Anchor(anchor(RULE, pager.name_of(written.head)))
        cited = pager.own(written.head)
        yield Paragraph(
            (place, Strong(name), " ", Code(written.head.id), *((" ", *cited) if cited else ()))
        )
        if table.applies is not None:
            yield Paragraph((pager.say("if") + " ", *pager.condition(table.applies, "")))
        yield Paragraph((pager.say(f"hit.{table.hit.value}"),))
        yield _grid(written, table, pager)


def _grid(written: m.Table, table: Table, pager: Pager) -> Grid:
    inputs = [pager.value(node) for node in table.inputs.values()]
    outputs = [
        pager.say("result", name=_output(name, output, pager))
        for name, output in table.outputs.items()
    ]
    source, row = pager.say("column.source"), pager.say("column.row")
    rows = tuple(_row(one, table, pager) for one in written.rows)
    return Grid((row, *(i[:1].upper() + i[1:] for i in inputs), *outputs, source), rows)


def _output(name: str, output: Output, pager: Pager) -> str:
    if output.label is None and isinstance(output.ty, t.Scale | t.Enumeration):
        return pager.type(output.ty)
    return pager.label(output.label, name)


def _row(written: m.Row, table: Table, pager: Pager) -> tuple[Rich, ...]:
    ready = next(r for r in table.rows if r.rule.span == written.head.span)
    tests = {ref.name: cell for ref, cell in written.tests}
    cells = [_cell(tests.get(name), table.inputs[name].ty, pager) for name in table.inputs]
    title = joined(
        [pager.titled(written.head), pager.condition(ready.when, pager.say("if") + " ")], " "
    )
    then: list[Rich] = [(pager.value(ready.then[name]),) for name in table.outputs]
    return (title, *cells, *then, pager.own(written.head))


def _cell(cell: Cell | None, ty: t.Type, pager: Pager) -> Rich:
    """Return a test in words: the values it names by their labels, otherwise as written."""
    text = "-" if cell is None else unparse_cell(cell)
    if text == "-":
        return (pager.say("any"),)
    if text in ("true", "false"):
        return (pager.words.say("yes" if text == "true" else "no"),)
    if not isinstance(ty, t.Scale | t.Enumeration):
        return (text,)
    return (_valued(text, ty.name, pager),)


def _valued(text: str, name: str, pager: Pager) -> str:
    values = pager.program.values[name]
    negated = text.startswith("not(")
    parts = text.removeprefix("not(").removesuffix(")").split(", ")
    if not set(parts) <= set(values.values):
        return text
    said = pager.say("or").join(pager.label(values.labels.get(part), part) for part in parts)
    return pager.say("say.not", x=said) if negated else said

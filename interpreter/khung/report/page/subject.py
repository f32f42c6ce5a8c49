"""The chapter of one subject: who it is, what it must meet, what changes its level."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from khung.ir import nodes as n
from khung.ir.entries import rules_by_key
from khung.ir.stages.quota import is_joint
from khung.ir.stages.vote import needed
from khung.locale import known
from khung.records import replace
from khung.report.document import model as d
from khung.report.page.pager import definitions, facts, links
from khung.report.page.tables import tables
from khung.report.words.nodes import OPPOSITE
from khung.report.words.sentences import sentence
from khung.rulebook import model as m
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from dataclasses import Field

    from khung.ir.entries import Entry
    from khung.ir.program import Cap, Defer, Grouping, Ladder, ObjectType, Quota, Vote
    from khung.report.page.pager import Pager


_LOWER_ENDS = (CompareOp.GT, CompareOp.GE)

LOCAL = "local"
"""The key by which units may replace a rule, and the phrase that says so."""


def subject_blocks(subject: m.Subject, pager: Pager) -> Iterator[d.Block]:
    """Yield the chapter of a subject."""
    declared = pager.program.objects[subject.head.id]
    yield pager.heading(2, pager.called(subject.head), subject.head)
    sources = (*subject.head.sources, *(subject.ladder.sources if subject.ladder else ()))
    if sources:
        yield d.Paragraph((f"{pager.say('source')}: ", *pager.linked(dict.fromkeys(sources))))
    for name, blocks in _sections(subject, declared, pager):
        yield from pager.section(3, name, blocks)


def _sections(
    subject: m.Subject, declared: ObjectType, pager: Pager
) -> Iterator[tuple[str, Iterable[d.Block]]]:
    if subject.kinds is not None:
        yield "kinds", pager.declared("kind source", subject.kinds.values)
    for key, rules in (("not_ranked", declared.not_ranked), ("pending", declared.pending)):
        rows = [
            (
                pager.ruled(rule.head),
                _marked(pager.condition(rule.head.when), rule, pager),
                pager.cited(rule.head.sources),
            )
            for rule in rules
        ]
        yield key, pager.grid("case when source", rows)
    if declared.ladder is not None:
        yield "levels", _levels(declared.ladder, pager)
        yield "knockouts", _limits("knockouts", declared.ladder.knockouts, pager)
    yield from _steps(declared, pager)
    yield "criteria", _criteria(subject, declared, pager)
    yield "tables", tables(subject, declared, pager)
    yield "checks", _checks(declared, pager)
    yield "outputs", definitions(subject.definitions, declared, pager, output=True)
    yield "facts", facts(subject.facts, declared, pager)
    yield "links", links(subject.links, declared, pager)
    yield "definitions", definitions(subject.definitions, declared, pager, output=False)


# -- levels --------------------------------------------------------------------------------------


def _levels(ladder: Ladder, pager: Pager) -> Iterator[d.Block]:
    if getattr(ladder.cumulative, "value", None) is True:
        yield d.Paragraph((pager.word("levels.cumulative"),))
    for level in ladder.levels:
        title = pager.words.named(ladder.scale.name, level.rank)
        yield from (d.Paragraph((sentence(said),)) for said in hole(ladder, level.head.id, pager))
        yield pager.heading(4, title, pager.head_of(level.head))
        if level.otherwise:
            said = pager.word("levels.otherwise")
            yield d.Paragraph((said, " ", *pager.cited(level.head.sources)))
        of_points = [one for one in level.require if one.head.id == level.head.id]
        if level.head.sources and not (level.otherwise or of_points):
            said = f"{pager.say('source')}: "
            yield d.Paragraph((said, *pager.cited(level.head.sources)))
        for one in of_points:
            yield d.Paragraph((*pager.condition(one.that), " ", *pager.cited(one.head.sources)))
        yield from pager.rules(
            "requirement that applies source",
            () if of_points else level.require,
            lambda r: _marked(pager.condition(r.that), r, pager),
            lambda r: pager.when(r.head.when),
        )


def hole(ladder: Ladder, name: str, pager: Pager) -> Iterator[str]:
    """Yield which points above those of a level belong to none, if there are such.

    Args:
        ladder: The levels of a subject, best first.
        name: The rule that the level is.
        pager: What says points and levels.
    """
    for better, worse in pairwise(ladder.levels):
        if worse.head.id != name or not isinstance(worse.hole, n.Compare):
            continue
        asked = better.require[0].that
        assert isinstance(asked, n.Compare)  # noqa: S101  # it has points, as it borders on a hole
        beyond = replace(asked, op=OPPOSITE[asked.op])
        low, high = sorted((worse.hole, beyond), key=lambda end: end.op not in _LOWER_ENDS)
        ends = pager.value(low), pager.sayer.compared(high, silently=True)
        best, other = (pager.words.named(ladder.scale.name, one.rank) for one in (better, worse))
        yield pager.word("levels.hole", x=pager.say("say.and").join(ends), better=best, worse=other)


# -- what changes a level ------------------------------------------------------------------------


def _steps(declared: ObjectType, pager: Pager) -> Iterator[tuple[str, list[d.Grid]]]:
    """Yield each key of rules that change a level, with what is told of them."""
    own = {"caps": _caps, "votes": _votes, "defer": _deferrals, "quotas": _quotas}
    for key, entries in rules_by_key(declared):
        if key != "checks":
            yield key, own[key](declared, pager) if key in own else _limits(key, entries, pager)


def _limits(name: str, entries: tuple[Entry, ...], pager: Pager) -> list[d.Grid]:
    """Return rules that set one level, as knock-outs and floors do.

    What stands first beside the rule is the level, and its key names the column; what else is
    asked for is a line below it.
    """
    if not entries:
        return []
    key, *others = (part.name for part in _parts(entries[0]) if part.name != "head")

    def level(one: Entry) -> d.Rich:
        own = [other for other in others if other != LOCAL and getattr(one, other) is True]
        asked = [(pager.word(f"{name}.{other}"),) for other in own]
        found = d.joined([(pager.value(getattr(one, key)),), *asked], d.Break())
        return _marked(found, one, pager)

    return pager.rules(f"case when {key} source", entries, lambda e: pager.when(e.head.when), level)


def _marked(said: d.Rich, one: object, pager: Pager) -> d.Rich:
    """Return what a rule says, and that units may replace it, if they may."""
    return (*said, d.Break(), pager.word(LOCAL)) if getattr(one, LOCAL) else said


def _parts(entry: Entry) -> tuple[Field[Any], ...]:
    return fields(entry)  # type: ignore[arg-type]  # entries are dataclasses


def _caps(declared: ObjectType, pager: Pager) -> list[d.Grid]:
    def at_most(cap: Cap) -> d.Rich:
        said = pager.value(cap.at_most)
        if cap.each is not None:
            said = pager.sayer.each(cap.each.variable, cap.each.list, cap.where, cap.at_most)
        found: d.Rich = (said, d.Break(), pager.word("caps.last")) if cap.last else (said,)
        return _marked(found, cap, pager)

    columns = "case when at_most source"
    return pager.rules(columns, declared.caps, lambda c: pager.when(c.head.when), at_most)


def _votes(declared: ObjectType, pager: Pager) -> list[d.Grid]:
    rows = [
        (_named(v, pager), _lines(vote_lines(v, declared, pager)), pager.cited(v.head.sources))
        for v in declared.votes
    ]
    return pager.grid("vote how source", rows)


def vote_lines(vote: Vote, declared: ObjectType, pager: Pager) -> Iterator[str]:
    """Yield how a vote is held: what binds, of whom, with which majority, who decides."""
    binding = getattr(vote.binding, "value", None)
    if isinstance(binding, bool):
        yield pager.word("votes.binding" if binding else "votes.proposal")
    else:
        yield pager.word("votes.binding_if", when=pager.value(vote.binding))
    if pager.full or vote.head.label is None:
        yield pager.word("votes.ballots", x=pager.value(vote.ballots))
    if vote.base is not None:
        yield pager.word("votes.base", x=pager.value(vote.base))
    if binding is not False:
        yield from _majorities(vote, declared, pager)
        yield _setting("votes.counting", vote.counting, pager) if pager.full else ""
        yield _setting("votes.above", vote.above_ceiling, pager)
    yield from _decider(vote, pager)


def _majorities(vote: Vote, declared: ObjectType, pager: Pager) -> Iterator[str]:
    """Yield the majority that a level needs: once if all need the same."""
    said = [
        pager.word(
            f"votes.{'strict' if w.strict else 'least'}",
            x=pager.words.ratio(w.numerator, w.denominator),
        )
        for w in (needed(majority) for _, majority in vote.wins_at)
    ]
    if len(set(said)) == 1:
        yield pager.word("votes.wins", need=said[0])
    else:
        for rank, need in reversed(list(enumerate(said))):
            yield pager.word("votes.wins_at", level=pager.words.level(rank, declared), need=need)


def _deferrals(declared: ObjectType, pager: Pager) -> list[d.Grid]:
    return pager.rules(
        "case when how source",
        declared.defer,
        lambda one: pager.condition(one.head.when),
        lambda one: _lines(defer_lines(one, pager)),
    )


def defer_lines(defer: Defer, pager: Pager) -> Iterator[str]:
    """Yield what a body is asked, and among what it chooses."""
    yield pager.words.label(defer.question, "")
    among = pager.word("defer.any_level") if defer.among is None else pager.value(defer.among)
    yield pager.word("defer.among", x=among)
    if defer.may_leave:
        yield pager.word("defer.may_leave")
    yield from _decider(defer, pager)


def _quotas(declared: ObjectType, pager: Pager) -> list[d.Grid]:
    rows = [
        (_named(q, pager), _lines(quota_lines(q, pager)), _quota_sources(q, pager))
        for q in declared.quotas
    ]
    return pager.grid("quota how source", rows)


def quota_lines(quota: Quota, pager: Pager) -> Iterator[str]:
    """Yield how a quota is worked out: which level, how many, of whom, in which order.

    Where not all is told, what its label says and who can be in a group is left out.
    """
    if pager.full or quota.head.label is None:
        yield pager.word("quotas.level", x=pager.value(quota.level))
    if quota.competes is not None:
        yield pager.word("quotas.competes", x=pager.value(quota.competes))
    others = quota.groupings[1:]
    if is_joint(quota):
        yield pager.word("quotas.within")
    for one in quota.groupings:
        limits = [*filter(None, _grouping(one, quota, pager))]
        yield from ["; ".join(limits)] if others else limits
    if any(one.at_most is not None for one in quota.groupings):
        if others:
            yield _base(quota, pager)
        yield _setting("quotas.rounding", quota.rounding, pager)
    small = quota.small_group
    if small is not None:
        said = {"n": pager.value(small.fewer_than), "allow": pager.value(small.allow)}
        yield pager.word("quotas.small", **said)
        if pager.value(small.at_least) != "0":
            yield pager.word("quotas.at_least", n=pager.value(small.at_least))
    for key in quota.order:
        yield pager.word(
            f"quotas.{'highest' if key.highest else 'lowest'}", x=pager.value(key.value)
        )
    yield _setting("quotas.ties", quota.ties, pager)
    yield pager.word("quotas.others", x=pager.value(quota.others))
    yield from _decider(quota, pager)


def _grouping(one: Grouping, quota: Quota, pager: Pager) -> Iterator[str]:
    """Yield what the groups of a grouping may have; the base beside the share if it is alone."""
    is_alone = len(quota.groupings) == 1
    keys = "; ".join(filter(None, map(pager.value, one.keys)))
    grouped = pager.word("quotas.per", x=keys) if keys else pager.word("quotas.whole")
    if not is_alone:
        yield grouped
    sayer = pager.sayer
    for key in one.keys:
        if one.each and isinstance(key, n.Project):  # of the element its members alone are told
            sayer = replace(sayer, silent={key.variable.slot: sayer.noun(key)})
    if one.places is not None:
        yield pager.word("quotas.places", x=sayer.say(one.places))
    if one.at_most is not None:
        is_named = is_alone and not pager.full and quota.head.label is not None
        yield "" if is_named else pager.word("quotas.at_most", x=sayer.say(one.at_most))
        yield from [_base(quota, pager)] if is_alone else ()
    if is_alone:
        yield grouped
    if one.size is not None and pager.full:
        yield pager.word("quotas.size", x=sayer.say(one.size))


def _base(quota: Quota, pager: Pager) -> str:
    if isinstance(quota.counts, n.Literal) and quota.counts.value is True:
        return pager.word("quotas.counts_all")
    return pager.word("quotas.counts", x=pager.value(quota.counts))


def _quota_sources(quota: Quota, pager: Pager) -> d.Rich:
    cited = quota.small_group.sources if quota.small_group else ()
    small = (one.full(one.document) for one in cited)
    return pager.cited(dict.fromkeys((*quota.head.sources, *small)))


def _named(entry: Entry, pager: Pager) -> d.Rich:
    when = pager.condition(entry.head.when, pager.say("if") + " ")
    return d.joined([pager.ruled(entry.head), when], d.Break())


def _setting(key: str, node: n.Node, pager: Pager) -> str:
    """Return what a setting is; a closed word of the language, such as `floor`, in words."""
    said = pager.value(node)
    return pager.word(key, x=known(pager.lang, f"constructs.{key}.{said}") or said)


def _decider(entry: Entry, pager: Pager) -> Iterator[str]:
    if entry.head.decided_by is not None:
        yield pager.word("decided_by", x=pager.words.label(entry.head.decided_by, ""))


def _lines(said: Iterable[str]) -> d.Rich:
    return d.joined([(line,) for line in said if line], d.Break())


# -- criteria ------------------------------------------------------------------------------------


def _criteria(subject: m.Subject, declared: ObjectType, pager: Pager) -> Iterator[d.Block]:
    if subject.criteria is None:
        return
    rows: list[tuple[d.Rich, ...]] = []
    for group in subject.criteria.groups:
        rows.append((pager.titled(group.head), (), (), pager.own(group.head)))
        for item in group.items:
            when = pager.when(declared.criteria[item.head.id].applies)
            rows.append(((), pager.titled(item.head), when, pager.own(item.head)))
    yield from pager.grid("group criterion applies source", rows)
    if subject.criteria.sets:
        yield d.Paragraph((d.Strong(pager.word("sets.section")),))
        yield d.Listing(tuple(_set(known, declared, pager) for known in subject.criteria.sets))


def _set(known: m.CriterionSet, declared: ObjectType, pager: Pager) -> d.Rich:
    members = _members(known, declared, pager)
    said = pager.word("sets.set", name=pager.called(known.head), members=members)
    cited = pager.own(known.head)
    return (pager.place(known.head), said, *((" ", *cited) if cited else ()))


def _members(known: m.CriterionSet, declared: ObjectType, pager: Pager) -> str:
    match known.members:
        case m.Everything():
            return pager.word("sets.all")
        case m.Except():
            name = known.members.set.name
            return pager.word("sets.except", set=_set_name(name, declared, pager))
        case m.Takes():
            names = "; ".join(_take(take, known, declared, pager) for take in known.members.takes)
            return pager.word("sets.take", names=names)


def _take(take: m.Take, known: m.CriterionSet, declared: ObjectType, pager: Pager) -> str:
    """Return what is taken, a group or one criterion of it, and where."""
    name = take.item.name if take.item else take.group.name
    said = _set_name(name, declared, pager)
    for criterion, when in declared.sets[known.head.id].members:
        if take.when and when and name in (criterion, declared.criteria[criterion].group):
            return f"{said} ({pager.say('if')} {pager.value(when)})"
    return said


def _set_name(name: str, declared: ObjectType, pager: Pager) -> str:
    criterion = declared.criteria.get(name)
    return pager.words.label((criterion or declared.sets[name]).label, name)


# -- checks ---------------------------------------------------------------------------------------


def _checks(declared: ObjectType, pager: Pager) -> list[d.Grid]:
    return pager.rules(
        "check must applies severity source",
        declared.checks,
        lambda c: pager.condition(c.require),
        lambda c: pager.when(c.head.when),
        lambda c: (pager.word(f"checks.severity.{c.severity}"),),
    )

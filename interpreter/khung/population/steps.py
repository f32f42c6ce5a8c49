"""What a stage leaves to a body, as columns: which rule asks, among which levels, what it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.ir.rewrite import children, walk
from khung.ir.stages import names
from khung.ir.stages.quota import SUPPOSED, is_joint, supposing
from khung.rulebook.model.rules import Stage
from khung.sql import quota_members, votes
from khung.sql.ends import Ends, UnsupportedError, same
from khung.sql.joint_quotas import unknown_keys
from khung.sql.table import Quoted
from khung.sql.text import FALSE, TRUE, both, chosen, either, extreme, negated, quoted

if TYPE_CHECKING:
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType
    from khung.sql.writing import Writer

NONE = "0"
"""The code of no decision."""


class Step(NamedTuple):
    """What a stage gives: its level, the code of a choice left open, the ends of its options.

    `leave` is whether a choice, itself open, may take the object out of the ranking; `out` whether
    that which is left open may. `above` is the place, from 1, of the vote whose winner stands above
    its ceiling.
    """

    level: Ends
    decision: str = NONE
    low: str = NONE
    high: str = NONE
    leave: str = FALSE
    out: str = FALSE
    above: str = NONE


class Decider(NamedTuple):
    """A rule that may leave a choice, and the kind of that."""

    rule: Rule
    kind: str


def deciders(declared: ObjectType) -> list[Decider]:
    """Return what may leave a choice of a type; the code of each is its place, from 1."""
    found = [Decider(vote.head, "no_majority") for vote in declared.votes]
    found += [Decider(each.head, "deferred") for each in declared.defer]
    for quota in declared.quotas:
        found += [Decider(quota.head, "tie"), Decider(quota.head, "n_of_m")]
    return found


def _code(declared: ObjectType, rule: Rule, kind: str) -> str:
    for at, one in enumerate(deciders(declared)):
        if one.rule is rule and one.kind == kind:
            return str(at + 1)
    raise UnsupportedError("a choice of an unknown rule")


def ranks_of(declared: ObjectType) -> range:
    """Return the ranks up to the best level."""
    return range(ladder_of(declared).levels[0].rank + 1)


def choice_of(declared: ObjectType, rule: Rule) -> n.Choice:
    """Return what a rule leaves to a body."""
    nodes = (part for stage in declared.stages.values() for part in walk(stage.value))
    return next(x for x in nodes if isinstance(x, n.Choice) and x.rule.id == rule.id)


def among_data(declared: ObjectType) -> list[str]:
    """Return of choices among levels that data say, by the place of each: `PLACE:RANK`."""
    return [
        f"{place}:{rank}"
        for place, each in enumerate(declared.defer)
        if choice_of(declared, each.head).among is not None
        for rank in ranks_of(declared)
    ]


def may_choose(w: Writer, name: str) -> str:
    """Return whether a choice may be of a rank, by its name as in `among_data`."""
    declared = _declared(w)
    place, rank = map(int, name.split(":"))
    return votes.may_choose(w, choice_of(declared, declared.defer[place].head), rank)


def is_option(w: Writer, step: Step, rank: str) -> str:
    """Return whether a level is among the options that a step leaves, if it leaves any.

    A choice above the ceiling is the ceiling, so that the highest is always one.
    """
    declared, found = _declared(w), []
    for at, one in enumerate(deciders(declared), 1):
        if one.kind in ("no_majority", "deferred"):
            is_one = FALSE if step.decision == NONE else f"({step.decision} = {at})"
            ranks = _ranks(w, one) if is_one != FALSE else []
            of = either(both((holds, f"({rank} = {r})")) for r, holds in enumerate(ranks))
            found.append(both((is_one, either((of, f"({rank} = {step.high})")))))
    inside = f"({rank} BETWEEN {step.low} AND {step.high})"
    nothing = TRUE if step.decision == NONE else f"({step.decision} = 0)"
    return either((nothing, both((inside, either(found)))))


def _ranks(w: Writer, one: Decider) -> list[str]:
    """Return by rank whether a body may choose it."""
    declared = _declared(w)
    ranks = ranks_of(declared)
    if one.kind == "no_majority":
        return [TRUE for _ in ranks]
    choice = choice_of(declared, one.rule)
    place = next(at for at, each in enumerate(declared.defer) if each.head is one.rule)
    if choice.among is None:
        return [TRUE if rank in choice.ranks else FALSE for rank in ranks]
    return [w.own(f"{AMONG}{place}:{rank}")[0].low for rank in ranks]


AMONG = "r:among:"
"""What the names of the columns begin with that say what may be chosen where data say it."""

STEP = "step:"
"""What the names of the columns begin with that a stage leaves: `step:NAME:PART`."""

PARTS = ("decision", "low", "high", "leave", "out", "above")


def of_stage(w: Writer, name: str) -> Step:
    """Return what a stage leaves, each part as a column of its own."""
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it is ranked
    level = w.own(f"={name}")[0]
    if name in _BEFORE_BODIES:
        return Step(level)
    found = [w.own(f"{STEP}{name}:{part}")[0].low for part in PARTS]
    return Step(level, *found)


def part_of(w: Writer, name: str) -> tuple[t.Type, Ends]:
    """Return one part of what a stage leaves, by the name of the column."""
    _, stage, part = name.split(":")
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it is ranked
    if declared.has_holes:
        raise UnsupportedError("points that no level has")
    found = _read(w, declared.definition(stage).value)
    ty = t.BOOLEAN if part in ("leave", "out") else t.NUMBER
    return ty, same(getattr(found, part))


_BEFORE_BODIES = tuple(map(names.of_stage, tuple(Stage)[: tuple(Stage).index(Stage.VOTE)]))


def _read(w: Writer, node: Node) -> Step:
    match node:
        case n.Defined():
            return of_stage(w, node.name)
        case n.If():
            return _branch(w, node)
        case n.Ruled(body=n.Winner() as winner):
            return _won(w, node, winner)
        case n.Ruled(body=n.Choice() as choice):
            return _choice(w, node, choice)
        case n.Ruled(body=n.Kept() as kept):
            return _kept(w, node, kept)
        case n.Ruled():
            return Step(w.shared(node))
        case _:  # of several levels the first is what was found before
            levels = [part for part in children(node) if isinstance(part.ty, t.Scale)]
            if not levels:
                return Step(w.shared(node))
            before = _read(w, levels[0])
            level = w.shared(node)
            return before if level == before.level else _following(before, Step(level), FALSE)


def _branch(w: Writer, node: n.If) -> Step:
    condition = w.shared(node.condition)
    holds, fails = condition.low, negated(condition.high)
    if TRUE in (holds, fails):
        return _read(w, node.yes if holds == TRUE else node.no)
    yes, no = _read(w, node.yes), _read(w, node.no)
    level = w.shared(node)
    leaves = [either((way.leave, way.out)) for way in (yes, no)]

    def among(one: str, other: str, none: str) -> str:
        return chosen(holds, one, other if condition.single else chosen(fails, other, none))

    def of(part: str, none: str) -> str:
        return among(getattr(yes, part), getattr(no, part), none)

    above = of("above", NONE if isinstance(node.yes, n.Ruled) else no.above)
    return Step(
        level,
        of("decision", NONE),
        of("low", NONE),
        of("high", NONE),
        among(yes.leave, no.leave, either(leaves)),
        of("out", FALSE),
        above,
    )


def _declared(w: Writer) -> ObjectType:
    assert w.table.declared is not None  # noqa: S101  # it is ranked
    return w.table.declared


def _is_known(ends: Ends) -> str:
    return TRUE if ends.single else f"({ends.low} = {ends.high})"


def _won(w: Writer, node: Node, winner: n.Winner) -> Step:
    level, ceiling = w.shared(node), w.shared(winner.ceiling)
    stands = w.ends(winner.above_ceiling).low.strip("'") == votes.WINS
    nobody, base_known = votes.nobody_wins(w, winner)
    allowed = TRUE if stands else _is_known(ceiling)
    open_level = negated(_is_known(level))
    holds = both((nobody, base_known, allowed, open_level))
    code = _code(_declared(w), winner.rule, "no_majority")
    top = str(len(winner.wins) - 1) if stands else ceiling.high
    above = FALSE if stands else votes.wins_above(w, winner)
    place = next(
        at for at, vote in enumerate(_declared(w).votes, 1) if vote.head.id == winner.rule.id
    )
    found = Step(level, chosen(holds, code, NONE), str(winner.lowest), top)
    return found._replace(above=chosen(above, str(place), NONE))


def _choice(w: Writer, node: Node, choice: n.Choice) -> Step:
    level, ceiling = w.shared(node), w.shared(choice.ceiling)
    exact = TRUE if choice.among is None else votes.is_exact(w, choice)
    opened = TRUE if choice.may_leave else negated(_is_known(level))
    holds = both((exact, _is_known(ceiling), opened))
    code = _code(_declared(w), choice.rule, "deferred")
    out = holds if choice.may_leave else FALSE
    low, high = votes.options(w, choice)
    low, high = (extreme("least", (end, ceiling.low)) for end in (low, high))
    before = of_stage(w, names.of_stage(Stage.VOTE)).above
    return Step(level, chosen(holds, code, NONE), low, high, FALSE, out, before)


def _kept(w: Writer, node: Node, kept: n.Kept) -> Step:
    before, level = _read(w, kept.before), w.shared(node)
    declared = _declared(w)
    found = w.quota(declared.name, kept.place)
    if found is None:
        return before
    need = next(x for x in w.needs if isinstance(x, Quoted) and x.place == kept.place)
    alias, quota = quoted(need.name), declared.quotas[kept.place]
    tie, some = (_code(declared, quota.head, kind) for kind in ("tie", "n_of_m"))
    asked = f"CASE {alias}.decision WHEN 'tie' THEN {tie} WHEN 'n_of_m' THEN {some} ELSE 0 END"
    touched = f"({alias}.rid IS NOT NULL)"
    after = Step(level, chosen(touched, asked, NONE), "0", "0")
    by_others = both((_own_choice(w, before), negated(_hangs(w, kept.place))))
    joined = _following(before, after, by_others)
    parts = (chosen(touched, a, b) for a, b in zip(joined[1:], before[1:], strict=True))
    return Step(level, *parts)


def _own_choice(w: Writer, before: Step) -> str:
    """Return whether what is open of an object before a quota is a choice left to a body, no more."""
    if before.decision == NONE:
        return FALSE
    alone = of_stage(w, names.of_stage(Stage.DEFER))
    return both(
        (f"({before.decision} <> 0)", either((_is_known(alone.level), f"({alone.decision} <> 0)")))
    )


def _hangs(w: Writer, place: int) -> str:
    """Return whether what is not known of an object leaves open where it belongs, stands or counts."""
    declared = _declared(w)
    quota = declared.quotas[place]
    found: list[str] = []
    if is_joint(quota):
        found.append(unknown_keys(quota, lambda what: w.own(quota_members.name_of(place, what))))
    for at, _ in enumerate(() if is_joint(quota) else quota.groupings[0].keys):
        key, state = w.own(quota_members.name_of(place, f"key{at}"))
        found += [both((state.may, f"{key.low} IS NULL"))] if key.loose else []
    for at, _ in enumerate(quota.order):
        order = w.own(quota_members.name_of(place, f"order{at}"))[0]
        failed = w.own(quota_members.name_of(place, f"failed{at}"))[0].low
        if not order.single:
            found.append(both((negated(failed), f"coalesce({order.low} <> {order.high}, TRUE)")))
    for node in (quota.head.when, quota.competes):
        if node is not None:
            found.append(negated(_same(w.test(node))))
    level = w.own(quota_members.name_of(place, "before"))[0]
    counted = supposing(quota.counts, w.build.program)
    for rank in range(len(declared.ladder.levels) if declared.ladder else 0):
        inner = w.at(w.table, w.needs, {SUPPOSED: same(str(rank))})
        is_open = negated(_same(inner.test(counted)))
        found.append(
            both((f"({level.low} <= {rank} AND {rank} <= {level.high})", is_open))
            if is_open != FALSE
            else FALSE
        )
    return either(found)


def _same(found: Ends) -> str:
    return TRUE if found.single else either((found.low, negated(found.high)))


def _following(before: Step, after: Step, by_others: str) -> Step:
    """Return the later step with the choice left open before, among what it leaves of the options."""
    same_level = both(
        f"({a} = {b})" for a, b in zip(after.level[:2], before.level[:2], strict=True) if a != b
    )
    unchanged = both((same_level, TRUE if after.decision == NONE else f"({after.decision} = 0)"))
    low, high = (extreme("least", (end, after.level.high)) for end in (before.low, before.high))
    still = negated(both((_is_known(after.level), negated(before.out))))
    ends = f"({low} = {after.level.low} AND {high} = {after.level.high})"
    kept = both((f"({before.decision} <> 0)", still, either((by_others, ends))))
    left = NONE if before.decision == NONE else chosen(kept, before.decision, NONE)
    own = TRUE if after.decision != NONE else FALSE
    decides = f"({after.decision} <> 0)" if own == TRUE else FALSE
    decision = chosen(unchanged, before.decision, chosen(decides, after.decision, left))
    out = (
        chosen(unchanged, before.out, both((negated(decides), before.out, f"({left} <> 0)")))
        if before.out != FALSE
        else FALSE
    )
    return Step(
        after.level,
        decision,
        chosen(unchanged, before.low, low),
        chosen(unchanged, before.high, high),
        before.leave,
        out,
        before.above,
    )

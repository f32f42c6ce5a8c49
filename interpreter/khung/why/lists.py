"""On what passes over lists rest: of each element what keeps it from moving the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.engine import logic
from khung.engine.folds import candidates
from khung.engine.values import FALSE, TRUE, Element, Value, truth, whole
from khung.ir import nodes as n
from khung.ir.enums import FoldOp
from khung.why.because import End, is_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.solver import Env
    from khung.why.bits import Bits


class Passed(NamedTuple):
    """An element of a pass: whether it is in, and on what that rests."""

    env: Env
    stays: Value
    rests: int


_OUT = "out"
"""Marks a criterion that is not of the set."""


def folded(by: Bits, node: n.Fold, env: Env, end: End, rank: int | None) -> int:
    """Return on what an end of a pass over a list rests."""
    passed = _passed(by, node, env)
    if passed is None:
        return by.of(node.list, env)
    found = _of_list(by, node, env)
    if node.empty is not None and node.op is FoldOp.SHARE:
        end = End.BOTH  # without one of its elements a list may be empty, and its share any
    if node.empty is not None and end is not End.BOTH and rank is not None:
        return found | _lowest(by, node, passed, end, rank)
    match node.op:
        case FoldOp.EVERY | FoldOp.SOME:
            return found | _decided(by, node, env, passed)
        case FoldOp.COUNT | FoldOp.SHARE:
            return found | by.together(_counted(by, node, item, end) for item in passed)
        case _:
            return found | by.together(_counted(by, node, item, End.BOTH) for item in passed)


def _lowest(by: Bits, node: n.Fold, passed: list[Passed], end: End, rank: int) -> int:
    """Return on what rests that the lowest of all is no higher, or no lower, than a rank."""
    if end is End.HIGH:
        return by.choose(
            item.rests | by.of(node.body, item.env, end, rank)
            for item in passed
            if item.stays.least and by.solver.evaluate(node.body, item.env).most <= rank
        )
    found = 0
    for item in passed:
        ways = [] if item.stays.most else [item.rests]
        if ways and not item.rests:
            continue
        looked = item.stays.most or by.may_look(node.body)
        if looked and by.solver.evaluate(node.body, item.env).least >= rank:
            ways.append(by.of(node.body, item.env, end, rank))
        found |= by.choose(ways) if ways else item.rests | _at(by, node, item)
    return found


def _counted(by: Bits, node: n.Fold, item: Passed, end: End) -> int:
    """Return what keeps one element from moving a count or share against its outcome."""
    if not item.stays.most and not item.rests:
        return 0
    body = _body(by, node, item)
    if end is End.BOTH:
        return item.rests if not item.stays.most else item.rests | _at(by, node, item)
    speaks = body is not None and (body.least if end is End.LOW else not body.most)
    if node.op is FoldOp.COUNT and end is End.LOW:
        counts = item.stays.least and speaks
        return item.rests | _at(by, node, item) if counts else 0
    ways = [item.rests] if not item.stays.most else []
    if speaks and (ways or node.op is FoldOp.COUNT):
        ways.append(_at(by, node, item))
    if ways:
        return by.choose(ways)
    counts = speaks and node.op is FoldOp.SHARE
    return item.rests | _at(by, node, item) if counts else 0


def _decided(by: Bits, node: n.Fold, env: Env, passed: list[Passed]) -> int:
    """Return on what a quantifier rests: one element that decides it, or all that do not."""
    wanted = node.op is FoldOp.SOME
    if is_known(by.solver.evaluate(node, env), wanted):
        deciding = (p for p in passed if p.stays.least and _is(by, node, p, wanted=wanted))
        return by.choose(p.rests | _at(by, node, p) for p in deciding)
    return by.together(_idle(by, node, item, wanted=wanted) for item in passed)


def _idle(by: Bits, node: n.Fold, item: Passed, *, wanted: bool) -> int:
    """Return what keeps one element from deciding a quantifier: left out, or of no weight."""
    if not item.stays.most and not item.rests:
        return 0
    ways = [item.rests] if not item.stays.most else []
    if _is(by, node, item, wanted=not wanted):
        ways.append(_at(by, node, item))
    return by.choose(ways) if ways else item.rests | _at(by, node, item)


def _is(by: Bits, node: n.Fold, item: Passed, *, wanted: bool) -> bool:
    body = _body(by, node, item)
    return body is not None and is_known(body, wanted)


def _body(by: Bits, node: n.Fold, item: Passed) -> Value | None:
    """Return the condition on an element; None where evaluation did not reach it."""
    if not item.stays.most and not by.may_look(node.body):
        return None
    return by.solver.truth(node.body, item.env)


def _at(by: Bits, node: n.Fold, item: Passed) -> int:
    return by.of(node.body, item.env)


def _of_list(by: Bits, node: n.Fold, env: Env) -> int:
    """Return on what rests who is in a list at all; of a set that stands at its members."""
    source = node.list
    return by.of(source.object if isinstance(source, n.CriteriaSet) else source, env)


def _passed(by: Bits, node: n.Fold, env: Env) -> list[Passed] | None:
    """Return all elements of a pass, also those left out; None where the list is unknown."""
    source = by.solver.evaluate(node.list, env)
    if source.why:
        return None
    if isinstance(node.list, n.CriteriaSet):
        found = _criteria(by, node.list, env)
    else:
        found = ((item, 0) for item, _ in candidates(source.least))
    passed = []
    for item, rests in found:
        inner = env.inner(item.value)
        taken = TRUE if node.where is None else by.solver.truth(node.where, inner)
        stays = logic.both((_sure(item), taken))
        passed.append(Passed(inner, stays, _of_where(by, node, inner, item, taken, rests)))
    return passed


def _sure(item: Element) -> Value:
    if item.why == _OUT:
        return FALSE
    return TRUE if item.sure else truth(least=False, most=True)


def _of_where(by: Bits, node: n.Fold, env: Env, item: Element, taken: Value, member: int) -> int:
    where = 0 if node.where is None else by.of(node.where, env)
    ways = [where] if not taken.most else []
    if item.why == _OUT:
        ways.append(member)
    return by.choose(ways) if ways else member | where


def _criteria(by: Bits, node: n.CriteriaSet, env: Env) -> Iterator[tuple[Element, int]]:
    """Yield the criteria that may be of a set, in it or not, with what that rests on."""
    target = by.solver.evaluate(node.object, env)
    entity = target.least
    own = by.solver.env(entity)
    places = by.criteria(node, entity.type)
    for (name, when), place in zip(entity.type.sets[node.name].members, places, strict=True):
        criterion = entity.type.criteria[name]
        read = by.solver.read(place, env)
        taken = TRUE if when is None else by.solver.truth(when, own)
        asked = by.of_each((when,), own)
        applies = by.of_each((criterion.applies,), own)
        if read is None:
            yield Element(whole(criterion.ty, by.solver.values), False, name, _OUT), applies
        elif not taken.most:
            yield Element(read[0], False, name, _OUT), asked
        else:
            yield Element(read[0], taken.known and read[1], name), asked | applies

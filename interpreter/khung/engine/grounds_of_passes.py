"""The grounds of passes over lists: of each element what keeps it from moving the outcome."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from khung.engine import logic
from khung.engine.folds import candidates
from khung.engine.sufficing import NONE, Readings, fewest
from khung.engine.values import TRUE, Element, Value, known, truth
from khung.ir.enums import FoldOp
from khung.ir.nodes import (
    CriteriaSet,
    Fold,
    Project,
    Select,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.evaluate import Env
    from khung.engine.grounds import Grounds


class Side(Enum):
    """What an outcome needs of a pass: that it does not fall, does not rise, does not move."""

    HIGH = "high"
    LOW = "low"
    BOTH = "both"


class Passed(NamedTuple):
    """An element of a pass: whether it is in, and the grounds of that."""

    env: Env
    stays: Value
    grounds: Readings


_OUT = "out"
"""Marks a criterion that is not of the set."""


def _sure(item: Element) -> Value:
    if item.why == _OUT:
        return known(value=False)
    return TRUE if item.sure else truth(least=False, most=True)


def counted(by: Grounds, node: Fold, env: Env, side: Side) -> Readings:
    """Return the grounds of a count or share that must not fall, rise or move."""
    passed = _passed(by, node, env)
    if passed is None:
        return by.of(node.list, env)
    held = (_held(by, node, item, side) for item in passed)
    return _of_list(by, node, env).union(*held)


def _held(by: Grounds, node: Fold, item: Passed, side: Side) -> Readings:
    """Return what keeps one element from moving a count or share against its outcome."""
    if not item.stays.most and not item.grounds:
        return NONE
    body = _body(by, node, item)
    if side is Side.BOTH:
        return item.grounds if not item.stays.most else item.grounds | _at(by, node, item)
    speaks = body is not None and (body.least if side is Side.HIGH else not body.most)
    if node.op is FoldOp.COUNT and side is Side.HIGH:
        counts = item.stays.least and speaks
        return item.grounds | _at(by, node, item) if counts else NONE
    ways = [item.grounds] if not item.stays.most else []
    if speaks and (ways or node.op is FoldOp.COUNT):
        ways.append(_at(by, node, item))
    if ways:
        return fewest(ways)
    counts = speaks and node.op is FoldOp.SHARE
    return item.grounds | _at(by, node, item) if counts else NONE


def folded(by: Grounds, node: Fold, env: Env) -> Readings:
    """Return the grounds of what a pass gives, open ends included."""
    passed = _passed(by, node, env)
    if passed is None:
        return by.of(node.list, env)
    if node.op not in (FoldOp.EVERY, FoldOp.SOME):
        held = (_held(by, node, item, Side.BOTH) for item in passed)
        return _of_list(by, node, env).union(*held)
    outcome = by.evaluator.evaluate(node, env)
    wanted = node.op is FoldOp.SOME
    if outcome.known and outcome.least is wanted:
        deciding = (p for p in passed if p.stays.least and _is(by, node, p, wanted=wanted))
        shown = (p.grounds | _at(by, node, p) for p in deciding)
        return _of_list(by, node, env) | fewest(shown)
    held = (_idle(by, node, item, wanted=wanted) for item in passed)
    return _of_list(by, node, env).union(*held)


def _idle(by: Grounds, node: Fold, item: Passed, *, wanted: bool) -> Readings:
    """Return what keeps one element from deciding a quantifier: left out, or of no weight."""
    if not item.stays.most and not item.grounds:
        return NONE
    ways = [item.grounds] if not item.stays.most else []
    if _is(by, node, item, wanted=not wanted):
        ways.append(_at(by, node, item))
    return fewest(ways) if ways else item.grounds | _at(by, node, item)


def _is(by: Grounds, node: Fold, item: Passed, *, wanted: bool) -> bool:
    body = _body(by, node, item)
    return body is not None and body.known and body.least is wanted


def _body(by: Grounds, node: Fold, item: Passed) -> Value | None:
    """Return the condition on an element; None where evaluation did not reach it."""
    if not item.stays.most and not by.may_look(node.body):
        return None
    return by.evaluator.truth(node.body, item.env)


def _at(by: Grounds, node: Fold, item: Passed) -> Readings:
    return by.of(node.body, item.env)


def _of_list(by: Grounds, node: Fold, env: Env) -> Readings:
    """Return the grounds of who is in a list at all; those of a set stand at its members."""
    source = node.list
    return by.of(source.object if isinstance(source, CriteriaSet) else source, env)


def _passed(by: Grounds, node: Fold, env: Env) -> list[Passed] | None:
    """Return all elements of a pass, also those left out; None where the list is unknown."""
    source = by.evaluator.evaluate(node.list, env)
    if source.why:
        return None
    if isinstance(node.list, CriteriaSet):
        found = _members(by, node.list, env)
    else:
        found = ((item, NONE) for item, _ in candidates(source.least))
    passed = []
    for item, grounds in found:
        inner = (*env, item.value)
        taken = TRUE if node.where is None else by.evaluator.truth(node.where, inner)
        stays = logic.both((_sure(item), taken))
        passed.append(Passed(inner, stays, _of_where(by, node, inner, item, taken, grounds)))
    return passed


def _of_where(
    by: Grounds, node: Fold, env: Env, item: Element, taken: Value, member: Readings
) -> Readings:
    where = by.of(node.where, env)
    ways = [where] if not taken.most else []
    if item.why == _OUT:
        ways.append(member)
    return fewest(ways) if ways else member | where


def _members(by: Grounds, node: CriteriaSet, env: Env) -> Iterator[tuple[Element, Readings]]:
    """Yield the criteria that may be of a set, in it or not, with the grounds of that."""
    target = by.evaluator.evaluate(node.object, env)
    entity, own = target.least, (target,)
    for name, when in entity.type.sets[node.name].members:
        criterion = entity.type.criteria[name]
        read = by.evaluator.member(entity, f"criteria.{name}", criterion.ty)
        taken = TRUE if when is None else by.evaluator.truth(when, own)
        applies = by.of(criterion.applies, own)
        if read is None:
            yield Element(by.evaluator.whole(criterion.ty), False, name, _OUT), applies
        elif not taken.most:
            yield Element(read[0], False, name, _OUT), by.of(when, own)
        else:
            sure = taken.known and read[1]
            yield Element(read[0], sure, name), by.of(when, own) | applies


def listed(by: Grounds, node: Select | Project, env: Env) -> Readings:
    """Return the grounds of a list made of another."""
    source = by.evaluator.evaluate(node.list, env)
    body = node.where if isinstance(node, Select) else node.body
    if source.why or body is None:
        return by.of(node.list, env)
    items = (item for item, _ in candidates(source.least))
    return by.of(node.list, env).union(*(by.of(body, (*env, i.value)) for i in items))

"""Counts and shares in words, as an office writes them: `1 of 4 members (25%, over 20%)`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.engine.folds import kept
from khung.engine.values import Share
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.report.words.labels import PERCENT
from khung.report.words.nodes import is_percentage
from khung.report.words.sentences import sentence

if TYPE_CHECKING:
    from fractions import Fraction

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Value
    from khung.ir import nodes as n
    from khung.report.words.labels import Words
    from khung.report.words.values import Namer
    from khung.syntax.operators import CompareOp


Counted = int | Share
"""A number of elements; of a share both of its numbers."""


def counted(node: n.Fold, found: Value, env: Env, solver: Solver) -> Counted | None:
    """Return what was counted for a known count or share; None if that is not known of each."""
    if node.op is FoldOp.COUNT:
        return int(found.least)
    if node.empty is None:
        return Share(*found.least)
    source = solver.evaluate(node.list, env)
    items = () if source.why else tuple(kept(source.least, node.where, env, solver))
    holds = [solver.truth(node.body, env.inner(item.value)) for item, _ in items]
    is_open = source.why or any(not item.sure or times != 1 for item, times in items)
    if is_open or any(one.why for one in holds):
        return None
    return Share(sum(one.least for one in holds), len(items))


def how_many(
    node: n.Fold, found: Value, counted: Counted, op: CompareOp, bound: str, namer: Namer
) -> str:
    """Return how many elements are counted, of how many, and beyond which limit that is.

    Args:
        node: The count or share.
        found: Its value, which is known.
        counted: The number that was counted; of a share also of how many.
        op: How it stands to the limit.
        bound: The limit in words.
        namer: Names what is counted.
    """
    words, (noun, said) = namer.words, namer.counted(node)
    limit = words.say(f"limit.{op.name.lower()}", x=bound)
    nouns = words.plural(noun)
    if not isinstance(counted, tuple):
        what = noun if counted == 1 else nouns
        key = "tally_any" if bound == words.number(Decimal(0)) else "tally_count"
        return words.say(key, n=words.count(counted), what=what, limit=limit, said=said)
    part, whole = counted
    if not whole and node.empty is None:
        return words.say("empty", what=sentence(nouns))
    if not whole:
        value = exact(found.least, words)
        return words.say("empty_as", what=sentence(nouns), value=value, limit=limit)
    share = words.number(Decimal(part) / Decimal(whole), PERCENT, about=False)
    number = words.say("part_of", part=part, whole=whole)
    return words.say("tally_share", n=number, what=nouns, share=share, limit=limit, said=said)


def bound_text(limit: n.Node, bound: Value, unit: str, words: Words) -> str:
    """Return what a count or share is compared with, which is known."""
    if isinstance(limit.ty, t.Fraction):
        return words.ratio(*bound.least)
    if limit.ty == t.RATIO:
        return exact(bound.least, words)
    return words.value(bound, limit.ty, PERCENT if is_percentage(limit) else unit)


def exact(ratio: Fraction, words: Words) -> str:
    """Return a ratio that is worked out: as a percentage if that is exact and whole."""
    return words.ratio(*ratio.as_integer_ratio())

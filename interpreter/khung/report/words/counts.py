"""Counts and shares in words, as an office writes them: `1 of 4 members (25%, over 20%)`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.report.words.labels import PERCENT
from khung.report.words.nodes import is_percentage
from khung.report.words.sentences import sentence

if TYPE_CHECKING:
    from khung.engine.values import Value
    from khung.ir import nodes as n
    from khung.report.words.labels import Words
    from khung.report.words.values import Namer
    from khung.syntax.operators import CompareOp


def how_many(node: n.Fold, found: Value, op: CompareOp, bound: str, namer: Namer) -> str:
    """Return how many elements are counted, of how many, and beyond which limit that is.

    Args:
        node: The count or share.
        found: Its value, which is known.
        op: How it stands to the limit.
        bound: The limit in words.
        namer: Names what is counted.
    """
    words, (noun, said) = namer.words, namer.counted(node)
    limit = words.say(f"limit.{op.name.lower()}", x=bound)
    if not isinstance(node.ty, t.Fraction):
        count = int(found.least)
        what = noun if count == 1 else words.plural(noun)
        key = "tally_any" if bound == words.number(Decimal(0)) else "tally_count"
        return words.say(key, n=words.count(count), what=what, limit=limit, said=said)
    (part, whole), nouns = found.least, words.plural(noun)
    if not whole:
        return words.say("empty", what=sentence(nouns))
    share = words.number(Decimal(part) / Decimal(whole), PERCENT, about=False)
    number = words.say("part_of", part=part, whole=whole)
    return words.say("tally_share", n=number, what=nouns, share=share, limit=limit, said=said)


def bound_text(limit: n.Node, bound: Value, unit: str, words: Words) -> str:
    """Return what a count or share is compared with, which is known."""
    if isinstance(limit.ty, t.Fraction):
        return words.ratio(*bound.least)
    return words.value(bound, limit.ty, PERCENT if is_percentage(limit) else unit)

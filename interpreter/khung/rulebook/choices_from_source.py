"""The rules by which people choose: votes, deferred choices, quotas.

In: their YAML mappings. Out: `Vote`, `Defer`, `Quota`. Names in them are not looked up.

Reports: those of `reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.model import Defer, Majority, OrderKey, Quota, Ref, SmallGroup, Vote
from khung.rulebook.reader import (
    RULE,
    exactly_one,
    expression,
    expressions_of,
    fields_of,
    head,
    label,
    list_or_expression,
    sources,
)
from khung.source.nodes import Sequence
from khung.source.shape import Fields, named_entries
from khung.source.values import under

if TYPE_CHECKING:
    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry, Node
    from khung.syntax.ast import Expr

_VOTE = (*RULE, "binding", "ballots", "base", "wins", "above_ceiling", "counting", "decided_by")
_DEFER = (*RULE, "question", "among", "decided_by")
_SHARE = ("counts", "at_most")
_OF_SHARE = (*_SHARE, "rounding", "small_group")
_QUOTA = (*RULE, "level", "per", "places", *_OF_SHARE, "order", "ties", "others", "decided_by")
_MAJORITY = ("more_than", "at_least")
_ORDER = ("highest", "lowest")

Winning = tuple[Majority | None, tuple[tuple[Ref, Majority], ...]]


# -- votes ----------------------------------------------------------------------------------


def vote(entry: Entry, ctx: Context, at: str) -> Vote | None:
    """Read a vote; whether it binds, and so needs `base` and `wins`, is asked by `ir`."""
    fields = fields_of(entry.value, _VOTE, ctx, at)
    if fields is None:
        return None
    common, binding = head(entry, fields, ctx), expression(fields, "binding", ctx)
    fields.require("ballots")
    ballots, base = expression(fields, "ballots", ctx), expression(fields, "base", ctx)
    wins, wins_at = _wins(fields, ctx)
    above_ceiling = expression(fields, "above_ceiling", ctx)
    counting = expression(fields, "counting", ctx)
    if ballots is None:
        return None
    decider = label(fields, "decided_by", ctx)
    return Vote(common, binding, ballots, base, wins, wins_at, above_ceiling, counting, decider)


def _wins(fields: Fields, ctx: Context) -> Winning:
    """Read one majority, or one for each level and `default`."""
    node, at = fields.mapping("wins"), fields.path("wins")
    if node is None:
        return None, ()
    if any(entry.key in _MAJORITY for entry in node.entries):
        return _majority(node, ctx, at), ()
    inner = Fields(node, (entry.key for entry in node.entries), ctx.bag, at)
    inner.require("default")
    default = node.get("default")
    wins = None if default is None else _majority(default, ctx, under(at, "default"))
    others = [e for e in named_entries(node, ctx.bag, at) if e.key != "default"]
    read = [(Ref(e.key, e.key_span), _majority(e.value, ctx, under(at, e.key))) for e in others]
    return wins, tuple((level, majority) for level, majority in read if majority is not None)


def _majority(node: Node, ctx: Context, at: str) -> Majority | None:
    fields = fields_of(node, _MAJORITY, ctx, at)
    key = None if fields is None else exactly_one(fields, _MAJORITY, ctx)
    if fields is None or key is None:
        return None
    share = expression(fields, key, ctx)
    return None if share is None else Majority(share, key == "more_than", fields.node.span)


# -- deferred choices -----------------------------------------------------------------------


def defer(entry: Entry, ctx: Context, at: str) -> Defer | None:
    """Read a rule that hands the choice to a body."""
    fields = fields_of(entry.value, _DEFER, ctx, at)
    if fields is None:
        return None
    fields.require("question", "among")
    common, question = head(entry, fields, ctx), label(fields, "question", ctx)
    among = list_or_expression(fields, "among", ctx)
    decider = label(fields, "decided_by", ctx)
    return None if among is None else Defer(common, question, among, decider)


# -- quotas ---------------------------------------------------------------------------------


def quota(entry: Entry, ctx: Context, at: str) -> Quota | None:
    """Read how many of a group may hold a level."""
    fields = fields_of(entry.value, _QUOTA, ctx, at)
    if fields is None:
        return None
    of_share = "places" not in fields or any(key in fields for key in _OF_SHARE)
    fields.require("level", "per", *(_SHARE if of_share else ()))
    common, per = head(entry, fields, ctx), _per(fields, ctx)
    level, places = (expression(fields, key, ctx) for key in ("level", "places"))
    counts, at_most = (expression(fields, key, ctx) for key in _SHARE)
    rounding, ties, others = (expression(fields, k, ctx) for k in ("rounding", "ties", "others"))
    small_group, order = _small_group(fields, ctx), _order(fields, ctx)
    decider = label(fields, "decided_by", ctx)
    limits = (counts, at_most) if of_share else (places,)
    if level is None or per is None or None in limits or (places is None and "places" in fields):
        return None
    settings = (places, rounding, small_group, order, ties, others, decider)
    return Quota(common, level, per, counts, at_most, *settings)


def _per(fields: Fields, ctx: Context) -> tuple[Expr, ...] | None:
    """Read one key or a list of keys; of an empty list all subjects are one group."""
    node = fields.node_at("per")
    if isinstance(node, Sequence):
        return expressions_of(node, ctx, fields.path("per"))
    key = expression(fields, "per", ctx)
    return None if key is None else (key,)


def _small_group(fields: Fields, ctx: Context) -> SmallGroup | None:
    node, at = fields.mapping("small_group"), fields.path("small_group")
    keys = ("fewer_than", "allow", "at_least", "source", "when")
    inner = None if node is None else fields_of(node, keys, ctx, at)
    if inner is None:
        return None
    inner.require("fewer_than", "allow")
    fewer, allow = expression(inner, "fewer_than", ctx), expression(inner, "allow", ctx)
    cited, when = sources(inner, "source", ctx), expression(inner, "when", ctx)
    at_least = expression(inner, "at_least", ctx)
    if fewer is None or allow is None:
        return None
    return SmallGroup(fewer, allow, cited, fields.key_span("small_group"), when, at_least)


def _order(fields: Fields, ctx: Context) -> tuple[OrderKey, ...]:
    node, at = fields.sequence("order"), fields.path("order")
    if node is None:
        return ()
    read = (_order_key(item, ctx, under(at, i)) for i, item in enumerate(node.items))
    return tuple(key for key in read if key is not None)


def _order_key(node: Node, ctx: Context, at: str) -> OrderKey | None:
    fields = fields_of(node, _ORDER, ctx, at)
    key = None if fields is None else exactly_one(fields, _ORDER, ctx)
    if fields is None or key is None:
        return None
    value = expression(fields, key, ctx)
    return None if value is None else OrderKey(value, key == "highest")

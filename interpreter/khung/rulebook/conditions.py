"""A condition as it may be written: an expression, or lists of subjects at a level by their keys.

Reports: K0415 (neither list), K0416 (both), K0484 (no limit of a share) and those of `parts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.by_reading import choice, is_by_reading
from khung.rulebook.parts import at_key, cell, exactly_one, expression, head_with
from khung.source.nodes import Mapping
from khung.source.shape import Fields

if TYPE_CHECKING:
    from khung.rulebook.model import Head
    from khung.rulebook.parts import Context
    from khung.source.nodes import Entry
    from khung.syntax.ast import Expr

_LISTS = ("all", "share_of")
_SHARE = (*_LISTS, "at_least", "is")


def head(entry: Entry, fields: Fields, ctx: Context) -> Head:
    """Return what `entry` has in common with all others that may hold under a condition."""
    return head_with(entry, fields, at_key(fields, "when", condition, ctx), ctx)


def condition(entry: Entry, ctx: Context, at: str) -> Expr | None:
    """Return an expression, or what `{all: …}` and `{share_of: …}` say of the levels of a list."""
    node = entry.value
    if is_by_reading(node):
        return choice(node, ctx, at, condition)
    if not isinstance(node, Mapping) or not any(entry.key in _SHARE for entry in node.entries):
        return expression(entry, ctx, at)
    fields = Fields(node, _SHARE, ctx.bag, at)
    key = exactly_one(fields, _LISTS, ctx)
    fields.require("at_least", *(("is",) if key == "share_of" else ()))
    if key == "all" and "is" in fields:
        ctx.bag.add("K0416", fields.key_span("is"), at=at, keys=("all", "is"))
        return None
    return None if key is None else _at_level(fields, key, ctx)


def _at_level(fields: Fields, key: str, ctx: Context) -> Expr | None:
    from khung.syntax import ast  # noqa: PLC0415  # cases have none

    listed = at_key(fields, key, expression, ctx)
    level = at_key(fields, "at_least", expression, ctx)
    if listed is None or level is None:
        return None
    found = ast.AtLevel(key == "share_of", listed, level, fields.node.span)
    return _limited(found, fields, ctx) if key == "share_of" else found


def _limited(share: Expr, fields: Fields, ctx: Context) -> Expr | None:
    """Return the comparison of a share with its limit, such as `>= 80%`."""
    from khung.syntax import ast  # noqa: PLC0415  # as above

    limit = at_key(fields, "is", cell, ctx)
    if limit is None:
        return None
    match limit.tests:
        case (ast.UnaryTest() as test,) if not limit.negated:
            return ast.Compare(test.op, share, test.operand, fields.node.span)
        case _:
            span = fields.span("is")
            ctx.bag.add("K0484", span, at=fields.path("is"), text=span.text.strip("'\""))
            return None

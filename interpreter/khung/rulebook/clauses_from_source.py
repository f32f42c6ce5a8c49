"""A file with `clauses:`: every address of the source document, and what it holds.

In: the mapping of the file. Out: `Clause`s. Whether each is accounted for is asked by `analysis`.

Reports: K0409, K0424 and those of `reader`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from khung.rulebook.model import Clause
from khung.rulebook.reader import fields_of, label
from khung.rulebook.versions_from_source import carries
from khung.source.values import as_name, under

if TYPE_CHECKING:
    from khung.rulebook.reader import Context
    from khung.source.nodes import Entry, Mapping
    from khung.source.shape import Fields

KINDS = ("guidance", "external", "mechanism")
"""Why there is nothing to compute in a clause."""

_CLAUSE = ("summary", "parts", "kind", "because", "carries")
_ADDRESS = re.compile(r"[^\s#,;]+")


def clauses(node: Mapping, ctx: Context) -> tuple[Clause, ...]:
    """Read the list of clauses of a file."""
    fields = fields_of(node, ("clauses",), ctx, "")
    if fields is None or not fields.require("clauses"):
        return ()
    inner = fields.mapping("clauses")
    if inner is None:
        return ()
    read = (_clause(e, ctx, under("clauses", e.key)) for e in inner.entries)
    return tuple(clause for clause in read if clause is not None)


def _clause(entry: Entry, ctx: Context, at: str) -> Clause | None:
    if not _ADDRESS.fullmatch(entry.key):
        ctx.bag.add("K0409", entry.key_span, help="clause", at=at, source=entry.key)
    fields = fields_of(entry.value, _CLAUSE, ctx, at)
    if fields is None:
        return None
    if "carries" not in fields:  # else one was taken over, or it is told why none could be
        fields.require("summary")
    summary, because = label(fields, "summary", ctx), label(fields, "because", ctx)
    kind = fields.choice("kind", KINDS) or ""
    _check_reason(fields, ctx)
    parts = _parts(fields, ctx)
    carried = carries(fields.node_at("carries"), entry.key, ctx, fields.path("carries"))
    return (
        None
        if summary is None
        else Clause(entry.key, summary, parts, kind, because, carried, span=entry.key_span)
    )


def _check_reason(fields: Fields, ctx: Context) -> None:
    if ("kind" in fields) != ("because" in fields):
        present, absent = ("kind", "because") if "kind" in fields else ("because", "kind")
        span = fields.key_span(present)
        ctx.bag.add("K0424", span, at=fields.at, present=present, absent=absent)


def _parts(fields: Fields, ctx: Context) -> tuple[str, ...]:
    node = fields.sequence("parts")
    if node is None:
        return ()
    at = fields.path("parts")
    read = (as_name(n, ctx.bag, under(at, i)) for i, n in enumerate(node.items))
    return tuple(name for name in read if name is not None)

"""The groups of the quotas of solved cases, as the table that `ir.result_schema` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from khung.ir import types as t
from khung.ir.nodes import Literal, Project
from khung.ir.result_schema import DECISION, group_columns, schema_of
from khung.ir.stages.quota import is_joint
from khung.population.cells import name_of, scale_of
from khung.sql.text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.ir.nodes import Node
    from khung.ir.program import Program, Quota
    from khung.population.run import Solved
    from khung.sql.table import Quoted

BETWEEN = ", "
"""What stands between the parts of a key."""

WHOSE = ("kept", "cut", "open")


def group_table(solved: Solved, called: Callable[[Node], str]) -> pa.Table:
    """Return the groups of all quotas with the numbers of who stays, is cut, is open.

    Args:
        solved: The cases.
        called: Returns how people call a key.
    """
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    made = solved.compiled
    needs = (need for need in made.script.quotas if need.subject not in made.without)
    rows = [row for need in needs for row in _groups(solved, need, called)]
    keys = (k.removeprefix("key.") for row in rows for k in row if k.startswith("key."))
    schema = schema_of(group_columns(keys))
    columns = {f.name: pa.array([row.get(f.name) for row in rows], f.type) for f in schema}
    return pa.table(columns, schema=schema)


class _Sort(NamedTuple):
    """The groups of one grouping: the relation of them, their keys, and what those are called."""

    told: str
    keys: tuple[Node, ...]
    names: tuple[str, ...]


def _sorts(quota: Quota, need: Quoted, called: Callable[[Node], str]) -> Iterator[_Sort]:
    told = quoted(need.name + ".told")
    if not is_joint(quota):
        keys, name = quota.groupings[0].keys, quota.groupings[0].name
        yield _Sort(told, keys, tuple(name or called(key) for key in keys))
        return
    for at, grouping in enumerate(quota.groupings):
        key = grouping.keys[0]
        key = key.body if isinstance(key, Project) else key
        typed = "CAST(k0 AS BIGINT)" if isinstance(key.ty, t.Object | t.Scale) else "k0"
        rest = "gid, base_lo, base_hi, places_lo, places_hi, is_whole, kept, cut, opened, decision"
        text = f"(SELECT {rest}, {typed} AS k0 FROM {told} WHERE grouping = {at})"
        yield _Sort(text, (key,), (grouping.name,))


def _groups(
    solved: Solved, need: Quoted, called: Callable[[Node], str]
) -> Iterator[dict[str, Any]]:
    declared = solved.source.program.objects[need.subject]
    quota = declared.quotas[need.place]
    head = {"rule": quota.head.id, "subject": need.subject, "level": level_of(solved, need)}
    found = [
        (row, sort.names)
        for sort in _sorts(quota, need, called)
        for row in solved.source.all(_query(solved, need, sort))
    ]
    for (_, *row), names in sorted(found, key=lambda one: one[0][0]):
        yield {**head, **_row(row, names)}


def _row(row: list[Any], names: tuple[str, ...]) -> dict[str, Any]:
    base_lo, base_hi, lo, hi, whole, kept, cut, opened, decision, *rest = row
    texts = rest[len(WHOSE) :]
    return {
        "key": BETWEEN.join("?" if x is None else x for x in texts) if texts else "*",
        **{f"key.{name}": x for name, x in zip(names, texts, strict=True)},
        "base.least": base_lo,
        "base.most": base_hi,
        "places.least": lo,
        "places.most": hi,
        "whole": whole,
        "kept": kept,
        "cut": cut,
        "open": opened,
        DECISION: decision,
        **{f"{name}.ids": ids or [] for name, ids in zip(WHOSE, rest, strict=False)},
    }


def _query(solved: Solved, need: Quoted, sort: _Sort) -> str:
    """Return the query of the groups of a quota: numbers, who is in them, the key as texts."""
    program, joins, said = solved.source.program, list[str](), list[str]()
    for at, key in enumerate(sort.keys):
        text, join = _key_text(program, key, at)
        said.append(f"{text} AS t{at}")
        joins.append(join)
    ids = ", ".join(
        f"list(n.id ORDER BY p.sort, p.rid) FILTER (WHERE p.place = '{name}') AS {name}_ids"
        for name in WHOSE
    )
    listed, subjects = quoted(need.name + ".listed"), quoted("n." + need.subject)
    members = (
        f"SELECT p.gid, {ids} FROM {listed} p JOIN {subjects} n ON n.rid = p.rid GROUP BY p.gid"
    )
    numbers = (
        "g.gid, g.base_lo, g.base_hi, g.places_lo, g.places_hi, g.is_whole, g.kept, g.cut, g.opened"
    )
    lists = ", ".join(f"m.{name}_ids" for name in WHOSE)
    return (
        f"SELECT {', '.join([numbers, 'g.decision', lists, *said])} FROM {sort.told} g "
        f"LEFT JOIN ({members}) m ON m.gid = g.gid {' '.join(joins)} ORDER BY g.gid"
    )


def contended(solved: Solved, need: Quoted) -> str:
    """Return the query of those who are asked about: `rid`, `key` of their group, `ids` of all in it."""
    quota = solved.source.program.objects[need.subject].quotas[need.place]
    told, listed, steps, subjects = (
        quoted(name)
        for name in (
            *(f"{need.name}.{x}" for x in ("told", "listed", "steps")),
            f"n.{need.subject}",
        )
    )
    asked = (
        f"SELECT p.gid, p.rid FROM {listed} p JOIN {told} t ON t.gid = p.gid "
        f"JOIN {steps} s ON s.rid = p.rid "
        "WHERE p.place = 'open' AND t.decision IS NOT NULL AND s.decision IS NOT NULL"
    )
    ids = (
        f"SELECT p.gid, list(n.id ORDER BY p.rid) AS ids FROM ({asked}) p "
        f"JOIN {subjects} n ON n.rid = p.rid GROUP BY p.gid"
    )
    keys = " UNION ALL ".join(_keys(solved, one) for one in _sorts(quota, need, str))
    first = f"SELECT p.rid, min(p.gid) AS gid FROM ({asked}) p GROUP BY p.rid"
    return (
        f"SELECT a.rid, k.key, m.ids FROM ({first}) a JOIN ({keys}) k ON k.gid = a.gid "
        f"JOIN ({ids}) m ON m.gid = a.gid"
    )


def _keys(solved: Solved, sort: _Sort) -> str:
    """Return the query of the keys of groups, each as one text."""
    found = [_key_text(solved.source.program, key, at) for at, key in enumerate(sort.keys)]
    texts = (f"coalesce({text}, '?')" for text, _ in found)
    key = f" || {literal(BETWEEN)} || ".join(texts) or "'*'"
    return f"SELECT g.gid, {key} AS key FROM {sort.told} g {' '.join(join for _, join in found)}"


def level_of(solved: Solved, need: Quoted) -> str:
    """Return the name of the level that a quota limits."""
    declared = solved.source.program.objects[need.subject]
    node = declared.quotas[need.place].level
    assert isinstance(node, Literal)  # noqa: S101  # it was compiled as a constant
    assert isinstance(node.value, int)  # noqa: S101  # a rank
    return scale_of(solved.source.program, declared)[node.value]


def _key_text(program: Program, key: Node, at: int) -> tuple[str, str]:
    """Return a part of a key as text, and what is joined for it."""
    match key.ty:
        case t.Object():
            name = t.first_of(key.ty.name)
            return f"o{at}.id", f"LEFT JOIN {quoted('n.' + name)} o{at} ON o{at}.rid = g.k{at}"
        case t.Scale():
            return name_of(program.values[key.ty.name].values, f"g.k{at}"), ""
        case t.Number():
            return _number_text(f"CAST(g.k{at} AS VARCHAR)"), ""
        case _:
            return f"CAST(g.k{at} AS VARCHAR)", ""


def _number_text(digits: str) -> str:
    """Return the digits of a number without idle zeros, however many the data have elsewhere."""
    return f"CASE WHEN {digits} LIKE '%.%' THEN rtrim(rtrim({digits}, '0'), '.') ELSE {digits} END"

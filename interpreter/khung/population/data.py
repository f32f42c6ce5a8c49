"""What the data of a run leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.population.openings import opening_cases
from khung.population.source import Source, says_more
from khung.sql.profile import EMPTY, ColumnProfile, Profile
from khung.sql.rows import DEPTH
from khung.sql.text import quoted

if TYPE_CHECKING:
    from khung.ir.program import ObjectType, Program


def profile_of(source: Source) -> Profile:
    """Return what the data leave open."""
    columns = {key: _columns(source, key) for key in source.names()}
    for key in source.names():
        _note_more(source, key, columns)
    whole: dict[tuple[str, str], bool] = {}
    for declared in source.program.subjects:
        for name in declared.back_lists:
            found = _is_whole(source, declared, name)
            if found is not None:
                whole[declared.name, name] = found
    given = frozenset(
        d.name
        for d in source.program.subjects
        if columns[d.name].get("given.level", EMPTY).given
        or columns[d.name].get("given.status", EMPTY).given
    )
    below: dict[tuple[str, str, str], frozenset[str]] = {}
    depth: dict[tuple[str, str], int] = {}
    for declared in source.program.subjects:
        for link in declared.links.values():
            if link.tree:
                depth[declared.name, link.name] = _depth(source, declared, link.name)
            if link.tree and declared.kinds is not None:
                below |= _below(source, declared, link.name)
    there = {
        d.name: {said.has_all(d.name) for said in source.whole.values()}
        for d in source.program.subjects
    }
    all_there = {name: found.pop() if len(found) == 1 else None for name, found in there.items()}
    nobody = _nobody(source)
    kindless = frozenset(
        d.name
        for d in source.program.subjects
        if d.kinds is not None
        and d.name not in nobody
        and _is_open(columns[d.name].get(d.kind_field, EMPTY))
    )
    return Profile(
        columns,
        whole,
        all_there,
        below,
        depth,
        source.bare,
        given,
        nobody,
        source.streamed,
        kindless,
    )


def _is_open(column: ColumnProfile) -> bool:
    return column.missing or column.unknown


def _nobody(source: Source) -> frozenset[str]:
    asked = {key: f"SELECT 1 FROM {quoted('in.' + key)} LIMIT 1" for key in source.names()}
    return frozenset(
        key for key, one in asked.items() if not source.there.get(key) or not source.all(one)
    )


def unfolded(profile: Profile) -> Profile:
    """Return the profile of any data of which the lists are whole, and the kinds stand, as here."""
    return Profile(
        all_there=profile.all_there,
        below=profile.below,
        depth=profile.depth,
        bare=profile.bare,
        streamed=profile.streamed,
        kindless=profile.kindless,
    )


def _note_more(source: Source, key: str, columns: dict[str, dict[str, ColumnProfile]]) -> None:
    """Note of a list with its owner that some may be longer than is written."""
    owner, _, name = key.rpartition(".")
    there = source.there.get(key)
    if not owner or there is None:
        return
    said = says_more(there)
    found = said != "FALSE" and source.all(
        f"SELECT 1 FROM {quoted('in.' + key)} c WHERE {said} LIMIT 1"
    )
    if found or columns[owner].get(name, EMPTY).unknown:
        columns[owner][f"{name}.more"] = ColumnProfile()


def _columns(source: Source, key: str) -> dict[str, ColumnProfile]:
    there = source.there.get(key, ())
    if not there:
        return {}
    asked, names = [], [c for c in there if not c.endswith("?")]
    for name in names:
        value = f"count({quoted(name)})"
        mark = f"{name}?" in there
        unknown = f"count(CASE WHEN {quoted(name + '?')} = '?' THEN 1 END)" if mark else "0"
        absent = f"count(CASE WHEN {quoted(name + '?')} = '-' THEN 1 END)" if mark else "0"
        asked += [value, unknown, absent]
    lone = [c[:-1] for c in there if c.endswith("?") and c[:-1] not in there]
    for name in lone:  # of a list, or of ballots
        asked += [
            "0",
            f"count(CASE WHEN {quoted(name + '?')} = '?' THEN 1 END)",
            f"count(CASE WHEN {quoted(name + '?')} = '-' THEN 1 END)",
        ]
    row = source.all(f"SELECT count(*), {', '.join(asked)} FROM {quoted('in.' + key)}")[0]
    total, found = row[0], {}
    for at, name in enumerate([*names, *lone]):
        value, unknown, absent = row[1 + 3 * at : 4 + 3 * at]
        found[name] = ColumnProfile(
            value > 0, value + unknown + absent < total, unknown > 0, absent > 0
        )
        if unknown or absent:
            found[f"{name}?"] = ColumnProfile(given=True)
    return found


def _is_whole(source: Source, declared: ObjectType, name: str) -> bool | None:
    """Return whether a back list of all subjects is whole; None where only some are."""
    whole = whole_in(source, declared.back_lists[name].holder)
    others = [said for case, said in source.whole.items() if case not in whole]
    if not others:
        return True
    of_others = {(of, listed) for said in others for of, _, listed in said.lists}
    return None if whole or (declared.name, name) in of_others else False


def whole_in(source: Source, holder: str) -> frozenset[int]:
    """Return the cases in which all stand who may hold a link: of records, all lists are settled."""
    program = source.program
    if not program.objects[holder].is_record:
        return frozenset(case for case, said in source.whole.items() if said.has_all(holder))
    holders = [d for d in program.subjects if _may_hold(program, d, holder)]
    every = {
        case
        for case, said in source.whole.items()
        if said.everything or all(said.has_all(d.name) for d in holders)
    }
    for declared in holders:
        if every:
            every -= _open_in(source, declared.name, declared, holder)
    return frozenset(every)


def _open_in(source: Source, key: str, declared: ObjectType, record: str) -> set[int]:
    """Return the cases in which a list of records of a type may hold more than is written.

    Whether a list applies, and what counts it, is not asked: such a list may hold more.
    """
    found: set[int] = set()
    for fact in declared.facts.values():
        element = fact.ty.element if isinstance(fact.ty, t.List) else None
        if isinstance(element, t.Object) and _holds(source.program, element.name, record):
            child = f"{key}.{fact.name}"
            query = opening_cases(source, key, fact)
            found |= {row[0] for row in source.all(query)} if query else set()
            if child in source.there:
                found |= _open_in(source, child, source.program.objects[element.name], record)
    return found


def _may_hold(program: Program, declared: ObjectType, record: str) -> bool:
    for fact in declared.facts.values():
        element = fact.ty.element if isinstance(fact.ty, t.List) else None
        if isinstance(element, t.Object) and _holds(program, element.name, record):
            return True
    return False


def _holds(program: Program, element: str, record: str) -> bool:
    declared = program.objects[element]
    return declared.is_record and (element == record or _may_hold(program, declared, record))


def _depth(source: Source, declared: ObjectType, link: str) -> int:
    """Return how many steps down a tree goes; more than are followed if it is deeper than that."""
    there = source.there.get(declared.name, ())
    if link not in there:
        return 0
    table, column = quoted(f"in.{declared.name}"), quoted(link)
    steps = f"{table} e0"
    for depth in range(DEPTH + 1):
        at = depth + 1
        steps += f" JOIN {table} e{at} ON e{at}.cs = e{depth}.cs AND e{at}.{column} = e{depth}.id"
        if not source.all(f"SELECT 1 FROM {steps} LIMIT 1"):
            return depth
    return DEPTH + 1


def _below(
    source: Source, declared: ObjectType, link: str
) -> dict[tuple[str, str, str], frozenset[str]]:
    assert declared.kinds is not None  # noqa: S101  # the caller has looked
    there = source.there.get(declared.name, ())
    found: dict[str, set[str]] = {kind: set() for kind in declared.kinds.values}
    kind = quoted(declared.kind_field)
    table = quoted(f"in.{declared.name}")
    if link in there and declared.kind_field in there:
        rows = source.all(
            f"SELECT DISTINCT o.{kind}, e.{kind} FROM {table} e JOIN {table} o "
            f"ON o.id = e.{quoted(link)} AND o.cs = e.cs"
        )
        _note_below(found, rows)
    if declared.kind_field in there:
        mark = f"coalesce(e.{quoted(link + '?')} <> '-', TRUE)" if f"{link}?" in there else "TRUE"
        unknown = f"e.{quoted(link)} IS NULL AND {mark}" if link in there else mark
        rows = source.all(
            f"SELECT DISTINCT o.{kind}, e.{kind} FROM (SELECT DISTINCT cs, {kind} FROM {table} e "
            f"WHERE {unknown}) e JOIN (SELECT DISTINCT cs, {kind} "
            f"FROM {table}) o ON o.cs = e.cs"
        )
        _note_below(found, rows)
    order = list(declared.kinds.values)
    return {
        (declared.name, link, upper): frozenset(
            x for x in lowers if order.index(x) < order.index(upper)
        )
        for upper, lowers in found.items()
    }


def _note_below(found: dict[str, set[str]], rows: list[tuple[str, str]]) -> None:
    for upper, lower in rows:
        if upper in found and lower is not None:
            found[upper].add(lower)

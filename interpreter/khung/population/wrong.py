"""Whether the tables of cases fit together: each id once, each link to somebody, no ring of links.

In tables that nobody has looked at no level, and no value of an enumeration, is one that is not,
and no number or day is out of its range.
What is wrong, and where, says who reads a case subject by subject; here it is only asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.ir import types as t
from khung.sql.rows import DEPTH
from khung.sql.text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import Criterion, Fact
    from khung.population.source import Source


def fits_together(source: Source) -> bool:
    """Return whether nothing is wrong between the tables."""
    return not any(source.all(query) for query in _queries(source))


def _queries(source: Source) -> Iterator[str]:
    """Yield queries that find what is wrong: rows of any of them are so many errors."""
    for key, there in source.there.items():
        if "." in key:
            owner = key.partition(".")[0]
            yield _dangling(source, key, "of", owner)
        elif not _are_numbered(source, key):
            name = quoted(f"in.{key}")
            yield f"SELECT 1 FROM {name} GROUP BY cs, id HAVING count(*) > 1 OR id IS NULL LIMIT 1"
        for link, to in _links(source, key):
            if link in there:
                yield _dangling(source, key, link, to)
        if key in source.unread:
            yield from _strange(source, key)
            yield from _out_of_range(source, key)


def _are_numbered(source: Source, key: str) -> bool:
    """Whether each id of a streamed table is longer than the one before, or comes after it.

    Then none is there twice, which is known in a fifth of the time that grouping takes.
    """
    if key not in source.streamed:
        return False
    after = "len(id) > len(before) OR (len(id) = len(before) AND id > before)"
    rows = f"SELECT id, lag(id) OVER () AS before FROM {quoted(f'in.{key}')}"
    counts = f"count(*), count(id), count(CASE WHEN {after} THEN 1 END)"
    ((all_, there, later),) = source.all(f"SELECT {counts} FROM ({rows}) q")
    return bool(all_ == there == later + 1)


def _links(source: Source, key: str) -> Iterator[tuple[str, str]]:
    subject, *path = key.split(".")
    declared = source.program.objects[subject]
    for name in path:
        ty = declared.facts[name].ty
        element = getattr(ty, "element", None)
        found = source.program.objects.get(getattr(element, "name", ""))
        if found is None or not found.is_record:
            return
        declared = found
    yield from ((link.name, link.to) for link in declared.links.values())


def _strange(source: Source, key: str) -> Iterator[str]:
    """Yield the query of rows with a level, or a value of an enumeration, that there is not."""
    there, table = source.there[key], quoted(f"in.{key}")
    found = [
        (quoted(name), ", ".join(map(literal, source.program.values[ty.name].values)))
        for name, ty in _members(source, key)
        if name in there and isinstance(ty, t.Scale | t.Enumeration)
    ]
    if not found:
        return
    if key not in source.streamed:
        strange = " OR ".join(f"{name} NOT IN ({known})" for name, known in found)
        yield f"SELECT 1 FROM {table} WHERE {strange} LIMIT 1"
        return
    # of each text of a file's dictionary it is asked once, in an eighth of the time
    counts = ", ".join(
        f"count({name}) - count(TRY_CAST({name} AS ENUM({known}))) AS c{at}"
        for at, (name, known) in enumerate(found)
    )
    strange = " OR ".join(f"c{at} > 0" for at in range(len(found)))
    yield f"SELECT 1 FROM (SELECT {counts} FROM {table}) q WHERE {strange}"


def _out_of_range(source: Source, key: str) -> Iterator[str]:
    """Yield the query of a table with numbers or days out of their range.

    The least and the most of a column a file says by itself, mostly.
    """
    there = source.there[key]
    ends = [(quoted(name), low, high) for name, low, high in _ranges(source, key) if name in there]
    votes = [quoted(name) for name in _votes(source, key) if name in there]
    asked, beyond = list[str](), list[str]()
    for at, (name, low, high) in enumerate([*ends, *((name, 0, None) for name in votes)]):
        for end, way, limit in (("min", "<", low), ("max", ">", high)):
            if limit is not None:
                asked.append(f"{end}({name}) AS {end}{at}")
                beyond.append(f"{end}{at} {way} {literal(limit)}")
    table = quoted(f"in.{key}")
    for at, name in enumerate(_broken(source, table, votes)):
        asked.append(f"max({name} % 1) AS part{at}")
        beyond.append(f"part{at} > 0")
    if asked:
        made = f"SELECT {', '.join(asked)} FROM {table}"
        yield f"SELECT 1 FROM ({made}) q WHERE {' OR '.join(beyond)}"


def _broken(source: Source, table: str, names: list[str]) -> list[str]:
    """Return the columns whose numbers may have decimals."""
    asked = ", ".join(f"typeof({name})" for name in names)
    for types in source.all(f"SELECT {asked} FROM {table} LIMIT 1") if names else ():
        found = zip(names, types, strict=True)
        return [name for name, ty in found if ty.lower().startswith("decimal")]
    return []


def _ranges(source: Source, key: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the ends of what the rows of a table state that has a range."""
    declared = source.declared(key)
    if declared is None:
        return
    found: list[tuple[str, Fact | Criterion]] = [*declared.facts.items()]
    found += [(f"criteria.{name}", one) for name, one in declared.criteria.items()]
    yield from (
        (name, one.low, one.high) for name, one in found if isinstance(one.ty, t.Number | t.Date)
    )


def _votes(source: Source, key: str) -> Iterator[str]:
    """Yield the columns of ballots of a table."""
    declared = source.declared(key)
    for name, fact in declared.facts.items() if declared is not None else ():
        if isinstance(fact.ty, t.Ballots):
            levels = source.program.values[fact.ty.scale].values
            yield from (f"{name}.{level}" for level in levels)


def _members(source: Source, key: str) -> Iterator[tuple[str, t.Type]]:
    """Yield what the rows of a table state, with the type of each."""
    declared = source.declared(key)
    if declared is None:
        *path, name = key.split(".")
        holder = source.declared(".".join(path))
        assert holder is not None  # noqa: S101  # it has the list
        ty = holder.facts[name].ty
        assert isinstance(ty, t.List)  # noqa: S101  # as above
        yield "value", ty.element
        return
    yield from ((fact.name, fact.ty) for fact in declared.facts.values())
    yield from ((f"criteria.{name}", one.ty) for name, one in declared.criteria.items())
    if declared.kinds is not None:
        yield declared.kind_field, t.Enumeration(declared.kinds.name)
    if declared.ladder is not None:
        yield "given.level", t.Scale(declared.ladder.scale.name)


def _dangling(source: Source, key: str, column: str, to: str) -> str:
    table, link = quoted(f"in.{key}"), quoted(column)
    if to not in source.there:
        return f"SELECT 1 FROM {table} WHERE {link} IS NOT NULL LIMIT 1"
    return (
        f"SELECT 1 FROM {table} e LEFT JOIN {quoted('in.' + to)} o ON o.id = e.{link} AND o.cs = e.cs "
        f"WHERE e.{link} IS NOT NULL AND o.id IS NULL LIMIT 1"
    )


def rings(source: Source) -> bool:
    """Return whether links of a tree lead back to where they began, or deeper than is followed."""
    for declared in source.program.subjects:
        for link in declared.links.values():
            there = source.there.get(declared.name, ())
            if not link.tree or link.name not in there:
                continue
            table, column = quoted(f"in.{declared.name}"), quoted(link.name)
            steps = f"{table} e0"
            for at in range(1, DEPTH + 2):
                steps += f" JOIN {table} e{at} ON e{at}.cs = e{at - 1}.cs AND e{at}.id = e{at - 1}.{column}"
            if source.all(f"SELECT 1 FROM {steps} LIMIT 1"):
                return True
    return False

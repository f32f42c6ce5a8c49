"""Cases as typed tables: a table a subject type, one a list, with what their cells cannot say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
from tests.engines.cases import ABSENT

from khung.casefile.tables.layout import named
from khung.ir import types as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.engines.cases import CasePlain, Facts

    from khung.ir.program import Fact, ObjectType, Program

Row = dict[str, Any]
UNKNOWN, OF = "?", "of"
_GIVEN = ("level", "status", "after", "by", "on", "document")


def tables_of(program: Program, case: CasePlain) -> dict[str, pa.Table]:
    """Return the tables of a case by `SUBJECT` and `SUBJECT.LIST`."""
    found: dict[str, pa.Table] = {}
    for declared in program.subjects:
        own = case.subjects.get(declared.name, {})
        rows = [{"id": one, **_row(program, declared, facts)} for one, facts in own.items()]
        found[declared.name] = _table(rows, {"id": pa.string(), **_types(program, declared)})
        for lists in _lists(program, declared, ()):
            rows = [
                row
                for one, facts in own.items()
                for row in _listed(program, facts, {OF: one}, lists)
            ]
            ids = {OF: pa.string(), **{f"{OF}.{f.name}": pa.string() for f in lists.way[:-1]}}
            found[lists.key(declared)] = _table(rows, {**ids, **lists.columns})
    return found


class _Lists(NamedTuple):
    """A list, or one that records of a list hold: the way to it, and its columns."""

    way: tuple[Fact, ...]
    record: ObjectType | None
    columns: dict[str, pa.DataType | None]

    def key(self, declared: ObjectType) -> str:
        """Return the name of its table."""
        return ".".join((declared.name, *(fact.name for fact in self.way)))


def _lists(program: Program, holder: ObjectType, way: tuple[Fact, ...]) -> Iterator[_Lists]:
    for fact in holder.facts.values():
        if not isinstance(fact.ty, t.List) or fact in way:
            continue
        element = fact.ty.element
        record = program.objects.get(element.name) if isinstance(element, t.Object) else None
        if record is not None and record.is_record:
            yield _Lists((*way, fact), record, _types(program, record))
            yield from _lists(program, record, (*way, fact))
        else:
            yield _Lists((*way, fact), None, {"value": _type(element)})


def _types(program: Program, declared: ObjectType) -> dict[str, pa.DataType | None]:
    """Return the type of each column; None is a number, of what its values need."""
    found: dict[str, pa.DataType | None] = {}
    if declared.kind_field:
        found[declared.kind_field] = pa.dictionary(pa.int32(), pa.string())
    for fact in declared.facts.values():
        match fact.ty:
            case t.List():
                continue
            case t.Ballots(scale):
                for level in program.values[scale].values:
                    found[f"{fact.name}.{level}"] = pa.int64()
            case _:
                found[_column(fact.name)] = _type(fact.ty)
    found |= {_column(link): pa.string() for link in declared.links}
    found |= {f"criteria.{c.id}": _type(c.ty) for c in declared.criteria.values()}
    if declared.ladder is not None:
        found |= {f"given.{k}": pa.date32() if k == "on" else pa.string() for k in _GIVEN}
    return found


def _type(ty: t.Type) -> pa.DataType | None:
    match ty:
        case t.Boolean():
            return pa.bool_()
        case t.Number():
            return None
        case t.Date():
            return pa.date32()
        case t.Scale() | t.Enumeration():
            return pa.dictionary(pa.int32(), pa.string())
        case _:
            return pa.string()


def _row(program: Program, declared: ObjectType, facts: Facts) -> Row:
    row: Row = {}
    for name, value in facts.items():
        fact = declared.facts.get(name)
        if name in ("criteria", "given"):
            for key, cell in value.items():
                _put(row, f"{name}.{key}", cell)
        elif fact is not None and isinstance(fact.ty, t.List):
            if value is None or value == []:
                row[f"{name}?"] = UNKNOWN if value is None else ABSENT
        elif isinstance(value, dict):
            assert fact is not None
            assert isinstance(fact.ty, t.Ballots)
            row |= {f"{name}.{v}": value.get(v, 0) for v in program.values[fact.ty.scale].values}
        else:
            _put(row, _column(name), value)
    return row


def _column(name: str) -> str:
    """Return the column of a fact or link: tables have columns of their own under some names."""
    return f"fact.{name}" if name in ("id", OF, "value") else name


def _put(row: Row, name: str, value: Any) -> None:
    if value is None:
        row[f"{name}?"] = UNKNOWN
    elif value == ABSENT:
        row[f"{name}?"] = ABSENT
    else:
        row[name] = value


def _listed(program: Program, facts: Facts, of: Row, lists: _Lists) -> Iterator[Row]:
    """Yield the rows of a list of a holder, or of the lists that its records hold."""
    first, *inner = lists.way
    for place, item in enumerate(facts.get(first.name) or (), 1):
        if inner:
            if item is not None:
                key = str(item[first.key]) if first.key else str(place)
                below = lists._replace(way=tuple(inner))
                yield from _listed(program, item, {**of, f"{OF}.{first.name}": key}, below)
        elif item is None:
            yield {**of, **{f"{name}?": UNKNOWN for name in lists.columns}}
        elif lists.record is None:
            yield {**of, "value": item}
        else:
            yield {**of, **_row(program, lists.record, item)}


def _table(rows: list[Row], types: dict[str, pa.DataType | None]) -> pa.Table:
    used = {name for row in rows for name in row}
    columns = {n: ty for n, ty in types.items() if n in used or n.partition(".")[0] in ("id", OF)}
    columns |= {name: pa.string() for name in sorted(used) if name.endswith("?")}
    arrays = {name: _array([row.get(name) for row in rows], ty) for name, ty in columns.items()}
    return pa.table(arrays)


def _array(cells: list[Any], ty: pa.DataType | None) -> pa.Array:
    if ty is not None:
        return pa.array(cells, ty)
    scale = max((-int(c.as_tuple().exponent) for c in cells if isinstance(c, Decimal)), default=0)
    if scale <= 0:
        return pa.array([None if c is None else int(c) for c in cells], pa.int64())
    return pa.array(cells, pa.decimal128(38, scale))


# -- back again ------------------------------------------------------------------------------------


def plain_of(program: Program, tables: Mapping[str, pa.Table]) -> dict[str, dict[str, Facts]]:
    """Return the subjects that tables are of: what was put in comes out."""
    subjects: dict[str, dict[str, Facts]] = {}
    for declared in program.subjects:
        own = subjects.setdefault(declared.name, {})
        for row in tables[declared.name].to_pylist():
            one = row.pop("id")
            own[one] = _facts(declared, row)
        for lists in _lists(program, declared, ()):
            for row in tables[lists.key(declared)].to_pylist():
                _append(own[row.pop(OF)], row, lists)
    return subjects


def _append(facts: Facts, row: Row, lists: _Lists) -> None:
    """Put a row where it belongs: into a list of a subject, or of one of its records."""
    first, *inner = lists.way
    if inner:
        key = row.pop(f"{OF}.{first.name}")
        places = enumerate(facts[first.name], 1)
        held = next(r for i, r in places if r and key == str(r[first.key] if first.key else i))
        _append(held, row, lists._replace(way=tuple(inner)))
        return
    facts.setdefault(first.name, []).append(_item(row, lists))


def _facts(declared: ObjectType, row: Row) -> Facts:
    facts: Facts = {"criteria": {}} if declared.criteria else {}
    for name, cell in _said(row):
        head, _, rest = name.partition(".")
        fact = declared.facts.get(head)
        if fact is not None and isinstance(fact.ty, t.List):
            facts[head] = [] if cell == ABSENT else cell
        elif rest:
            facts.setdefault(head, {})[rest] = cell
        else:
            facts[name] = cell
    return facts


def _item(row: Row, lists: _Lists) -> Any:
    """Return an element; None of a row that states unknowns alone: there may be more."""
    said = dict(_said(row))
    if said and all(cell is None for cell in said.values()):
        return None
    return said["value"] if lists.record is None else _facts(lists.record, row)


def _said(row: Row) -> Iterator[tuple[str, Any]]:
    for name, cell in row.items():
        if cell is None:
            continue
        if name.endswith("?"):
            yield named(name[:-1]), None if cell == UNKNOWN else ABSENT
        else:
            yield named(name), _back(cell)


def _back(cell: Any) -> Any:
    if isinstance(cell, bool | str | date):
        return cell
    return Decimal(cell)

"""A case written as tables: what each subject states, in a folder or a workbook.

The tables are made of the facts of the case, so that what one entry takes over from another is
written out. Values are those of Python: a form writes them as its cells.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from khung.casefile.plain import plain
from khung.casefile.tables.layout import HEAD, Sheet, sheet_name, sheets
from khung.diagnostics.bag import Bag
from khung.engine.facts import Entity, Stated
from khung.ir import types as t
from khung.ir.program import Fact
from khung.report.encode import dumps
from khung.source.from_text import parse_yaml
from khung.source.nodes import to_plain
from khung.text import SourceFile, nfc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from khung.engine.facts import Case
    from khung.engine.values import Elements, Value

Row = dict[str, Any]
Tables = dict[str, list[Row]]
"""Rows by table; a cell that nobody stated is not there."""


def head_of(path: Path) -> dict[str, Any]:
    """Return the head of a case file, with what it expects."""
    node = parse_yaml(SourceFile(str(path), nfc(path.read_text("utf-8"))), Bag())
    found = to_plain(node)
    assert isinstance(found, dict)
    return {key: value for key, value in found.items() if key != "subjects"}


def tables_of(case: Case) -> Tables:
    """Return the tables of a case."""
    writer = _Writer(case)
    for sheet in writer.sheets.values():
        if not sheet.path:
            for entity in case.entities.get(sheet.subject.name, {}).values():
                writer.subject(entity, sheet)
    return writer.found


class _Writer:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.sheets = {sheet.key: sheet for sheet in sheets(case.program)}
        self.found: Tables = {}

    def subject(self, entity: Entity, sheet: Sheet) -> None:
        row: Row = {"id": entity.id}
        if entity.name:
            row["name"] = entity.name
        for key, value in (entity.given.said if entity.given else {}).items():
            is_day = key == "on"
            row[f"given.{key}"] = date.fromisoformat(value) if is_day else str(value)
        row |= self.stated(entity, sheet, (entity.id,))
        self.found.setdefault(sheet.key, []).append(row)

    def stated(self, entity: Entity, sheet: Sheet, holder: tuple[str, ...]) -> Row:
        row: Row = {}
        for column in sheet.columns:
            of = column.of
            if of is None or column.level:
                continue
            name = column.key if column.key.startswith("criteria.") else getattr(of, "name", "")
            stated = entity.facts.get(name)
            if stated is None:
                continue
            if stated is Stated.ABSENT or (stated.least is None and stated.why):
                row[column.key] = "-" if stated is Stated.ABSENT else "?"
            elif isinstance(column.ty, t.Ballots):
                levels = self.case.program.values[column.ty.scale].values
                counts = zip(levels, stated.least, strict=True)
                row |= {f"{name}.{level}": count for level, count in counts}
            elif isinstance(of, Fact) and isinstance(column.ty, t.List):
                row |= self.listed(stated.least, of, sheet, holder)
            else:
                row[column.key] = _cell(stated, column.ty, self.case)
        return row

    def listed(self, elements: Elements, fact: Fact, sheet: Sheet, holder: tuple[str, ...]) -> Row:
        """Write the elements of a list; what is to be said of it beside them is returned."""
        below = self.sheets[f"{sheet.key}.{fact.name}"]
        owners = {f"of.{f.name}": k for f, k in zip(sheet.path, holder[1:], strict=True)}
        for item in elements.items:
            row: Row = {"of": holder[0], **owners}
            self.found.setdefault(below.key, []).append(row)
            value = item.value
            if below.record is not None:
                row |= self.stated(value.least, below, (*holder, value.least.key))
            else:
                assert isinstance(fact.ty, t.List)
                row["value"] = "?" if value.why else _cell(value, fact.ty.element, self.case)
        if elements.unseen is None:
            return {f"{fact.name}?": "?"}
        return {} if elements.items else {f"{fact.name}?": "-"}


def _cell(value: Value, ty: t.Type, case: Case) -> Any:
    if isinstance(ty, t.Object):
        return value.least.id
    said = plain(value, ty, case.program.values)
    return date.fromisoformat(said) if isinstance(ty, t.Date) and isinstance(said, str) else said


# -- forms ----------------------------------------------------------------------------------------


def write_csv(folder: Path, head: Mapping[str, Any], tables: Tables) -> Path:
    """Write a folder of CSV files, and return it."""
    _write_head(folder, head)
    for key, rows in tables.items():
        out = io.StringIO()
        writer = csv.DictWriter(out, _columns(rows), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: _text(v) for k, v in row.items()} for row in rows)
        (folder / f"{key}.csv").write_text(out.getvalue(), "utf-8")
    return folder


def write_parquet(folder: Path, head: Mapping[str, Any], tables: Tables) -> Path:
    """Write a folder of Parquet files in typed form, and return it."""
    _write_head(folder, head)
    for key, rows in tables.items():
        columns: dict[str, list[Any]] = {}
        for name in _columns(rows):
            values = [row.get(name) for row in rows]
            is_text = all(isinstance(v, str | None) for v in values)
            if not is_text and any(isinstance(v, str) for v in values):
                marks = [v if isinstance(v, str) else None for v in values]
                columns[f"{name}?"] = marks
                values = [None if isinstance(v, str) else v for v in values]
            columns[name] = values
        pq.write_table(pa.table(columns), folder / f"{key}.parquet")
    return folder


def write_book(path: Path, head: Mapping[str, Any], tables: Tables) -> Path:
    """Write a workbook, labels above keys, and return its path."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page = book.add_worksheet(HEAD)
        for number, (key, value) in enumerate(_flat(head).items()):
            page.write_string(number, 0, "label")
            page.write_string(number, 1, key)
            page.write(number, 2, value)
        for key, rows in tables.items():
            page = book.add_worksheet(sheet_name(key))
            columns = _columns(rows)
            for number, name in enumerate(columns):
                page.write_string(0, number, f"Label of {name}")
                page.write_string(1, number, name)
                for at, row in enumerate(rows, 2):
                    value = row.get(name)
                    if isinstance(value, date):
                        page.write_datetime(at, number, value, day)
                    elif isinstance(value, bool):
                        page.write_boolean(at, number, value)
                    elif isinstance(value, int | Decimal):
                        page.write_number(at, number, float(value))
                    elif value is not None:
                        page.write_string(at, number, str(value))
    return path


def _flat(head: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in head.items():
        if key == "readings":
            found |= {f"readings.{name}": option for name, option in value.items()}
        elif isinstance(value, list):
            found[key] = ", ".join(value)
        elif key == "case":
            found[key] = value["vi"] if isinstance(value, dict) else value
        elif key != "expect":
            found[key] = "true" if value is True else str(value)
    return found


def _write_head(folder: Path, head: Mapping[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{HEAD}.yaml").write_text(dumps(head), "utf-8")


def _columns(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    return str(value)

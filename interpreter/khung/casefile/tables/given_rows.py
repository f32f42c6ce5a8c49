"""Decisions handed in beside a case of tables, as rows that stand in place of what its tables give.

In: tables of decisions and `Frames`. Out: the frames with `decided`, and what was taken.

Reports: those of `decisions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.casefile.given import given_of
from khung.casefile.model import STAGES
from khung.casefile.tables.decisions import agreed, read_decisions
from khung.casefile.tables.layout import GIVEN, ID
from khung.engine.facts import Given
from khung.records import replace
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.casefile.tables.decisions import Decided
    from khung.casefile.tables.frames import Frames
    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program

_TEXTS = ("level", "status", "after", "by", "document")
_ON = "on"


def with_decisions(
    files: Iterable[Path], frames: Frames, program: Program, bag: Bag
) -> tuple[Frames, tuple[Decided, ...]]:
    """Return frames with what was decided beside them, and what was taken of it."""
    rows = list(read_decisions(files, program, bag))
    asked: dict[str, set[str]] = {}
    for one in rows:
        asked.setdefault(one.subject, set()).add(one.id.name)
    held = {subject: _given_in(frames, subject, ids) for subject, ids in asked.items()}
    taken = agreed(rows, held, bag)
    return replace(frames, decided=_tables(taken, held, program, bag)), taken


def _given_in(frames: Frames, subject: str, ids: Iterable[str]) -> dict[str, Given | None]:
    """Return what a table gives subjects of some ids, of those that there are."""
    return {row[ID]: _given(row) for row in _rows(frames, subject, list(ids))}


def _rows(frames: Frames, subject: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the ids and the decisions of some rows, wherever their table is."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load
    import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415  # as above
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

    if subject in frames.parquet:
        path = frames.parquet[subject]
        names = [name for name in pq.read_schema(path).names if _is_read(name)]
        table = pq.read_table(path, columns=names, filters=pc.field(ID).isin(ids))
    elif subject in frames.tables:
        table = frames.tables[subject]
        table = table.select([name for name in table.column_names if _is_read(name)])
        table = table.filter(pc.is_in(table[ID].cast(pa.string()), pa.array(ids, pa.string())))
    else:
        return []
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _is_read(name: str) -> bool:
    return name == ID or name.startswith(f"{GIVEN}.")


def _given(row: Mapping[str, Any]) -> Given | None:
    """Return what a row gives; only its stage and what it is called are asked for here."""
    said = {name: row.get(f"{GIVEN}.{name}") for name in (*_TEXTS, _ON)}
    if not any(value is not None for value in said.values()):
        return None
    return Given(None, said["status"] or "", Stage(said["after"] or STAGES[-1]), said)


def _tables(
    taken: Iterable[Decided],
    held: Mapping[str, Mapping[str, Given | None]],
    program: Program,
    bag: Bag,
) -> dict[str, pa.Table]:
    """Return by subject type what stands: of each what was decided after its latest stage."""
    stands = {
        (subject, name): given for subject, own in held.items() for name, given in own.items()
    }
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for one in taken:
        key, declared = (one.subject, one.id.name), program.objects[one.subject]
        given, before = given_of(one.decision, declared, program, "", bag), stands[key]
        if given is not None and not (before and given.is_before(before.after)):
            stands[key] = given
            rows.setdefault(one.subject, {})[one.id.name] = _row(one)
    return {subject: _table(list(by_id.values())) for subject, by_id in rows.items()}


def _row(one: Decided) -> dict[str, Any]:
    said = {**one.decision.said, _ON: one.decision.on}
    return {ID: one.id.name, **{f"{GIVEN}.{name}": said.get(name) for name in (*_TEXTS, _ON)}}


def _table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    texts = [(name, pa.string()) for name in (ID, *(f"{GIVEN}.{name}" for name in _TEXTS))]
    return pa.Table.from_pylist(rows, pa.schema([*texts, (f"{GIVEN}.{_ON}", pa.date32())]))

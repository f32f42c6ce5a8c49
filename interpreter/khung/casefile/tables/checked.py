"""Frames of a case that were looked at as those of a case file are, without making its subjects.

For an engine that takes tables as they are: what it is given has no id twice, no link to nobody, no
value out of range, no ring.

Reports: those of `read`, `to_case` and `names`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.casefile.model import Group
from khung.casefile.names import check_links
from khung.casefile.tables.case import frames_of_case
from khung.casefile.tables.layout import ID
from khung.casefile.tables.to_case import check_rows
from khung.casefile.tables.written import Row, Writer
from khung.casefile.to_facts import check_head
from khung.engine.facts import Entity
from khung.engine.values import Value, known
from khung.records import replace
from khung.rulebook.model import Ref

if TYPE_CHECKING:
    from khung.casefile.tables.case import CaseOfTables
    from khung.casefile.tables.columns import Table
    from khung.casefile.tables.frames import Frames
    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program


def checked_frames(case: CaseOfTables, program: Program, bag: Bag) -> Frames | None:
    """Return the tables of a case; None if the bag holds an error.

    Large Parquet files are left on disk and not looked into.

    Args:
        case: The head of a case of tables, as `case.read_any` reads it.
        program: The rulebook, without overlays.
        bag: Where everything that is wrong is reported.
    """
    frames = case.frames or frames_of_case(case, program, bag, whole=False)
    check_head(case, program, bag)
    writer = Writer(frames, program, bag)
    check_rows(writer, writer.ids, bag)
    for sheet in writer.sheets:
        table = writer.tables.get(sheet.key)
        if table is not None and not sheet.path:
            _check_trees(case, writer, table, bag)
    return None if bag.has_errors else frames


def _check_trees(case: CaseOfTables, writer: Writer, table: Table, bag: Bag) -> None:
    """Report rings of links, and links that lead to a kind that is not later in order."""
    declared = writer.program.objects[table.sheet.subject.name]
    links = [one for one in declared.links.values() if one.tree and one.to == declared.name]
    if not any(link.name in table.columns for link in links):
        return
    ids = table.columns[ID]
    made = {name: Entity(declared, name, {}) for name in ids if name is not None}
    kinds = table.columns.get(declared.kind_field, [None] * table.rows)
    above = {link.name: table.columns.get(link.name, [None] * table.rows) for link in links}
    for at, name in enumerate(ids):
        if name is not None:
            targets = {key: made.get(cells[at]) for key, cells in above.items()}
            facts: dict[str, Any] = {k: Value(to, to) for k, to in targets.items() if to}
            if kinds[at] is not None:
                facts[declared.kind_field] = known(kinds[at])
            made[name].facts = facts
    rows = tuple(Row(writer, table, at, name) for at, name in enumerate(ids) if name is not None)
    alone = replace(case, subjects=(Group(Ref(declared.name, case.on_span), rows),))
    check_links(alone, {declared.name: made}, writer.program, bag)

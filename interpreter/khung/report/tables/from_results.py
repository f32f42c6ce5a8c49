"""What the reference evaluator found, as the tables that `ir.result_schema` describes."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.analysis import values
from khung.collector import collector_at_rest
from khung.engine import texts
from khung.engine.checks import CheckState
from khung.engine.facts import Entity, Stated
from khung.engine.progress import Phase, advancing
from khung.engine.tables import data_of
from khung.ir.entries import stages_of
from khung.ir.result_schema import (
    DECISION,
    EVERYTHING,
    GIVEN,
    MOST_TOLD,
    Column,
    Form,
    Selection,
    group_columns,
    other_columns,
    result_columns,
    schema_of,
    unit_links,
)
from khung.records import dataclass
from khung.report.encode import dumps
from khung.report.words.nodes import as_written, chosen
from khung.rulebook.model import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.engine.quotas import GroupResult
    from khung.engine.values import Value
    from khung.engine.voting import Decision, Finding
    from khung.ir import types as t
    from khung.ir.program import Program, Quota
    from khung.why.result import Result, Results

Row = dict[str, Any]

BETWEEN = ", "
"""What stands between the parts of the key of a group."""

_NOT_KNOWN, _EVERYONE = "?", "*"

_MOST_DIGITS = 38
_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class ResultTables:
    """The results of a case.

    Attributes:
        subjects: The results of each subject type that has a ladder, a row a subject.
        groups: The groups of all quotas.
        others: Of each type that has none: ids, names, and where unit links lead.
    """

    subjects: Mapping[str, pa.Table]
    groups: pa.Table
    others: Mapping[str, pa.Table] = field(default_factory=dict)

    def known(self, subject: str) -> pa.Table | None:
        """Return the table of a subject type, ranked or not; None if there is none."""
        return self.subjects.get(subject, self.others.get(subject))


def is_told_whole(results: Results) -> bool:
    """Whether a case has few enough subjects for all columns."""
    return sum(map(len, results.by_type.values())) <= MOST_TOLD


def result_tables(results: Results, selection: Selection = EVERYTHING) -> ResultTables:
    """Return the results of a case as tables, in the order of the case; only what is selected."""
    told = {name: of for name, of in results.by_type.items() if selection.tells_of(name)}
    all_results = [r for by_id in told.values() for r in by_id.values()]
    rows: dict[str, list[Row]] = {name: [] for name in told}
    teller = Teller(results, selection)
    with collector_at_rest():
        for result in advancing(all_results, len(all_results), Phase.TELLING):
            rows[result.entity.type.name].append(teller.row(result))
    program = results.program
    subjects = {
        name: as_table(own, result_columns(program, name, selection))
        for name, own in rows.items()
        if own
    }
    others = {
        name: as_table(
            [teller.other(entity) for entity in own.values()], other_columns(program, name)
        )
        for name, own in results.case.entities.items()
        if program.objects[name].ladder is None and own
    }
    return ResultTables(subjects, groups_of(results), others)


# -- a row a subject ------------------------------------------------------------------------------


class Teller:
    """Tells the results of one evaluation, a row each, as far as it is selected."""

    def __init__(self, results: Results, selection: Selection = EVERYTHING) -> None:
        self.results = results
        self.parts = selection.parts
        self.program = results.program
        self.is_whole = is_told_whole(results)
        self.contended = {
            (group.rule.head.id, entity): group
            for group in reversed(results.groups)
            for entity in group.open
            if group.decision and entity.id in group.decision.candidates
        }

    def row(self, result: Result) -> Row:
        """Return what was found of one subject, by the name of the column."""
        entity, declared = result.entity, result.entity.type
        row = {
            "id": entity.id,
            "name": entity.name or None,
            "kind": self._stated(entity, declared.kind_field),
            "overlay": self.results.case.under.get((declared.name, entity.id)),
            **{f"links.{name}": self._stated(entity, name) for name in unit_links(declared)},
            "status": result.status.value,
            "scope": result.scope,
            "level": values.level(result.level, declared, self.program),
        }
        for part in self.parts:
            row |= self._part(part, result)
        return row

    def _part(self, part: str, result: Result) -> Row:
        """Return one of the parts of what is told beside status and level."""
        match part:
            case "provisional":
                return {"provisional": list(result.provisional)}
            case "bounds":
                return self._bounds(result)
            case "reasons":
                return self._reasons(result)
            case "decision":
                return self._decision(result) | _given(result.entity)
            case "outputs":
                return self._outputs(result)
            case _:
                return _checks(result)

    def _bounds(self, result: Result) -> Row:
        declared = result.entity.type
        ends = {"at_best": result.at_best, "at_worst": result.at_worst}
        row = {name: values.level(rank, declared, self.program) for name, rank in ends.items()}
        return row | self._stages(result)

    def _reasons(self, result: Result) -> Row:
        return {
            "reasons": [reason.rule.id for reason in result.reasons],
            "clauses": list(dict.fromkeys(c for r in result.reasons for c in r.rule.sources)),
            "missing": list(result.missing),
            "assumed": list(result.assumed) if self.is_whole else None,
            "readings": list(result.readings) if self.is_whole else None,
        }

    def explained(self, result: Result, column: str) -> list[str] | None:
        """Return a cell of one of the columns that say what a result hangs on."""
        if column.startswith("outputs."):
            return self._outputs(result).get(column)
        return list(getattr(result, column))

    def beside(self, result: Result) -> Row:
        """Return what is told of one subject beside its level."""
        return self._outputs(result) | _checks(result)

    def other(self, entity: Entity) -> Row:
        """Return what is told of a subject that is not ranked."""
        links = {f"links.{name}": self._stated(entity, name) for name in unit_links(entity.type)}
        return {"id": entity.id, "name": entity.name or None, **links}

    def _stated(self, entity: Entity, name: str) -> str | None:
        """Return the kind of a subject, or the id to which a link leads; None if not known."""
        stated = entity.facts.get(name)
        if stated is None or isinstance(stated, Stated) or not stated.known:
            return None
        return stated.least.id if isinstance(stated.least, Entity) else str(stated.least)

    def _stages(self, result: Result) -> Row:
        declared, row = result.entity.type, {}
        for stage in stages_of(declared):
            value = result.stages.get(stage)
            if value is not None:
                least, most = (
                    values.level(end, declared, self.program) for end in (value.least, value.most)
                )
                row[f"stages.{stage}"] = least if value.known else None
                row[f"bounds.{stage}.least"], row[f"bounds.{stage}.most"] = least, most
        return row

    def _decision(self, result: Result) -> Row:
        decision = result.decision
        if decision is None:
            return {}
        group = self.contended.get((decision.rule.id, result.entity))
        named = decision.candidates if len(decision.candidates) <= values.MOST_CANDIDATES else ()
        return {
            DECISION: decision.kind.value,
            f"{DECISION}.rule": decision.rule.id,
            f"{DECISION}.places": decision.places,
            f"{DECISION}.options": self._options(decision, result),
            f"{DECISION}.candidates": list(named),
            f"{DECISION}.group": None if group is None else key_text(group, self.program),
        }

    def _options(self, decision: Decision, result: Result) -> list[str]:
        """Return what may be given, the best level first; `not_ranked` where that is an option."""
        declared = result.entity.type
        quota = next((q for q in declared.quotas if q.head.id == decision.rule.id), None)
        ranks = reversed(decision.options) if quota is None else self._levels(quota, result.entity)
        levels = [values.level(rank, declared, self.program) or "" for rank in ranks]
        return [*levels, *(["not_ranked"] if decision.may_leave else [])]

    def _levels(self, quota: Quota, member: Entity) -> list[int]:
        evaluator = self.results.run.evaluator
        env = evaluator.env(member)
        return [evaluator.evaluate(node, env).least for node in (quota.level, quota.others)]

    # -- outputs ----------------------------------------------------------------------------------

    def _outputs(self, result: Result) -> Row:
        row: Row = {}
        for output in result.outputs:
            row[f"outputs.{output.name}"] = self.cell(output.value, output.ty)
            row[f"outputs.{output.name}.awaits"] = list(output.awaits)
        tables = result.entity.type.tables
        found = data_of(self.results.run.evaluator, result.entity, self.cell)
        for name, answered in found.items():
            if tables[name].hit is Hit.COLLECT:
                row[f"outputs.{name}"] = None if answered is None else list(map(_one, answered))
            else:
                row |= {f"outputs.{name}.{key}": cell for key, cell in (answered or {}).items()}
        return row

    def cell(self, value: Value, ty: t.Type) -> Any:
        """Return a value as its column holds it; None unless it is known."""
        if value.known and isinstance(value.least, Entity) and not value.least.type.is_record:
            return value.least.id
        if value.known and isinstance(value.least, date):
            return value.least
        return _data(values.plain(value, ty, self.program))


def _data(plain: Any) -> Any:
    """Return data as a cell holds them: JSON in a text, of a list each element."""
    if isinstance(plain, list):
        return [_text(item) for item in plain]
    return _json(plain) if isinstance(plain, dict) else plain


def _one(answered: Mapping[str, Any]) -> str:
    """Return what a row of a table answers: of several outputs all, by their names."""
    return _text(next(iter(answered.values())) if len(answered) == 1 else dict(answered))


def _text(item: Any) -> str:
    if isinstance(item, str):
        return item
    return item.isoformat() if isinstance(item, date) else _json(item)


def _json(item: Any) -> str:
    if isinstance(item, dict):
        item = {k: v.isoformat() if isinstance(v, date) else v for k, v in item.items()}
    return " ".join(line.strip() for line in dumps(item).splitlines())


def _checks(result: Result) -> Row:
    return {
        "findings": [finding_id(finding) for finding in result.findings],
        "unchecked": [c.head.id for c, state in result.checks if state is CheckState.UNKNOWN],
        **{f"checks.{name}": state for name, state in values.checks(result).items()},
    }


def _given(entity: Entity) -> Row:
    said = {} if entity.given is None else dict(entity.given.said)
    if "on" in said:
        said["on"] = date.fromisoformat(said["on"])
    return {f"given.{name}": said.get(name) for name in GIVEN}


def finding_id(finding: Finding) -> str:
    """Return the id of the check that a finding is of; of khung's own, the code behind what it is.

    Such as `TYPE.checks.NAME`, and `TYPE.votes.NAME#not_voted`.
    """
    return finding.rule.id + (f"#{finding.code.value}" if finding.code else "")


# -- groups ---------------------------------------------------------------------------------------


def groups_of(results: Results) -> pa.Table:
    """Return the groups of quotas as a table."""
    rows = [_group(group, results) for group in results.groups]
    names = (key.removeprefix("key.") for row in rows for key in row if key.startswith("key."))
    return as_table(rows, group_columns(names))


def _group(group: GroupResult, results: Results) -> Row:
    quota, program = group.rule, results.program
    subject = quota.head.id.partition(".")[0]
    rank = results.run.evaluator.evaluate(quota.level, ()).least
    whose = {"kept": group.kept, "cut": group.cut, "open": group.open}
    return {
        "rule": quota.head.id,
        "subject": subject,
        "level": values.level(rank, program.objects[subject], program),
        "key": key_text(group, program),
        **{f"key.{name}": text for name, text in _keys(group, program)},
        **dict(zip(("base.least", "base.most"), group.base, strict=True)),
        **dict(zip(("places.least", "places.most"), group.places, strict=True)),
        "whole": group.is_whole,
        **{name: len(members) for name, members in whose.items()},
        **{f"{name}.ids": [entity.id for entity in held] for name, held in whose.items()},
        DECISION: group.decision.kind.value if group.decision else None,
    }


def key_text(group: GroupResult, program: Program) -> str:
    """Return what the members of a group have in common, in one text: ids and names."""
    parts = [_NOT_KNOWN if text is None else text for _, text in _keys(group, program)]
    return BETWEEN.join(parts) if parts else _EVERYONE


def _keys(group: GroupResult, program: Program) -> Iterator[tuple[str, str | None]]:
    for name, node, value in group.keys:
        is_entity = isinstance(value.least, Entity) and not value.why
        plain = value.least.id if is_entity else values.plain(value, node.ty, program)
        yield name or as_written(chosen(node)), None if plain is None else _text(plain)


# -- as Arrow has it ------------------------------------------------------------------------------


def as_table(rows: Sequence[Row], columns: Sequence[Column]) -> pa.Table:
    """Return rows as a table; a column of which a row says nothing is null there."""
    import pyarrow as pa  # noqa: PLC0415  # slow to load

    cells = {column.name: [row.get(column.name) for row in rows] for column in columns}
    numbers = {c.name: _number_type(cells[c.name]) for c in columns if c.form is Form.NUMBER}
    schema = schema_of(columns, numbers)
    for name, ty in numbers.items():
        if pa.types.is_string(ty):
            cells[name] = [None if cell is None else str(cell) for cell in cells[name]]
    arrays = [pa.array(cells[field.name], field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _number_type(cells: Sequence[Any]) -> pa.DataType:
    """Return what holds all numbers of a column with all their digits: text if no number does."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    known = [Decimal(cell) for cell in cells if cell is not None]
    before = max((d.adjusted() + 1 for d in known), default=0)
    after = max((-int(texts.plain(d).as_tuple().exponent) for d in known), default=0)
    if after <= 0:
        fits = all(-_INT64 <= d < _INT64 for d in known)
        return pa.int64() if fits else _decimal(before, 0)
    return _decimal(before, after)


def _decimal(before: int, after: int) -> pa.DataType:
    import pyarrow as pa  # noqa: PLC0415  # as above

    fits = max(before, 0) + after <= _MOST_DIGITS
    return pa.decimal128(_MOST_DIGITS, after) if fits else pa.string()

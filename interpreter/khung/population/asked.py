"""What is asked of each subject, as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.ir import types as t
from khung.ir.entries import stages_of
from khung.ir.program import member_name
from khung.ir.result_schema import EVERYTHING, Selection
from khung.ir.stages import names
from khung.population import findings, reasons, steps
from khung.rulebook.model import Hit
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.ir.program import ObjectType
    from khung.sql.plan import Key
    from khung.sql.table import Table

FINAL = names.of_stage(Stage.QUOTA)


class Asked(NamedTuple):
    """What is asked of each subject.

    Attributes:
        selection: What results are to tell.
        is_told: Whether they are told; else only the status is asked for, and final outputs.
    """

    selection: Selection = EVERYTHING
    is_told: bool = True

    def needed(self, table: Table) -> list[Key]:
        """Return the columns of a table that have to be there."""
        declared = table.declared
        assert declared is not None  # noqa: S101  # it is ranked
        if not self.selection.tells_of(table.base):
            return []
        found = ["r:status"]
        if self.is_told:
            found += [f"={names.OUT}", f"={FINAL}"]
            found += [
                name
                for part in sorted(self.selection.parts)
                for name in _columns_of(declared, part)
            ]
        return [(table.key, name) for name in dict.fromkeys(found)]

    def beside(self, declared: ObjectType | None) -> list[str]:
        """Return what is told beside a level, and may be left: outputs, tables and checks."""
        assert declared is not None  # noqa: S101  # it is ranked
        if not self.selection.tells_of(declared.name):
            return []
        found = _outputs_of(declared) if "outputs" in self.selection.parts else []
        if not self.is_told:
            return [name for name in found if is_final(declared, name)]
        if "checks" in self.selection.parts:
            found += [f"r:check:{check.head.name}" for check in declared.checks]
        return found

    @property
    def is_read_once(self) -> bool:
        """Whether what is asked is read once when it is told: no list is looked up before."""
        return self.selection.parts <= {"bounds"}

    @property
    def hangs_on_steps_to_come(self) -> bool:
        """Whether anything asked hangs on whether steps are still to come."""
        return not self.selection.parts.isdisjoint(("provisional", "outputs"))


ALL = Asked()


def _columns_of(declared: ObjectType, part: str) -> list[str]:
    """Return the columns that a part of results needs beside the status and the level."""
    unvoted = [f"r:unvoted:{place}" for place, _ in enumerate(declared.votes)]
    match part:
        case "bounds":
            spoken = ((Stage.VOTE, declared.votes), (Stage.DEFER, declared.defer))
            ran = [f"r:ran:{stage}" for stage, there in spoken if there]
            stages = [f"={names.of_stage(stage)}" for stage in stages_of(declared)]
            return [*stages, *ran, f"r:ran:{Stage.QUOTA}"]
        case "reasons":
            return reasons.bits_of(declared)
        case "decision":
            told = [f"{steps.STEP}{FINAL}:{what}" for what in ("decision", "low", "high", "out")]
            return [*told, *(f"{steps.AMONG}{name}" for name in steps.among_data(declared))]
        case "checks":
            return [f"{steps.STEP}{FINAL}:above", *unvoted, *findings.columns_of(declared)]
        case _:  # provisional, and outputs, which say what they await
            return unvoted


def _outputs_of(declared: ObjectType) -> list[str]:
    outputs = [d for d in declared.definitions.values() if d.output]
    found = [f"r:list:{d.name}" if isinstance(d.ty, t.List) else f"={d.name}" for d in outputs]
    for table in declared.tables.values():
        if table.hit is Hit.COLLECT:
            found.append(f"r:list:{table.name}")
        else:
            found += [f"={member_name(table.name, name)}" for name in table.outputs]
    return list(dict.fromkeys(found))


def is_final(declared: ObjectType, name: str) -> bool:
    """Whether an output is told only as far as no step to come would change it."""
    what, _, member = name.rpartition(":") if name.startswith("r:list:") else ("", "", name[1:])
    if name.startswith("r:") and what != "r:list":
        return False
    found = declared.definitions.get(member)
    return found is not None and found.final

"""Which tables and columns stand in front, and which are grouped away.

In: a program. Out: its `layout.sheets`, those first of which others need the ids, and of each the
columns by section. In front is what must be filled in each time; the rest has a default, applies
to few, or changes no level.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from khung.casefile.deciding import deciding
from khung.casefile.tables.layout import GIVEN, Sheet, sheets
from khung.casefile.usual import is_list, is_rare
from khung.ir import types as t
from khung.ir.program import Criterion, Fact, Link
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from khung.casefile.deciding import Member
    from khung.casefile.tables.layout import Column
    from khung.ir.program import ObjectType, Program


class Section(Enum):
    """What columns have in common; they stand in this order."""

    ABOUT = "about"  # who it is, of which kind, where it belongs
    FACTS = "facts"  # on which levels hang and that have no default
    RARE = "rare"  # on which levels hang, with a default, or which few have
    CRITERIA = "criteria"
    BESIDE = "beside"  # for checks and outputs alone
    BALLOTS = "ballots"
    GIVEN = "given"  # decisions that there are already

    @property
    def is_folded(self) -> bool:
        """Whether its columns are grouped away; each stands between two that are not."""
        return self in (Section.RARE, Section.BESIDE, Section.GIVEN)


class Need(Enum):
    """Why a table is there; tables stand in this order."""

    SUBJECTS = "subjects"
    DECIDES = "decides"  # a list on which levels hang
    BESIDE = "beside"  # a list for checks and outputs alone


@dataclass(frozen=True, slots=True)
class Planned:
    """A table with its columns in the order in which they stand."""

    sheet: Sheet
    need: Need
    columns: tuple[tuple[Column, Section], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.key for column, _ in self.columns)


def plan(program: Program, subjects: Collection[str] = ()) -> tuple[Planned, ...]:
    """Return the tables of a rulebook, or of some of its subjects, in their order."""
    decides, order = deciding(program), _linked_first(program)
    asked = [sheet for sheet in sheets(program) if not subjects or sheet.subject.name in subjects]
    asked.sort(key=lambda sheet: order.index(sheet.subject.name))
    found = [_planned(sheet, decides) for sheet in asked]
    return tuple(sorted(found, key=lambda planned: list(Need).index(planned.need)))


def _linked_first(program: Program) -> list[str]:
    """Return the names of the subjects, each after those to which it links as far as can be."""
    order: list[str] = []
    for declared in program.subjects:
        _visit(declared, program, order, set())
    return order


def _visit(declared: ObjectType, program: Program, order: list[str], on_the_way: set[str]) -> None:
    if declared.name in order or declared.name in on_the_way:
        return
    on_the_way.add(declared.name)
    for link in declared.links.values():
        _visit(program.objects[link.to], program, order, on_the_way)
    order.append(declared.name)


def _planned(sheet: Sheet, decides: frozenset[Member]) -> Planned:
    if not sheet.path:
        placed = [(column, _of_subject(column, sheet.subject, decides)) for column in sheet.columns]
        return Planned(sheet, Need.SUBJECTS, _sorted(placed))
    first = sheet.path[0]
    need = Need.DECIDES if (sheet.subject.name, first.name) in decides else Need.BESIDE
    return Planned(sheet, need, _sorted([(c, _of_element(c)) for c in sheet.columns]))


def _sorted(placed: Iterable[tuple[Column, Section]]) -> tuple[tuple[Column, Section], ...]:
    order = list(Section)
    return tuple(sorted(placed, key=lambda one: order.index(one[1])))


def _of_element(column: Column) -> Section:
    """Return where a column of a list stands: all in front but what only marks."""
    if column.is_mark:
        return Section.RARE
    return Section.FACTS if isinstance(column.of, Fact | Link) else Section.ABOUT


def _of_subject(column: Column, declared: ObjectType, decides: frozenset[Member]) -> Section:
    match column.of:
        case None:
            is_given = column.key.startswith(f"{GIVEN}.")
            return Section.GIVEN if is_given else Section.ABOUT
        case Criterion():
            return Section.CRITERIA
        case Link() as link:
            return _of_input(link, declared, decides, Section.ABOUT)
        case Fact() as fact if fact.name == declared.kind_field:
            return Section.ABOUT
        case Fact() as fact if isinstance(fact.ty, t.Ballots):
            if (declared.name, fact.name) not in decides:
                return Section.BESIDE
            return Section.GIVEN if column.is_mark else Section.BALLOTS
        case Fact() as fact:
            return _of_input(fact, declared, decides, Section.FACTS)


def _of_input(
    asked: Fact | Link, declared: ObjectType, decides: frozenset[Member], front: Section
) -> Section:
    """Return where an input stands; a list is stated on a table of its own."""
    if (declared.name, asked.name) not in decides:
        return Section.BESIDE
    return Section.RARE if is_list(asked) or is_rare(asked, declared) else front

"""Which columns a stratum may have: those of its table, by the names that a rulebook knows.

Reports: K0121, K0201.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.population.draws import Kind
from khung.analysis.population.scalars import Due
from khung.casefile.tables.layout import GIVEN, ID, NAME, OF, VALUE, sheets
from khung.diagnostics.suggest import unknown
from khung.ir import types as t
from khung.ir.program import Fact
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.tables.layout import Column, Sheet
    from khung.diagnostics.bag import Bag
    from khung.ir.program import Program
    from khung.rulebook import model as m


@dataclass(frozen=True, slots=True)
class Given:
    """A column that an author may draw.

    Attributes:
        columns: The columns of the table that it fills: those of the levels, if it is of ballots,
            from the lowest.
        due: What it takes; of ballots a level.
        is_ballots: Whether it is of ballots.
    """

    columns: tuple[Column, ...]
    due: Due
    is_ballots: bool = False


def tables_of(program: Program) -> Mapping[str, Sheet]:
    """Return the tables that a population may fill, by key."""
    return {sheet.key: sheet for sheet in sheets(program) if len(sheet.path) <= 1}


def sheet_of(stratum: m.Stratum, known: Mapping[str, Sheet], bag: Bag) -> Sheet | None:
    """Return the table of the rows of a stratum; None after a diagnostic."""
    at = f"strata.{stratum.ref.name}"
    if stratum.subject is None:
        bag.add("K0121", stratum.ref.span, at=at, key="subject")
        return None
    subjects = [key for key in known if "." not in key]
    if stratum.subject.name not in subjects:
        unknown(bag, "subject", stratum.subject.name, stratum.subject.span, subjects, at=at)
        return None
    if stratum.list is None:
        return known[stratum.subject.name]
    lists = [key.partition(".")[2] for key in known if key.startswith(f"{stratum.subject.name}.")]
    if stratum.list.name not in lists:
        unknown(bag, "fact", stratum.list.name, stratum.list.span, lists, at=f"{at}.list")
        return None
    return known[f"{stratum.subject.name}.{stratum.list.name}"]


def columns_of(sheet: Sheet, program: Program) -> Mapping[str, Given]:
    """Return the columns that may be drawn, by the name of what they state.

    What an element of plain values is, is called `value`; a decision `given.level` and so on.
    """
    found: dict[str, Given] = {}
    for column in sheet.columns:
        if column.key in (ID, NAME) and column.of is None:
            continue
        if column.key.startswith(OF) and column.of is None:
            continue
        if column.level:
            name = column.key.removesuffix(f".{column.level}")
            held = found[name].columns if name in found else ()
            found[name] = Given((column, *held), _levels(column, program), is_ballots=True)
        elif not column.is_mark:
            found[_name(column)] = Given((column,), _due(column))
    return found


def _name(column: Column) -> str:
    of = column.of
    if of is None or column.key == VALUE or column.key.startswith((f"{GIVEN}.", "criteria.")):
        return column.key
    return str(of.name) if hasattr(of, "name") else column.key


def _levels(column: Column, program: Program) -> Due:
    fact = column.of
    assert isinstance(fact, Fact)  # noqa: S101  # ballots are a fact
    assert isinstance(fact.ty, t.Ballots)  # noqa: S101  # as the layout says
    return Due(Kind.TEXT, program.values[fact.ty.scale].values, optional=fact.optional)


def _due(column: Column) -> Due:
    fact = column.of if isinstance(column.of, Fact) else None
    low, high = (fact.low, fact.high) if fact is not None else (None, None)
    match column.ty:
        case t.Boolean():
            return Due(Kind.BOOLEAN, optional=column.optional)
        case t.Number():
            return Due(Kind.NUMBER, (), low, high, column.optional)
        case t.Date():
            return Due(Kind.DATE, (), low, high, column.optional)
        case t.Object():
            return Due(Kind.LINK, optional=column.optional)
        case _:
            options = tuple(name for name, _ in column.options)
            return Due(Kind.TEXT, options, optional=column.optional)

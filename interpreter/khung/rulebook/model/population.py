"""A made-up population as its author describes it: strata, and how their columns are drawn."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from datetime import date

    from khung.rulebook.model.parts import Label, Ref
    from khung.source.nodes import Node
    from khung.text import Span


@dataclass(frozen=True, slots=True)
class Draw:
    """How a value is drawn, as written: what it means depends on the type of its column."""

    node: Node
    at: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Subjects, or elements of a list, that are made alike.

    Attributes:
        ref: Its name.
        like: The stratum of which it takes over what it does not say itself.
        subject: The subject type of the rows.
        list: The list of those subjects of which the rows are elements; None for subjects.
        inside: In which strata it lies, as written: a name, names, or names with weights.
        one_for: For how many of the population there is one.
        number: How many there are in each that it lies in.
        pattern: That of ids, in which `{n}` is the number of the row.
        name: The pattern of names.
        hidden, facts, criteria, given: Draws by column.
        known: Columns that are never made unknown.
    """

    ref: Ref
    like: Ref | None = None
    subject: Ref | None = None
    list: Ref | None = None
    inside: Draw | None = None
    one_for: Draw | None = None
    number: Draw | None = None
    pattern: str = ""
    name: Draw | None = None
    hidden: tuple[tuple[Ref, Draw], ...] = ()
    facts: tuple[tuple[Ref, Draw], ...] = ()
    criteria: tuple[tuple[Ref, Draw], ...] = ()
    given: tuple[tuple[Ref, Draw], ...] = ()
    known: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Population:
    """A made-up population.

    Attributes:
        population: What it is called in a command.
        label: The title of the case.
        size: The stratum whose number is asked for.
        on: The day of the case.
        strata: Each after those that it lies in.
        unknown: The share of each column that is unknown.
        words: Lists of words that names are put together of.
    """

    population: str
    label: Label
    size: Ref
    on: date
    strata: tuple[Stratum, ...]
    unknown: Draw | None = None
    words: tuple[tuple[Ref, tuple[str, ...]], ...] = ()

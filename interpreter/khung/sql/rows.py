"""The lists that passes go over: items that the rulebook names, or rows of tables, and their sums."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.records import dataclass
from khung.sql.text import FALSE

if TYPE_CHECKING:
    from collections.abc import Hashable

    from khung.ir import nodes as n
    from khung.ir.nodes import Node
    from khung.sql.ends import Ends
    from khung.sql.table import Table


DEPTH = 12
"""How many steps down a tree are followed; what is deeper is left to the reference evaluator."""


EACH = 90
"""The slot of an element of a list that a builtin goes over, as nobody has written it."""


NOWHERE: Any = None
"""The place of a node that nobody has written."""


STRANGER, NOBODY = "?stranger", "?nobody"
"""The names by which an object of which nothing is known, or that is not known, is read."""


ID = "?id"
"""The name by which the id of a subject is read."""


class Item(NamedTuple):
    """An element that is unrolled: its value, and whether it is surely, or may be, in the list.

    `node` is what it is: a pass asks of that what it asks of its variable.
    """

    value: Ends
    sure: str
    may: str
    node: Node


@dataclass(frozen=True, slots=True)
class Rows:
    """A list whose elements are rows.

    Attributes:
        table: Of whom it is the list.
        name: Its name there.
        elements: The tables in which they stand.
        link: The column of an element that leads to its owner.
        wheres: What else must hold of each, with the variable that it is asked of.
        unknown: The condition that nothing is known of the list.
        more: How many more there may be: None for none, else a text, null for any number.
        may_be: The condition that elements whose owner is not known may be in it.
        plain: Whether an element is a value, not an object.
        tree: Whether it is of the subject's own type, one kind below the other.
        path: What leads to the object of which it is the list, if that is another.
        led: What each element leads to, where the different ones of those are the elements.
        unsure: Whether a pair may be of one who may not be in the list.
    """

    table: Table
    name: str
    elements: tuple[Table, ...]
    link: str
    wheres: tuple[tuple[n.Variable, Node], ...] = ()
    unknown: str = FALSE
    more: str | None = None
    may_be: str = FALSE
    plain: bool = False
    tree: bool = False
    path: Node | None = None
    led: tuple[n.Variable, Node] | None = None
    unsure: bool = False

    @property
    def key(self) -> Hashable:
        """What tells it from other passes: those of one list share one."""
        return (self.table.key, self.name)


class Below(NamedTuple):
    """Pairs of an object and all below it along a tree link.

    Attributes:
        one_down: The list of those one step down, where it is not known of all where they belong.
        may: The columns that say in whose lists such a one may be, by table; none if in all.
    """

    owner: Table
    link: str
    one_down: Rows | None = None
    may: tuple[tuple[str, str], ...] = ()


class Pairs(NamedTuple):
    """Pairs of an object and an element of a list.

    Attributes:
        owner: The table of the object; `through` its column that leads to whose list it is.
        element: The table of the other side; `led` the column by which an element leads there.
        possible: The column that says whether elements whose owner is not known may be in it;
            None where they may be in every such list, or in none.
        under: The tables of those below, where the other side is again a pair with who is above;
            None of others.
    """

    rows: Rows
    owner: Table
    element: Table
    through: str | None
    led: str | None
    possible: str | None = None
    under: tuple[str, ...] | None = None


@dataclass(slots=True)
class Source:
    """What is summed up of a list, by name: of those surely in it, and of those who may be."""

    rows: Rows
    tables: tuple[Table, ...]
    number: int
    open_link: str = FALSE
    sums: dict[str, tuple[str, str]] = field(default_factory=dict)
    needs: dict[tuple[str, str], None] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    def sum(self, sure: str, may: str = "") -> str:
        """Return the name of a sum, the same for the same text."""
        key = (sure, may)
        if key not in self.names:
            self.names[key] = f"x{len(self.names)}"
            self.sums[self.names[key]] = key
        return self.names[key]

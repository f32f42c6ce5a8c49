"""What parts of the compiler ask of what writes the expressions over one object."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import field
from typing import TYPE_CHECKING, Self

from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from khung.ir import nodes as n
    from khung.ir.nodes import Node
    from khung.ir.program import Values
    from khung.ir.types import Type
    from khung.sql.build import Build
    from khung.sql.ends import Ends, State
    from khung.sql.profile import ColumnProfile
    from khung.sql.table import Dependency, Table


@dataclass(slots=True)
class Writer(ABC):
    """Writes expressions over one object of a table.

    Attributes:
        needs: What they read, in the order in which it is met.
        bound: The ends of variables that stand for plain values, by slot.
        undecided: Whether the decision that is given of the object counts for nothing.
    """

    build: Build
    table: Table
    needs: dict[Dependency, None] = field(default_factory=dict)
    bound: dict[int, Ends] = field(default_factory=dict)
    undecided: bool = False

    def at(
        self,
        table: Table,
        needs: dict[Dependency, None] | None = None,
        bound: dict[int, Ends] | None = None,
    ) -> Self:
        """Return a writer of the objects of a table, which notes what it reads apart or in `needs`."""
        alone = self.undecided and table == self.table
        return type(self)(self.build, table, {} if needs is None else needs, bound or {}, alone)

    @property
    def values(self) -> Mapping[str, Values]:
        """Scales and enumerations."""
        return self.build.program.values

    @abstractmethod
    def profile(self, name: str) -> ColumnProfile:
        """Return what stands in a column of what is stated."""

    @abstractmethod
    def raw(self, name: str) -> str:
        """Return a column of what is stated."""

    @abstractmethod
    def own(self, name: str) -> tuple[Ends, State]:
        """Return a member of the object itself."""

    @abstractmethod
    def via(self, link: str, tables: tuple[Table, ...], name: str) -> tuple[Ends, State, bool]:
        """Return a member of the object that an own one leads to, and whether it is a constant."""

    @abstractmethod
    def passed(self, source: Hashable, name: str, *, among: str) -> str:
        """Return what a pass over a list comes to, of those in it or of who may be."""

    @abstractmethod
    def quota(self, subject: str, place: int) -> tuple[str, str] | None:
        """Return the ends of what a quota leaves; None if it is for nobody of the table."""

    @abstractmethod
    def let(self, node: Node) -> Node:
        """Return a node that is a column by itself, so that it may be read more than once."""

    @abstractmethod
    def shared(self, node: Node) -> Ends:
        """Return the ends of a node that are read several times."""

    @abstractmethod
    def test(self, node: Node) -> Ends:
        """Return a condition; a `null` of no type is an open one."""

    @abstractmethod
    def of_type(self, ends: Ends, ty: Type) -> Ends:
        """Return ends, of what is of no type and wholly unknown those of a type."""

    @abstractmethod
    def ends(self, node: Node) -> Ends:
        """Return both ends of a node."""

    @abstractmethod
    def read(self, node: n.Member) -> tuple[Ends, State]:
        """Return what is read of an object, and whether it applies."""

    @abstractmethod
    def there(self, node: Node) -> State:
        """Return whether what is read applies."""

    @abstractmethod
    def link_column(self, node: Node) -> str:
        """Return the own column that leads to an object."""

    @abstractmethod
    def led_to(self, node: Node) -> tuple[Table, ...]:
        """Return the tables of the objects that a first step leads to."""

"""What is read of an object: columns of its own, and of others along a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.members import member_of
from khung.ir.rewrite import bottom_up
from khung.records import dataclass
from khung.sql import quota_members, votes
from khung.sql.decided import hangs_on_decision
from khung.sql.ends import (
    ALWAYS,
    Ends,
    State,
    UnsupportedError,
    same,
    truth,
    whole_of,
)
from khung.sql.lists.asked import alias_of
from khung.sql.lists.which import entry_tables
from khung.sql.lists.which import there as list_there
from khung.sql.paths import first_step, is_self, merged, self_of
from khung.sql.profile import EMPTY
from khung.sql.rows import NOBODY, STRANGER
from khung.sql.table import SELF, UNDECIDED, Own, Passed, Quoted, Raw, Via
from khung.sql.text import (
    FALSE,
    NULL,
    TRUE,
    both,
    chosen,
    either,
    quoted,
)
from khung.sql.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Hashable

    from khung.ir.nodes import Node
    from khung.sql.profile import ColumnProfile
    from khung.sql.table import Table


SHORT = 160
"""How long what is read several times may be before it is a column by itself."""


@dataclass(slots=True)
class Reading(Writer):
    """Writes what is read of objects."""

    def profile(self, name: str) -> ColumnProfile:
        """Return what stands in a column of what is stated."""
        return EMPTY if self.table.stranger else self.build.profile.column(self.table.base, name)

    def raw(self, name: str) -> str:
        """Return a column of what is stated."""
        self.needs[Raw(name)] = None
        return f"{SELF}.{quoted(name)}"

    def mark(self, name: str) -> str:
        """Return the mark that stands beside a value."""
        return self.raw(f"{name}?")

    def own(self, name: str) -> tuple[Ends, State]:
        """Return a member of the object itself."""
        if self.undecided and hangs_on_decision(self.build, self.table, name):
            name = f"{UNDECIDED}{name}"
        column = self.build.column(self.table, name)
        if self.table.stranger or column.is_alias:  # it stands nowhere, or elsewhere
            self.needs |= dict.fromkeys(column.needs)
            return column.ends, column.state
        if not column.is_constant:
            self.needs[Own(column.table.key, name)] = None
        return column.read(SELF)

    def via(self, link: str, tables: tuple[Table, ...], name: str) -> tuple[Ends, State, bool]:
        """Return a member of the object that an own one leads to, and whether it is a constant."""
        tables = tuple(x for table in tables for x in self.build.split(table, name))
        columns = [self.build.column(table, name) for table in tables]
        if not columns:  # nobody can be led to
            return same(NULL, loose=True), State(FALSE, FALSE), True
        first = columns[0]
        if first.table.stranger:
            self.needs |= dict.fromkeys(first.needs)
            return first.ends, first.state, True
        if first.is_constant and all(
            c.ends == first.ends and c.state == first.state for c in columns
        ):
            return first.ends, first.state, True
        need = Via(link, tuple(table.key for table in tables), name)
        self.needs[need] = None
        ends, state = merged(columns, need.alias)
        return ends, state, False

    def passed(self, source: Hashable, name: str, *, among: str) -> str:
        """Return what a pass over a list comes to, of those in it or of who may be."""
        self.needs[Passed(source, name)] = None
        return f"{alias_of(source, self.build, among)}.{quoted(name)}"

    def quota(self, subject: str, place: int) -> tuple[str, str] | None:
        """Return the ends of what a quota leaves, null where it does not touch the object.

        None if it is not for any object of the table, or its own decision counts for nothing.
        """
        if self.undecided:
            return None
        for part, own in enumerate(quota_members.tables_in(self.build, subject, place)):
            if self.table in own:
                need = Quoted(subject, place, part)
                self.needs[need] = None
                return f"{quoted(need.name)}.lo", f"{quoted(need.name)}.hi"
        return None

    def let(self, node: Node) -> Node:
        """Return a node that is a column by itself, so that it may be read more than once."""
        if isinstance(node, n.Literal | n.Variable) or (
            isinstance(node, n.Field | n.Defined) and is_self(node.object)
        ):
            return node
        if self.bound:
            return node
        name = self.build.made(self.table, node)
        subject = n.Variable("self", 0, t.ANYTHING, node.span)
        return n.Field(subject, name, node.ty, node.span)

    def read(self, node: n.Member) -> tuple[Ends, State]:
        """Return what is read of an object, and whether it applies."""
        name = member_of(node)
        if name in (STRANGER, NOBODY):
            return whole_of(node.ty, self.values), ALWAYS
        if is_self(node.object):
            return self.own(name)
        return self._along(node, name)

    def _along(self, node: n.Member, name: str) -> tuple[Ends, State]:
        """Return what is read of an object that a path leads to: its first step is a column."""
        first = first_step(node.object)
        if isinstance(first, n.Field) and first.name == STRANGER:
            other = self.at(self.build.stranger(first.ty.name), self.needs)  # type: ignore[union-attr]
            inner = bottom_up(node, lambda part: self_of(first) if part is first else part)
            return other.ends(inner), other.there(inner)
        if isinstance(first, n.Field) and first.name == NOBODY:
            return whole_of(node.ty, self.values), ALWAYS
        if first is not node.object:
            inner = bottom_up(node, lambda part: self_of(first) if part is first else part)
            return self._step(first, None, inner)
        return self._step(first, name, node)

    def _step(self, first: Node, name: str | None, node: Node) -> tuple[Ends, State]:
        if self.table.stranger:
            return whole_of(node.ty, self.values), self.there(first)
        link = self.link_column(first)
        targets = self.led_to(first)
        if not targets:  # nobody can be led to
            return whole_of(node.ty, self.values), State(FALSE, self.own(link)[1].may)
        if name is None:
            made = {self.build.made(target, node) for target in targets}
            name = made.pop()
            if made:
                raise UnsupportedError("a path through several types")
        (low, high, _), through = self.own(link)[0], self.own(link)[1]
        rid, unknown = low, self.own(link)[0].loose
        ends, state, constant = self.via(link, targets, name)
        assert low == high  # noqa: S101  # an object has no order
        if rid.startswith(NULL) or ends == same(NULL, loose=True):
            return whole_of(node.ty, self.values), State(FALSE, through.may)
        if not unknown:
            return ends, State(both((through.surely, state.surely)), both((through.may, state.may)))
        return self._where_known(rid, ends, state, through, node.ty, constant=constant)

    def _where_known(
        self, rid: str, ends: Ends, state: State, through: State, ty: t.Type, *, constant: bool
    ) -> tuple[Ends, State]:
        whole, there = whole_of(ty, self.values), f"{rid} IS NOT NULL"
        if isinstance(ty, t.Boolean) and not constant:
            low = FALSE if ends.low == FALSE else f"coalesce({ends.low}, FALSE)"
            high = TRUE if ends.high == TRUE else f"coalesce({ends.high}, TRUE)"
            if ends.low == TRUE:
                low = there
            if ends.high == FALSE:
                high = f"{rid} IS NULL"
            found = Ends(low, high)
        elif whole.single and not constant:
            found = same(ends.low, loose=True)
        else:
            low, high = (chosen(there, a, b) for a, b in zip(ends[:2], whole[:2], strict=True))
            found = Ends(low, high, ends.loose or whole.loose)
        if state.always:
            return found, through
        surely = both((through.surely, either((f"{rid} IS NULL", state.surely))))
        may = both((through.may, either((f"{rid} IS NULL", state.may))))
        return found, State(surely, may)

    def link_column(self, node: Node) -> str:
        """Return the own column that leads to an object."""
        if isinstance(node, n.Field | n.Defined) and is_self(node.object):
            return member_of(node)
        return self.build.made(self.table, node)

    def led_to(self, node: Node) -> tuple[Table, ...]:
        """Return the tables of the objects that a first step leads to."""
        if isinstance(node, n.Field) and node.name == "owner" and self.table.owner:
            return (self.build.tables[self.table.owner],)
        if isinstance(node, n.Field) and node.name == "owner":
            return (self.build.stranger(t.first_of(node.ty.name)),)  # type: ignore[union-attr]
        for side, keys in self.table.links:
            if isinstance(node, n.Field) and node.name == side:
                return tuple(self.build.tables[key] for key in keys)
        entries = entry_tables(self, node)
        if entries:
            return entries
        assert isinstance(node.ty, t.Object)  # noqa: S101  # something is read of it
        found = [x for name in t.names_of(node.ty.name) for x in self.build.tables_of(name)]
        if not found or len(t.names_of(node.ty.name)) > 1 or self.table.stranger:
            return (self.build.stranger(node.ty.name),)
        return tuple(found)

    def there(self, node: Node) -> State:
        """Return whether what is read applies."""
        if not isinstance(node, n.Field | n.Defined | n.LevelOf):
            return ALWAYS
        if isinstance(node, n.Field) and node.name in (STRANGER, NOBODY):
            return ALWAYS
        if isinstance(node, n.Field) and isinstance(node.ty, t.Ballots):
            return votes.cast(self, node)
        if isinstance(node.ty, t.List):
            return list_there(self, node)
        return self.read(node)[1]

    def _has(self, node: n.Has) -> Ends:
        name = f"has {node.name}"
        if is_self(node.object):
            return self.own(name)[0]
        ends, _ = self._along(node, name)
        through = self.there(node.object)
        return truth(both((through.surely, ends.low)), both((through.may, ends.high)))

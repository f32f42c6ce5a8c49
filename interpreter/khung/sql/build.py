"""Which columns a program needs, and what each is made of.

A table stands for the objects of a type: of a subject, of the records of one list, or of the pairs
that a pass over a list looks at from outside. A column is a member of them: a fact, a link, a
definition, a level. It is written when it is first read, and says what it reads itself, from which
`schedule` makes statements.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.rewrite import walk
from khung.records import dataclass, replace
from khung.sql.ends import UnsupportedError
from khung.sql.table import FAILED, SELF, UNDECIDED, Column, Own, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from khung.ir.dates import WorkingDays
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program
    from khung.sql.profile import Profile
    from khung.sql.rows import Below, Pairs, Source


@dataclass(slots=True)
class Build:
    """What is needed so far of a program over data of a profile.

    Attributes:
        tables: By key.
        kinds: The tables of the kinds of each subject.
        columns: By table and name.
        synthetic: Names of what only SQL needs as a column, by table and node.
        sources: What passes go over, by key.
        left: What is left to the reference evaluator: definitions, by subject, with the reason.
        writer: What writes a column when it is first read.
        bits: Of columns that are numbers of which each bit says whether a text is in a list, those
            texts, by table and column.
        found: By how it is worked out, and for which table, the first column that is.
        settle: What says of a truth of constants and calendars alone whether it holds.
        is_told: Whether it is asked for to be told, not only to be compared.
    """

    program: Program
    profile: Profile
    writer: Callable[[Build, Table, str], Column]
    settle: Callable[[str, Iterable[WorkingDays]], bool]
    slow: bool = False
    tables: dict[str, Table] = field(default_factory=dict)
    kinds: dict[str, tuple[Table, ...]] = field(default_factory=dict)
    columns: dict[tuple[str, str], Column] = field(default_factory=dict)
    synthetic: dict[tuple[str, Node], str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    sources: dict[Hashable, Source] = field(default_factory=dict)
    left: dict[tuple[str, str], str] = field(default_factory=dict)
    leads: dict[tuple[str, str], bool] = field(default_factory=dict)
    made_of: dict[str, Pairs | Below] = field(default_factory=dict)
    pair_numbers: dict[Hashable, int] = field(default_factory=dict)
    calendars: dict[str, WorkingDays] = field(default_factory=dict)
    bits: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    is_told: bool = False
    working: list[tuple[str, str]] = field(default_factory=list)
    found: dict[Hashable, str] = field(default_factory=dict)
    on_decision: dict[tuple[str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for declared in self.program.subjects:
            self.tables[declared.name] = Table(declared.name, declared)
            kinds = declared.kinds.values if declared.kinds and is_split(declared) else ()
            made = tuple(Table(f"{declared.name}#{kind}", declared, kind) for kind in kinds)
            self.kinds[declared.name] = made
            self.tables |= {table.key: table for table in made}
        for table in [one for one in self.tables.values() if "#" not in one.key]:
            self._add_lists(table)

    def _add_lists(self, table: Table) -> None:
        assert table.declared is not None  # noqa: S101  # of subjects and records
        for fact in table.declared.facts.values():
            if not isinstance(fact.ty, t.List):
                continue
            element, key = fact.ty.element, f"{table.key}.{fact.name}"
            is_record = (
                isinstance(element, t.Object) and self.program.objects[element.name].is_record
            )
            declared = self.program.objects[element.name] if is_record else None  # type: ignore[union-attr]
            self.tables[key] = Table(key, declared, "", table.key, fact)
            if declared is not None:
                self._add_lists(self.tables[key])

    def kinds_of(self, subject: str) -> tuple[Table, ...]:
        """Return the tables of the kinds of a subject, if it is worked out by kinds."""
        return self.kinds.get(subject, ())

    def takes_bits(self, table: Table) -> bool:
        """Whether lists of constant texts stand in a table as numbers."""
        return self.is_told and table.key in self.profile.streamed

    def calendar(self, days: WorkingDays) -> str:
        """Return the name of a table of a calendar: each day with how many working days are up to it."""
        self.calendars[days.name] = days
        return days.name

    def pairs(self, key: str, made_of: Pairs) -> Table:
        """Return the table of pairs of an object and an element of a list that it leads to."""
        if key not in self.tables:
            elements = (made_of.element.key,) if made_of.under is None else made_of.under
            links = (("@owner", (made_of.owner.key,)), ("@elem", elements))
            self.tables[key] = Table(key, None, links=links)
            self.made_of[key] = made_of
        return self.tables[key]

    def stranger(self, name: str) -> Table:
        """Return an object of a type of which nothing is known."""
        key = f"?{name}"
        if key not in self.tables:
            declared = self.program.objects[t.first_of(name)]
            self.tables[key] = Table(key, declared, stranger=True)
        return self.tables[key]

    def tables_of(self, name: str) -> tuple[Table, ...]:
        """Return all tables with objects of a type: of a subject one, of a record one a list."""
        return tuple(
            table
            for table in self.tables.values()
            if table.declared is not None
            and table.declared.name == name
            and not table.kind
            and not table.stranger
        )

    def split(self, table: Table, name: str) -> tuple[Table, ...]:
        """Return where a column of a table stands: by kinds, if it reads results."""
        kinds = self.kinds_of(table.key)
        return kinds if kinds and self.reads_results(table, name) else (table,)

    def home(self, table: Table, name: str) -> Table:
        """Return where a column of a table of one kind stands: with all kinds, if it can."""
        is_kind = table.declared is not None and name == table.declared.kind_field
        if not table.kind or is_kind or self.reads_results(table, name):
            return table
        return self.tables[table.base]

    def column(self, table: Table, name: str) -> Column:
        """Return a column, written when it is first asked for.

        Raises:
            UnsupportedError: SQL has no exact form for it, or it hangs on itself.
        """
        table = self.home(table, name)
        key = (table.key, name)
        if key in self.columns:
            return self.columns[key]
        if key in self.left:
            raise UnsupportedError(self.left[key])
        if key in self.working:
            ring = " > ".join(":".join(k) for k in self.working[self.working.index(key) :])
            raise UnsupportedError(f"ring {ring}")
        self.working.append(key)
        try:
            self.columns[key] = self._once(self.writer(self, table, name))
        except UnsupportedError as error:
            self.left[key] = str(error)
            raise
        finally:
            self.working.pop()
        return self.columns[key]

    def _once(self, column: Column) -> Column:
        """Return a column, or one that reads what another of the table has found in the same way."""
        if column.is_constant or column.is_alias:
            return column
        key = (column.table.key, column.ends, column.state, frozenset(column.needs))
        name = self.found.setdefault(key, column.name)
        if name == column.name:
            return column
        ends, state = self.columns[column.table.key, name].read(SELF)
        return replace(column, ends=ends, state=state, needs=(Own(column.table.key, name),))

    def made(self, table: Table, node: Node) -> str:
        """Return the name of a column that stands for a node of an object of a table."""
        key = (table.base if not table.stranger else table.key, node)
        found = self.synthetic.get(
            key
        )  # a node is looked up once: its digest goes through all of it
        if found is None:
            found = self.synthetic[key] = f"@{len(self.synthetic)}"
            self.nodes[found] = node
        return found

    def reads_results(self, table: Table, name: str) -> bool:
        """Whether a column reads the result of any subject."""
        name = name.removeprefix(UNDECIDED)
        key = (table.base, name)
        if key not in self.leads:
            self.leads[key] = False  # stands while a ring is looked through
            self.leads[key] = self._reads_results(table, name)
        return self.leads[key]

    def _reads_results(self, table: Table, name: str) -> bool:
        name = name.removeprefix(FAILED)
        if name.startswith(("level ", "state ", "=stages.", "quota", "step:", "r:")):
            return True
        what, _, rest = name.partition(" ")
        if what in ("unknown", "more", "may") and table.declared is not None:
            return self.is_tree(table.declared.name, rest)
        node = self.node_of(table, name)
        return node is not None and self.leads_to_results(table, node)

    def is_tree(self, subject: str, name: str) -> bool:
        """Whether a list of a subject leads down a tree of its own type: it is read kind by kind."""
        back = self.program.objects[subject].back_lists.get(name)
        if back is None or back.holder != subject:
            return False
        return self.program.objects[subject].links[back.link].tree

    def leads_to_results(self, table: Table, node: Node) -> bool:
        """Whether a node reads the result of any subject, itself or through definitions."""
        for part in walk(node):
            if isinstance(part, n.LevelOf | n.StateOf | n.Given | n.Kept | n.Winner):
                return True
            if isinstance(part, n.Field) and self._leads(table, part):
                return True
            if isinstance(part, n.Defined):
                owner = self.program.objects[t.first_of(part.owner)]
                other = self.tables.get(owner.name) or Table(owner.name, owner)
                if self.reads_results(other, f"={part.name}"):
                    return True
        return False

    def _leads(self, table: Table, field: n.Field) -> bool:
        """Whether what is read is a column that reads results, or a list down a tree."""
        if field.name in self.nodes:
            return self.leads_to_results(table, self.nodes[field.name])
        ty = field.object.ty
        return isinstance(ty, t.Object) and self.is_tree(t.first_of(ty.name), field.name)

    def node_of(self, table: Table, name: str) -> Node | None:
        """Return the node that a column stands for, if it is one."""
        if name.startswith("@") and name[1:].isdigit():
            return self.nodes.get(name)
        if name.startswith("=") and table.declared is not None and table.declared.has(name[1:]):
            return table.declared.definition(name[1:]).value
        return None


def is_split(declared: ObjectType) -> bool:
    """Whether results of a subject are worked out kind by kind, as a tree of its own leads on."""
    return bool(declared.stages) and any(link.tree for link in declared.links.values())

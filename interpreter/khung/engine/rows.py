"""Rows: the objects of a case as one evaluation works on them, each value found once.

A row holds what is found of its members under short names: `v7` the plain value of member 7, or
`l7` and `h7` its ends; `t7` where it does not surely apply; `q7` whether it is there at all. What
is not found yet is found by the class, which then steps aside: an attribute of the row comes first.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, cast

from khung.engine import members
from khung.engine.code_names import HIGH, LOW, THERE, VALUE
from khung.engine.finds import constant_of, find_of
from khung.engine.solver import Held
from khung.engine.values import OPEN, Value
from khung.engine.worth import OpenError
from khung.ir import types as t
from khung.records import dataclass, replace
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.engine.compiled import Compiled
    from khung.engine.facts import Case, Entity, Given, Stated
    from khung.engine.solver import Solver
    from khung.engine.worth import Ends
    from khung.ir.nodes import Node
    from khung.ir.program import Definition, ObjectType

_IS_THERE = "q"


class Row(Held):
    """An object of a case in one evaluation. Its class knows how each member is found."""

    run: Any = None  # a copy of a row is of no evaluation yet
    layout: Layout
    origin: Row | None = None
    given_there = False
    given_level: int | None = None
    given_not_ranked = False
    given_pending = False

    def __getattr__(self, name: str) -> Any:
        found = self.layout.attribute(name)
        if found is None:
            raise AttributeError(name)
        if name in type(self).__dict__:  # what finds it has failed: asked anew it would again
            raise RuntimeError(name)
        setattr(type(self), name, found)
        return found.__get__(self)

    def __eq__(self, other: object) -> bool:
        """Whether both are the same object of the case; see `undecided`."""
        if not isinstance(other, Row):
            return NotImplemented
        return (self.origin or self) is (other.origin or other)

    def __hash__(self) -> int:
        return id(self.origin or self)

    def decide(self, given: Given) -> None:
        """Take over a decision that the case states."""
        self.given_there = True
        self.given_level = given.level
        self.given_not_ranked = given.status == "not_ranked"
        self.given_pending = given.status == "pending"
        for stage in Stage:
            setattr(self, f"given_{stage}", given.stands_for(stage))


for _stage in Stage:
    setattr(Row, f"given_{_stage}", False)


@dataclass(slots=True)
class _Plain:
    """The plain value of a member."""

    name: str
    low: str
    find: Callable[[Row], None]

    def __get__(self, row: Row, owner: object = None) -> Any:
        known = row.__dict__
        if self.low not in known:
            self.find(row)
        try:
            return known[self.name]
        except KeyError:
            raise OpenError from None


@dataclass(slots=True)
class _End:
    """One end of a member; of a list its elements with theirs."""

    name: str
    plain: str
    find: Callable[[Row], None]

    def __get__(self, row: Row, owner: object = None) -> Any:
        known = row.__dict__
        if self.plain not in known:
            self.find(row)
        if self.name not in known:
            found = known[self.plain]
            known[self.name] = found
        return known[self.name]


@dataclass(slots=True)
class _State:
    """Whether a member applies: 0 not, 1 perhaps, 2 surely."""

    name: str
    plain: str
    low: str
    find: Callable[[Row], None]

    def __get__(self, row: Row, owner: object = None) -> int:
        known = row.__dict__
        if self.plain not in known and self.low not in known:
            self.find(row)
        state: int = known.setdefault(self.name, 2)
        return state


@dataclass(slots=True)
class _There:
    """Whether a fact or link is there."""

    name: str
    member: str

    def __get__(self, row: Row, owner: object = None) -> int:
        found = members.is_there(row.run, row, self.member)
        state = 2 if found.least else int(bool(found.most))
        row.__dict__[self.name] = state
        return state


@dataclass(slots=True)
class Layout:
    """How the rows of one type find their members.

    Attributes:
        row: Their class; it holds the defaults that are the same for all.
        bare: The class of those of which one of `defaulted` is stated, other than plainly.
        eager: Attributes of members that are plainly known once stated.
        leading: Members that lead to other objects.
        readers: What reads expressions, `testers` what tests conditions, and `definitions` what
            finds definitions, by the `id` of each: shared by programs that share functions.
    """

    compiled: Compiled
    declared: ObjectType
    readers: dict[int, tuple[Node, Callable[[Held], Ends]]]
    testers: dict[int, tuple[Node, Callable[[Held], bool | None]]]
    definitions: dict[int, tuple[Definition, Callable[[Held], None]]]
    row: type[Row] = field(init=False)
    bare: type[Row] = field(init=False)
    defaulted: frozenset[str] = field(init=False)
    eager: dict[str, str] = field(init=False)
    leading: frozenset[str] = field(init=False)
    finds: dict[str, Callable[[Held], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        number, declared = self.compiled.names.number, self.declared
        constants = {
            fact.name: constant
            for fact in declared.facts.values()
            if fact.applies is None
            and not fact.complete
            and (constant := constant_of(fact.default)) is not None
        }
        self.defaulted = frozenset(constants)
        self.bare = type(declared.name, (Row,), {"layout": self})
        plain_names = {f"v{number(name)}": constant for name, constant in constants.items()}
        self.row = type(declared.name, (Row,), {"layout": self, **plain_names})
        plain = [f.name for f in declared.facts.values() if f.applies is None and _is_plain(f.ty)]
        plain += [f"criteria.{c.id}" for c in declared.criteria.values() if c.applies is None]
        self.eager = {name: f"v{number(name)}" for name in [*plain, declared.kind_field]}
        self.eager |= {
            link.name: f"v{number(link.name)}"
            for link in declared.links.values()
            if link.applies is None
        }

        lists = (f.name for f in declared.facts.values() if not _is_plain(f.ty))
        self.leading = frozenset((*declared.links, *lists))

    @property
    def slots(self) -> dict[int, t.Type]:
        """The variables in scope of what is asked of such an object."""
        return {0: t.Object(self.declared.name)}

    def tester(self, node: Node) -> Callable[[Held], bool | None]:
        """Return what tells whether a condition over an object holds; None where that is open."""
        compiled, slots = self.compiled, self.slots
        functions: list[Any] = []

        def test(row: Held) -> bool | None:
            if not functions:
                functions.append(compiled.test(node, VALUE, slots))
            try:
                return bool(functions[0](row))
            except OpenError:
                if len(functions) == 1:
                    functions.extend(compiled.test(node, mode, slots) for mode in (LOW, HIGH))
                return True if functions[1](row) else None if functions[2](row) else False

        return test

    def tester_of(self, node: Node | None) -> Callable[[Held], bool | None]:
        """Return the tester of a condition, made once; one that is not written always holds."""
        if node is None:
            return _always
        if id(node) not in self.testers:
            self.testers[id(node)] = (node, self.tester(node))
        return self.testers[id(node)][1]

    def most_of(self, node: Node) -> Callable[[Held], Any]:
        """Return what gives the upper end of an expression, made once."""
        found: Callable[[Held], Any] = self.compiled.function(node, HIGH, self.slots)
        return found

    def reader(self, node: Node) -> Callable[[Held], Ends]:
        """Return what gives both ends of an expression over an object."""
        compiled, slots, is_ordered = self.compiled, self.slots, t.is_ordered(node.ty)
        functions: list[Any] = []

        def read(row: Held) -> Ends:
            if not functions:
                functions.append(compiled.function(node, VALUE, slots))
            try:
                found = functions[0](row)
            except OpenError:
                if len(functions) == 1:
                    functions.extend(compiled.function(node, mode, slots) for mode in (LOW, HIGH))
                low = functions[1](row)
                return low, functions[2](row) if is_ordered else low
            return found, found

        return read

    def reader_of(self, node: Node) -> Callable[[Held], Ends]:
        """Return the reader of an expression, made once."""
        if id(node) not in self.readers:
            self.readers[id(node)] = (node, self.reader(node))
        return self.readers[id(node)][1]

    def applier(self, node: Node) -> Callable[[Held], int]:
        """Return what tells whether something read of an object applies: 0, 1 or 2."""
        found: Callable[[Held], int] = self.compiled.function(node, THERE, self.slots)
        return found

    def attribute(self, name: str) -> Any:
        """Return what finds an attribute of a row; None for what is none."""
        mode, number = name[:1], name[1:]
        if mode not in "vlhtq" or not number.isdecimal():
            return None
        member = self.compiled.member(int(number))
        if mode == _IS_THERE:
            return _There(name, member.partition(" ")[2])
        find = self.finds.get(member)
        if find is None:
            find = self.finds[member] = self._find_of(member, number)
        match mode:
            case "v":
                return _Plain(name, f"l{number}", find)
            case "t":
                return _State(name, f"v{number}", f"l{number}", find)
            case _:
                return _End(name, f"v{number}", find)

    def _find_of(self, member: str, number: str) -> Callable[[Held], None]:
        if not member.startswith("="):
            return find_of(self, member, number)
        definition = self.declared.definition(member[1:])
        found = self.definitions.get(id(definition))
        if found is None:
            found = (definition, find_of(self, member, number))
            self.definitions[id(definition)] = found
        return found[1]


def _always(_: Held) -> bool:
    return True


def layout_of(compiled: Compiled, declared: ObjectType) -> Layout:
    """Return how objects of a type are laid out, the same each time."""
    known: list[Layout] = compiled.layouts.setdefault(declared.name, [])
    for layout in known:
        if layout.declared is declared:
            return layout
    first = known[0] if known else None
    shared = (first.readers, first.testers, first.definitions) if first else ({}, {}, {})
    known.append(Layout(compiled, declared, *shared))
    return known[-1]


def _is_plain(ty: t.Type) -> bool:
    return not isinstance(ty, t.List)


def rows_of(case: Case, by: Solver) -> Case:
    """Return a case whose objects are rows of one evaluation."""
    made = {
        name: {key: _row(entity, by) for key, entity in entities.items()}
        for name, entities in case.entities.items()
    }
    records = tuple(_row(record, by) for record in case.records)
    for row, record in zip(records, case.records, strict=True):
        row.owner = None if record.owner is None else by.rows[id(record.owner)]
    for row in (*(row for rows in made.values() for row in rows.values()), *records):
        _fill(row, by)
    return replace(case, entities=made, records=records)


def row_of(entity: Entity, by: Solver) -> Row:
    """Return a new row for one object."""
    row = _row(entity, by)
    if entity.owner is not None:
        row.owner = by.row(entity.owner)
    _fill(row, by)
    return row


def _row(entity: Entity, by: Solver) -> Row:
    layout = layout_of(cast("Compiled", by.code), entity.type)
    facts, opened = entity.facts, by.opened.get(id(entity))
    if opened is not None:
        facts = {**facts, **dict.fromkeys(opened, OPEN)}
    is_bare = not entity.assumes or any(
        name not in layout.eager or not _is_plainly(facts[name])
        for name in layout.defaulted.intersection(facts)
    )
    made, given, unknown = layout.bare if is_bare else layout.row, entity.given, entity.stranger
    row = made(entity.type, entity.id, facts, None, given, unknown, entity.name, entity.bare)
    row.run = by
    if entity.given is not None:
        row.decide(entity.given)
    by.rows[id(entity)] = row
    return row


def _is_plainly(stated: Value | Stated) -> bool:
    return isinstance(stated, Value) and not stated.why


def _fill(row: Row, by: Solver) -> None:
    """Make what a row states of others lead to their rows, and keep what is plainly known."""
    layout, found = row.layout, row.__dict__
    leading = layout.leading.intersection(row.facts)
    if leading:
        row.facts = {**row.facts}
        for name in leading:
            value = row.facts[name]
            if isinstance(value, Value):
                row.facts[name] = by.led(value)
    eager = layout.eager.get
    for name, value in row.facts.items():
        attribute = eager(name)
        if attribute is not None and isinstance(value, Value) and not value.why:
            found[attribute] = value.least


def undecided(row: Row) -> Row:
    """Return the same object without the decision that was given, to be asked of its own rules.

    Whoever leads to the row does not lead to this one: it takes over who they are.
    """
    if "alone" in row.__dict__:
        kept: Row = row.__dict__["alone"]
        return kept
    stranger, name = row.stranger, row.name
    alone = type(row)(row.type, row.id, row.facts, row.owner, None, stranger, name, row.bare)
    number = row.layout.compiled.names.number
    for name in (one.name for one in row.type.back_lists.values() if not one.below):
        getattr(row, f"l{number(name)}")
    members = {f"{mode}{number(name)}" for name in row.type.back_lists for mode in "vlht"}
    alone.__dict__.update({name: row.__dict__[name] for name in members & row.__dict__.keys()})
    alone.run, alone.origin = row.run, row
    _fill(alone, row.run)
    row.__dict__["alone"] = alone
    return alone

"""A `CaseFile` to the `Case` that the engine reads: names resolved, values typed.

All subjects are made first, so that links find them; then each entry is read once, whatever its
`repeat`, takes over what the entry it is `like` states, and is handed to the subjects it makes.

Reports: K0603-K0606, K0611 and those of `given`, `values`, `like`, `links`, `whole`, `under`
and `check_expect`.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.casefile.check_expect import check_expect
from khung.casefile.find import likes_first
from khung.casefile.given import given_of
from khung.casefile.names import NearIds, check_links, check_part, input_of
from khung.casefile.under import Under, foreign_to, overlays_of
from khung.casefile.values import Draft, Reader
from khung.casefile.whole import whole_of
from khung.diagnostics.bag import Bag
from khung.diagnostics.suggest import unknown
from khung.engine.compiled import compiled
from khung.engine.evaluate import Evaluator
from khung.engine.facts import Case, Entity, Given, Stated
from khung.engine.values import Element, Elements, Value, known
from khung.records import dataclass
from khung.source import limits
from khung.source.values import as_text, under

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.model import CaseFile, Decision, Group, Written
    from khung.casefile.values import Stating
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program
    from khung.source.nodes import Entry
    from khung.text import Span


NAME = "name"
"""The key under which a case says what people call a subject."""

_OF_THE_OVERLAY = frozenset({"K0614", "K0673"})
"""What follows where it cannot be told under which overlay a subject is."""

_OF_THOSE_NAMED = frozenset({"K0617", "K0618", "K0625"})
"""What is said of a subject that is not there: not of those that could not be read."""


_UNDER_NONE = Under({})


def build_case(
    case_file: CaseFile, program: Program, bag: Bag, *, is_part: bool = False
) -> Case | None:
    """Return the facts of a case under a program.

    Args:
        case_file: What was read.
        program: The rulebook, lowered under `readings.chosen_readings`.
        bag: Where everything that is wrong is reported.
        is_part: As of `Made`.

    Returns:
        The case, in which every link leads to a subject; None if the bag holds an error.
    """
    check_head(case_file, program, bag)
    groups = _known_groups(case_file, program, bag)
    said = Bag()
    under = _under(case_file, program, groups, bag) if program.parts else Under({})
    builder = _built(case_file, program, groups, under, said)
    made = Made(builder.entities, tuple(builder.records), is_part)
    return settle(case_file, program, made, said, bag, under)


class Made(NamedTuple):
    """The subjects of a case by type and id, and all records that they hold.

    `is_part` is whether some could not be read, so that nobody is missed among them.
    """

    entities: dict[str, dict[str, Entity]]
    records: tuple[Entity, ...]
    is_part: bool = False


def settle(
    case_file: CaseFile,
    program: Program,
    made: Made,
    said: Bag,
    bag: Bag,
    under: Under = _UNDER_NONE,
) -> Case | None:
    """Return the case that subjects make, checked as a whole; None if the bag holds an error.

    Args:
        case_file: What was read.
        program: The rulebook.
        made: The subjects, each with its facts.
        said: What was said while they were made.
        bag: Where all is reported.
        under: The overlays of subjects.
    """
    check_links(case_file, made.entities, program, said)
    check_part(case_file, made.entities, program, said)
    whole = whole_of(case_file.complete, program, made.entities, said)
    if case_file.expect is not None:
        check_expect(case_file, program, under.overlays, said)
    known = [group.type.name in made.entities for group in case_file.subjects]
    unread = made.is_part or not all(known) or (bag.has_errors and not any(known))
    bag.add_all(d for d in said.each if not (unread and d.code in _OF_THOSE_NAMED))
    if bag.has_errors or case_file.on is None:
        return None
    title, named = case_file.title, case_file.rulebook.name
    on, bare = case_file.on, case_file.bare
    return Case(program, on, made.entities, made.records, title, whole, bare, named, under.overlays)


def _built(
    case_file: CaseFile,
    program: Program,
    groups: tuple[tuple[str, Group], ...],
    under: Under,
    bag: Bag,
) -> Builder:
    """Return what makes the entities of a case, once they are made."""
    builder = Builder(program, bag, under, case_file.bare)
    for name, group in groups:
        builder.make(name, group)
    for name, group in groups:
        builder.fill(name, group)
    bag.add_all(d for d in builder.untold.each if d.code not in _OF_THE_OVERLAY)
    return builder


def _under(
    case_file: CaseFile, program: Program, groups: tuple[tuple[str, Group], ...], bag: Bag
) -> Under:
    """Return the overlays of subjects, by what the base alone makes of the case."""
    by_base = _built(case_file, program.parts[""].program, groups, Under({}), Bag())
    on = case_file.on or program.period[1]
    case = Case(program, on, by_base.entities, tuple(by_base.records), bare=case_file.bare)
    return overlays_of(case_file, case, bag)


def check_head(case_file: CaseFile, program: Program, bag: Bag) -> None:
    """Report a case of another rulebook (K0603), and a day outside its period (K0604)."""
    if case_file.rulebook.name not in (program.rulebook, program.amended):
        name = case_file.rulebook.name
        bag.add("K0603", case_file.rulebook.span, at="rulebook", name=name, run=program.rulebook)
    first, last = program.period
    if case_file.on is not None and not first <= case_file.on <= last:
        day, least, most = case_file.on.isoformat(), first.isoformat(), last.isoformat()
        bag.add("K0604", case_file.on_span, at="on", day=day, first=least, last=most)


def _known_groups(case_file: CaseFile, program: Program, bag: Bag) -> tuple[tuple[str, Group], ...]:
    types = {ty.name for ty in program.subjects}
    for group in case_file.subjects:
        if group.type.name not in types:
            unknown(bag, "subject", group.type.name, group.type.span, types, at="subjects")
    return tuple((g.type.name, g) for g in case_file.subjects if g.type.name in types)


@dataclass(frozen=True, slots=True)
class _Read:
    """What an entry states, with what it took over."""

    facts: dict[str, Stating]
    given: Given | None
    name: str


@dataclass(slots=True)
class Builder:
    """Makes the entities of a case, then fills them; `under` has the overlays of subjects.

    What is said of those of whom that cannot be told is in `untold`; `unsaid` is of no concern.
    """

    program: Program
    bag: Bag
    under: Under = Under({})
    bare: bool = False
    entities: dict[str, dict[str, Entity]] = field(default_factory=dict)
    records: list[Entity] = field(default_factory=list)
    readers: dict[tuple[str, int], Reader] = field(default_factory=dict)
    untold: Bag = field(default_factory=Bag)
    unsaid: Bag = field(default_factory=Bag)
    near_ids: NearIds = field(default_factory=NearIds)
    kinds: Kinds = field(init=False)
    full: bool = False

    def __post_init__(self) -> None:
        self.kinds = Kinds(self.program)

    def part(self, type_name: str, name: str) -> str:
        """Return the overlay of a subject; empty for the base."""
        return self.under.overlays.get((type_name, name), "")

    def part_of(self, entity: Entity) -> str:
        """Return the overlay of a subject, or of that which holds a record."""
        while entity.owner is not None:
            entity = entity.owner
        return self.part(entity.type.name, entity.id)

    def reader(self, part: str, bag: Bag) -> Reader:
        """Return what reads values of those who are under a part, with where it reports."""
        key = part, id(bag)
        if key not in self.readers:
            program = self.program.parts[part].program if self.program.parts else self.program
            foreign = foreign_to(part, self.program)
            self.readers[key] = Reader(program, self.entities, bag, foreign, self.near_ids)
        return self.readers[key]

    def type(self, part: str, name: str) -> ObjectType:
        """Return what a type is for those who are under a part of the program."""
        parts = self.program.parts
        return (parts[part].objects if parts else self.program.objects)[name]

    def make(self, type_name: str, group: Group) -> None:
        """Make the subjects of a group, without facts; report two with one id."""
        made = self.entities.setdefault(type_name, {})
        places: dict[str, Span] = {}
        for entry in group.entries:
            for name in entry.ids:
                if name in made:
                    related = (places[name],)
                    self.bag.add("K0605", entry.id.span, related=related, name=name)
                elif self._has_room(entry):
                    declared = self.type(self.part(type_name, name), type_name)
                    made[name] = Entity(declared, name, {}, bare=self.bare)
                    places[name] = entry.id.span

    def _has_room(self, entry: Written) -> bool:
        if sum(map(len, self.entities.values())) < limits.CASE_SUBJECTS:
            return True
        if not self.full:
            self.bag.add("K0606", entry.id.span, limit=limits.CASE_SUBJECTS)
            self.full = True
        return False

    def fill(self, type_name: str, group: Group) -> None:
        """Give the subjects of a group what their entries state, as it reads under their parts."""
        done: dict[tuple[str, str], _Read] = {}
        parts = dict.fromkeys(self.part(type_name, n) for e in group.entries for n in e.ids)
        for entry, base in likes_first(group, self.near_ids, self.bag):
            own = {self.part(type_name, name) for name in entry.ids}
            is_told = not any((type_name, name) in self.under.untold for name in entry.ids)
            bag = self.bag if is_told else self.untold
            for part in parts:
                like = done.get((base.id.name, part)) if base else None
                reader = self.reader(part, bag if part in own else self.unsaid)
                declared = self.type(part, type_name)
                done[entry.id.name, part] = self.read(entry, declared, reader, like)
        made = self.entities[type_name]
        for entry in group.entries:
            for name in entry.ids:
                if name in made:
                    read = done[entry.id.name, self.part(type_name, name)]
                    self._hand_over(read, made[name])

    def _hand_over(self, read: _Read, entity: Entity) -> None:
        entity.facts = self._owned(read.facts, entity)
        entity.given = read.given
        entity.name = read.name

    def read(
        self, entry: Written, declared: ObjectType, reader: Reader, base: _Read | None
    ) -> _Read:
        """Return what an entry states, with what it takes over from `base`."""
        at = f"subjects.{declared.name}.{entry.id.name}"
        name, entries = _named(entry, declared)
        own = reader.facts(entries, declared, at)
        own.update(reader.criteria(entry.criteria, declared, at))
        facts = {**base.facts, **own} if base else own
        facts = self._of_kind(entry, facts, declared, reader.bag)
        given = self.given(entry.given, declared, at, reader.bag) if entry.given else None
        return _Read(
            facts, given or (base.given if base else None), self._name(name, at, reader.bag)
        )

    def _name(self, entry: Entry | None, at: str, bag: Bag) -> str:
        """Return what people call a subject; nothing where nobody says."""
        return "" if entry is None else as_text(entry.value, bag, under(at, NAME)) or ""

    def _of_kind(
        self, entry: Written, facts: dict[str, Stating], declared: ObjectType, bag: Bag
    ) -> dict[str, Stating]:
        """Return the facts that the kind of an entry has; report the others that are its own."""
        kind = facts.get(declared.kind_field)
        if not isinstance(kind, Value) or not kind.known:
            return facts
        name_of_kind = str(kind.least)
        strange = [n for n in facts if not self.kinds.has(declared, name_of_kind, n)]
        if not strange:
            return facts
        own = {e.key: e for e in entry.facts} | {f"criteria.{e.key}": e for e in entry.criteria}
        for name in strange:
            if name in own and _is_value(facts[name]):
                given = own[name]
                path = f"subjects.{declared.name}.{entry.id.name}.{name}"
                bag.add("K0611", given.key_span, at=path, name=given.key, kind=name_of_kind)
        return {name: stated for name, stated in facts.items() if name not in strange}

    def given(self, decision: Decision, declared: ObjectType, at: str, bag: Bag) -> Given | None:
        """Return a decision; None after a diagnostic."""
        return given_of(decision, declared, self.program, at, bag)

    def _owned(self, facts: dict[str, Stating], owner: Entity) -> Mapping[str, Value | Stated]:
        """Return facts for one owner: records are its own, all else is shared."""
        if not any(isinstance(stated, Draft) for stated in facts.values()):
            return facts  # type: ignore[return-value]  # mypy cannot see that no Draft is left
        return {name: self._own(stated, name, owner) for name, stated in facts.items()}

    def _own(self, stated: Stating, name: str, owner: Entity) -> Value | Stated:
        if not isinstance(stated, Draft):
            return stated
        elements = []
        for draft in stated.records:
            declared = self.type(self.part_of(owner), draft.type.name)
            record = Entity(declared, f"{name}{draft.id}", {}, owner, bare=self.bare)
            record.facts = self._owned(draft.facts, record)
            self.records.append(record)
            elements.append(Element(known(record)))
        return known(Elements(tuple(elements), None if stated.is_cut else 0))


def _named(entry: Written, declared: ObjectType) -> tuple[Entry | None, tuple[Entry, ...]]:
    """Return what people call a subject, if no fact has that key, and all else that is stated."""
    if input_of(declared, NAME) is not None:
        return None, entry.facts
    name = next((e for e in entry.facts if e.key == NAME), None)
    return name, tuple(e for e in entry.facts if e is not name)


def _is_value(stated: Stating | None) -> bool:
    """Whether something is stated that needs a place: not `-`, and not that it is unknown."""
    return isinstance(stated, Draft) or (isinstance(stated, Value) and stated.known)


# -- kinds ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Kinds:
    """Which facts the objects of a kind have."""

    program: Program
    found: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def has(self, declared: ObjectType, kind: str, name: str) -> bool:
        """Whether an object of a kind can have a fact, link or criterion at all.

        One that no object can have, under the readings chosen, is left alone: another reading
        may ask for it.
        """
        key = (declared.name, kind, name)
        if key not in self.found:
            self.found[key] = self._may_apply(declared, kind, name) or not any(
                self._may_apply(declared, other, name) for other in _kinds_of(declared)
            )
        return self.found[key]

    def _may_apply(self, declared: ObjectType, kind: str, name: str) -> bool:
        condition = _applies(declared, name)
        if condition is None:
            return True
        facts = {declared.kind_field: known(kind)}
        functions = compiled(self.program)
        evaluator = Evaluator(self.program.values, self.program.objects, compiled=functions)
        row = evaluator.row(Entity(declared, "?", facts, stranger=True))
        return row.layout.tester_of(condition)(row) is not False


def _kinds_of(declared: ObjectType) -> tuple[str, ...]:
    return declared.kinds.values if declared.kinds else ()


def _applies(declared: ObjectType, name: str) -> Node | None:
    found = input_of(declared, name) or declared.criteria.get(name.removeprefix("criteria."))
    return found.applies if found else None

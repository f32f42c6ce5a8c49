"""Memo of lowering, with traces: what is lowered once serves every rulebook alike where it looked.

A rulebook is lowered again under other options of its readings, or with some entries as another
has them, and most of it comes to the same. What an entry comes to hangs on what was looked up on
the way: options, members of objects, parameters. These are its *trace*; where a rulebook holds all
that a trace does, what was made is taken again. Traces of what an entry reads are part of its own,
so that no look-up must be repeated to see that it would give the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import field, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from khung.diagnostics.bag import Bag
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.ir.dates import WorkingDays
    from khung.ir.program import Definition, Program
    from khung.ir.types import Type
    from khung.rulebook import model as m

T = TypeVar("T")

Found = tuple[object, ...]
"""What a look-up gives, by what was asked for; an object is known by its `id`."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What was looked up.

    Attributes:
        in_parts: Whether what is made consists of parts that are kept, too.
        types: The types of definitions of which no more was asked.
        dates: The calendars by which facts were counted.
    """

    in_parts: bool = False
    found: set[Found] = field(default_factory=set)
    absent: set[tuple[str, str]] = field(default_factory=set)
    types: dict[tuple[str, str], Type | None] = field(default_factory=dict)
    dates: dict[tuple[str, str], set[WorkingDays]] = field(default_factory=dict)

    def add(self, other: Trace) -> None:
        """Take over what another holds."""
        self.found.update(other.found)
        self.absent.update(other.absent)
        self.types.update(other.types)
        for fact, by in other.dates.items():
            self.dates.setdefault(fact, set()).update(by)


class _Kept(NamedTuple):
    """What was made, with its trace; `held` keeps alive what the key knows by its `id`."""

    trace: Trace
    made: Any
    held: object


KeptByKey = dict[Hashable, list[Any]]
"""What was kept, by its key; under each there may be several, of which one at most holds."""


@dataclass(slots=True)
class Memo:
    """What was lowered of a rulebook and of those like it.

    Attributes:
        base: The first program that was made of one of them.
        shapes: What was kept of rulebooks of each shape.
        rulebooks: All that were lowered, so that no other object takes an `id` of theirs.
        known: Members and parts of programs by where they stand.
    """

    base: Program | None = None
    shapes: list[tuple[Any, KeptByKey]] = field(default_factory=list)
    rulebooks: list[m.Rulebook] = field(default_factory=list)
    known: dict[Hashable, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def of_shape(self, shape: Any) -> KeptByKey:
        """Return what was kept of rulebooks of a shape: of all that is noted in no trace."""
        for known, kept in self.shapes:
            if known == shape:
                return kept
        self.shapes.append((shape, defaultdict(list)))
        return self.shapes[-1][1]

    def same(self, key: Hashable, made: T) -> T:
        """Return what was made before, if it is the same to the last place."""
        for one in self.known[key]:
            if is_same(one, made):
                found: T = one
                return found
        self.known[key].append(made)
        return made


@dataclass(slots=True)
class Tracer:
    """Keeps what is lowered of one rulebook, with its traces.

    Attributes:
        kept: What was lowered of rulebooks like it; None if nothing is to be kept.
        bag: Where diagnostics go: of what has any, nothing is kept.
        found: All that a look-up in this rulebook may give; `there` are the members by name.
        dates: The calendars by which expressions count each fact.
        open: The traces of what is being lowered, outermost first.
        done: What is lowered already, by its key.
        definition: Returns a definition of an object type.
    """

    kept: KeptByKey | None = None
    bag: Bag = field(default_factory=Bag)
    found: set[Found] = field(default_factory=set)
    there: set[tuple[str, str]] = field(default_factory=set)
    dates: dict[tuple[str, str], set[WorkingDays]] = field(default_factory=dict)
    open: list[Trace] = field(default_factory=list)
    done: dict[Hashable, _Kept] = field(default_factory=dict)
    definition: Callable[[str, str], Definition | None] = field(init=False)

    @property
    def in_parts(self) -> bool:
        """Whether what is being made consists of parts that are kept, too."""
        return bool(self.open) and self.open[-1].in_parts

    def note(self, *found: object) -> None:
        """Note what a look-up gave."""
        if self.open:
            self.open[-1].found.add(found)

    def note_member(self, owner: str, name: str, member: object) -> None:
        """Note what a look-up of a member gave."""
        if not self.open:
            return
        if member is None:
            self.open[-1].absent.add((owner, name))
        else:
            self.open[-1].found.add((owner, name, id(member)))

    def note_dates(self, fact: tuple[str, str], by: set[WorkingDays]) -> None:
        """Note by which calendars a fact is counted."""
        for dates in (self.dates, *(trace.dates for trace in self.open[-1:])):
            dates.setdefault(fact, set()).update(by)

    def once(
        self, key: Hashable, make: Callable[[], T], held: object = None, *, in_parts: bool = False
    ) -> T:
        """Return what is made under a key: here before, or where all that it looks up is as here.

        Args:
            key: What is to be made; of objects that it depends on, their `id`.
            make: Makes it.
            held: Those objects.
            in_parts: Whether what it is made of is to be kept, too.
        """
        if self.kept is None:
            return make()
        kept = self.done.get(key) or next(filter(self._holds, self.kept[key]), None)
        if kept is None:
            kept = self._made(key, make, held, Trace(in_parts))
        self.done[key] = kept
        if self.open:
            self.open[-1].add(kept.trace)
        for fact, by in kept.trace.dates.items():
            self.dates.setdefault(fact, set()).update(by)
        made: T = kept.made
        return made

    def _made(self, key: Hashable, make: Callable[[], Any], held: object, trace: Trace) -> _Kept:
        said = len(self.bag.diagnostics)
        self.open.append(trace)
        made = make()
        kept = _Kept(self.open.pop(), made, held)
        if self.kept is not None and len(self.bag.diagnostics) == said:
            self.kept[key].append(kept)
        return kept

    def _holds(self, kept: _Kept) -> bool:
        """Say whether all that was looked up is so here."""
        trace = kept.trace
        return (
            trace.found <= self.found
            and trace.absent.isdisjoint(self.there)
            and all(self.type_of(*name) == ty for name, ty in trace.types.items())
        )

    def type_of(self, owner: str, name: str) -> Type | None:
        """Return the type of a definition, which is noted instead of what it is made of."""
        self.open.append(Trace())
        found = self.definition(owner, name)
        self.open.pop()
        ty = None if found is None else found.ty
        if self.open:
            self.open[-1].types[owner, name] = ty
        return ty


def is_same(one: Any, other: Any) -> bool:
    """Say whether two parts of a program are equal, with their places and their readings."""
    if one is other:
        return True
    made = type(one)
    if made is not type(other):
        return False
    names = _names_of(cast("Hashable", made))
    if names:
        return all(is_same(getattr(one, name), getattr(other, name)) for name in names)
    if made is tuple and len(one) == len(other):
        return all(map(is_same, one, other))
    if made is dict:
        return list(one) == list(other) and all(map(is_same, one.values(), other.values()))
    return bool(one == other)


@cache
def _names_of(made: Hashable) -> tuple[str, ...]:
    return tuple(part.name for part in fields(cast("Any", made))) if is_dataclass(made) else ()

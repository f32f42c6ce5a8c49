"""What can be read at a place of a random rulebook: paths with their types and guards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

FEATURES = (
    *("products", "quotients", "rounding", "abs", "min and max", "months", "working days"),
    *("ratios", "entries", "days", "other builtins", "durations", "readings", "if"),
    *("sum", "average", "lowest", "highest", "quantifiers", "shares", "contained"),
    *("criteria", "criteria of others", "subtrees", "lists of others", "lists in lists"),
    *("lists of values", "lists of subjects", "records", "links of records", "optional links"),
    *("kinds", "applies_when", "counts of lists", "posts", "ballots", "selections", "tables"),
    *("points", "holes", "matrices", "not_ranked", "pending", "knockouts", "floors", "caps"),
    *("defer", "quotas", "several groups", "outputs", "checks", "results of a tree"),
)
"""What a rulebook may use or not; each draws some that it does not."""

BOOL, NUMBER, DATE, TEXT = "boolean", "number", "date", "string"
"""Types as a rulebook writes them; any other is the name of a scale, enumeration or object."""


class Atom(NamedTuple):
    """A path that gives a value; where `guard` does not hold it may not apply."""

    text: str
    ty: str
    guard: str = ""


class Items(NamedTuple):
    """A path that gives a list; `element` is a type, `levels` whether results may be read.

    `keyed` has its key and whether that is a text, of a list of records with one.
    """

    text: str
    element: str
    guard: str = ""
    levels: bool = False
    keyed: str = ""


@dataclass
class Made:
    """A definition that was made: `reads` names the types whose results it reads.

    `own` marks one that reads the level of its own object, which only what comes last may read.
    """

    name: str
    ty: str
    reads: frozenset[str] = frozenset()
    own: bool = False
    of: str = ""
    guard: str = ""


@dataclass
class Shape:
    """An object type in the making. A condition of `applies` has `$` before each name."""

    name: str
    is_record: bool = False
    facts: dict[str, dict[str, object]] = field(default_factory=dict)
    links: dict[str, dict[str, object]] = field(default_factory=dict)
    applies: dict[str, str] = field(default_factory=dict)
    backs: list[tuple[str, str, bool]] = field(default_factory=list)
    """Name of the list, type of its elements, whether it is of a tree."""
    kinds: dict[str, str] = field(default_factory=dict)
    """The attribute of each, in order of work."""
    criteria: dict[str, str] = field(default_factory=dict)
    """The guard of each."""
    graded: str = ""
    """The scale of the criteria; `number` for points."""
    sets: list[str] = field(default_factory=list)
    scale: str = ""
    """That of the ladder; empty without one."""
    made: list[Made] = field(default_factory=list)
    tables: list[Made] = field(default_factory=list)
    held_by: str = ""
    floors: bool = False


@dataclass
class World:
    """All that is declared: values of scales and enumerations, names of the rest."""

    scales: dict[str, tuple[str, ...]] = field(default_factory=dict)
    enumerations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shares: list[str] = field(default_factory=list)
    """Parameters from 0 to 1."""
    numbers: list[str] = field(default_factory=list)
    readings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calendars: list[str] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    """In the order of work."""

    off: frozenset[str] = frozenset()

    def has(self, feature: str) -> bool:
        """Whether the rulebook may use a feature."""
        return feature not in self.off

    def values(self, ty: str) -> tuple[str, ...]:
        """Return the values of a scale or enumeration; none of another type."""
        return self.scales.get(ty, self.enumerations.get(ty, ()))


@dataclass(frozen=True)
class Scope:
    """What may be read of an object.

    Attributes:
        levels: The types whose results may be read.
        stages: Those of its own stages that may be read, and `level` for its own last level.
        last: Whether anything may be asked, of what is known, too.
        facts: Whether only facts of its own may be read.
    """

    world: World
    shape: Shape
    levels: frozenset[str] = frozenset()
    stages: tuple[str, ...] = ()
    last: bool = False
    facts: bool = False
    extra: tuple[Atom, ...] = ()

    def atoms(self) -> list[Atom]:
        """Return every path from the object itself."""
        own = _atoms(self, self.shape, "", "", 1)
        return [*own, *self._owned(), *self._stages(), *self.extra]

    def items(self) -> list[Items]:
        """Return every list from the object itself."""
        found = list(_items(self, self.shape, "", ""))
        if self.facts or not self.world.has("lists of others"):
            return found
        for name, link in self.shape.links.items():
            to = self.world.shapes.get(str(link["to"]))
            if to is not None:
                guard = _guard(self.shape, name, "")
                found += [i._replace(levels=False) for i in _items(self, to, f"{name}.", guard)]
        return found

    def element(self, items: Items, variable: str) -> list[Atom]:
        """Return every path from an element of a list."""
        shape = self.world.shapes.get(items.element)
        if shape is None:
            return [Atom(variable, items.element)]
        inner = self
        if items.levels and not self.last:
            inner = Scope(self.world, shape, self.levels | {shape.name})
        found = list(_atoms(inner, shape, f"{variable}.", "", int(not shape.is_record or True)))
        return [Atom(variable, shape.name), *found]

    def _owned(self) -> Iterator[Atom]:
        holder = self.world.shapes.get(self.shape.held_by)
        if holder is not None:
            yield from _atoms(Scope(self.world, holder, facts=True), holder, "owner.", "", 0)

    def _stages(self) -> Iterator[Atom]:
        scale = self.shape.scale
        for stage in self.stages:
            if stage == "level":
                yield Atom(scale, scale, "ranked")
                yield Atom("ranked", BOOL)
                yield Atom("pending", BOOL)
                yield Atom("status", "status")
            else:
                yield Atom(f"stages.{stage}", scale, "" if self.extra else "ranked")


def conjunction(*guards: str) -> str:
    """Return what holds where all of them do."""
    return " and ".join(dict.fromkeys(guard for guard in guards if guard))


def _guard(shape: Shape, name: str, path: str) -> str:
    text = shape.applies.get(name, "")
    return text.replace("$", path)


def _atoms(scope: Scope, shape: Shape, path: str, guard: str, depth: int) -> Iterator[Atom]:
    for name, fact in shape.facts.items():
        ty = str(fact["type"])
        if not ty.startswith(("list of", "ballots of")):
            yield Atom(f"{path}{name}", ty, conjunction(guard, _guard(shape, name, path)))
    if shape.kinds:
        yield Atom(f"{path}kd", f"{shape.name}.kd", guard)
        yield Atom(f"{path}kd.gp", f"{shape.name}.gp", guard)
    for name, applies in shape.criteria.items() if not path else ():
        own = applies and f"has(criteria.{name})"
        yield Atom(f"criteria.{name}", shape.graded, own)
    yield from _read(scope, shape, path, guard)
    yield from _led(scope, shape, path, guard, depth)


def _read(scope: Scope, shape: Shape, path: str, guard: str) -> Iterator[Atom]:
    """Yield definitions, tables and results."""
    if scope.facts:
        return
    allowed = scope.levels | ({shape.name} if not path else frozenset())
    for made in (*shape.made, *shape.tables):
        if (scope.last or (made.reads <= allowed and not made.own)) and not made.of:
            yield Atom(
                f"{path}{made.name}",
                made.ty,
                conjunction(guard, made.guard and made.guard.replace("$", path)),
            )
    if path and shape.scale and (scope.last or shape.name in scope.levels):
        yield Atom(f"{path}ranked", BOOL, guard)
        yield Atom(f"{path}pending", BOOL, guard)
        there = conjunction(guard, f"{path}ranked")
        yield Atom(f"{path}{shape.scale}", shape.scale, there)
        for stage in ("standard", "cap", "vote", "defer", *(["floor"] if shape.floors else [])):
            yield Atom(f"{path}stages.{stage}", shape.scale, there)
        if scope.last:
            yield Atom(f"{path}status", "status", guard)


def _led(scope: Scope, shape: Shape, path: str, guard: str, depth: int) -> Iterator[Atom]:
    for name, link in shape.links.items():
        to = scope.world.shapes.get(str(link["to"]))
        if to is None or scope.facts:
            continue
        there = conjunction(guard, _guard(shape, name, path))
        yield Atom(f"{path}{name}", to.name, there)
        if depth:
            inner = scope
            if to.name == shape.name and not scope.last:
                inner = Scope(scope.world, scope.shape, scope.levels - {to.name})
            yield from _atoms(inner, to, f"{path}{name}.", there, depth - 1)


def _items(scope: Scope, shape: Shape, path: str, guard: str) -> Iterator[Items]:
    for name, fact in shape.facts.items():
        ty = str(fact["type"])
        if ty.startswith("list of "):
            element = ty.removeprefix("list of ")
            there = conjunction(guard, _guard(shape, name, path))
            yield Items(f"{path}{name}", element, there, keyed=str(fact.get("key", "")))
    for name in shape.sets if not path or scope.world.has("criteria of others") else ():
        yield Items(f"{path}{name}", shape.graded, guard)
    if scope.facts:
        return
    results = scope.world.has("results of a tree")
    for name, element, tree in shape.backs:
        yield Items(f"{path}{name}", element, guard, levels=tree and not path and results)
        if tree and scope.world.has("subtrees"):
            yield Items(f"{path}{name}.below", element, guard, levels=not path and results)
    allowed = scope.levels | ({shape.name} if not path else frozenset())
    for made in (*shape.made, *shape.tables):
        if made.of and (scope.last or (made.reads <= allowed and not made.own)):
            levels = made.of == shape.name and shape.name in made.reads and not path
            yield Items(f"{path}{made.name}", made.of, guard, levels=levels)

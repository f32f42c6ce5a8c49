"""Which changes are behind a case that comes out differently, proved by running it without them.

Changes that belong together are one *unit*: a group that the later rulebook declares, or a change
outside of all groups with those that cannot stand without it. A unit is a cause where the case
comes out otherwise under the later rulebook without it, or else under the earlier one with it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.compare_outcomes import run_under
from khung.analysis.mentions import Names
from khung.analysis.mixed import mixed
from khung.analysis.outcomes import Told
from khung.analysis.shelf import make_ready
from khung.analysis.written import every, items
from khung.casefile.readings import chosen_readings
from khung.diagnostics.bag import Bag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.analysis.compare_outcomes import Compared, Tried
    from khung.analysis.compare_rulebooks import Change
    from khung.analysis.outcomes import Difference, Facet
    from khung.analysis.shelf import Loaded, Ready
    from khung.analysis.written import Item
    from khung.rulebook.model import Rulebook


_FAR = 2
"""The distance of a unit that no rule behind a result reads."""


class Unit(NamedTuple):
    """Changes that are made or left out together; the id is that of a group, or a path."""

    id: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """Cases with the causes of what differs in them.

    `behind` holds, of every unit that is a cause, the paths of all that the outcomes rest on.
    """

    cases: tuple[Compared, ...]
    behind: dict[str, set[str]]


def explain(
    cases: Iterable[Compared], before: Loaded, after: Loaded, units: Iterable[Unit]
) -> Explained:
    """Find the causes of all that comes out differently.

    Args:
        cases: What came of cases under both rulebooks.
        before: The one, which chooses the options of readings that were followed.
        after: The other, likewise.
        units: The changes between them.
    """
    search = _Search(_Book.of(before), _Book.of(after), tuple(units))
    return Explained(tuple(map(search.explained, cases)), search.behind)


# -- units ----------------------------------------------------------------------------------------


def units_of(
    changes: Iterable[tuple[Change, str]], before: Rulebook, after: Rulebook
) -> tuple[Unit, ...]:
    """Return changes as units.

    Args:
        changes: Each with the id of the group that it is in, empty for none.
        before: The rulebook that holds what is gone.
        after: The one that holds what is new.
    """
    groups: dict[str, list[Change]] = defaultdict(list)
    alone: list[Change] = []
    for change, group in changes:
        (groups[group] if group else alone).append(change)
    declared = (Unit(name, tuple(found)) for name, found in groups.items())
    joined = _joined(alone, Names.of(every(items(before))), Names.of(every(items(after))))
    return (*declared, *(Unit(found[0].path, tuple(found)) for found in joined))


def _joined(changes: list[Change], was: Names, now: Names) -> Iterator[list[Change]]:
    """Yield changes together where one reads what another adds or takes out."""
    parts = {id(change): [change] for change in changes}
    for side, names in (("new", now), ("old", was)):
        alone = [c for c in changes if not (c.new if side == "old" else c.old)]
        for change in changes:
            item = change.new if side == "new" else change.old
            reads = {path for one in every((item,)) for path in names.read(one)} if item else set()
            for other in alone:
                if any(_is_at(path, other.path) for path in reads):
                    _join(parts, change, other)
    yield from {id(part): part for part in parts.values()}.values()


def _join(parts: dict[int, list[Change]], one: Change, other: Change) -> None:
    first, second = parts[id(one)], parts[id(other)]
    if first is not second:
        first += second
        parts.update((id(change), first) for change in second)


def _is_at(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")


# -- the search -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Book:
    """A rulebook with its entries."""

    loaded: Loaded
    entries: tuple[Item, ...]
    names: Names

    @property
    def rulebook(self) -> Rulebook:
        assert self.loaded.rulebook is not None  # noqa: S101  # a sound rulebook was read
        return self.loaded.rulebook

    @classmethod
    def of(cls, loaded: Loaded) -> _Book:
        entries = tuple(every(items(loaded.rulebook))) if loaded.rulebook else ()
        return cls(loaded, entries, Names.of(entries))

    def of_others(self, types: set[str]) -> set[str]:
        """Return the paths of what is of none of some types of subjects."""
        owners = ((item.path, item.rule.partition(".")[0]) for item in self.entries)
        return {path for path, owner in owners if owner and owner not in types}

    def made_of(self, rules: set[str]) -> set[str]:
        """Return the paths of the entries that rules are made of."""
        return {item.path for item in self.entries if item.rule in rules}


@dataclass(frozen=True, slots=True)
class _Open:
    """What is known of the causes of one difference: units by facet, and facets without any left.

    A facet is explained where a unit alone makes it as it is on the other side.
    """

    difference: Difference
    causes: dict[Facet, set[str]]
    explained: set[Facet]

    @classmethod
    def of(cls, difference: Difference) -> _Open:
        return cls(difference, {facet: set() for facet in difference.facets}, set())

    def learn(self, unit: Unit, tried: Told, base: Told, goal: Told) -> None:
        """Note a unit if the result without it, or with it, is another than that of `base`."""
        one = self.difference
        for facet, causes in self.causes.items():
            found = tried.facet(one.type, one.id, facet)
            if found != base.facet(one.type, one.id, facet):
                causes.add(unit.id)
            if found == goal.facet(one.type, one.id, facet):
                self.explained.add(facet)

    def unproved(self) -> _Open:
        """Return the facets without a cause, to learn more of them here as well."""
        return _Open(self.difference, {f: c for f, c in self.causes.items() if not c}, set())

    @property
    def left(self) -> bool:
        """Whether some facet is not explained yet."""
        return not self.causes.keys() <= self.explained

    @property
    def units(self) -> set[str]:
        """The ids of all causes."""
        return {name for causes in self.causes.values() for name in causes}


@dataclass(frozen=True, slots=True)
class _Search:
    was: _Book
    now: _Book
    units: tuple[Unit, ...]
    behind: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    made: dict[tuple[str, bool, tuple[tuple[str, str], ...]], Ready] = field(default_factory=dict)

    def explained(self, case: Compared) -> Compared:
        """Return a case with the causes of what differs in it."""
        if case.tried is None:
            return case
        found = [_Open.of(one) for one in case.differences]
        types = {group.type.name for group in case.tried.case_file.subjects}
        direct, behind = self.paths(case.differences, types)
        units = sorted(self.units, key=lambda unit: _distance(unit, direct, behind))
        far = {unit.id for unit in units if _distance(unit, direct, behind) == _FAR}
        self.search(case, case.tried, units, found, far, without=True)
        unproved = [one.unproved() for one in found]
        self.search(case, case.tried, units, unproved, far, without=False)
        for name in {name for one in found for name in one.units}:
            self.behind[name] |= behind
        told = (replace(one.difference, causes=self.ordered(one.units)) for one in found)
        return replace(case, differences=tuple(told), tried=None)

    def ordered(self, names: set[str]) -> tuple[str, ...]:
        return tuple(unit.id for unit in self.units if unit.id in names)

    def search(
        self,
        case: Compared,
        tried: Tried,
        units: list[Unit],
        found: list[_Open],
        far: set[str],
        *,
        without: bool,
    ) -> None:
        """Run a case without each unit until all is explained, or with each of them.

        Those that no rule behind the case reads are tried only while no cause is known.
        """
        base, goal = (tried.after, tried.before) if without else (tried.before, tried.after)
        for unit in units if any(one.causes for one in found) else ():
            is_explained = without and not any(one.left for one in found)
            if is_explained or (unit.id in far and any(one.units for one in found)):
                return
            told = self.told(case, tried, unit, without=without)
            if told is not None:
                for one in found:
                    one.learn(unit, told, base, goal)

    def paths(
        self, differences: Iterable[Difference], types: set[str]
    ) -> tuple[set[str], set[str]]:
        """Return where the rules behind differences stand, and all that these read.

        Of what is of another type of subject than the case has, nothing is read.
        """
        outcomes = (side for one in differences for side in (one.before, one.after) if side)
        rules = {rule for outcome in outcomes for rule in outcome.rules}
        direct, behind = set(), set()
        for book in (self.was, self.now):
            made = book.made_of(rules)
            direct |= made
            behind |= book.names.read_by(made) - book.of_others(types)
        return direct, behind

    def told(self, case: Compared, tried: Tried, unit: Unit, *, without: bool) -> Told | None:
        """Return what comes of a case without a unit, or with it; None if it does not run so."""
        ready = self.ready(tried, unit, without=without)
        months = tried.months.after if without else tried.months.before
        evaluated = run_under(case.path, tried.case_file, ready, months, Bag())
        if evaluated.results is None:
            return None
        moved = tried.months.before if without else tried.months.after
        return Told.of(evaluated, tried.after.lang, moved)

    def ready(self, tried: Tried, unit: Unit, *, without: bool) -> Ready:
        """Return the later rulebook without a unit, or the earlier one with it."""
        base, other = (self.now, self.was) if without else (self.was, self.now)
        asked = tuple((name.name, option.name) for name, option in tried.case_file.readings)
        key = (unit.id, without, asked)
        if key not in self.made:
            rulebook = mixed(base.rulebook, other.rulebook, unit.changes)
            readings = chosen_readings(tried.case_file, rulebook, Bag())
            self.made[key] = make_ready(replace(base.loaded, rulebook=rulebook), readings)
        return self.made[key]


def _distance(unit: Unit, direct: set[str], behind: set[str]) -> int:
    """Return how far from the rules behind a result a unit is: 0 if it changes one of them."""
    for distance, paths in enumerate((direct, behind)):
        if any(touches(change.path, paths) for change in unit.changes):
            return distance
    return _FAR


def touches(path: str, paths: set[str]) -> bool:
    """Say whether an entry, or one in it, is among some."""
    return path in paths or any(one.startswith(f"{path}.") for one in paths)

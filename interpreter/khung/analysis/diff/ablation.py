"""Ablation: which changes are behind a case that comes out differently, proved by running without.

Changes that belong together are one *unit*: a group that the later rulebook declares, or a change
outside of all groups with those that cannot stand without it. A unit is a cause where the case
comes out otherwise under the later rulebook without it, or else under the earlier one with it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.diff.cases import run_under
from khung.analysis.diff.changes import Kind
from khung.analysis.diff.entries import every, items
from khung.analysis.diff.results import PARTS, Told
from khung.analysis.diff.touched import reads_results
from khung.analysis.diff.units import Resolver, Unit, with_above
from khung.analysis.diff.uses import Names
from khung.analysis.diff.variants import mixed
from khung.casefile.checks import choices_of, chosen_readings
from khung.collector import collector_at_rest
from khung.diagnostics.bag import Bag
from khung.driver import make_ready
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from khung.analysis.diff.cases import Compared, Tried
    from khung.analysis.diff.changes import Change
    from khung.analysis.diff.cores import Cores
    from khung.analysis.diff.entries import Item
    from khung.analysis.diff.results import Difference, Facet
    from khung.driver import Loaded, Ready
    from khung.ir.memo import Memo
    from khung.ir.program import Program
    from khung.rulebook.model import Rulebook


_MOST_PROOFS = 4
"""In how many cases a single change of a unit is tried."""

_FAR = 2
"""The distance of a unit that no rule behind a result reads."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Cases with the causes of what differs in them; `proved` are the changes that a case shows.

    Of a unit that is a cause, a change is proved where a case comes out otherwise also without it
    alone, or with it alone, but for what cannot stand without it, or without which it cannot.
    """

    cases: tuple[Compared, ...]
    proved: tuple[Change, ...]


def explain(
    cases: Iterable[Compared], before: Book, after: Book, units: Iterable[Unit], *, proves: bool
) -> Explained:
    """Find the causes of all that comes out differently.

    Args:
        cases: What came of cases under both rulebooks.
        before: The one, which chooses the options of readings that were followed.
        after: The other, likewise.
        units: The changes between them.
        proves: Whether to find the single changes that a case shows, of the units that are causes.
    """
    search = _Search(before, after, tuple(units))
    found = tuple(search.explained(case) for case in cases)
    return Explained(found, tuple(search.proved()) if proves else ())


# -- the search -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """A rulebook with its entries; `memo` holds what was lowered of it."""

    loaded: Loaded
    entries: tuple[Item, ...]
    resolver: Resolver
    memo: Memo

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook, which is sound."""
        assert self.loaded.rulebook is not None  # noqa: S101  # a sound rulebook was read
        return self.loaded.rulebook

    @classmethod
    def of(cls, loaded: Loaded, program: Program, cores: Cores, memo: Memo) -> Book:
        """Return a sound rulebook and the program that was made of it."""
        entries = tuple(every(items(loaded.rulebook))) if loaded.rulebook else ()
        return cls(loaded, entries, Resolver(Names.of(entries), program, cores), memo)

    def of_others(self, types: set[str]) -> set[str]:
        """Return the paths of what is of none of some types of subjects."""
        owners = ((item.path, item.rule.partition(".")[0]) for item in self.entries)
        return {path for path, owner in owners if owner and owner not in types}

    def read_by_part(self, owner: str, part: str, name: str) -> set[str]:
        """Return the paths of an output or a check of a type, and of all that it may read."""
        homes = PARTS[part]
        paths = [f"{owner}.{home}.{name}" for home in homes]
        return set(with_above(self.resolver.names.read_by(paths)))

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

    def settle(self, only: Callable[[Facet], str]) -> None:
        """Note the cause of what stands beside the level, where it can come of one unit alone."""
        for facet, causes in self.causes.items():
            name = only(facet) if facet[0] else ""
            if name:
                causes.add(name)
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


class _Proof(NamedTuple):
    """A case that comes out otherwise without a unit, or with it, and all that it rests on."""

    case: Compared
    tried: Tried
    behind: set[str]
    without: bool


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for causes, and remembers what it found.

    Attributes:
        proofs: By unit, the cases that come out otherwise without it, or with it.
        made: Rulebooks without a unit, or with it, under some readings.
    """

    was: Book
    now: Book
    units: tuple[Unit, ...]
    proofs: dict[str, list[_Proof]] = field(default_factory=lambda: defaultdict(list))
    made: dict[tuple[str, bool, tuple[tuple[str, str], ...]], Ready] = field(default_factory=dict)
    alone: dict[tuple[str, str, str], str] = field(default_factory=dict)
    known: dict[int, Compared] = field(default_factory=dict)

    def explained(self, case: Compared) -> Compared:
        """Return a case with the causes of what differs in it; of one that states the same, once.

        So it is with a case that two years have alike, but for the dates.
        """
        if case.tried is None:
            return case
        key = id(case.tried)
        if key not in self.known:
            with collector_at_rest():
                self.known[key] = self.looked_into(case, case.tried)
        found = self.known[key].differences
        return replace(case, differences=found, tried=None)

    def looked_into(self, case: Compared, tried: Tried) -> Compared:
        """Return a case with the causes of what differs in it."""
        found = [_Open.of(one) for one in case.differences]
        for one in found if not case.readings else ():
            one.settle(partial(self.only, one.difference.type))
        types = {group.type.name for group in tried.case_file.subjects}
        direct, behind = self.paths(case.differences, types)
        units = sorted(self.units, key=lambda unit: _distance(unit, direct, behind))
        far = {unit.id for unit in units if _distance(unit, direct, behind) == _FAR}
        for without in (True, False):
            asked = found if without else [one.unproved() for one in found]
            self.search(case, tried, units, asked, far, without=without)
            for name in {name for one in asked for name in one.units}:
                self.proofs[name].append(_Proof(case, tried, behind, without=without))
        return replace(case, differences=tuple(map(self.caused, found)))

    def only(self, owner: str, facet: Facet) -> str:
        """Return the only unit that an output or a check can come to differ by; else nothing.

        What reads a level may differ by all that levels hang on, and of that nothing is said here.
        """
        part, name = facet
        key = (owner, part, name)
        if key not in self.alone:
            reached = set[str]()
            for book in (self.was, self.now):
                reached |= book.read_by_part(owner, part, name)
            units = [u.id for u in self.units if any(c.path in reached for c in u.changes)]
            leads = any(reads_results(b.resolver.program, *key) for b in (self.was, self.now))
            self.alone[key] = units[0] if len(units) == 1 and not leads else ""
        return self.alone[key]

    def caused(self, one: _Open) -> Difference:
        """Return a difference with its causes, and those of each facet of it."""
        by_facet = {facet: self.ordered(names) for facet, names in one.causes.items()}
        return replace(one.difference, causes=self.ordered(one.units), by_facet=by_facet)

    def proved(self) -> Iterator[Change]:
        """Yield the changes that a case shows to change outcomes."""
        for unit in self.units:
            for change in unit.changes:
                near = [p for p in self.proofs[unit.id] if change.path in p.behind]
                tried = near[:_MOST_PROOFS] or self.proofs[unit.id][:1]
                if any(self.shows(proof, unit, change) for proof in tried):
                    yield change

    def shows(self, proof: _Proof, unit: Unit, change: Change) -> bool:
        """Say whether a case that a unit is a cause of is otherwise by one change of it, too."""
        without, tried = proof.without, proof.tried
        part = Unit(f"{unit.id}/{change.path}", self.standing(change, unit, without=without))
        if len(part.changes) == len(unit.changes):
            return True
        told = self.told(proof.case, tried, part, without=without)
        base = tried.after if without else tried.before
        return told is not None and any(
            told.facet(one.type, one.id, facet) != base.facet(one.type, one.id, facet)
            for one in proof.case.differences
            for facet in one.facets
        )

    def standing(self, change: Change, unit: Unit, *, without: bool) -> tuple[Change, ...]:
        """Return a change with those of its unit that go with it, left out or made alone."""
        found, known = [change], {id(change)}
        for one in found:
            for other in unit.changes:
                is_new = id(other) not in known
                if is_new and (self.needs(other, one) if without else self.needs(one, other)):
                    found.append(other)
                    known.add(id(other))
        return tuple(found)

    def needs(self, reader: Change, other: Change) -> bool:
        """Say whether a change cannot be made without another.

        So it is where the entry reads a new one, or is gone and the other read it.
        """
        if other.kind is Kind.ADDED:
            return self.now.resolver.reads(reader.new, other.path)
        return reader.kind is Kind.REMOVED and self.was.resolver.reads(other.old, reader.path)

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
        """Return where the rules behind differences stand, and all that these read, and in what.

        Of what is of another type of subject than the case has, nothing is read.
        """
        outcomes = (side for one in differences for side in (one.before, one.after) if side)
        rules = {rule for outcome in outcomes for rule in outcome.rules}
        direct, behind = set(), set()
        for book in (self.was, self.now):
            made = book.made_of(rules)
            direct |= made
            behind |= book.resolver.names.read_by(made) - book.of_others(types)
        return set(with_above(direct)), set(with_above(behind))

    def told(self, case: Compared, tried: Tried, unit: Unit, *, without: bool) -> Told | None:
        """Return what comes of a case without a unit, or with it; None if it does not run so."""
        ready = self.ready(tried, unit, without=without)
        months = tried.months.after if without else tried.months.before
        evaluated = run_under(case.path, tried.case_file, ready, months)
        if evaluated.results is None:
            return None
        moved = tried.months.before if without else tried.months.after
        return Told.of(evaluated, moved)

    def ready(self, tried: Tried, unit: Unit, *, without: bool) -> Ready:
        """Return the later rulebook without a unit, or the earlier one with it."""
        base, other = (self.now, self.was) if without else (self.was, self.now)
        asked = tuple((name.name, option.name) for name, option in tried.case_file.readings)
        key = (unit.id, without, asked)
        if key not in self.made:
            rulebook = mixed(base.rulebook, other.rulebook, unit.changes)
            readings = chosen_readings(tried.case_file, choices_of(rulebook), Bag())
            loaded = replace(base.loaded, rulebook=rulebook)
            self.made[key] = make_ready(loaded, readings, base.memo)
        return self.made[key]


def _distance(unit: Unit, direct: set[str], behind: set[str]) -> int:
    """Return how far from the rules behind a result a unit is: 0 if it changes one of them."""
    for distance, paths in enumerate((direct, behind)):
        if any(change.path in paths for change in unit.changes):
            return distance
    return _FAR

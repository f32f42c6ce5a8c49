"""A comparison on one page: what was decided anew, each with whom it touches and one example.

In: a comparison. Out: the groups that the later rulebook declares, else the changes that stand
together by subject and clause, then those of the values of the year; each with the cases behind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.diff.changes import Class
from khung.analysis.diff.comparison import YEARLY
from khung.engine.stages import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.diff.cases import Compared
    from khung.analysis.diff.comparison import Comparison, Judged
    from khung.analysis.diff.results import Difference
    from khung.analysis.diff.units import Unit
    from khung.ir.program import Program

_OPEN = (Status.UNDETERMINED, Status.NEEDS_DECISION)


class Example(NamedTuple):
    """A subject that comes out differently by some changes alone, and the case that it is in."""

    case: Compared
    one: Difference


class Whom(NamedTuple):
    """How many of one type come out differently: in their level, or only in what stands beside."""

    type: str
    level: int
    beside: int


class Topic(NamedTuple):
    """Changes that are told as one.

    Attributes:
        group: The id of a declared group, `YEARLY`, or empty.
        changes: All of them, those first that act.
        units: The ids under which cases name them as causes.
        acts: Whether any of them may change an outcome.
    """

    group: str
    changes: tuple[Judged, ...]
    units: frozenset[str]
    acts: bool

    def whom(self, found: Comparison) -> tuple[Whom, ...]:
        """Return who comes out differently by these changes, by type."""
        level, beside = Counter[str](), Counter[str]()
        for one in (one for case in found.differing for one in case.differences):
            if one.causes_of(level=True) & self.units:
                level[one.type] += 1
            elif self.units.intersection(one.causes):
                beside[one.type] += 1
        types = dict.fromkeys((*level, *beside))
        return tuple(Whom(name, level[name], beside[name]) for name in types)

    def example(self, found: Comparison) -> Example | None:
        """Return the plainest example: of a level if there is one, in a small case."""
        shown = [
            Example(case, one)
            for case in found.differing
            for one in case.differences
            if self._shows(one)
        ]
        return min(shown, key=_plainness, default=None)

    def _shows(self, one: Difference) -> bool:
        """Say whether what differs first of all in a subject comes of these changes alone."""
        causes = one.causes_of(level=one.of_level)
        return bool(causes) and causes <= self.units


def _plainness(example: Example) -> tuple[int, int, int, str, str]:
    case, one = example
    return (
        _kind(one),
        len(case.readings),
        sum(case.moves.values()),
        str(case.path),
        one.id,
    )


def _kind(one: Difference) -> int:
    """Rank what differs: a level, a status, what is left open, what stands beside the level."""
    if not one.of_level or one.before is None or one.after is None:
        return 3
    sides = (one.before.result.status, one.after.result.status)
    if any(side in _OPEN for side in sides):
        return 2
    return 0 if set(sides) == {Status.RANKED} and ("", "level") in one.facets else 1


# -- what is told as one --------------------------------------------------------------------------


def topics(found: Comparison) -> tuple[Topic, ...]:
    """Return what is told: declared groups, other changes, then what the year sets anew."""
    by_group: dict[str, list[Judged]] = defaultdict(list)
    for judged in found.changes:
        by_group[judged.group].append(judged)
    declared = (_topic(n, by_group[n], {n}) for n in found.groups if by_group[n])
    alone, yearly = _alone(found)
    return (*declared, *alone, *yearly)


def _alone(found: Comparison) -> tuple[list[Topic], list[Topic]]:
    """Return what no group declares: by subject and clause, and what the year sets anew."""
    judged = {id(one.change): one for one in found.changes}
    alike: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    yearly: list[Unit] = []
    for unit in found.units:
        if unit.id in found.groups:
            continue
        if all(judged[id(change)].group == YEARLY for change in unit.changes):
            yearly.append(unit)
        else:
            alike[_place(unit)].append(unit)
    told = [_of_units("", units, judged) for units in alike.values()]
    return told, [_of_units(YEARLY, yearly, judged)] if yearly else []


def _of_units(group: str, units: list[Unit], judged: Mapping[int, Judged]) -> Topic:
    changes = [judged[id(change)] for unit in units for change in unit.changes]
    return _topic(group, changes, {unit.id for unit in units})


def _topic(group: str, changes: list[Judged], units: set[str]) -> Topic:
    acting = {id(one): one.klass in (Class.UNKNOWN, Class.CHANGES_OUTCOMES) for one in changes}
    ordered = sorted(changes, key=lambda one: not acting[id(one)])
    return Topic(group, tuple(ordered), frozenset(units), any(acting.values()))


def _place(unit: Unit) -> tuple[str, str]:
    """Return the subject and the clause of the rule of a unit; what has no clause stands alone."""
    leading = next((c for c in unit.changes if c.item.rule and c.item.sources), unit.changes[0])
    cited = leading.item.sources[0].partition("#")[0] if leading.item.sources else ""
    return leading.path.partition(".")[0], cited or unit.id


# -- who moves ------------------------------------------------------------------------------------


class Matrix(NamedTuple):
    """How many of one type stand where before and where after, by pairs of `standings`."""

    type: str
    standings: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    @property
    def moved(self) -> int:
        """How many do not stand where they stood."""
        return sum(n for (was, now), n in self.counts.items() if was != now)

    @property
    def moving(self) -> tuple[str, ...]:
        """The standings from which, or to which, somebody moves."""
        seen = {one for pair in self.counts if pair[0] != pair[1] for one in pair}
        return tuple(one for one in self.standings if one in seen)

    @property
    def all(self) -> int:
        """How many are counted."""
        return sum(self.counts.values())


def matrices(found: Comparison) -> tuple[Matrix, ...]:
    """Return who moves from which level or status to which, by type of subject."""
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for case in found.cases:
        for (name, was, now), n in case.moves.items():
            counts[name][was, now] += n
    return tuple(_matrix(name, found, one) for name, one in counts.items())


def _matrix(name: str, found: Comparison, counts: Counter[tuple[str, str]]) -> Matrix:
    sides = (_standings(name, ready.program) for ready in (found.after, found.before))
    seen = {one for pair in counts for one in pair}
    order = dict.fromkeys(one for side in sides for one in side if one in seen)
    return Matrix(name, tuple(order), dict(counts))


def _standings(name: str, program: Program | None) -> Iterator[str]:
    """Yield the levels of a type, the best first, then what else a subject can be."""
    declared = program.objects.get(name) if program else None
    if program is not None and declared is not None and declared.ladder is not None:
        yield from reversed(program.values[declared.ladder.scale.name].values)
    yield from (status.value for status in Status if status is not Status.RANKED)

"""What rulebooks make of a case, as data to be compared, and who comes out differently."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from khung.analysis import values
from khung.analysis.diff.shift import moved_results, moved_value
from khung.analysis.diff.touched import outputs_of
from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.diff.touched import Asked, Touched
    from khung.driver import Evaluated
    from khung.engine.values import Value
    from khung.ir.program import Program
    from khung.ir.types import Type
    from khung.rulebook.model import Label
    from khung.why.result import Result

_COMPARED = ("status", "level", "at_best", "at_worst", "decision", "provisional")
"""What of a result is compared as a whole; of the parts below, entry by entry."""

PARTS = {"outputs": ("definitions", "tables"), "checks": ("checks",)}
"""Parts that hold entries, each with where the rulebook may declare them."""


_ABSENT = ...

_Parts = dict[str, tuple[str, ...]]
"""The names of what differs, by the part that holds it."""

Facet = tuple[str, str]
"""What may differ of a result: a part and a name in it; the part is empty for the whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one side makes of a subject; two are never the same one.

    Attributes:
        found: What that side makes of the whole case.
        rules: The ids of the rules and of the outputs and checks behind it.
    """

    found: Evaluated
    result: Result
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A subject that comes out differently.

    Attributes:
        before: What the one side makes of it; None if it has no result there.
        after: What the other makes of it.
        facets: What differs.
        causes: The ids of the changes without which it would not come out so, as far as known.
        by_facet: The same of each facet alone.
    """

    type: str
    id: str
    label: Label | None
    before: Outcome | None
    after: Outcome | None
    facets: tuple[Facet, ...]
    causes: tuple[str, ...] = ()
    by_facet: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)

    @property
    def of_level(self) -> bool:
        """Whether the level or the status differs, and not only what stands beside."""
        return any(not part for part, _ in self.facets)

    def causes_of(self, *, level: bool) -> set[str]:
        """Return the causes of the level, or of what stands beside it."""
        asked = (facet for facet in self.by_facet if (not facet[0]) == level)
        return {name for facet in asked for name in self.by_facet[facet]}


@dataclass(frozen=True, slots=True)
class _Data:
    """What is compared of a result as data, dates moved, each part when it is first asked for."""

    result: Result
    program: Program
    months: int
    known: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, part: str) -> Any:
        if part not in self.known:
            self.known[part] = self._made(part)
        return self.known[part]

    def named(self, part: str, names: frozenset[str] | None) -> Mapping[str, Any]:
        """Return what is said of some names in a part; of all for None."""
        if names is None:
            found: Mapping[str, Any] = self[part]
            return found
        if part == "checks":
            return values.checks(self.result, names)
        return values.reported(self.result, self.plain, names)

    def plain(self, value: Value, ty: Type) -> Any:
        """Return a value as data."""
        return values.plain(moved_value(value, ty, self.months), ty, self.program)

    def _made(self, part: str) -> Any:
        result, program = self.result, self.program
        match part:
            case "status":
                return result.status.value
            case "provisional":
                return result.is_provisional
            case "decision":
                return values.decision(result.decision, result.entity.type, program)
            case "outputs":
                return values.reported(result, self.plain)
            case "checks":
                return values.checks(result)
            case _:
                return values.level(getattr(result, part), result.entity.type, program)


@dataclass(frozen=True, slots=True)
class Told:
    """What one side makes of a case, as data."""

    found: Evaluated
    data: Mapping[str, Mapping[str, _Data]]

    @classmethod
    def of(cls, found: Evaluated, moved: int) -> Told:
        """Return what came of a case, with the dates in it moved by some months."""
        assert found.results is not None  # noqa: S101  # the caller has looked
        program = found.results.program
        data = {
            name: {key: _Data(result, program, moved) for key, result in by_id.items()}
            for name, by_id in found.results.by_type.items()
        }
        return cls(replace(found, results=moved_results(found.results, moved)), data)

    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield the type and the id of every subject that has a result."""
        for name, by_id in self.data.items():
            yield from ((name, key) for key in by_id)

    def of_subject(self, name: str, key: str) -> _Data | None:
        """Return the result of a subject; None if it has none."""
        return self.data.get(name, {}).get(key)

    def facet(self, name: str, key: str, facet: Facet) -> object:
        """Return what a result says of a facet; `...` if nothing."""
        data, (part, entry) = self.of_subject(name, key), facet
        if data is None:
            return _ABSENT
        return data.named(part, frozenset((entry,))).get(entry, _ABSENT) if part else data[entry]

    def label(self, name: str) -> Label | None:
        """Return what a type of subjects is called."""
        assert self.found.results is not None  # noqa: S101  # as above
        declared = self.found.results.program.objects.get(name)
        return declared.label if declared else None

    def outputs(self, name: str) -> set[str]:
        """Return the outputs that the rulebook declares of a type of subjects."""
        assert self.found.results is not None  # noqa: S101  # as above
        declared = self.found.results.program.objects.get(name)
        return set(outputs_of(declared)) if declared else set()

    def outcome(self, name: str, key: str, parts: _Parts) -> Outcome | None:
        """Return what is made of a subject, with the rules behind what differs."""
        results = self.found.results
        assert results is not None  # noqa: S101  # as above
        result = results.by_type.get(name, {}).get(key)
        if result is None:
            return None
        return Outcome(self.found, result, frozenset(_rules(name, result, parts)))


def moved_standings(before: Told, after: Told) -> Iterator[tuple[str, str, str]]:
    """Yield where each subject that both rank stands: its type, its standing before, and after."""
    for name, key in before.ids():
        was, now = before.of_subject(name, key), after.of_subject(name, key)
        if was is not None and now is not None:
            yield name, _standing(was), _standing(now)


def _standing(data: _Data) -> str:
    """Return the level of who is ranked, else the status."""
    return str(data["level"] or data["status"])


def standing_of(outcome: Outcome) -> str:
    """Return the level of who is ranked, else the status."""
    results = outcome.found.results
    assert results is not None  # noqa: S101  # an outcome is one of them
    return _standing(_Data(outcome.result, results.program, 0))


def differences(
    before: Told, after: Told, touched: Touched | None = None, *, brief: bool = False
) -> Iterator[Difference]:
    """Yield the subjects that come out differently, in the order of the case.

    Args:
        before: What one side makes of the case.
        after: What the other makes of it.
        touched: The outputs and checks that may differ at all; None for all.
        brief: Whether to leave out what of a level is provisional: to find that is to evaluate
            the case once more.
    """
    compared = tuple(key for key in _COMPARED if not (brief and key == "provisional"))
    both = {name: before.outputs(name) & after.outputs(name) for name in after.data}
    ids = tuple(dict.fromkeys((*before.ids(), *after.ids())))
    whole = {one: _whole(before.of_subject(*one), after.of_subject(*one), compared) for one in ids}
    asked = touched and (touched.with_levels if any(whole.values()) else touched.alone)
    for name, key in ids:
        was, now = before.of_subject(name, key), after.of_subject(name, key)
        parts = _differing(was, now, both.get(name, set()), _named(asked, name))
        facets = (*whole[name, key], *((part, one) for part in parts for one in parts[part]))
        if facets:
            label = after.label(name) or before.label(name)
            sides = before.outcome(name, key, parts), after.outcome(name, key, parts)
            yield Difference(name, key, label, *sides, facets)


def _whole(was: _Data | None, now: _Data | None, compared: tuple[str, ...]) -> list[Facet]:
    if was is None or now is None:
        return [("", "status")]
    return [("", key) for key in compared if was[key] != now[key]]


def _named(asked: Asked | None, name: str) -> dict[str, frozenset[str] | None]:
    """Return the outputs and checks to look at of a type; None for all."""
    return {part: getattr(asked, part).get(name) if asked else None for part in PARTS}


def _differing(
    was: _Data | None, now: _Data | None, both: set[str], names: Mapping[str, frozenset[str] | None]
) -> _Parts:
    """Return the outputs and checks that differ.

    What one rulebook alone declares is a change of the rulebook and no outcome, but for a check
    that is violated. `both` are the outputs that both declare.
    """
    outputs, checks = (
        _turned(*(side.named(part, names[part]) if side else {} for side in (was, now)))
        for part in PARTS
    )
    return {
        "outputs": tuple(name for name in outputs if name in both),
        "checks": tuple(name for name, states in checks.items() if _tells(states)),
    }


def _turned(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys((*was, *now))
    sides = {name: (was.get(name, _ABSENT), now.get(name, _ABSENT)) for name in names}
    return {name: (before, after) for name, (before, after) in sides.items() if before != after}


def _tells(states: tuple[Any, Any]) -> bool:
    return _ABSENT not in states or CheckState.VIOLATED in states


def _rules(subject: str, result: Result, parts: _Parts) -> Iterator[str]:
    yield from (reason.rule.id for reason in result.reasons)
    if result.next_level is not None and result.status is not Status.PENDING:
        yield from (failure.rule.id for failure in result.failed)
    for part, homes in PARTS.items():
        for name in parts[part]:
            yield from (f"{subject}.{home}.{name}" for home in homes)

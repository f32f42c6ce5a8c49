"""What rulebooks make of a case, as data to be compared, and who comes out differently."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from khung.analysis.shift import moved_results
from khung.engine.checks import CheckState
from khung.report.brief import Brief, brief
from khung.report.clauses import summaries
from khung.report.context import context_of
from khung.report.json import results_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.evaluation import Evaluated
    from khung.rulebook.model import Label, Subject

_COMPARED = ("status", "level", "at_best", "at_worst", "decision")
"""What of a result is compared as a whole; of the parts below, entry by entry."""

_PARTS = {"outputs": ("definitions", "tables"), "checks": ("checks",)}
"""Parts that hold entries, each with where the rulebook may declare them."""


_ABSENT = ...

_Parts = dict[str, tuple[str, ...]]
"""The names of what differs, by the part that holds it."""

Facet = tuple[str, str]
"""What may differ of a result: a part and a name in it; the part is empty for the whole."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one side makes of a subject.

    Attributes:
        result: What differs, with `status` and `reasons`, as the JSON output has it.
        brief: The same in words.
        rules: The ids of the rules and of the outputs and checks behind it.
    """

    result: Mapping[str, Any]
    brief: Brief
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A subject that comes out differently.

    Attributes:
        before: What the one side makes of it; None if it has no result there.
        after: What the other makes of it.
        facets: What differs.
        causes: The ids of the changes without which it would not come out so, as far as known.
    """

    type: str
    id: str
    label: Label | None
    before: Outcome | None
    after: Outcome | None
    facets: tuple[Facet, ...]
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What one side makes of a case, as data; words are made where they are needed."""

    found: Evaluated
    lang: str
    data: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @classmethod
    def of(cls, found: Evaluated, lang: str, moved: int) -> Told:
        """Return what came of a case, with the dates in it moved by some months."""
        assert found.results is not None  # noqa: S101  # the caller has looked
        results = moved_results(found.results, moved)
        data = results_json(results, lang)["results"]
        return cls(replace(found, results=results), lang, data)

    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield the type and the id of every subject that has a result."""
        for name, by_id in self.data.items():
            yield from ((name, key) for key in by_id)

    def of_subject(self, name: str, key: str) -> Mapping[str, Any] | None:
        """Return the result of a subject; None if it has none."""
        return self.data.get(name, {}).get(key)

    def facet(self, name: str, key: str, facet: Facet) -> object:
        """Return what a result says of a facet; `...` if nothing."""
        data, (part, entry) = self.of_subject(name, key), facet
        if data is None:
            return _ABSENT
        return _values(data, part).get(entry, _ABSENT) if part else data[entry]

    def label(self, name: str) -> Label | None:
        """Return what a type of subjects is called."""
        assert self.found.results is not None  # noqa: S101  # as above
        declared = self.found.results.program.objects.get(name)
        return declared.label if declared else None

    @property
    def outputs(self) -> set[tuple[str, str]]:
        """The outputs that the rulebook declares, each with its subject."""
        rulebook = self.found.ready.loaded.rulebook if self.found.ready else None
        return {
            (subject.head.id, name)
            for subject in (rulebook.subjects if rulebook else ())
            for name in _declared(subject)
        }

    def outcome(
        self, name: str, key: str, other: Mapping[str, Any] | None, parts: _Parts
    ) -> Outcome | None:
        """Return what is made of a subject, of its parts only what differs from another side."""
        data = self.of_subject(name, key)
        if data is None:
            return None
        result = _result(data, other or {}, parts)
        return Outcome(result, self.brief(name, key), frozenset(_rules(name, data, parts)))

    def brief(self, name: str, key: str) -> Brief:
        """Return the result of a subject in a few words."""
        results, ready = self.found.results, self.found.ready
        assert results is not None  # noqa: S101  # as above
        rulebook = ready.loaded.rulebook if ready else None
        clauses = summaries(rulebook) if rulebook else {}
        return brief(results.by_type[name][key], context_of(results, self.lang, clauses))


def _declared(subject: Subject) -> Iterator[str]:
    yield from (d.head.id for d in subject.definitions if d.output)
    yield from (table.head.id for table in subject.tables)


def differences(before: Told, after: Told) -> Iterator[Difference]:
    """Yield the subjects that come out differently, in the order of the case."""
    both = before.outputs & after.outputs
    for name, key in dict.fromkeys((*before.ids(), *after.ids())):
        was, now = before.of_subject(name, key), after.of_subject(name, key)
        parts = _differing(was or {}, now or {}, {k for s, k in both if s == name})
        facets = (*_whole(was, now), *((part, one) for part in parts for one in parts[part]))
        if facets:
            label = after.label(name) or before.label(name)
            sides = before.outcome(name, key, now, parts), after.outcome(name, key, was, parts)
            yield Difference(name, key, label, *sides, facets)


def _whole(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> list[Facet]:
    if was is None or now is None:
        return [("", "status")]
    return [("", key) for key in _COMPARED if _outcome(was, key) != _outcome(now, key)]


def _outcome(data: Mapping[str, Any], key: str) -> Any:
    """Return a value to compare: the keys of a group are the rulebook's, and no outcome."""
    value = data.get(key)
    return (
        {k: v for k, v in value.items() if k != "group"} if key == "decision" and value else value
    )


def _differing(was: Mapping[str, Any], now: Mapping[str, Any], both: set[str]) -> _Parts:
    """Return the outputs and checks that differ.

    What one rulebook alone declares is a change of the rulebook and no outcome, but for a check
    that is violated. `both` are the outputs that both declare.
    """
    outputs, checks = (_turned(_values(was, part), _values(now, part)) for part in _PARTS)
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


def _values(data: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Return values by name: of outputs the value alone, for clauses are no outcome."""
    found = data.get(part, {})
    return {k: v["value"] if isinstance(v, dict) else v for k, v in found.items()}


def _result(data: Mapping[str, Any], other: Mapping[str, Any], parts: _Parts) -> dict[str, Any]:
    """Return what is shown of a result: its level, its reasons, and other parts that differ."""
    shown = {key: data[key] for key in _COMPARED if key != "decision"}
    if _outcome(data, "decision") != _outcome(other, "decision"):
        shown["decision"] = data["decision"]
    for part, names in parts.items():
        values = _values(data, part)
        shown |= {part: {name: values[name] for name in names if name in values}} if names else {}
    return {**shown, "reasons": data["reasons"]}


def _rules(subject: str, data: Mapping[str, Any], parts: _Parts) -> Iterator[str]:
    yield from (reason["rule"] for reason in data["reasons"])
    yield from (failed["rule"] for failed in (data["next"] or {}).get("failed", ()))
    for part, homes in _PARTS.items():
        for name in parts[part]:
            yield from (f"{subject}.{home}.{name}" for home in homes)

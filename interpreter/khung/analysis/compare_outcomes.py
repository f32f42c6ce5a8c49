"""Which case files come out differently under two rulebooks, or two readings of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from khung.analysis.evaluation import Evaluated, evaluate_under, ready_for
from khung.analysis.shift import months_to, moved_case, moved_results
from khung.casefile.from_source import read_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.engine.checks import CheckState
from khung.report.brief import Brief, brief
from khung.report.clauses import summaries
from khung.report.context import context_of
from khung.report.json import results_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from khung.analysis.shelf import Ready, Shelf
    from khung.casefile.model import CaseFile
    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.model import Label, Subject

_COMPARED = ("status", "level", "at_best", "at_worst", "decision")
"""What of a result is compared as a whole; of the parts below, entry by entry."""

_PARTS = {"outputs": ("definitions", "tables"), "checks": ("checks",)}
"""Parts that hold entries, each with where the rulebook may declare them."""


_ABSENT = ...

_Parts = dict[str, tuple[str, ...]]
"""The names of what differs, by the part that holds it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a rulebook on the shelf, under some readings."""

    folder: Path
    readings: Mapping[str, str]


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
    """A subject that comes out differently; a side on which it has no result is None."""

    type: str
    id: str
    label: Label | None
    before: Outcome | None
    after: Outcome | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A case under both sides.

    Attributes:
        differences: The subjects that differ, in the order of the case.
        refused: Why it does not run, by `before` and `after`; empty if it runs under both.
    """

    path: Path
    title: Label | None
    differences: tuple[Difference, ...]
    refused: Mapping[str, Diagnostic]


def compare_outcomes(
    files: Iterable[Path], before: Side, after: Side, shelf: Shelf, lang: str
) -> Iterator[Compared]:
    """Run cases under both sides, one after the other; the readings that a case asks for hold.

    Args:
        files: Case files.
        before: The one side.
        after: The other.
        shelf: Where rulebooks are kept.
        lang: The language of texts.
    """
    for path in files:
        bag = Bag()
        case_file = read_case(path, bag)
        if case_file is None or bag.has_errors:
            first = _first(bag.diagnostics)
            title = case_file.title if case_file else None
            yield Compared(path, title, (), {"before": first, "after": first})
        else:
            yield _compared(path, case_file, (before, after), shelf, lang)


def _compared(
    path: Path, case_file: CaseFile, sides: tuple[Side, Side], shelf: Shelf, lang: str
) -> Compared:
    found = _under_both(path, case_file, sides, shelf)
    named = zip(("before", "after"), found, strict=True)
    refused = {name: _first(one.diagnostics) for name, one in named if one.results is None}
    alike = refused or found[0] is found[1]
    differences = () if alike else tuple(_differences(*_told(case_file, found, lang)))
    return Compared(path, case_file.title, differences, refused)


def _told(
    case_file: CaseFile, found: tuple[Evaluated, Evaluated], lang: str
) -> tuple[_Told, _Told]:
    """Return what both sides make of a case, in the period of the side to which it was moved."""
    before, after = found
    of_before, of_after = _months(case_file, before.ready, after.ready)
    return _Told.of(before, lang, of_after), _Told.of(after, lang, of_before)


def _months(case_file: CaseFile, before: Ready | None, after: Ready | None) -> tuple[int, int]:
    """Return by how many months a case is moved for each side."""
    was, now = (ready.loaded.rulebook if ready else None for ready in (before, after))
    if was is None or now is None:
        return 0, 0
    return months_to(case_file, now, was), months_to(case_file, was, now)


def _under_both(
    path: Path, case_file: CaseFile, sides: tuple[Side, Side], shelf: Shelf
) -> tuple[Evaluated, Evaluated]:
    """Evaluate a case under both sides; once, where its readings make them the same."""
    bags = Bag(), Bag()
    before, after = (
        ready_for(case_file, side.folder, shelf, side.readings, bag)
        for side, bag in zip(sides, bags, strict=True)
    )
    moved = _months(case_file, before, after)
    first = evaluate_under(path, _written_for(case_file, before, moved[0]), before, bags[0])
    if after is before:
        return first, first
    return first, evaluate_under(path, _written_for(case_file, after, moved[1]), after, bags[1])


def _written_for(case_file: CaseFile, ready: Ready, months: int) -> CaseFile:
    """Return a case as if it were written for a rulebook and moved to its period.

    What it expects is no concern here.
    """
    if ready.program is None:
        return case_file
    ref = replace(case_file.rulebook, name=ready.program.rulebook)
    return replace(moved_case(case_file, months, ready.program), rulebook=ref, expect=None)


def _first(diagnostics: Iterable[Diagnostic]) -> Diagnostic:
    return next(diagnostic for diagnostic in diagnostics if is_error(diagnostic))


# -- one case -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """What one side makes of a case, as data; words are made where they are needed."""

    found: Evaluated
    lang: str
    data: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @classmethod
    def of(cls, found: Evaluated, lang: str, moved: int) -> _Told:
        assert found.results is not None  # noqa: S101  # the caller has looked
        results = moved_results(found.results, moved)
        data = results_json(results, lang)["results"]
        return cls(replace(found, results=results), lang, data)

    def ids(self) -> Iterator[tuple[str, str]]:
        for name, by_id in self.data.items():
            yield from ((name, key) for key in by_id)

    def of_subject(self, name: str, key: str) -> Mapping[str, Any] | None:
        return self.data.get(name, {}).get(key)

    def label(self, name: str) -> Label | None:
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
        data = self.of_subject(name, key)
        if data is None:
            return None
        result = _result(data, other or {}, parts)
        return Outcome(result, self.brief(name, key), frozenset(_rules(name, data, parts)))

    def brief(self, name: str, key: str) -> Brief:
        results, ready = self.found.results, self.found.ready
        assert results is not None  # noqa: S101  # as above
        rulebook = ready.loaded.rulebook if ready else None
        clauses = summaries(rulebook) if rulebook else {}
        return brief(results.by_type[name][key], context_of(results, self.lang, clauses))


def _declared(subject: Subject) -> Iterator[str]:
    yield from (d.head.id for d in subject.definitions if d.output)
    yield from (table.head.id for table in subject.tables)


def _differences(before: _Told, after: _Told) -> Iterator[Difference]:
    both = before.outputs & after.outputs
    for name, key in dict.fromkeys((*before.ids(), *after.ids())):
        was, now = before.of_subject(name, key), after.of_subject(name, key)
        parts = _differing(was or {}, now or {}, {k for s, k in both if s == name})
        if was is not None and now is not None and not any(parts.values()) and _same(was, now):
            continue
        label = after.label(name) or before.label(name)
        sides = before.outcome(name, key, now, parts), after.outcome(name, key, was, parts)
        yield Difference(name, key, label, *sides)


def _same(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    stands = all(was[key] == now[key] for key in _COMPARED if key != "decision")
    return stands and _choice(was["decision"]) == _choice(now["decision"])


def _choice(decision: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what is to be chosen: the keys of the group are the rulebook's, and no outcome."""
    return None if decision is None else {k: v for k, v in decision.items() if k != "group"}


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
    if data["decision"] != other.get("decision"):
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

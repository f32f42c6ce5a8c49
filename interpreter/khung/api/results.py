"""What came of a case: as objects, as the JSON of the contract, in words.

The objects are made of the document, by the same names, so that the two agree.
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from khung.records import dataclass
from khung.report.encode import dumps
from khung.report.result.json import evaluated_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]  # comes without types

    from khung.diagnostics.model import Diagnostic
    from khung.driver import Evaluated

Data = dict[str, Any]
"""JSON as Python has it; a number that is not whole is a `Decimal`."""


class Evaluation:
    """What came of a case."""

    def __init__(self, found: Evaluated, lang: str) -> None:
        self._found = found
        self._lang = lang

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Warnings about the case."""
        return self._found.diagnostics

    @cached_property
    def document(self) -> Data:
        """The results as `schemas/result.schema.json` describes them."""
        return evaluated_json(self._found, self._lang, with_next=False)

    @cached_property
    def results(self) -> Mapping[str, Mapping[str, Result]]:
        """The results by type and id."""
        return {
            name: {key: Result.of(found) for key, found in by_id.items()}
            for name, by_id in self.document["results"].items()
        }

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What quotas made of their groups."""
        return tuple(map(Group.of, self.document["groups"]))

    def tables(self) -> dict[str, pa.Table]:
        """Return the results as tables of Arrow, as `khung eval --out` writes them.

        Returns:
            A table for each ranked type under its name, a row a subject, and `groups`, `decisions`,
            `waiting` and `summary`. `to_pandas()` of one, or `polars.from_arrow`, makes a frame.
        """
        from khung.report.tables.folder import tables_of  # noqa: PLC0415  # heavy

        results = self._found.results
        assert results is not None  # noqa: S101  # only of sound cases
        return tables_of(results)

    def json(self) -> str:
        """Return the document as `khung eval --format json` writes it."""
        return dumps(self.document)

    def text(self) -> str:
        """Return the results in words, as `khung eval` shows them."""
        from khung.report.result.document import results_text  # noqa: PLC0415  # only where asked for

        results, ready = self._found.results, self._found.ready
        assert results is not None  # noqa: S101  # only of sound cases
        assert ready is not None  # noqa: S101  # as above
        folder, clauses = str(ready.folder), ready.clauses
        return results_text(results, self._lang, folder=folder, clauses=clauses)

    def write_forms(self, folder: Path, names: Collection[str] | None = None) -> list[Path]:
        """Make the forms of the rulebook, in `forms/` below a folder; return the files.

        Args:
            folder: Where they go; files of the same names are replaced.
            names: The forms to make; all for None.

        Raises:
            InvalidError: A template is not sound; nothing was written.
            OSError: A file cannot be written.
        """
        from khung.report.forms.write import write_forms  # noqa: PLC0415  # only where asked for

        return write_forms(self._found, folder, self._lang, names)


@dataclass(frozen=True, slots=True)
class _Of:
    """A value of which the document has all, by the same names."""

    @classmethod
    def of(cls, data: Data) -> Self:
        """Return the value that data of the document describe."""
        names = [one.name for one in fields(cls) if one.name in data]
        return cls(**{name: _made(name, data[name]) for name in names})


def _made(name: str, value: Any) -> Any:
    """Return lists as tuples, and data of which there is a class as its objects."""
    match value:
        case list():
            return tuple(_made(name, item) for item in value)
        case Enum():
            return value.value
        case dict() if name in ("outputs", "bounds"):
            return {key: _made(name.rstrip("s"), item) for key, item in value.items()}
        case dict() if name in _PARTS:
            return _PARTS[name].of(value)
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Reason(_Of):
    """A rule that decides.

    Attributes:
        rule: Its id, such as `TYPE.caps.NAME`.
        sources: The clauses.
        text: What it says.
    """

    rule: str
    stage: str
    sources: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Failed(_Of):
    """A rule that keeps the next level away.

    Attributes:
        values: What it read.
        records: The records or subjects that failed it.
    """

    rule: str
    sources: tuple[str, ...]
    text: str
    values: Data
    records: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Next(_Of):
    """The next level up, and what keeps it away."""

    level: str
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True)
class Decision(_Of):
    """What the rules leave to a body.

    Attributes:
        kind: `tie`, `n_of_m`, `no_majority` or `deferred`.
        options: Levels or subjects; more than 40 subjects are `open` in the group instead.
        places: How many are left.
        group: The key of the group.
    """

    kind: str
    options: tuple[Any, ...]
    places: int | None = None
    group: Data | None = None


@dataclass(frozen=True, slots=True)
class Finding(_Of):
    """Something to look at, which changes no level."""

    rule: str
    severity: str
    sources: tuple[str, ...]
    text: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Output(_Of):
    """A value that the rulebook reports beside the level, with its clauses.

    One that grants something and hangs on what the result awaits says what that is in `awaits`.
    """

    value: Any
    sources: tuple[str, ...]
    awaits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result(_Of):
    """The result of one subject; each field is that of the document.

    Attributes:
        status: `ranked`, `not_ranked`, `pending`, `undetermined` or `needs_decision`.
        scope: `in`, `out` or `open`.
        level: The final level, if it is ranked.
        at_best, at_worst: The ends of what it may still be.
        stages, bounds: The level after each stage, and its ends.
        missing: Facts that are unknown and would settle it.
        assumed: Facts taken by default.
        provisional: What the level awaits: votes not held, facts, results of others.
        checks: What came of each check: `met`, `violated`, `unknown` or `not_applicable`.
        unchecked: The ids of the checks that could not be decided.
        overlay: That which the subject is under; None under the base alone.
    """

    status: str
    scope: str
    level: str | None
    at_best: str | None
    at_worst: str | None
    stages: Mapping[str, str | None]
    bounds: Mapping[str, tuple[str | None, str | None]]
    reasons: tuple[Reason, ...]
    next: Next | None
    readings: tuple[str, ...]
    decision: Decision | None
    missing: tuple[str, ...]
    assumed: tuple[str, ...]
    provisional: tuple[str, ...]
    given: Data | None
    outputs: Mapping[str, Output]
    checks: Mapping[str, str]
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]
    overlay: str | None = None


@dataclass(frozen=True, slots=True)
class Group(_Of):
    """A group of a quota.

    Attributes:
        rule: The id of the quota.
        key: What its members have in common.
        base, places: The least and the most.
        kept, cut, open: The ids of its members.
    """

    rule: str
    key: Data
    base: tuple[int, int]
    places: tuple[int, int]
    kept: tuple[str, ...]
    cut: tuple[str, ...]
    open: tuple[str, ...]


_PARTS: Mapping[str, type[_Of]] = {
    "reasons": Reason,
    "next": Next,
    "failed": Failed,
    "decision": Decision,
    "findings": Finding,
    "output": Output,
}
"""By the name of a field, the class of what is in it."""

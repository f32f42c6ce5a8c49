"""Engines with a planted fault each: what a comparison of engines must notice."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.engines.by_tables import case_of
from tests.engines.reference import reference

from khung.engine import voting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.engines.cases import CasePlain
    from tests.engines.harness import Engine
    from tests.engines.reference import Answers

    from khung.casefile.tables.frames import Frames
    from khung.ir.program import Program


def misread(change: Callable[[CasePlain], CasePlain]) -> Engine:
    """Return the reference, which reads each case otherwise than it is stated."""

    def engine(program: Program, cases: Sequence[tuple[str, Frames]]) -> dict[str, Answers]:
        return {n: reference(program, change(case_of(program, f))) for n, f in cases}

    return engine


def miscounted(target: Any, name: str, fault: Any) -> Engine:
    """Return the reference with another function in the place of one of its own."""

    def engine(program: Program, cases: Sequence[tuple[str, Frames]]) -> dict[str, Answers]:
        with _planted(target, name, fault):
            return {n: reference(program, case_of(program, f)) for n, f in cases}

    return engine


@contextmanager
def _planted(target: Any, name: str, fault: Any) -> Iterator[None]:
    with mock.patch.object(target, name, fault):
        yield


def _each(case: CasePlain, change: Callable[[str, Any], Any]) -> CasePlain:
    """Return a case in which every value is what `change` makes of its name and itself."""
    subjects = {
        name: {
            one: {key: change(key, value) for key, value in facts.items() if key != "given"}
            | ({"given": change("given", facts["given"])} if "given" in facts else {})
            for one, facts in of.items()
        }
        for name, of in case.subjects.items()
    }
    return replace(case, subjects=subjects)


def _closed(key: str, value: Any) -> Any:
    return value[:-1] if isinstance(value, list) and value and value[-1] is None else value


def _final(key: str, value: Any) -> Any:
    return {k: v for k, v in value.items() if k != "after"} if key == "given" else value


def _silent(case: CasePlain) -> CasePlain:
    subjects = {
        name: {
            one: {key: value for key, value in facts.items() if value is not None}
            for one, facts in of.items()
        }
        for name, of in case.subjects.items()
    }
    return replace(case, subjects=subjects)


FAULTS: dict[str, Engine] = {
    "unknown is not given": misread(_silent),
    "unfinished lists are whole": misread(lambda case: _each(case, _closed)),
    "decisions are final": misread(lambda case: _each(case, _final)),
    "all is whole": misread(lambda case: replace(case, complete=True)),
    "nothing is whole": misread(lambda case: replace(case, complete=[])),
    "defaults hold of bare cases": misread(lambda case: replace(case, bare=False)),
    "ballots support one level": miscounted(voting, "supporting", lambda counts, _: list(counts)),
}
"""Each by what the engine does wrong."""

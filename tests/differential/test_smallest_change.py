"""The smallest change against trying out: what is told lifts, and where none is told none does.

Cases with other facts are made by `any_program`, which knows nothing of how the search does it.
"""

from __future__ import annotations

from itertools import combinations, islice, product
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from tests.differential import any_program as cases
from tests.differential.test_rulebooks import program_of
from tests.support.strategies import law

from khung.engine.rings import CircularRulesError
from khung.engine.stages import Status
from khung.ir import types as t
from khung.why.result import Result, evaluate_case
from khung.why.smallest_change import Search, smallest_changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.values import Value

SMALL = ("contests", "grants", "lecturers", "suppliers")
MOST_TRIES = 60
"""How many ways to change as many facts are tried out of each size, at random."""

Facts = dict[cases.Place, "Value"]


@pytest.mark.parametrize("name", SMALL)
@settings(law, max_examples=law.max_examples // 4)
@given(st.integers(0, 2**32))
def test_trying_out_agrees(name: str, seed: int) -> None:
    rng = Random(seed)  # noqa: S311
    made = cases.drawn(rng, program_of(name))
    results = evaluate_case(made.program, made.case({}))
    by_path = {r.entity.path: r for of in results.by_type.values() for r in of.values()}
    for path, found in smallest_changes(results, by_path.values()).items():
        result = by_path[path]
        note(f"{path}: {found}")
        if found.search is Search.FOUND:
            changed = {(path, change.name): change.after for change in found.changes}
            assert _lifted(made, result, changed), "what is told does not lift"
        sizes = {Search.FOUND: len(found.changes), Search.NONE: 3, Search.STOPPED: 0}
        for size in range(1, sizes[found.search]):
            for way in islice(_ways(rng, made, result, size), MOST_TRIES):
                assert not _lifted(made, result, way), (size, way)


def _lifted(made: cases.Drawn, result: Result, changed: Facts) -> bool:
    try:
        found = evaluate_case(made.program, made.case(changed))
    except CircularRulesError:
        return False
    after = found.by_type[result.entity.type.name][result.entity.id]
    if after.status in (Status.NOT_RANKED, Status.PENDING) or after.scope != "in":
        return False
    assert after.at_worst is not None
    assert result.next_level is not None
    return after.at_worst >= result.next_level


def _ways(rng: Random, made: cases.Drawn, result: Result, size: int) -> Iterator[Facts]:
    """Yield ways to change so many of a subject's own facts, in no order."""
    declared, path = result.entity.type, result.entity.path
    own = [
        place
        for place in made.domains
        if place[0] == path and place[1] not in declared.links and _is_tried(result, place[1])
    ]
    chosen = list(combinations(own, size))
    rng.shuffle(chosen)
    for places in chosen:
        for values in product(*(made.domains[place] for place in places)):
            yield dict(zip(places, values, strict=True))


def _is_tried(result: Result, name: str) -> bool:
    """Whether a fact is one that a search changes: not the kind, no ballots, no text."""
    fact = result.entity.type.facts.get(name)
    if fact is None:
        return True
    plain = t.Boolean | t.Scale | t.Enumeration | t.Number | t.Date
    return isinstance(fact.ty, plain) and name != result.entity.type.kind_field

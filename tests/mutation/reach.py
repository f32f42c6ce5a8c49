"""Which case files reach which rules: a change of a rule shows in no case that never reads it."""

from __future__ import annotations

import contextlib
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.mutation.places import places, spans_of

from khung.engine.evaluate import Evaluator
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.ir.nodes import Node
    from khung.text import Span

Point = tuple[str, int]
"""Where a node begins: a file, and a place in it."""

UNSEEN = m.Subject | m.Record | m.CriterionSet | m.Criteria | m.Parameter | m.Level
"""What is not evaluated where it stands: any case that has the subject may read it."""


def points_of(rulebook: m.Rulebook) -> Mapping[Point, frozenset[str]]:
    """Return, of every point where an entry has a node, the paths of these entries."""
    found: dict[Point, set[str]] = defaultdict(set)
    for place in places(rulebook):
        if place.value is place.entry.node and not isinstance(place.value, UNSEEN):
            for span in spans_of(place.value):
                found[point(span)].add(place.entry.path)
    return {where: frozenset(paths) for where, paths in found.items()}


def by_file(points: Iterable[Point]) -> dict[str, tuple[int, ...]]:
    """Return points as places in each file, in order."""
    found: dict[str, list[int]] = defaultdict(list)
    for file, start in points:
        found[file].append(start)
    return {file: tuple(sorted(starts)) for file, starts in found.items()}


def touched(span: Span, points: Mapping[str, tuple[int, ...]]) -> bool:
    """Say whether any point lies in a span."""
    starts = points.get(span.file.name, ())
    at = bisect_left(starts, span.start)
    return at < len(starts) and starts[at] < span.end


def point(span: Span) -> Point:
    """Return where a span begins."""
    return span.file.name, span.start


@contextlib.contextmanager
def watched() -> Iterator[set[Point]]:
    """Collect where the nodes begin that are evaluated meanwhile."""
    seen: set[Point] = set()
    evaluate, read = Evaluator.evaluate, Evaluator.read

    def seen_evaluate(self: Evaluator, node: Node, env: Any) -> Any:
        seen.add((node.span.file.name, node.span.start))
        return evaluate(self, node, env)

    def seen_read(self: Evaluator, node: Node, env: Any) -> Any:
        seen.add((node.span.file.name, node.span.start))
        return read(self, node, env)

    Evaluator.evaluate, Evaluator.read = seen_evaluate, seen_read  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        Evaluator.evaluate, Evaluator.read = evaluate, read  # type: ignore[method-assign]

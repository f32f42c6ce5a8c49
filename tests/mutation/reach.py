"""Which case files reach which rules: a change of a rule shows in no case that never reads it."""

from __future__ import annotations

import contextlib
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.mutation.places import places, spans_of

from khung.engine.evaluate import Evaluator
from khung.engine.rows import Layout
from khung.ir import nodes as n
from khung.ir.rewrite import walk
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType
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


_ASKED = (
    (Evaluator, "evaluate"),
    (Evaluator, "read"),
    (Layout, "tester"),
    (Layout, "reader"),
    (Layout, "applier"),
    (Layout, "tester_of"),
    (Layout, "reader_of"),
    (Layout, "most_of"),
)
"""All ways to ask for a node: functions are written of it and of what it reads, as one."""


@contextlib.contextmanager
def watched() -> Iterator[set[Point]]:
    """Collect where the nodes begin that are evaluated meanwhile, or may be with those."""
    seen: set[Point] = set()
    parts: dict[int, tuple[Node, frozenset[Point]]] = {}

    def note(node: Node | None, by: Evaluator | Layout) -> None:
        if node is None:
            return
        if id(node) not in parts:
            objects = by.objects if isinstance(by, Evaluator) else by.compiled.objects
            parts[id(node)] = (node, frozenset(_parts(node, objects)))
        seen.update(parts[id(node)][1])

    with contextlib.ExitStack() as stack:
        for owner, name in _ASKED:
            stack.enter_context(_noted(owner, name, note))
        yield seen


def _parts(node: Node, objects: Mapping[str, ObjectType]) -> Iterator[Point]:
    """Yield where the parts of a node begin, those of the definitions that it reads included."""
    waiting, done = [node], set()
    while waiting:
        for part in walk(waiting.pop()):
            yield point(part.span)
            if isinstance(part, n.Defined) and (part.owner, part.name) not in done:
                done.add((part.owner, part.name))
                found = objects[part.owner].definition(part.name)
                waiting += [each for each in (found.applies, found.value) if each is not None]


@contextlib.contextmanager
def _noted(owner: type, name: str, note: Callable[[Any, Any], None]) -> Iterator[None]:
    """Let a method tell of the node that it is asked about."""
    method = getattr(owner, name)

    def noting(self: Any, node: Any, *others: Any) -> Any:
        note(node, self)
        return method(self, node, *others)

    setattr(owner, name, noting)
    try:
        yield
    finally:
        setattr(owner, name, method)

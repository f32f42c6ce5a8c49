"""What the cases of a rulebook show of its conditions, and cases for what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.cover.conditions import conditions_of
from khung.analysis.cover.edge_search import Grouped
from khung.analysis.cover.edges import edges_of
from khung.analysis.cover.search import Case, Search, Why
from khung.analysis.cover.shown import Showing
from khung.analysis.proof.asked import Asked
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.analysis.cover.conditions import Target
    from khung.analysis.proof.solver import Budget
    from khung.driver import Evaluated, Ready


@dataclass(frozen=True, slots=True)
class Covered:
    """A condition that matters as wanted in a case that there is."""

    target: Target


@dataclass(frozen=True, slots=True)
class Made:
    """A case that was found, with all that it shows besides."""

    case: Case
    shows: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A condition for which no case was found."""

    target: Target
    why: Why


Step = Covered | Made | Lacking


def cover(
    ready: Ready, readings: Mapping[str, str], runs: Iterable[Evaluated], budget: Budget
) -> Iterator[Step]:
    """Yield what is found of each condition that is to matter, of each both ways.

    Args:
        ready: A sound rulebook.
        readings: The options that it follows instead of its own.
        runs: The cases that there are, run; only those under the same program count.
        budget: How long the search may take; what it does not reach is lacking.
    """
    program = ready.program
    assert program is not None  # noqa: S101  # it is sound
    ranked = [declared for declared in program.subjects if declared.ladder is not None]
    conditions = {
        one.name: [*conditions_of(program, one), *edges_of(program, one)] for one in ranked
    }
    showing = Showing(program, conditions)
    left = {one.name: one for d in ranked for one in showing.targets(d.name)}
    for run in runs:
        if run.results is not None and run.case_file is not None and run.ready is ready:
            for target in showing.shown(run.case_file, run.results, [*left.values()]):
                del left[target.name]
                yield Covered(target)
    showing.tries.clear()
    for declared in ranked:
        own = {name: one for name, one in left.items() if one.condition.subject == declared.name}
        asked = Asked(program, declared.name, budget)
        grouped = Grouped(program, declared, budget)
        yield from _searched(Search(ready, readings, asked, showing, budget, grouped), own)


def _searched(search: Search, left: dict[str, Target]) -> Iterator[Step]:
    """Yield a case for each target, or why there is none; a case may show several of them."""
    while left:
        name = next(iter(left))
        target = left.pop(name)
        found = search.find(target)
        if isinstance(found, Why):
            yield Lacking(target, found)
            continue
        results, case_file = found.found.results, found.found.case_file
        assert results is not None  # noqa: S101  # it was run
        assert case_file is not None  # noqa: S101  # as above
        more = [*search.showing.shown(case_file, results, [*left.values()])]
        for other in more:
            del left[other.name]
        yield Made(found, (target, *more))

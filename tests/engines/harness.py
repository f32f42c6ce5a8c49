"""Two engines on random rulebooks and cases: each rulebook is compiled once for many cases."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.engines.cases import CasePlain, facts_of, fits_tables
from tests.engines.compare import Difference, LeftError, differences
from tests.engines.reference import (
    WrongCaseError,
    answers_of,
    as_text,
    evaluated,
    reference,
    replace_bare,
)
from tests.engines.rulebooks import program_for
from tests.engines.shrink import Pair, shrunk
from tests.engines.tables import tables_of

from khung.casefile.from_source import case_of
from khung.casefile.tables.frames import Frames, TablePlace
from khung.diagnostics.bag import Bag
from khung.engine.rings import CircularRulesError
from khung.source.from_text import parse_yaml
from khung.text import Grid, SourceFile

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence

    from tests.engines.reference import Answers

    from khung.casefile.model import CaseFile
    from khung.ir.program import Program


if TYPE_CHECKING:
    Engine = Callable[[Program, Sequence[tuple[str, Frames]]], Mapping[str, Answers]]
    """Returns the answers of many cases by their ids."""


def frames_of(program: Program, case: CasePlain) -> Frames:
    """Return a case as an engine gets it."""
    tables = tables_of(program, case)
    places = {
        name: TablePlace(Grid(f"<{name}>", number=number), {}, range(1, table.num_rows + 1))
        for number, (name, table) in enumerate(tables.items())
    }
    return Frames(head_of(program, case), tables, places)


def head_of(program: Program, case: CasePlain) -> CaseFile:
    """Return the head of a case as read."""
    bag = Bag()
    alone = CasePlain(case.on, case.complete, {}, case.bare)
    node = parse_yaml(SourceFile("case.yaml", as_text(alone, program.rulebook)), bag)
    assert node is not None, bag.diagnostics
    read = case_of(node, bag)
    assert read is not None, bag.diagnostics
    return replace_bare(read, case.bare)


# -- one rulebook ----------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A case that was asked, with the answer of the reference."""

    id: str
    case: CasePlain
    answers: Answers


def answered(
    program: Program, cases: Sequence[CasePlain], refused: Counter[str] | None = None
) -> list[Asked]:
    """Return the cases that the reference takes, with its answers."""
    found: list[Asked] = []
    for number, case in enumerate(cases):
        try:
            found.append(Asked(f"c{number}", case, reference(program, case)))
        except WrongCaseError as wrong:
            if refused is not None:
                refused.update(wrong.codes)
        except CircularRulesError:
            if refused is not None:
                refused["ring"] += 1
    return found


def answered_mended(
    program: Program, case: CasePlain, refused: Counter[str], rounds: int = 4
) -> Asked | None:
    """Return a case with the answer of the reference, without the facts that khung calls wrong.

    None if it is still refused then; `refused` takes why.
    """
    for left in reversed(range(rounds + 1)):
        try:
            return Asked("", case, answers_of(program, evaluated(program, case)))
        except WrongCaseError as wrong:
            if not left:
                refused.update(wrong.codes)
                return None
            case = _without(case, wrong)
        except CircularRulesError:
            refused["ring"] += 1
            return None
    return None


def _without(case: CasePlain, wrong: WrongCaseError) -> CasePlain:
    """Return a case without the facts that are wrong."""
    case = deepcopy(case)
    for ty, *rest in filter(None, wrong.places):
        held = case.subjects.get(ty, {}).get(rest[0], {}) if rest else {}
        held.pop(rest[1] if len(rest) > 1 else "given", None)
    return case


def differing(
    program: Program, asked: Sequence[Asked], engine: Engine, left: Counter[str] | None = None
) -> dict[str, list[Difference]]:
    """Return in what an engine differs from the reference, by the id of the case.

    Args:
        program: The rulebook.
        asked: The cases with the answers of the reference.
        engine: The engine.
        left: Takes how many subjects are left to the reference of cases that are answered, by why.
    """
    stacked = [(one.id, frames_of(program, one.case)) for one in asked]
    found = engine(program, stacked)
    if left is not None:
        for one in asked:
            for name, why in found[one.id].get("left", {}).items():
                left[why] += len(one.answers["results"].get(name, ()))
    said = {one.id: differences(one.answers, found[one.id]) for one in asked}
    return {name: of for name, of in said.items() if of}


def cause_of(program: Program, case: CasePlain, engine: Engine) -> frozenset[str]:
    """Return in which fields an engine differs on one case, or how it fails; nothing if equal."""
    try:
        asked = answered(program, [case])
    except Exception as error:  # noqa: BLE001  # a failure is an answer here
        return frozenset({failure("reference fails", error)})
    if not asked:
        return frozenset()
    try:
        found = differing(program, asked, engine)
    except LeftError:
        return frozenset()
    except Exception as error:  # noqa: BLE001  # a failure is an answer here
        return frozenset({failure("fails", error)})
    return frozenset(one.sort for of in found.values() for one in of)


def failure(what: str, error: Exception) -> str:
    """Return how something fails, alike for failures of one sort."""
    text = re.sub(r"[\"'`][^\"'`]*[\"'`]|\d+", "…", str(error).partition("\n")[0])
    return f"{what}: {type(error).__name__} {text[:80]}"


def small(
    pair: Pair, engine: Engine, most: int = 1000, wanted: frozenset[str] = frozenset()
) -> Pair:
    """Return a small rulebook and case on which an engine differs in one of the same fields.

    Args:
        pair: On what it differs.
        engine: The engine.
        most: How much is tried.
        wanted: The causes that count; all that there are, if none is named.
    """
    program = program_for(pair.rulebook)
    assert program is not None
    wanted = wanted or cause_of(program, pair.case, engine)

    def stays(one: Pair) -> bool:
        if not all(map(fits_tables, facts_of(one.case))):
            return False
        found = program if one.rulebook is pair.rulebook else _program(one.rulebook)
        return found is not None and bool(cause_of(found, one.case, engine) & wanted)

    return shrunk(pair, stays, most)


def _program(document: dict[str, Any]) -> Program | None:
    try:
        return program_for(document)
    except Exception:  # noqa: BLE001  # what is cut short may be anything
        return None

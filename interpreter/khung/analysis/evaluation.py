"""A case file to results: the case read, its rulebook found and made ready, the case evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from khung.casefile.check_ballots import check_ballots
from khung.casefile.check_calendars import check_calendars
from khung.casefile.check_counts import check_counts
from khung.casefile.check_unused import check_unused
from khung.casefile.find import find_rulebook
from khung.casefile.from_source import read_case
from khung.casefile.readings import chosen_readings
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.engine.result import evaluate_case
from khung.engine.stages import CircularRulesError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from khung.analysis.shelf import Ready, Shelf
    from khung.casefile.model import CaseFile
    from khung.diagnostics.model import Diagnostic
    from khung.engine.facts import Case
    from khung.engine.result import Results
    from khung.ir.program import Program


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What came of a case file.

    Attributes:
        case_file: The case, None where its head cannot be read.
        ready: The rulebook that it ran under, None where there is none.
        results: None where the case or the rulebook is invalid; `diagnostics` says why.
    """

    path: Path
    case_file: CaseFile | None
    ready: Ready | None
    results: Results | None
    diagnostics: tuple[Diagnostic, ...]


def evaluate_file(
    path: Path,
    shelf: Shelf,
    readings: Mapping[str, str],
    rulebooks: Path | None = None,
) -> Evaluated:
    """Return the results of a case file.

    Args:
        path: The case file.
        shelf: Where rulebooks are kept.
        readings: Options to follow, before those that the case asks for.
        rulebooks: The folder of rulebooks that the user names, if any.
    """
    bag = Bag()
    case_file = read_case(path, bag)
    if case_file is None:
        return Evaluated(path, None, None, None, bag.diagnostics)
    ref = case_file.rulebook
    folder = find_rulebook(ref.name, path, rulebooks, bag, ref.span)
    if folder is None:
        return Evaluated(path, case_file, None, None, bag.diagnostics)
    ready = _ready(case_file, folder, shelf, readings, bag)
    return evaluate_under(path, case_file, ready, bag)


def ready_for(
    case_file: CaseFile, folder: Path, shelf: Shelf, readings: Mapping[str, str], bag: Bag
) -> Ready:
    """Return a rulebook as a case wants it, whatever rulebook it names itself.

    `readings` are followed where the case does not ask for another option.
    """
    rulebook = shelf.load(folder).rulebook
    asked = chosen_readings(case_file, rulebook, bag) if rulebook else {}
    return shelf.ready(folder, {**readings, **asked})


def _ready(
    case_file: CaseFile, folder: Path, shelf: Shelf, readings: Mapping[str, str], bag: Bag
) -> Ready:
    rulebook = shelf.load(folder).rulebook
    asked = chosen_readings(case_file, rulebook, bag) if rulebook else {}
    return shelf.ready(folder, {**asked, **readings})


def evaluate_under(path: Path, case_file: CaseFile, ready: Ready, bag: Bag) -> Evaluated:
    """Return the results of a case under a rulebook, with what `bag` holds already."""
    program = ready.program
    if program is None:
        said = (*ready.diagnostics, *bag.diagnostics)
        return Evaluated(path, case_file, ready, None, said)
    case = build_case(case_file, program, bag)
    results = None if case is None else _results(case_file, program, case, bag)
    return Evaluated(path, case_file, ready, results, bag.diagnostics)


def _results(case_file: CaseFile, program: Program, case: Case, bag: Bag) -> Results | None:
    try:
        results = evaluate_case(program, case)
    except CircularRulesError as ring:
        bag.add("K0440", case_file.rulebook.span, path=" → ".join(ring.path))
        return None
    check_ballots(case_file, results.run, bag)
    check_calendars(case_file, program, bag)
    check_counts(case_file, results.run, bag)
    check_unused(case_file, results.run, bag)
    return None if bag.has_errors else results

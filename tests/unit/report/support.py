"""Cases evaluated for tests of what is said of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from khung.casefile.from_source import read_case
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.driver import summaries
from khung.ir.from_rulebook import lower_rulebook
from khung.resources import data_dir
from khung.rulebook.from_source import load_rulebook
from khung.why.result import Results, evaluate_case

if TYPE_CHECKING:
    from khung.rulebook.model import Label, Rulebook

ROOT = Path(__file__).parents[3]


class Evaluated(NamedTuple):
    """The results of a case, and the summaries of the clauses."""

    results: Results
    clauses: dict[str, Label]


@cache
def _rulebook(name: str) -> Rulebook:
    bag = Bag()
    own = Path(__file__).parent / name
    folder = own if own.is_dir() else data_dir("rulebooks") / name
    rulebook = load_rulebook(folder, bag)
    assert rulebook is not None, bag.diagnostics
    return rulebook


@cache
def evaluated(path: Path) -> Evaluated:
    """Return what is found of a case, which has no mistake."""
    bag = Bag()
    case_file = read_case(path, bag)
    assert case_file is not None, bag.diagnostics
    rulebook = _rulebook(case_file.rulebook.name)
    readings = {reading.name: option.name for reading, option in case_file.readings}
    program = lower_rulebook(rulebook, readings, bag)
    assert program is not None, bag.diagnostics
    case = build_case(case_file, program, bag)
    assert case is not None, bag.diagnostics
    return Evaluated(evaluate_case(program, case), summaries(rulebook))

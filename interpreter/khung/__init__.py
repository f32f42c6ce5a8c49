"""khung reads a yearly guidance written as a rulebook and runs it.

What is named here is for programs that use khung as a library, and stays; all else may change.
Each name is loaded when it is first asked for, so that importing khung costs nothing.

    bag = khung.Bag()
    rulebook = khung.load_rulebook(Path("rulebooks/2021"), bag)
    case_file = khung.read_case(Path("case.yaml"), bag)
    bag.raise_if_errors()
    program = khung.lower_rulebook(rulebook, case_file.chosen, bag)
    case = khung.build_case(case_file, program, bag)
    bag.raise_if_errors()
    results = khung.evaluate_case(program, case)
    khung.results_json(results, "vi")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khung.casefile.compare import compare
    from khung.casefile.find import find_rulebook
    from khung.casefile.from_source import read_case
    from khung.casefile.model import CaseFile
    from khung.casefile.to_facts import build_case
    from khung.diagnostics.bag import Bag, RulebookError
    from khung.diagnostics.model import Diagnostic
    from khung.engine.facts import Case
    from khung.engine.result import Result, Results, evaluate_case
    from khung.ir.from_rulebook import lower_rulebook
    from khung.ir.program import Program
    from khung.report.result.document import results_text
    from khung.report.result.json import results_json
    from khung.rulebook.from_source import load_rulebook
    from khung.rulebook.model import Rulebook

_HOMES = {
    "Bag": "diagnostics.bag",
    "Case": "engine.facts",
    "CaseFile": "casefile.model",
    "Diagnostic": "diagnostics.model",
    "Program": "ir.program",
    "Result": "engine.result",
    "Results": "engine.result",
    "Rulebook": "rulebook.model",
    "RulebookError": "diagnostics.bag",
    "build_case": "casefile.to_facts",
    "compare": "casefile.compare",
    "evaluate_case": "engine.result",
    "find_rulebook": "casefile.find",
    "load_rulebook": "rulebook.from_source",
    "lower_rulebook": "ir.from_rulebook",
    "read_case": "casefile.from_source",
    "results_json": "report.result.json",
    "results_text": "report.result.document",
}

__all__ = [
    "Bag",
    "Case",
    "CaseFile",
    "Diagnostic",
    "Program",
    "Result",
    "Results",
    "Rulebook",
    "RulebookError",
    "build_case",
    "compare",
    "evaluate_case",
    "find_rulebook",
    "load_rulebook",
    "lower_rulebook",
    "read_case",
    "results_json",
    "results_text",
]


def __getattr__(name: str) -> object:
    """Load a public name from where it is."""
    from importlib import import_module  # noqa: PLC0415  # only where khung is a library

    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"khung.{_HOMES[name]}"), name)

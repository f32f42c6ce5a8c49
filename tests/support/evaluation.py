"""Cases of small rulebooks for tests, written as text and evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.from_source import case_of
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.engine.facts import Whole
from khung.ir.from_rulebook import lower_rulebook
from khung.source.from_text import parse_yaml
from khung.text import SourceFile
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from khung.rulebook.model import Rulebook
    from khung.why.result import Results

ALL_WHOLE = Whole(everything=True)
"""What a case says that says `complete: true`."""


def results_of(rulebook: Rulebook, subjects: str, complete: str = "true", but: str = "") -> Results:
    """Return the results of the subjects of a case of 2021-12-15, of which nothing is said.

    Args:
        rulebook: Under which it runs.
        subjects: What the case states, as it is written.
        complete: What it says is whole.
        but: The code of what may be said of the rulebook.
    """
    bag = Bag()
    program = lower_rulebook(rulebook, {}, bag)
    head = f"case: C\nrulebook: {rulebook.id}\non: 2021-12-15\ncomplete: {complete}\n"
    node = parse_yaml(SourceFile("c.yaml", f"{head}subjects: {subjects}\n"), bag)
    assert program is not None, bag.diagnostics
    assert node is not None, bag.diagnostics
    case_file = case_of(node, bag)
    assert case_file is not None, bag.diagnostics
    case = build_case(case_file, program, bag)
    assert case is not None
    assert {diagnostic.code for diagnostic in bag.diagnostics} <= {but}, bag.diagnostics
    return evaluate_case(program, case)

"""khung reads a yearly guidance written as a rulebook and runs it.

What is named here is for programs that use khung as a library, and stays; all else may change.
Each name is loaded when it is first asked for, so that importing khung costs nothing.

    import khung

    rulebook = khung.open_rulebook("2021")  # by its id, or its folder
    found = rulebook.evaluate(case)  # data, a Path, or a text; InvalidError says what is wrong
    found.results["TYPE"]["ID"].level
    found.document  # what `khung eval --format json` writes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khung.api.results import (
        Decision,
        Evaluation,
        Failed,
        Finding,
        Group,
        Next,
        Output,
        Reason,
        Result,
    )
    from khung.api.rulebooks import Rulebook, evaluate, open_rulebook, rulebook_names
    from khung.diagnostics.bag import InvalidError
    from khung.diagnostics.model import Diagnostic

__all__ = [
    "Decision",
    "Diagnostic",
    "Evaluation",
    "Failed",
    "Finding",
    "Group",
    "InvalidError",
    "Next",
    "Output",
    "Reason",
    "Result",
    "Rulebook",
    "evaluate",
    "open_rulebook",
    "rulebook_names",
]

_ELSEWHERE = {
    "Diagnostic": "khung.diagnostics.model",
    "InvalidError": "khung.diagnostics.bag",
    **dict.fromkeys(
        ("Rulebook", "evaluate", "open_rulebook", "rulebook_names"), "khung.api.rulebooks"
    ),
}


def __getattr__(name: str) -> object:
    """Load a public name from where it is."""
    from importlib import import_module  # noqa: PLC0415  # only where khung is a library

    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(_ELSEWHERE.get(name, "khung.api.results")), name)

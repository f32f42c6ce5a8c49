"""Two rulebooks compared as `khung diff` does, with the cases that lie beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung import paths
from khung.analysis.diff.cases import Side, compare_outcomes
from khung.analysis.diff.comparison import Manner, declared_groups, judge
from khung.analysis.testing import ClosedFolderError, case_files
from khung.driver import Shelf
from khung.locale import phrase
from khung.report.diff.text import Extent, document

if TYPE_CHECKING:
    from pathlib import Path

    from khung.analysis.diff.comparison import Comparison, Proofs
    from khung.driver import Ready
    from khung.report.document.model import Document

_CASES = "cases"
"""The folder beside that of the rulebooks in which each has its cases."""


def compared(pair: tuple[Path, Path], lang: str, told: list[str]) -> Comparison:
    """Return what is found of two rulebooks.

    Args:
        pair: Their folders, the earlier one first; both are sound.
        lang: The language of what is told on the way.
        told: Where to say how far it is.
    """
    shelf = Shelf()
    before, after = (shelf.ready(folder, {}) for folder in pair)
    manner = Manner({}, declared_groups(before, after))
    proofs = _proofs(before, after, shelf, lang, told)
    files = _cases_of(pair)
    told.append(phrase(lang, "desk.running_cases", n=len(files)))
    sides = Side(pair[0], {}), Side(pair[1], {})
    cases = list(compare_outcomes(files, *sides, shelf))
    return judge(before, after, manner, cases, shelf, proofs=proofs, same=lambda *_: False)


def told_as(found: Comparison, lang: str, *, full: bool) -> Document:
    """Return in words what was found: on one page, or every entry and case."""
    return document(found, {}, lang, Extent.FULL if full else Extent.PAGE)


def _proofs(before: Ready, after: Ready, shelf: Shelf, lang: str, told: list[str]) -> Proofs | None:
    """Return what a solver says of all cases; None where there is none."""
    from khung.analysis.proof.run import proofs_of  # noqa: PLC0415  # the solver is an extra
    from khung.analysis.proof.solver import is_there  # noqa: PLC0415  # as above

    if not is_there():
        return None
    return proofs_of(
        (before, after),
        {},
        shelf,
        lambda one: told.append(phrase(lang, "desk.proving", what=one.name)),
    )


def _cases_of(pair: tuple[Path, Path]) -> list[Path]:
    """Return the case files of two rulebooks."""
    own = dict.fromkeys(paths.absolute(one).parent.parent / _CASES / one.name for one in pair)
    try:
        return case_files(folder for folder in own if paths.is_folder(folder))
    except ClosedFolderError:
        return []

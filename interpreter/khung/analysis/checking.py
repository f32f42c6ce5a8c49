"""All that can be said of a rulebook before it runs: errors, warnings, the state of its clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.clauses import Accounting, account, report_missing
from khung.analysis.constants import check_constants
from khung.analysis.defaults import check_defaults
from khung.analysis.kept_words import check_carried, old_words
from khung.analysis.lints import lint, try_options
from khung.analysis.periods import check_amendments, check_periods
from khung.analysis.tables import check_tables
from khung.analysis.translations import check_translations
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.records import dataclass
from khung.source.values import under

if TYPE_CHECKING:
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Ready
    from khung.rulebook.model import Rulebook


QUESTIONS = frozenset({"K0527", "K0536", "K0538"})
"""What a new year is asked until it answers: errors, but no mistakes."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found; `clauses` is None where there is no rulebook to read.

    `options` is how many options that are not chosen were tried; `old_words` are the paths of what
    is taken over and names a year of the time before, or what a parameter or its entry was then;
    `kept` those of what a successor keeps without naming it.
    """

    diagnostics: tuple[Diagnostic, ...]
    clauses: Accounting | None
    options: int = 0
    old_words: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def check(ready: Ready) -> Checked:
    """Return all that is to be said of a rulebook."""
    rulebook = ready.loaded.rulebook
    said = ready.diagnostics
    if rulebook is None:
        return Checked(said, None)
    bag, tried = Bag(), 0
    bag.add_all(said)
    base = ready.loaded.written.base if ready.loaded.written else None
    if base is not None:
        check_periods(rulebook, base, bag)
        check_amendments(rulebook, ready.loaded.folder, bag)
    clauses = account(rulebook)
    if not any(is_error(d) and d.code not in QUESTIONS for d in said):
        waiting = frozenset(str(d.args["address"]) for d in said if d.code == "K0538")
        report_missing(rulebook, clauses, waiting, bag)
    words: tuple[str, ...] = ()
    if ready.program is not None:
        lint(rulebook, bag)
        check_translations(rulebook, bag)
        tried = try_options(rulebook, bag, ready.memo)
        check_tables(ready.program, bag)
        check_constants(ready.program, bag)
        check_defaults(rulebook, ready.program, bag)
        if base is not None:
            check_carried(rulebook, base, bag)
            words = old_words(rulebook, base)
    said = tuple(sorted(bag.diagnostics, key=_place))
    return Checked(said, clauses, tried, words, kept_with_rest(rulebook))


def kept_with_rest(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the paths of what a successor keeps without naming it, such as `parameters.rate`."""
    answers = rulebook.carried.answers if rulebook.carried else {}
    return tuple(
        under(section, name)
        for section, held in answers.items()
        for name, answer in held.items()
        if answer.with_rest
    )


def _place(diagnostic: Diagnostic) -> tuple[bool, str, int]:
    """Return where a diagnostic stands: that of a whole folder first, as it may explain others."""
    span = diagnostic.span
    if span is None:
        return (False, "", -1)
    return (not is_error(diagnostic), span.file.name, span.start)

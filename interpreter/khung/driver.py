"""The passes in their order: a folder to a program, a case to results.

    folder ── load_written ──→ Written ── decode ──→ Rulebook ── lower_rulebook ──→ Program
                                                                                       │
    file ──── read_case ─────→ CaseFile ── build_case ────→ Case ── evaluate_case ──→ Results

What a pass says is kept with what it makes, and all that is said of a case is said here: who
evaluates one checks it, too.

Reports: K0440 and those of the passes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.casefile.checks import check_evaluated
from khung.casefile.find import find_rulebook
from khung.casefile.from_source import parse_case, read_case
from khung.casefile.readings import chosen_readings
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.engine.rings import CircularRulesError
from khung.ir.from_rulebook import NOTHING, lower_rulebook
from khung.rulebook.from_source import decode, load_written
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.model import CaseFile
    from khung.diagnostics.model import Diagnostic
    from khung.engine.facts import Case
    from khung.ir.from_rulebook import Kept
    from khung.ir.program import Program
    from khung.rulebook.folder import Written
    from khung.rulebook.model import Rulebook
    from khung.why.result import Results


# -- a folder to a program ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """A rulebook as read: its nodes, and what they say; None where they cannot be read."""

    folder: Path
    written: Written | None
    rulebook: Rulebook | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A rulebook under some readings; `program` is None where it is invalid."""

    loaded: Loaded
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]


def load(folder: Path) -> Loaded:
    """Return the rulebook of a folder as read."""
    bag = Bag()
    written = load_written(folder, bag)
    rulebook = None if written is None else decode(written, bag)
    return Loaded(folder, written, rulebook, bag.diagnostics)


def make_ready(loaded: Loaded, readings: Mapping[str, str], kept: Kept = NOTHING) -> Ready:
    """Return a rulebook under `readings`, with all that is said of it.

    What is `kept` of a program like it is not lowered again.
    """
    if loaded.rulebook is None:
        return Ready(loaded, None, loaded.diagnostics)
    bag = Bag()
    program = lower_rulebook(loaded.rulebook, readings, bag, kept)
    said = (*loaded.diagnostics, *bag.diagnostics)
    sound = not any(is_error(diagnostic) for diagnostic in said)
    return Ready(loaded, program if sound else None, said)


@dataclass(slots=True)
class Shelf:
    """Takes rulebooks from disk once each, and makes each ready once for a choice of readings."""

    _loaded: dict[Path, Loaded] = field(default_factory=dict)
    _ready: dict[tuple[Path, tuple[tuple[str, str], ...]], Ready] = field(default_factory=dict)

    def load(self, folder: Path) -> Loaded:
        """Return the rulebook of a folder."""
        folder = paths.nearby(folder)
        if folder not in self._loaded:
            self._loaded[folder] = load(folder)
        return self._loaded[folder]

    def ready(self, folder: Path, readings: Mapping[str, str]) -> Ready:
        """Return the rulebook of a folder under `readings`; the others are as it chooses."""
        loaded = self.load(folder)
        asked = _other(loaded, readings)
        key = (loaded.folder, tuple(sorted(asked.items())))
        if key not in self._ready:
            self._ready[key] = make_ready(loaded, asked)
        return self._ready[key]

    def ready_for(
        self,
        case_file: CaseFile,
        folder: Path,
        readings: Mapping[str, str],
        bag: Bag,
        *,
        case_first: bool = False,
    ) -> Ready:
        """Return a rulebook as a case wants it, whatever rulebook it names itself.

        Args:
            case_file: The case, which may ask for options itself.
            folder: The folder of the rulebook.
            readings: Options to follow, before those that the case asks for.
            bag: Where to report what the case asks for and is not there.
            case_first: Whether the case comes first instead.
        """
        rulebook = self.load(folder).rulebook
        asked = chosen_readings(case_file, rulebook, bag) if rulebook else {}
        return self.ready(folder, {**readings, **asked} if case_first else {**asked, **readings})


def _other(loaded: Loaded, readings: Mapping[str, str]) -> dict[str, str]:
    """Return the options that are not those that the rulebook chooses itself."""
    own = {r.head.id: r.chosen.name for r in loaded.rulebook.readings} if loaded.rulebook else {}
    return {name: option for name, option in readings.items() if own.get(name) != option}


# -- a case to results --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What came of a case.

    Attributes:
        path: Its file, or what stands for one.
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
    path: Path, shelf: Shelf, readings: Mapping[str, str], rulebooks: Path | None = None
) -> Evaluated:
    """Return the results of a case file.

    Args:
        path: The case file.
        shelf: Where rulebooks are kept.
        readings: Options to follow, before those that the case asks for.
        rulebooks: The folder of rulebooks that the user names, if any.
    """
    bag = Bag()
    return evaluate_read(path, read_case(path, bag), bag, shelf, readings, rulebooks)


def evaluate_text(
    data: bytes, name: str, shelf: Shelf, readings: Mapping[str, str], rulebooks: Path | None = None
) -> Evaluated:
    """Return the results of a case of which the text is at hand; messages call it `name`."""
    bag = Bag()
    return evaluate_read(Path(name), parse_case(data, name, bag), bag, shelf, readings, rulebooks)


def evaluate_read(
    path: Path,
    case_file: CaseFile | None,
    bag: Bag,
    shelf: Shelf,
    readings: Mapping[str, str],
    rulebooks: Path | None = None,
) -> Evaluated:
    """Return the results of a case that was read, with what `bag` holds already."""
    if case_file is None:
        return Evaluated(path, None, None, None, bag.diagnostics)
    ref = case_file.rulebook
    folder = find_rulebook(ref.name, path, rulebooks, bag, ref.span)
    if folder is None:
        return Evaluated(path, case_file, None, None, bag.diagnostics)
    return evaluate_under(path, case_file, shelf.ready_for(case_file, folder, readings, bag), bag)


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
    check_evaluated(case_file, results.run, bag)
    return None if bag.has_errors else results

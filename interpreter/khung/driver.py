"""The passes in their order: a folder to a program, a case to results.

    folder ── load_written ──→ Written ── decode ──→ Rulebook ── lower_rulebook ──→ Program
                                                                                       │
    file ──── read_any ──────→ CaseFile ── build_case ────→ Case ── evaluate_case ──→ Results

What a pass says is kept with what it makes, and all that is said of a case is said here: who
evaluates one checks it, too. Who only evaluates may take a program from the cache, and its folder
is not read then but to see that it is as it was.

Reports: K0440, K0678 and those of the passes.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung import cache, paths
from khung.casefile.checks import Choices, check_evaluated, choices_of, chosen_readings
from khung.casefile.find import find_rulebook
from khung.casefile.from_source import parse_case
from khung.casefile.tables.case import asked, case_from, decided, read_any, with_subjects
from khung.casefile.versions import version_of
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.engine.compiled import share
from khung.engine.rings import CircularRulesError
from khung.records import dataclass
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.decisions import Decided
    from khung.diagnostics.model import Diagnostic
    from khung.engine.facts import Case
    from khung.ir.memo import Memo
    from khung.ir.program import Program
    from khung.rulebook.folder import Written
    from khung.rulebook.model import Label, Ref, Rulebook
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
    """A rulebook under some readings; `program` is None where it is invalid.

    Attributes:
        folder: Where it is.
        clauses: The summaries of its clauses, by full address, such as `UR-7 5.2/1`; those that an
            overlay of the case says otherwise, by its id besides: `ur-north UR-7 5.2/1`.
        take: Returns the rulebook as read, which a program of the cache came without.
        memo: What was lowered of it, for rulebooks like it.
    """

    folder: Path
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    clauses: Mapping[str, Label] = field(repr=False)
    take: Callable[[], Loaded] = field(repr=False, compare=False)
    memo: Memo | None = field(default=None, repr=False, compare=False)

    @property
    def loaded(self) -> Loaded:
        """The rulebook as read."""
        return self.take()


def ready_of(loaded: Loaded, program: Program | None, said: tuple[Diagnostic, ...]) -> Ready:
    """Return what was made of a rulebook, with all that was said."""
    clauses = {} if loaded.rulebook is None else summaries(loaded.rulebook)
    return Ready(loaded.folder, program, said, clauses, lambda: loaded)


def summaries(rulebook: Rulebook) -> dict[str, Label]:
    """Return the summary of each clause by its full address, such as `UR-7 5.2/1`."""
    amended = rulebook.amended.clauses if rulebook.amended else {}
    known = {**amended, rulebook.document: rulebook.clauses}
    return {f"{name} {c.address}": c.summary for name, held in known.items() for c in held}


def load(folder: Path) -> Loaded:
    """Return the rulebook of a folder as read."""
    from khung.rulebook.from_source import (  # noqa: PLC0415  # not for a program of the cache
        decode,
        load_written,
    )

    bag = Bag()
    written = load_written(folder, bag)
    rulebook = None if written is None else decode(written, bag)
    return Loaded(folder, written, rulebook, bag.diagnostics)


def make_ready(
    loaded: Loaded,
    readings: Mapping[str, str],
    memo: Memo | None = None,
    *,
    shares: bool = True,
) -> Ready:
    """Return a rulebook under `readings`, with all that is said of it.

    What is in the `memo` of rulebooks like it is not made again.

    Args:
        loaded: The rulebook as read.
        readings: The options chosen.
        memo: What was lowered of rulebooks like it.
        shares: Whether it has its functions in common with those; not if what is made of it is
            kept, for each keeps its own.
    """
    if loaded.rulebook is None:
        return ready_of(loaded, None, loaded.diagnostics)
    from khung.ir.from_rulebook import lower_rulebook  # noqa: PLC0415  # as above

    bag = Bag()
    program = lower_rulebook(loaded.rulebook, readings, bag, memo)
    said = (*loaded.diagnostics, *bag.diagnostics)
    sound = not any(is_error(diagnostic) for diagnostic in said)
    if program is not None and memo is not None:
        memo.base = memo.base or program
        if shares:
            share(program, memo.base)
    return replace(ready_of(loaded, program if sound else None, said), memo=memo)


@dataclass(slots=True)
class Shelf:
    """Takes rulebooks from disk once each, and makes each ready once for a choice of readings.

    With `cached`, those of which nothing is to be said are kept from one start to the next.
    """

    cached: bool = False
    _loaded: dict[Path, Loaded] = field(default_factory=dict)
    _memos: dict[Path, Memo] = field(default_factory=dict)
    _ready: dict[tuple[Path, tuple[tuple[str, str], ...]], Ready] = field(default_factory=dict)
    _overlaid: dict[tuple[Any, ...], Program] = field(default_factory=dict)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of the rulebooks that were read."""
        return tuple(self._loaded)

    def load(self, folder: Path) -> Loaded:
        """Return the rulebook of a folder."""
        folder = paths.nearby(folder)
        if folder not in self._loaded:
            self._loaded[folder] = load(folder)
        return self._loaded[folder]

    def ready(self, folder: Path, readings: Mapping[str, str]) -> Ready:
        """Return the rulebook of a folder under `readings`; the others are as it chooses."""
        own = {one.name: one.chosen for one in self.choices(folder).values()}
        return self._ready_as(folder, {n: o for n, o in readings.items() if own.get(n) != o})

    def choices(self, folder: Path) -> Mapping[str, Choices]:
        """Return the readings of the rulebook of a folder, by name."""
        folder = paths.nearby(folder)
        if self.cached and folder not in self._loaded:
            program = self._ready_as(folder, {}).program
            if program is not None:
                return {
                    n: Choices(n, r.options.values, r.chosen) for n, r in program.readings.items()
                }
        return choices_of(self.load(folder).rulebook)

    def _ready_as(self, folder: Path, asked: dict[str, str]) -> Ready:
        folder = paths.nearby(folder)
        key = (folder, tuple(sorted(asked.items())))
        if key not in self._ready:
            kept = cache.find(folder, asked) if self.cached else None
            if kept is None:
                self._ready[key] = self._made(folder, asked)
            else:
                take = partial(self.load, folder)
                self._ready[key] = Ready(folder, kept.program, (), kept.clauses, take)
        return self._ready[key]

    def keep_made(self) -> None:
        """Keep what was made to evaluate cases, for the next start."""
        if self.cached:
            for (folder, asked), ready in self._ready.items():
                if ready.program is not None:
                    cache.keep_made(folder, dict(asked), ready.program)

    def memo(self, folder: Path) -> Memo:
        """Return the memo of the rulebook of a folder and of those like it."""
        from khung.ir.memo import Memo  # noqa: PLC0415  # not for a program of the cache

        return self._memos.setdefault(paths.nearby(folder), Memo())

    def _made(self, folder: Path, asked: dict[str, str]) -> Ready:
        loaded = self.load(folder)
        made = make_ready(loaded, asked, self.memo(folder), shares=not self.cached)
        if self.cached and made.program and loaded.written and not made.diagnostics:
            kept = cache.Kept(made.program, made.clauses)
            cache.keep(folder, asked, kept, loaded.written.taken)
        return made

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
        asked = chosen_readings(case_file, self.choices(folder), bag)
        chosen = {**readings, **asked} if case_first else {**asked, **readings}
        ready = self.ready(folder, chosen)
        return self._with_overlays(ready, case_file, chosen, bag) if case_file.overlays else ready

    def _with_overlays(
        self, base: Ready, case_file: CaseFile, readings: Mapping[str, str], bag: Bag
    ) -> Ready:
        """Return a rulebook with the overlays that a case names, as one program."""
        from khung.ir.overlaid import under_overlays  # noqa: PLC0415  # few cases name any

        found = {ref: self._overlay(base, ref, readings, bag) for ref in case_file.overlays}
        parts = {ref: ready for ref, ready in found.items() if ready is not None}
        said = tuple(d for ready in (base, *parts.values()) for d in ready.diagnostics)
        programs = {ref: p for ref, ready in parts.items() if (p := ready.program) is not None}
        clauses = {k: v for one in (*parts.values(), base) for k, v in one.clauses.items()}
        for ref, one in parts.items():
            clauses |= {f"{ref.name} {k}": v for k, v in one.clauses.items() if v != clauses[k]}
        key = (base.folder, tuple(sorted(readings.items())), tuple(ref.name for ref in programs))
        if base.program is None or len(programs) < len(found):
            return replace(base, program=None, diagnostics=said)
        program = self._overlaid.get(key)
        if program is None:
            wrong = Bag()
            named = {ref.name: (one, ref.span) for ref, one in programs.items()}
            program = under_overlays(base.program, named, wrong)
            bag.add_all(wrong.diagnostics)
            if wrong.has_errors:
                return replace(base, program=None, diagnostics=said)
            self._overlaid[key] = program
        return replace(base, program=program, diagnostics=said, clauses=clauses)

    def _overlay(
        self, base: Ready, ref: Ref, readings: Mapping[str, str], bag: Bag
    ) -> Ready | None:
        """Return an overlay of a rulebook, which stands beside it; report what is none (K0678)."""
        folder = find_rulebook(ref.name, None, base.folder.parent, bag, ref.span)
        if folder is None:
            return None
        rulebook = self.load(folder).rulebook
        how = None if rulebook is None else rulebook.extends
        if rulebook is not None and (how is None or how.manner.value != "overlay"):
            bag.add("K0678", ref.span, at="overlays", name=ref.name, base=base.folder.name)
            return None
        if how is not None and how.rulebook.name != base.folder.name:
            other, program = how.rulebook.name, base.program
            is_earlier = program is not None and program.amended == other
            bag.add(
                "K0678",
                ref.span,
                help="amended" if is_earlier else "other",
                at="overlays",
                name=ref.name,
                base=base.folder.name,
                other=other,
            )
            return None
        return self.ready(folder, readings)


# -- a case to results --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What came of a case.

    Attributes:
        path: Its file, or what stands for one.
        case_file: The case, None where its head cannot be read.
        ready: The rulebook that it ran under, None where there is none.
        results: None where the case or the rulebook is invalid; `diagnostics` says why.
        decided: What was taken of tables of decisions beside the case.
    """

    path: Path
    case_file: CaseFile | None
    ready: Ready | None
    results: Results | None
    diagnostics: tuple[Diagnostic, ...]
    decided: tuple[Decided, ...] = ()


def evaluate_file(
    path: Path,
    shelf: Shelf,
    readings: Mapping[str, str],
    rulebooks: Path | None = None,
    *,
    bare: bool = False,
    decisions: Sequence[Path] = (),
) -> Evaluated:
    """Return the results of a case.

    Args:
        path: The case file, the folder of its tables, or a workbook.
        shelf: Where rulebooks are kept.
        readings: Options to follow, before those that the case asks for.
        rulebooks: The folder of rulebooks that the user names, if any.
        bare: Whether no defaults are taken.
        decisions: Tables of decisions; those among the tables of the case count by themselves.
    """
    bag = Bag()
    case_file = asked(read_any(path, bag), bare=bare, decisions=decisions)
    return evaluate_read(path, case_file, bag, shelf, readings, rulebooks)


def evaluate_text(  # noqa: PLR0913  # how it is run is by keyword only
    data: bytes,
    name: str,
    shelf: Shelf,
    readings: Mapping[str, str],
    rulebooks: Path | None = None,
    *,
    bare: bool = False,
    decisions: Sequence[Path] = (),
) -> Evaluated:
    """Return the results of a case of which the text is at hand; messages call it `name`."""
    bag = Bag()
    case_file = asked(parse_case(data, name, bag), bare=bare, decisions=decisions)
    return evaluate_read(Path(name), case_file, bag, shelf, readings, rulebooks)


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
    folder = None if folder is None else version_of(case_file, folder, bag)
    if folder is None:
        return Evaluated(path, case_file, None, None, bag.diagnostics)
    return evaluate_under(path, case_file, shelf.ready_for(case_file, folder, readings, bag), bag)


def evaluate_under(path: Path, case_file: CaseFile, ready: Ready, bag: Bag) -> Evaluated:
    """Return the results of a case under a rulebook, with what `bag` holds already."""
    program = ready.program
    if program is None:
        said = (*ready.diagnostics, *bag.diagnostics)
        return Evaluated(path, case_file, ready, None, said)
    case_file = with_subjects(case_file, program, bag)
    case = case_from(case_file, program, bag)
    taken = () if case is None else decided(case_file, case, bag)
    case = None if bag.has_errors else case
    results = None if case is None else _results(case_file, program, case, bag)
    return Evaluated(path, case_file, ready, results, bag.diagnostics, taken)


def _results(case_file: CaseFile, program: Program, case: Case, bag: Bag) -> Results | None:
    try:
        results = evaluate_case(program, case)
    except CircularRulesError as ring:
        bag.add("K0440", case_file.rulebook.span, path=" → ".join(ring.path))
        return None
    check_evaluated(case_file, results.run, bag)
    return None if bag.has_errors else results

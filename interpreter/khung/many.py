"""A case of very many subjects: from its tables to results, by compiled rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from khung.casefile.find import find_rulebook
from khung.casefile.tables.case import (
    CaseOfTables,
    asked,
    case_from,
    decided,
    frames_of_case,
    read_any,
    with_subjects,
)
from khung.casefile.tables.checked import checked_frames
from khung.casefile.versions import version_of
from khung.diagnostics.bag import Bag
from khung.ir.result_schema import EVERYTHING, Selection
from khung.records import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from khung.casefile.model import CaseFile
    from khung.casefile.tables.decisions import Decided
    from khung.casefile.tables.frames import Frames
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Evaluated, Ready, Shelf
    from khung.ir.program import Program
    from khung.population.populated import Populated
    from khung.population.run import Solved
    from khung.why.result import Results, Wanted


class UnknownSubjectError(Exception):
    """A rulebook has no subject of a name; it has those that are `known`."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


def populate_file(  # noqa: PLR0913  # all that a command asks for
    path: Path,
    shelf: Shelf,
    readings: Mapping[str, str],
    rulebooks: Path | None = None,
    selection: Selection = EVERYTHING,
    *,
    bare: bool = False,
    decisions: Sequence[Path] = (),
    least: int = 0,
    memory: int | None = None,
) -> tuple[Ready, Populated, tuple[Diagnostic, ...]] | None:
    """Return a case of tables, solved by compiled rules, with what is to be said of it.

    None if it is none of tables, has fewer subjects than `least`, or anything is wrong with it:
    then it is for `evaluate_file`, which says so.

    Raises:
        UnsupportedError: Too many subjects hang on what SQL has no exact form for.
        UnknownSubjectError: The rulebook has no subject that is selected.
    """
    bag = Bag()
    case_file = asked(read_any(path, bag), bare=bare, decisions=decisions)
    ready = _ready(case_file, path, shelf, readings, rulebooks, bag)
    if ready is None or ready.program is None or not isinstance(case_file, CaseOfTables):
        return None
    from khung.population.populated import populate  # noqa: PLC0415  # for many alone

    known = [declared.name for declared in ready.program.subjects]
    for name in selection.subjects.difference(known):
        raise UnknownSubjectError(name, known)
    as_read = _frames(case_file, ready.program, least, bag)
    if as_read is None:
        return None
    frames, taken = _with_decisions(replace(as_read, head=case_file), ready.program, bag)
    if bag.has_errors:
        return None
    found = populate(ready.program, frames, memory=memory, selection=selection, keeps=shelf.cached)
    if found is not None and found.hanging:
        found = _beside(found, case_file, bag)
    if found is None:
        return None
    ask = partial(_by_reference, case_file, ready.program, as_read, found.solved)
    return ready, replace(found, decided=taken, ask=ask), tuple(bag.diagnostics)


def evaluate_part(  # noqa: PLR0913  # how it is run is by keyword only
    path: Path,
    shelf: Shelf,
    readings: Mapping[str, str],
    rulebooks: Path | None = None,
    *,
    of: tuple[str, str],
    most: int,
    bare: bool = False,
    decisions: Sequence[Path] = (),
) -> Evaluated | None:
    """Return what the reference evaluator finds in the part of a case on which a subject hangs.

    None if it is no case of tables, the part has more than `most` subjects or does not stand by
    itself, or anything is wrong with the case. `of` is the type of the subject and its id.
    """
    from khung.driver import evaluate_under  # noqa: PLC0415  # for few cases
    from khung.population.part import part_of  # noqa: PLC0415  # for many alone
    from khung.sql.ends import UnsupportedError  # noqa: PLC0415  # as above

    bag = Bag()
    case_file = asked(read_any(path, bag), bare=bare, decisions=decisions)
    ready = _ready(case_file, path, shelf, readings, rulebooks, bag)
    if ready is None or ready.program is None or not isinstance(case_file, CaseOfTables):
        return None
    as_read = frames_of_case(case_file, ready.program, bag, whole=False)
    frames, _ = _with_decisions(replace(as_read, head=case_file), ready.program, bag)
    try:
        part = None if bag.has_errors else part_of(ready.program, frames, *of, most)
    except UnsupportedError:  # numbers of so many digits
        return None
    if part is None:
        return None
    return evaluate_under(path, with_subjects(part.head, ready.program, bag, part), ready, bag)


def _ready(
    case_file: CaseFile | None,
    path: Path,
    shelf: Shelf,
    readings: Mapping[str, str],
    rulebooks: Path | None,
    bag: Bag,
) -> Ready | None:
    """Return the rulebook of a case of tables; None where it is none, or anything is wrong."""
    if not isinstance(case_file, CaseOfTables) or bag.has_errors:
        return None
    folder = find_rulebook(case_file.rulebook.name, path, rulebooks, bag, case_file.rulebook.span)
    folder = None if folder is None else version_of(case_file, folder, bag)
    if folder is None:
        return None
    ready = shelf.ready_for(case_file, folder, readings, bag)
    return None if ready.program is None or ready.program.parts or bag.has_errors else ready


def _frames(case_file: CaseOfTables, program: Program, least: int, bag: Bag) -> Frames | None:
    """Return the tables of a case of so many subjects; None if there are fewer or any is wrong.

    In large files, which are not read, the database looks for what is wrong.
    """
    from khung.population.populated import subjects_in  # noqa: PLC0415  # for many alone

    frames = frames_of_case(case_file, program, bag, whole=False)
    if bag.has_errors or subjects_in(frames, program) < least:
        return None
    return (
        frames
        if frames.parquet
        else checked_frames(replace(case_file, frames=frames), program, bag)
    )


def _by_reference(
    case_file: CaseOfTables, program: Program, frames: Frames, solved: Solved, wanted: Wanted
) -> Results | None:
    """Return what the reference evaluator finds of some subjects; None if the case is not for it.

    It is given what was read already, but for large files, which were not, and what is sure of all
    others, on whom theirs hangs.
    """
    from khung.population.known import known_of  # noqa: PLC0415  # for many alone
    from khung.why.result import evaluate_some  # noqa: PLC0415  # for few cases

    bag = Bag()
    read = None if frames.parquet else frames
    case = case_from(with_subjects(case_file, program, bag, read), program, bag)
    if case is None or bag.has_errors:
        return None
    decided(case_file, case, bag)
    return evaluate_some(program, case, (), wanted, known_of(solved))


def _with_decisions(
    frames: Frames, program: Program, bag: Bag
) -> tuple[Frames, tuple[Decided, ...]]:
    """Return frames with what was decided beside them, and what was taken of it."""
    if not frames.head.decisions:
        return frames, ()
    from khung.casefile.tables.given_rows import with_decisions  # noqa: PLC0415  # only for those

    return with_decisions(frames.head.decisions, frames, program, bag)


def _beside(found: Populated, case_file: CaseFile, bag: Bag) -> Populated | None:
    """Return a case with what the reference evaluator finds of those of whom SQL cannot say all.

    It takes the whole case for it. Of a case that is too large what is told beside levels is left
    out. None if anything is wrong with the case.

    Raises:
        UnsupportedError: Those are too many, or levels are among it and the case is too large.
    """
    from khung.population.populated import BY_REFERENCE, LARGE  # noqa: PLC0415  # for many alone
    from khung.sql.ends import UnsupportedError  # noqa: PLC0415  # as above
    from khung.why.result import evaluate_some  # noqa: PLC0415  # as above

    whole, those = found.subjects, found.number_of(found.hanging)
    why = next(iter(found.hanging.values()))
    if not those:
        return found
    if whole > LARGE:
        if found.number_of(found.solved.compiled.without):
            raise UnsupportedError(why)
        return found
    if those > BY_REFERENCE * whole:
        raise UnsupportedError(why)
    case = case_from(with_subjects(case_file, found.program, bag), found.program, bag)
    if case is None or bag.has_errors:
        return None
    decided(case_file, case, bag)
    return replace(found, by_reference=evaluate_some(found.program, case, found.hanging))

"""Two engines on random rulebooks and cases: each rulebook is compiled once for many cases."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import PurePath
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.engines import coverage
from tests.engines.cases import CasePlain, random_case
from tests.engines.compare import Difference, differences
from tests.engines.reference import WrongCaseError, as_text, evaluated, reference, replace_bare
from tests.engines.rulebooks import as_text as rulebook_text
from tests.engines.rulebooks import program_for, rulebook
from tests.engines.shrink import Pair, shrunk
from tests.engines.tables import tables_of

from khung.casefile.from_source import case_of
from khung.casefile.tables.frames import Frames, TablePlace
from khung.diagnostics.bag import Bag
from khung.engine.rings import CircularRulesError
from khung.source.from_text import parse_yaml
from khung.text import Grid, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.engines.reference import Answers

    from khung.casefile.model import CaseFile
    from khung.ir.program import Program


if TYPE_CHECKING:
    Engine = Callable[[Program, Sequence[tuple[str, Frames]]], Mapping[str, Answers]]
    """Returns the answers of many cases by their ids."""


def frames_of(program: Program, case: CasePlain) -> Frames:
    """Return a case as an engine gets it."""
    tables = tables_of(program, case)
    places = {
        name: TablePlace(Grid(f"<{name}>", number=number), {}, range(1, table.num_rows + 1))
        for number, (name, table) in enumerate(tables.items())
    }
    return Frames(head_of(program, case), tables, places)


def head_of(program: Program, case: CasePlain) -> CaseFile:
    """Return the head of a case as read."""
    bag = Bag()
    alone = CasePlain(case.on, case.complete, {}, case.bare)
    node = parse_yaml(SourceFile("case.yaml", as_text(alone, program.rulebook)), bag)
    assert node is not None, bag.diagnostics
    read = case_of(node, bag)
    assert read is not None, bag.diagnostics
    return replace_bare(read, case.bare)


# -- one rulebook ----------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A case that was asked, with the answer of the reference."""

    id: str
    case: CasePlain
    answers: Answers


def answered(
    program: Program, cases: Sequence[CasePlain], refused: Counter[str] | None = None
) -> list[Asked]:
    """Return the cases that the reference takes, with its answers."""
    found: list[Asked] = []
    for number, case in enumerate(cases):
        try:
            found.append(Asked(f"c{number}", case, reference(program, case)))
        except WrongCaseError as wrong:
            if refused is not None:
                refused.update(wrong.codes)
        except CircularRulesError:
            if refused is not None:
                refused["ring"] += 1
    return found


def mended(program: Program, case: CasePlain, rounds: int = 4) -> CasePlain:
    """Return a case without those facts of which khung says that they are wrong."""
    for _ in range(rounds):
        try:
            evaluated(program, case)
        except WrongCaseError as wrong:
            case = deepcopy(case)
            for ty, *rest in filter(None, wrong.places):
                held = case.subjects.get(ty, {}).get(rest[0], {}) if rest else {}
                held.pop(rest[1] if len(rest) > 1 else "given", None)
        except CircularRulesError:
            break
        else:
            break
    return case


def disagreements(
    program: Program, asked: Sequence[Asked], engine: Engine
) -> dict[str, list[Difference]]:
    """Return in what an engine differs from the reference, by the id of the case."""
    stacked = [(one.id, frames_of(program, one.case)) for one in asked]
    found = engine(program, stacked)
    said = {one.id: differences(one.answers, found[one.id]) for one in asked}
    return {name: of for name, of in said.items() if of}


def cause_of(program: Program, case: CasePlain, engine: Engine) -> frozenset[str]:
    """Return in which fields an engine differs on one case, or how it fails; nothing if equal."""
    try:
        asked = answered(program, [case])
    except Exception as error:  # noqa: BLE001  # a failure is an answer here
        return frozenset({f"reference fails: {type(error).__name__}"})
    if not asked:
        return frozenset()
    try:
        found = disagreements(program, asked, engine)
    except Exception as error:  # noqa: BLE001  # a failure is an answer here
        return frozenset({f"fails: {type(error).__name__}"})
    return frozenset(one.field for of in found.values() for one in of)


def small(pair: Pair, engine: Engine, most: int = 1000) -> Pair:
    """Return a small rulebook and case on which an engine differs in one of the same fields."""
    program = program_for(pair.rulebook)
    assert program is not None
    wanted = cause_of(program, pair.case, engine)

    def stays(one: Pair) -> bool:
        found = program if one.rulebook is pair.rulebook else _program(one.rulebook)
        return found is not None and bool(cause_of(found, one.case, engine) & wanted)

    return shrunk(pair, stays, most)


def _program(document: dict[str, Any]) -> Program | None:
    try:
        return program_for(document)
    except Exception:  # noqa: BLE001  # what is cut short may be anything
        return None


# -- many ------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What was tried so far."""

    drawn: int = 0
    valid: int = 0
    cases: int = 0
    subjects: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)


@dataclass
class Found:
    """A disagreement: the seed of the rulebook, a case, and in what."""

    seed: int
    pair: Pair
    said: tuple[str, ...]

    @property
    def name(self) -> str:
        """The seed, or the name of the folder of a rulebook that is there."""
        return PurePath(self.pair.rulebook.get("folder", str(self.seed))).name


def trials(seed: int, rulebooks: int, each: int, engine: Engine, tally: Tally) -> Iterator[Tally]:
    """Try so many valid rulebooks, with cases of `each` subjects in all; yield after each."""
    number = seed
    while tally.valid < rulebooks:
        rng = Random(number)  # noqa: S311  # a law, no secret
        document = rulebook(rng)
        tally.drawn += 1
        program = program_for(document)
        if program is not None:
            yield _tried(rng, number, Made(document, program), each, engine, tally)
        number += 1


def trials_of(
    folders: Sequence[Path], seed: int, each: int, engine: Engine, tally: Tally
) -> Iterator[Tally]:
    """Try rulebooks that are there, likewise."""
    for folder in folders:
        document = {"folder": str(folder)}
        program = program_for(document)
        assert program is not None, folder
        tally.drawn += 1
        rng = Random(seed)  # noqa: S311  # a law, no secret
        yield _tried(rng, seed, Made(document, program), each, engine, tally)


class Made(NamedTuple):
    """A rulebook that is valid, as plain values and lowered."""

    document: dict[str, Any]
    program: Program


def _tried(rng: Random, seed: int, made: Made, each: int, engine: Engine, tally: Tally) -> Tally:
    tally.valid += 1
    tally.used.update(coverage.used_by(made.program))
    _try(rng, seed, made, each, engine, tally)
    return tally


def _try(rng: Random, seed: int, made: Made, each: int, engine: Engine, tally: Tally) -> None:
    asked = _drawn(rng, made.program, each, tally)
    tally.cases += len(asked)
    for one in asked:
        for of in one.answers["results"].values():
            tally.subjects += len(of)
            tally.statuses.update(row["status"] for row in of.values())
    try:
        found = disagreements(made.program, asked, engine)
    except Exception as error:  # noqa: BLE001  # a failure is a finding
        for one in asked[:1]:
            pair = Pair(made.document, one.case)
            tally.found.append(Found(seed, pair, (f"fails: {type(error).__name__}: {error}",)))
        return
    for one in asked:
        if one.id in found:
            said = tuple(map(str, found[one.id]))
            tally.found.append(Found(seed, Pair(made.document, one.case), said))


def _drawn(rng: Random, program: Program, each: int, tally: Tally) -> list[Asked]:
    """Draw cases until there are so many subjects; what is refused is drawn anew, not for ever."""
    asked: list[Asked] = []
    subjects = tries = 0
    while subjects < each and tries < each:
        size = rng.choice((4, 8, 12, 20))
        case = mended(program, random_case(rng, program, size))
        tries += 1
        for one in answered(program, [case], tally.refused):
            asked.append(one._replace(id=f"c{tries}"))
            subjects += sum(len(of) for of in one.answers["results"].values())
    return asked


def write(found: Found, folder: Path, engine: Engine) -> None:
    """Write a disagreement to a folder: rulebook, case, and both answers."""
    program = program_for(found.pair.rulebook)
    assert program is not None
    folder.mkdir(parents=True, exist_ok=True)
    text = rulebook_text(found.pair.rulebook)
    (folder / "rulebook.yaml").write_text(text, encoding="utf-8")
    case = as_text(found.pair.case, program.rulebook)
    (folder / "case.yaml").write_text(case, encoding="utf-8")
    lines = [f"seed {found.seed}", *found.said]
    (folder / "differences.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

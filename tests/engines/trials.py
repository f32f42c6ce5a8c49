"""Many random rulebooks and cases, and what came of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.engines import coverage
from tests.engines.cases import random_case
from tests.engines.compare import LeftError
from tests.engines.found import BARE
from tests.engines.harness import (
    Asked,
    answered,
    answered_mended,
    cause_of,
    differing,
    failure,
    small,
)
from tests.engines.reference import as_text
from tests.engines.rulebooks import as_text as rulebook_text
from tests.engines.rulebooks import program_for, rulebook
from tests.engines.shrink import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.engines.harness import Engine

    from khung.ir.program import Program


@dataclass
class Tally:
    """What was tried so far, without features that are `off`.

    `left` counts cases that an engine leaves, by the reason; `beside` the subjects of cases that it
    answers, of types that it leaves; `seed` is that of the last rulebook.
    """

    off: frozenset[str] = frozenset()
    drawn: int = 0
    valid: int = 0
    cases: int = 0
    subjects: int = 0
    compared: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    seed: int = 0


@dataclass
class Found:
    """A disagreement: the seed of the rulebook, a case, and in what."""

    seed: int
    pair: Pair
    said: tuple[str, ...]
    causes: frozenset[str]

    @property
    def size(self) -> int:
        """How many subjects the case has."""
        return sum(map(len, self.pair.case.subjects.values()))


def trials(seed: int, rulebooks: int, each: int, engine: Engine, tally: Tally) -> Iterator[Tally]:
    """Try so many valid rulebooks, with cases of `each` subjects in all; yield after each."""
    number = seed
    while tally.valid < rulebooks:
        rng = Random(number)  # noqa: S311  # a law, no secret
        document = rulebook(rng, tally.off)
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
    tally.seed = seed
    tally.used.update(coverage.used_by(made.program))
    _try(rng, seed, made, each, engine, tally)
    return tally


def _try(rng: Random, seed: int, made: Made, each: int, engine: Engine, tally: Tally) -> None:
    asked = _drawn(rng, seed, made, each, tally)
    tally.cases += len(asked)
    for one in asked:
        for of in one.answers["results"].values():
            tally.subjects += len(of)
            tally.statuses.update(row["decision"] or row["status"] for row in of.values())
    beside = sum(tally.beside.values())
    parts = _apart(made.program, asked)
    for some, everything in chain.from_iterable(
        _compared(made.program, part, engine, tally) for part in parts if part
    ):
        tally.compared += sum(len(of) for one in some for of in one.answers["results"].values())
        for number, said in everything.items():
            tally.found.append(Found(seed, Pair(made.document, some[number].case), *said))
    tally.compared -= sum(tally.beside.values()) - beside


def _apart(program: Program, asked: Sequence[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Return cases of which the kind of everybody is stated, and others, which an engine may leave.

    What is left does so for all that are compared at once.
    """
    kinds = {d.name: d.kind_field for d in program.subjects if d.kinds is not None}
    found: tuple[list[Asked], list[Asked]] = ([], [])
    for one in asked:
        of = (
            (kind, facts)
            for n, kind in kinds.items()
            for facts in one.case.subjects.get(n, {}).values()
        )
        found[any(facts.get(kind) is None for kind, facts in of)].append(one)
    return found


def _compared(
    program: Program, asked: Sequence[Asked], engine: Engine, tally: Tally
) -> Iterator[tuple[Sequence[Asked], dict[int, Said]]]:
    """Yield cases with what an engine says otherwise; where it leaves some, each half by itself."""
    try:
        yield asked, _said(program, asked, engine, tally.beside)
    except LeftError as left:
        if len(asked) < 2 or not left.of_data:  # one alone
            tally.left[str(left)] += len(asked)
            return
        half = len(asked) // 2
        yield from _compared(program, asked[:half], engine, tally)
        yield from _compared(program, asked[half:], engine, tally)


def _said(
    program: Program, asked: Sequence[Asked], engine: Engine, left: Counter[str] | None = None
) -> dict[int, Said]:
    """Return in what an engine differs or how it fails, by the place of the case.

    Where it fails on all cases at once, each is asked alone.
    """
    try:
        found = differing(program, asked, engine, left)
    except LeftError:
        raise
    except Exception as error:  # noqa: BLE001  # a failure is a finding
        alone = {i: cause_of(program, one.case, engine) for i, one in enumerate(asked)}
        failed = {i: Said(tuple(sorted(causes)), causes) for i, causes in alone.items() if causes}
        return failed or {0: _failed("fails on all at once", error)}
    return {
        i: Said(tuple(map(str, found[one.id])), frozenset(d.sort for d in found[one.id]))
        for i, one in enumerate(asked)
        if one.id in found
    }


class Said(NamedTuple):
    """What is said of a disagreement, and what sorts of differences there are."""

    lines: tuple[str, ...]
    causes: frozenset[str]


def _failed(what: str, error: Exception) -> Said:
    text = failure(what, error)
    return Said((text,), frozenset({text}))


def _drawn(rng: Random, seed: int, made: Made, each: int, tally: Tally) -> list[Asked]:
    """Draw cases until there are so many subjects; what is refused is drawn anew, not for ever.

    All are of one day, and with or without defaults, as the first is: so they are solved together.
    """
    asked: list[Asked] = []
    subjects = tries = 0
    shared: dict[str, Any] = {}
    while subjects < each and tries < each:
        case = random_case(rng, made.program, rng.choice((4, 8, 12, 20)))
        shared = shared or {"on": case.on, "bare": case.bare}
        case = replace(case, **shared)
        tries += 1
        try:
            found = answered_mended(made.program, case, tally.refused)
        except Exception as error:  # noqa: BLE001  # a failure is a finding
            said = _failed("reference fails", error)
            tally.found.append(Found(seed, Pair(made.document, case), *said))
            continue
        if found is not None:
            asked.append(found._replace(id=f"c{tries}"))
            subjects += sum(len(of) for of in found.answers["results"].values())
    return asked


# -- what is written of it -------------------------------------------------------------------------


def by_cause(found: Sequence[Found]) -> dict[str, list[Found]]:
    """Return disagreements by each of their causes, the most frequent first, the smallest first."""
    causes: dict[str, list[Found]] = {}
    for one in sorted(found, key=lambda one: one.size):
        for cause in one.causes:
            causes.setdefault(cause, []).append(one)
    return dict(sorted(causes.items(), key=lambda item: -len(item[1])))


def write(found: Found, cause: str, folder: Path, engine: Engine, most: int) -> tuple[str, ...]:
    """Write a disagreement to a folder, made small: rulebook, case, and in what they differ."""
    pair, said = _smaller(found, cause, engine, most)
    program = program_for(pair.rulebook)
    assert program is not None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rulebook.yaml").write_text(rulebook_text(pair.rulebook), encoding="utf-8")
    (folder / "case.yaml").write_text(as_text(pair.case, program.rulebook), encoding="utf-8")
    if pair.case.bare:
        (folder / BARE).touch()
    lines = "\n".join([f"seed {found.seed}", *said])
    (folder / "differences.txt").write_text(f"{lines}\n", encoding="utf-8")
    return said


def _smaller(found: Found, cause: str, engine: Engine, most: int) -> tuple[Pair, tuple[str, ...]]:
    """Return a small pair and what is said of it; as it was if the case alone is no matter."""
    program = program_for(found.pair.rulebook)
    assert program is not None
    if cause not in cause_of(program, found.pair.case, engine):
        return found.pair, ("only beside other cases", *found.said)
    pair = small(found.pair, engine, most, frozenset({cause}))
    program = program_for(pair.rulebook)
    assert program is not None
    try:
        asked = answered(program, [pair.case])
        return pair, _said(program, asked, engine)[0].lines
    except Exception as error:  # noqa: BLE001  # a failure is a finding
        return pair, (failure("reference fails", error),)

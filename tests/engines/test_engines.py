"""Random rulebooks and cases: what they are made of, and that engines which differ are noticed."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import TYPE_CHECKING

import pytest
import yaml
from tests.engines import coverage
from tests.engines.by_tables import by_tables, case_of
from tests.engines.cases import CasePlain, facts_of, fits_tables, random_case
from tests.engines.compare import differences
from tests.engines.engines import NAMES, engine_of
from tests.engines.faults import FAULTS
from tests.engines.found import FOLDER, read
from tests.engines.harness import answered, cause_of, differing, frames_of, small
from tests.engines.log import Log, resumed
from tests.engines.reference import answers_of
from tests.engines.rulebooks import as_text as rulebook_text
from tests.engines.rulebooks import program_of, random_rulebook
from tests.engines.shrink import Pair, shrunk
from tests.engines.trials import Tally, trials

from khung.casefile.tables.case import case_from, of_tables, with_subjects
from khung.diagnostics.bag import Bag
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engines.harness import Engine
    from tests.engines.reference import Answers

    from khung.ir.program import Program


def tried(engine: Engine, seed: int, rulebooks: int, each: int) -> Tally:
    """Return what came of some rulebooks."""
    tally = Tally()
    for _ in trials(seed, rulebooks, each, engine, tally):
        pass
    return tally


def test_engines_agree_on_random_rulebooks() -> None:
    tally = tried(by_tables, 1, 8, 60)
    assert tally.found == []
    assert tally.subjects >= 8 * 60


def test_most_rulebooks_are_valid_and_use_every_node_and_rule() -> None:
    programs = [program_of(random_rulebook(seed))[0] for seed in range(70)]
    valid = [program for program in programs if program is not None]
    assert len(valid) > len(programs) / 2
    counts = coverage.counted(valid)
    assert coverage.expected() - set(counts) == set()


def test_a_run_goes_on_where_its_log_ends(tmp_path: Path) -> None:
    whole, log = tried(by_tables, 1, 3, 12), tmp_path / "log"
    for rulebooks in (1, 3):  # the second goes on
        part = Tally()
        seed, said = resumed(part, log, 1)
        written = Log(log, part)
        for now in trials(seed, rulebooks, 12, by_tables, part):
            written.note(now.seed, now)
        assert said == []
    for name in ("drawn", "valid", "cases", "subjects", "compared", "seed", "used", "statuses"):
        assert getattr(part, name) == getattr(whole, name)
    assert len(log.read_text("utf-8").splitlines()) == whole.valid


def test_a_seed_says_which_rulebook() -> None:
    assert random_rulebook(7) == random_rulebook(7)
    assert random_rulebook(7) != random_rulebook(8)


def test_tables_say_all_that_a_case_says() -> None:
    for seed in range(12):
        program, _ = program_of(random_rulebook(seed))
        if program is None:
            continue
        case = random_case(Random(seed), program)  # noqa: S311  # a law, no secret
        assert all(map(fits_tables, facts_of(case)))
        back = case_of(program, frames_of(program, case))
        once = frames_of(program, back)
        assert once.tables == frames_of(program, case).tables
        ids = {name: list(of) for name, of in case.subjects.items()}
        assert {name: list(of) for name, of in back.subjects.items()} == ids


def test_khung_reads_of_tables_what_it_reads_of_a_case() -> None:
    for seed in (1, 3, 9, 503, 520):
        program, _ = program_of(random_rulebook(seed))
        assert program is not None
        case = random_case(Random(seed), program, 8)  # noqa: S311  # a law, no secret
        for one in answered(program, [case]):
            assert differences(one.answers, reference_of_tables(program, one.case)) == []


def reference_of_tables(program: Program, case: CasePlain) -> Answers:
    """Return what the reference finds of a case whose tables khung has read."""
    frames, bag = frames_of(program, case), Bag()
    read = with_subjects(of_tables(frames.head, {}), program, bag, frames)
    made = case_from(read, program, bag)
    assert made is not None, bag.diagnostics
    return answers_of(program, evaluate_case(program, made))


def test_a_row_that_states_nothing_but_unknowns_is_no_record() -> None:
    assert fits_tables({"rows": [{}, {"b0": None, "n0": 1}, {"b0": None, "tags": []}, None]})
    assert not fits_tables({"rows": [{"b0": None, "n0": None}]})
    assert not fits_tables({"rows": [{"b0": None, "tags": ["a"]}]})
    assert not fits_tables({"rows": [{"b0": True, "inner": [{"n0": None}]}]})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str) -> None:
    tally = Tally()
    for now in trials(1, 60, 40, FAULTS[fault], tally):
        if now.found:
            return
    pytest.fail(f"not noticed in {tally.subjects} subjects")


def test_what_makes_no_difference_is_left_out() -> None:
    caps = {"cap0": {"at_most": "l0"}, "cap1": {"when": "(b0 and (n0 < 2))", "at_most": "l1"}}
    document = {"id": "made", "subjects": {"unit": {"caps": caps}, "member": {"facts": {}}}}
    given = {"level": "l1", "after": "cap"}
    subjects = {"unit": {f"u{i}": {"b0": None, "given": given} for i in range(5)}}
    pair = Pair(document, CasePlain(date(2021, 6, 30), ["unit"], subjects, bare=True))

    def stays(one: Pair) -> bool:
        said = one.case.subjects.get("unit", {}).get("u3", {}).get("given", {})
        return "after" in said and "n0 < 2" in str(one.rulebook)

    assert stays(pair)
    assert shrunk(pair, stays) == Pair(
        {"subjects": {"unit": {"caps": {"cap1": {"when": "n0 < 2"}}}}},
        CasePlain(date(2021, 6, 30), True, {"unit": {"u3": {"given": {"after": "cap"}}}}),
    )


def test_a_small_pair_differs_as_the_large_one_did() -> None:
    engine = FAULTS["nothing is whole"]
    pair = next(one.pair for now in trials(1, 4, 40, engine, Tally()) for one in now.found)
    less = small(pair, engine, most=15)
    program, _ = program_of(rulebook_text(less.rulebook))
    assert program is not None
    assert cause_of(program, less.case, engine)
    assert len(rulebook_text(less.rulebook)) < len(rulebook_text(pair.rulebook))


def test_fields_that_one_engine_does_not_say_are_no_difference() -> None:
    row = {"status": "ranked", "level": "l1"}
    left = {"results": {"member": {"m0": {**row, "missing": []}}}, "groups": []}
    assert differences(left, {"results": {"member": {"m0": row}}}) == []
    other = {"results": {"member": {"m0": {**row, "level": "l2"}, "m1": row}}}
    said = differences(left, other)
    assert [(one.place, one.field) for one in said] == [
        ("member.m0", "level"),
        ("member.m1", "there"),
    ]


def test_a_rulebook_is_written_as_it_is_read() -> None:
    text = random_rulebook(3)
    assert yaml.safe_load(text)["subjects"].keys() >= {"unit", "member"}


def differs(folder: Path, name: str) -> list[str]:
    """Return in what an engine differs on a small case."""
    program, case = read(folder)
    asked = answered(program, [case])
    assert len(asked) == 1
    found = differing(program, asked, engine_of(name))
    return [str(one) for of in found.values() for one in of]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", sorted(FOLDER.iterdir()), ids=lambda folder: folder.name)
def test_engines_agree_where_they_once_differed(folder: Path, name: str) -> None:
    if name == "spark":
        pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")
    assert differs(folder, name) == []


@pytest.mark.parametrize("seed", [2005, 2022, 2023, 2043, 2057])
def test_compiled_rules_agree_with_the_reference(seed: int) -> None:
    tally = tried(engine_of("sql"), seed, 1, 12)
    assert tally.found == []
    assert tally.left == {}

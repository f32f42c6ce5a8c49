"""Quotas settled in SQL are settled as by the reference: many cases of a rulebook at a time."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml
from hypothesis import given, note, settings
from hypothesis import strategies as st
from tests.differential import test_quotas as plain
from tests.differential.test_stages import load
from tests.engines.by_sql import by_sql
from tests.engines.trials import Tally, trials_of
from tests.support.evaluation import ALL_WHOLE
from tests.support.quota_tables import JointTables, Tables, differences, tally
from tests.support.strategies import law

from khung.engine.facts import Case, Entity, Given, Stated, Whole
from khung.engine.joint import Joint
from khung.engine.values import OPEN, Value, known, list_of
from khung.rulebook.model.rules import Stage
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from khung.ir.program import Program
    from khung.why.result import Results

stacked = settings(law, max_examples=max(4, law.max_examples // 10))
"""Each example is a rulebook with many cases in one script."""

CASES = 25
OPEN_NUMBER = Value(Decimal(0), Decimal(3), "missing")
OPEN_TRUTH = Value(False, True, "missing")  # two ends

found: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _say_what_was_tried() -> Iterator[None]:
    yield
    print(f"\nof quotas settled in SQL: {dict(found)}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quota")


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def compare(con: duckdb.DuckDBPyConnection, results: list[Results], place: int = 0) -> None:
    """Settle a quota of all cases in one script, and compare it with what they came to."""
    groups = [_groups(one, place) for one in results]
    made = JointTables if isinstance(groups[0], Joint) else Tables
    tables = made(groups)
    found.update(tally(tables))
    assert not differences(tables, con)


def _groups(results: Results, place: int) -> Any:
    run = results.run
    return run.groups_of(run.program.objects["member"], place)


@stacked
@given(plain.quotas(), st.integers(0, 10**9))
def test_groups_that_may_be_longer(
    folder: Path, con: duckdb.DuckDBPyConnection, quota: plain.Quota, seed: int
) -> None:
    rng, results = Random(seed), []  # noqa: S311  # no secret
    program = plain.program_of(quota, folder)
    for _ in range(CASES):
        members = plain.drawn(rng, rng.choice([0, 3, 6]) if seed % 2 else 0)
        sizes = plain.sized(rng, members) if rng.random() < 0.5 else plain.NO_SIZES
        whole = rng.random() < 0.5
        note(f"{members} {sizes} {whole}")
        results.append(plain.evaluated(program, members, sizes, whole=whole))
    compare(con, results)


# -- everything that a quota may ask -------------------------------------------------------------

COUNTS = ("hang >= c", "hang >= b and not(w)", "hang = b or hang = d", "w or hang >= b", "true")
SHARES = ("20%", "1/3", "100%", "if g = x then 20% else 1/2", "s2 / 4")
PLACES = ("1", "2", "if g = x then 1 else 3")
ORDERS = (
    ({"highest": "s"}, {"lowest": "t"}),
    ({"lowest": "6 / s"},),
    ({"highest": "w"}, {"highest": "t"}, {"lowest": "s"}),
    ({"highest": "t"},),
    (),
)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a quota as it is written."""
    level = draw(st.sampled_from("ab"))
    shared = draw(st.booleans())
    rule = {
        "level": level,
        "when": draw(st.sampled_from([None, None, "not(skip)"])),
        "competes": draw(st.sampled_from([None, "not(late)"])),
        "per": draw(st.sampled_from([["g"], ["g", "h"], ["h"]])),
        "counts": draw(st.sampled_from(COUNTS)) if shared else None,
        "at_most": draw(st.sampled_from(SHARES[:4])) if shared else None,
        "rounding": draw(st.sampled_from(["floor", "half_up", "ceiling"])) if shared else None,
        "small_group": draw(st.sampled_from([None, *SMALL])) if shared else None,
        "places": None if shared and draw(st.booleans()) else draw(st.sampled_from(PLACES)),
        "order": list(draw(st.sampled_from(ORDERS))) or None,
        "ties": draw(st.sampled_from(["needs_decision", "all", "none"])),
        "others": draw(st.sampled_from("bcd" if level == "a" else "cd")),
        "size": draw(st.sampled_from([None, "full"])),
    }
    if rule["per"] == ["h"]:
        rule |= {name: text for name, text in LIMITS.items() if rule[name]}
    return {name: value for name, value in rule.items() if value is not None}


@st.composite
def joint_rules(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a quota of which a candidate is in several groups."""
    rule = draw(rules())
    rule |= {"ties": "needs_decision"} if draw(st.booleans()) else {}
    limits = [name for name in ("at_most", "places", "size") if name in rule]
    del rule["per"], rule["ties"]
    if draw(st.booleans()):
        own = {name: LIMITS.get(name, rule[name]) for name in limits}
        return rule | own | {"per": "each p in spots of p"}
    rule["within"] = {"one": "g", "two": "h"}
    for name in limits:
        rule[name] = {"one": rule[name], "two": LIMITS.get(name, rule[name])}
    return rule


SMALL = (
    {"fewer_than": 4, "allow": 1, "at_least": 0},
    {"fewer_than": 3, "allow": 2, "at_least": 1},
    {"fewer_than": "2.5", "allow": 0, "at_least": "0.5"},
)
LIMITS = {"at_most": "1/3", "places": "2"}
"""Those that do not hang on a key that the groups do not have."""

FACTS: dict[str, dict[str, Any]] = {
    "lv": {"type": "hang"},
    "s": {"type": "number", "range": "0..3"},
    "t": {"type": "number", "range": "0..3", "when": "lv >= c"},
    "g": {"type": "place"},
    "h": {"type": "place", "when": "far"},
    **{name: {"type": "boolean"} for name in ("out", "late", "skip", "w", "far")},
    "waits": {"type": "boolean"},
    "full": {"type": "number", "range": "0.."},
    "spots": {"type": "list of place"},
}


def program_of(rule: dict[str, Any], folder: Path) -> Program:
    """Return a rulebook of one subject with one quota."""
    levels: dict[str, Any] = {
        level: {"require": {"r": {"that": f"lv >= {level}"}}} for level in "abc"
    }
    subject = {
        "subject": "member",
        "facts": FACTS,
        "not_ranked": {"out": {"when": "out"}},
        "pending": {"waits": {"when": "waits"}},
        "ladder": {"scale": "hang", "levels": {**levels, "d": {"otherwise": True}}},
        "quotas": {"few": rule},
    }
    manifest = (
        "khung: 1\nid: made\ntitle: Made up\nperiod: {from: 2021-01-01, to: 2021-12-31}\n"
        "scales: {hang: {values: {d: D, c: C, b: B, a: A}}}\n"
        "enumerations: {place: {values: {x: X, y: Y}}}\n"
    )
    (folder / "rulebook.yaml").write_text(manifest, encoding="utf-8")
    (folder / "member.yaml").write_text(yaml.dump(subject, sort_keys=False), encoding="utf-8")
    return load(folder)


def drawn(rng: Random, number: int, unknown: float) -> dict[str, Any]:
    """Return the facts of a member, of which a share is unknown."""
    facts: dict[str, Any] = {
        "lv": known(rng.choice([0, 1, 2, 2, 3, 3, 3])),
        "s": known(Decimal(rng.randint(0, 2))),
        "t": known(Decimal(rng.randint(0, 2))),
        "g": known(rng.choice("xxy")),
        "h": known(rng.choice("xxy")),
        "full": known(Decimal(rng.randint(1, number + 1))),
    }
    facts["spots"] = list_of(map(known, rng.choice(["", "x", "y", "xy", "xy"])))
    rare = {"out": 0.1, "late": 0.15, "skip": 0.15, "w": 0.4, "waits": 0.1, "far": 0.8}
    facts |= {name: known(rng.random() < share) for name, share in rare.items()}
    for name, is_there in {"t": facts["lv"].least > 0, "h": facts["far"].least}.items():
        if not is_there:
            facts[name] = Stated.ABSENT
    for name in [name for name in facts if rng.random() < unknown]:
        opened = {"lv": Value(0, 3, "missing"), "s": OPEN_NUMBER, "t": OPEN_NUMBER}
        infinite = Value(Decimal(0), Decimal("Infinity"), "missing")
        facts[name] = {**opened, "g": OPEN, "h": OPEN, "spots": OPEN, "full": infinite}.get(
            name, OPEN_TRUTH
        )
    return facts


def case_of(program: Program, rng: Random, number: int, unknown: float) -> Case:
    """Return a case with so many members."""
    entities = {}
    for at in range(number):
        name = f"m{at}"
        entity = Entity(program.objects["member"], name, drawn(rng, number, unknown))
        if not unknown:
            entity.facts["waits"] = known(False)
        elif rng.random() < 0.1:
            stage = rng.choice([Stage.QUOTA, Stage.QUOTA, Stage.STANDARD])
            entity.given = Given(rng.choice([1, 2, 3]), "", stage, {})
        entities[name] = entity
    said = ALL_WHOLE if rng.random() < 0.5 else Whole()
    return Case(program, date(2021, 12, 15), {"member": entities}, whole=said)


def compare_stack(
    con: duckdb.DuckDBPyConnection, folder: Path, rule: dict[str, Any], seed: int
) -> None:
    """Compare what a rule comes to in a stack of random cases."""
    rng = Random(seed)  # noqa: S311  # no secret
    program = program_of(rule, folder)
    note(str(rule))
    shares = [0, 0.03, 0.15] if seed % 2 else [0]
    cases = [case_of(program, rng, rng.randint(1, 9), rng.choice(shares)) for _ in range(CASES)]
    compare(con, [evaluate_case(program, case) for case in cases])


@stacked
@given(rules(), st.integers(0, 10**9))
def test_all_that_a_quota_may_ask(
    folder: Path, con: duckdb.DuckDBPyConnection, rule: dict[str, Any], seed: int
) -> None:
    compare_stack(con, folder, rule, seed)


@stacked
@given(joint_rules(), st.integers(0, 10**9))
def test_candidates_in_several_groups(
    folder: Path, con: duckdb.DuckDBPyConnection, rule: dict[str, Any], seed: int
) -> None:
    compare_stack(con, folder, rule, seed)


@pytest.mark.parametrize("keys", [{"per": ["g", "h"]}, {"within": {"one": "g", "two": "h"}}])
def test_more_of_unknown_key_than_are_tried_in_turn(
    folder: Path, con: duckdb.DuckDBPyConnection, keys: dict[str, Any]
) -> None:
    """Up to forty others are placed in each group in turn; one more, and they are kept or cut."""
    rule = {"level": "b", "places": "3", "order": [{"highest": "s"}], "others": "c", **keys}
    program, rng = program_of(rule, folder), Random(40)  # noqa: S311  # no secret
    results = []
    for number in (39, 40, 41, 42):
        case = case_of(program, rng, number + 6, 0)
        for entity in [*case.entities["member"].values()][6:]:
            entity.facts |= {"g": OPEN, "out": known(False), "waits": known(False)}
        results.append(evaluate_case(program, case))
    numbers = [max(len(part.keyless) for part in _groups(one, 0).parts) for one in results]
    assert numbers == [39, 40, 41, 42]
    compare(con, results)


def test_one_of_unknown_key_may_take_the_last_room_of_a_group(
    folder: Path, con: duckdb.DuckDBPyConnection
) -> None:
    """In the group of two `b` would be beside `a`, and ahead: nobody else of unknown key fits."""
    rule = {"level": "b", "places": "1", "order": [{"highest": "s"}], "others": "c"}
    program = program_of({**rule, "per": ["g"], "size": "full"}, folder)
    entities = {}
    for name, g, s, full in (("a", known("x"), 1, 2), ("b", OPEN, 2, 1), ("c", OPEN, 3, 1)):
        facts: dict[str, Any] = {one: known(False) for one in ("out", "late", "skip", "w", "waits")}
        facts |= {"lv": known(2), "s": known(Decimal(s)), "g": g, "full": known(Decimal(full))}
        entities[name] = Entity(program.objects["member"], name, facts)
    case = Case(program, date(2021, 12, 15), {"member": entities}, whole=ALL_WHOLE)
    results = evaluate_case(program, case)
    levels = {name: (one.at_worst, one.at_best) for name, one in results.by_type["member"].items()}
    assert levels == {"a": (1, 2), "b": (2, 2), "c": (2, 2)}
    compare(con, [results])


@pytest.mark.parametrize("slow", [False, True])
def test_cases_of_tables_come_out_as_by_the_reference(tmp_path: Path, slow: bool) -> None:
    """A candidate is in a group of each of two groupings, one of which may not apply."""
    rule = {"level": "b", "counts": "hang >= c", "at_most": {"one": "1/3", "two": "1/2"}}
    rule |= {"within": {"one": "g", "two": "h"}, "competes": "not(late)", "rounding": "half_up"}
    program_of({**rule, "order": [{"highest": "s"}, {"lowest": "t"}], "others": "c"}, tmp_path)
    subject = tmp_path / "member.yaml"
    text = subject.read_text("utf-8")
    for name in ("out", "waits"):  # else few would be ranked
        text = text.replace(f"when: {name}\n", f"when: {name} and late and skip and w\n")
    subject.write_text(text, "utf-8")
    tally_of = Tally()
    for _ in trials_of([tmp_path], 5, 150, partial(by_sql, slow=slow), tally_of):
        pass
    assert tally_of.subjects >= 150
    assert not tally_of.found

"""Real and made-up rulebooks: bounds enclose completions, and the order of writing is nothing."""

from __future__ import annotations

import shutil
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, note, settings
from hypothesis import strategies as st
from tests.differential import any_program as cases
from tests.support.rulebook import RULEBOOKS, WHOLE
from tests.support.strategies import law

from khung.diagnostics.bag import Bag
from khung.engine.voting import FindingCode
from khung.ir.from_rulebook import lower_rulebook
from khung.resources import data_dir
from khung.rulebook.from_source import load_rulebook
from khung.why.result import Result, evaluate_case

if TYPE_CHECKING:
    from pathlib import Path

    from khung.engine.facts import Case
    from khung.ir.program import Program

FOLDERS = {
    "2020": data_dir("rulebooks") / "2020",
    "2021": data_dir("rulebooks") / "2021",
    **{folder.name: folder for folder in sorted(RULEBOOKS.iterdir())},
}
SEEDS = st.integers(0, 2**32)


def load(folder: Path) -> Program:
    """Return a rulebook, lowered."""
    bag = Bag()
    rulebook = load_rulebook(folder, bag)
    assert rulebook is not None, bag.diagnostics
    program = lower_rulebook(rulebook, {}, bag)
    assert program is not None, bag.diagnostics
    return program


program_of = cache(lambda name: load(FOLDERS[name]))


def results(program: Program, case: Case) -> dict[str, Result]:
    """Return the results by path of the subject."""
    found = evaluate_case(program, case)
    return {one.entity.path: one for of in found.by_type.values() for one in of.values()}


@pytest.mark.parametrize("name", FOLDERS)
@settings(law, max_examples=law.max_examples // 3)
@given(SEEDS)
def test_bounds_enclose_completions(name: str, seed: int) -> None:
    rng, program = Random(seed), program_of(name)  # noqa: S311
    made = cases.drawn(rng, program)
    gaps = cases.with_gaps(rng, made)
    note(str(gaps.keys()))
    before = results(program, made.case(gaps))
    for way in cases.completions(rng, made, gaps):
        after = results(program, made.case(way))
        if any(is_longer(one) for one in after.values()):
            continue
        for path, one in before.items():
            fault = widened(one, after[path])
            assert not fault, (path, fault, way)
    for path, one in before.items():
        assert one.missing or one.status.value != "undetermined", path


def is_longer(one: Result) -> bool:
    """Whether more point to a subject than its count says: no unknown turns out so."""
    return any(found.code is FindingCode.LIST_LONGER_THAN_COUNT for found in one.findings)


def widened(before: Result, after: Result) -> str:
    """Say what a completion leaves more open, or contradicts; empty if nothing."""
    if before.status.value == "not_ranked":
        return "" if after.status.value == "not_ranked" else "ranked after all"
    more = {"pending": ("not_ranked",), "needs_decision": ("ranked",)}
    allowed = {before.status.value, *more.get(before.status.value, ())}
    if before.status.value != "undetermined" and after.status.value not in allowed:
        return f"{before.status.value} becomes {after.status.value}"
    if before.scope not in (after.scope, "open"):
        return f"scope {before.scope} becomes {after.scope}"
    if after.at_worst is None or after.at_best is None:
        return ""
    assert before.at_worst is not None
    assert before.at_best is not None
    if before.at_worst <= after.at_worst and after.at_best <= before.at_best:
        return ""
    return f"{before.at_worst}..{before.at_best} becomes {after.at_worst}..{after.at_best}"


# -- order ----------------------------------------------------------------------------------------

_ORDERED = {
    *("values", "levels", "bands", "from", "votes", "quotas", "defer", "rows", "options"),
}
"""Maps whose order says something: scales, ladders, kinds, what is tried one after the other."""

_COLUMNS = {"inputs", "outputs"}
"""Maps in whose order the cells of a row stand that does not name its columns."""


def shuffled(node: yaml.Node, rng: Random, key: str = "") -> None:
    """Put the keys of every map that has no order in another order."""
    if isinstance(node, yaml.MappingNode):
        if key not in _ORDERED | _COLUMNS:
            rng.shuffle(node.value)
        for name, value in node.value:
            shuffled(value, rng, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            shuffled(item, rng)


def rewrite(folder: Path, target: Path, rng: Random) -> None:
    """Write a rulebook again, in another order and under other names of files."""
    target.mkdir()
    names = sorted(path.name for path in folder.glob("*.yaml"))
    free = [n for n in names if n != "rulebook.yaml"]
    renamed = {n: f"{chr(122 - i)}_{n}" for i, n in enumerate(free)}
    for name in names:
        node = yaml.compose((folder / name).read_text("utf-8"), yaml.CBaseLoader)
        assert node is not None
        shuffled(node, rng)
        text = yaml.serialize(node, Dumper=yaml.CBaseDumper, allow_unicode=True)
        (target / renamed.get(name, name)).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["2020", *(folder.name for folder in WHOLE)])
@pytest.mark.parametrize("seed", range(3))
def test_order_of_files_keys_and_subjects_says_nothing(
    name: str, seed: int, tmp_path: Path
) -> None:
    rng = Random(seed)  # noqa: S311
    rewrite(FOLDERS[name], tmp_path / "other", rng)
    other, program = load(tmp_path / "other"), program_of(name)
    for number in range(10):
        one = _said(program, Random(number))  # noqa: S311
        assert one == _said(other, Random(number), like=program)  # noqa: S311
    shutil.rmtree(tmp_path / "other")


def _said(program: Program, rng: Random, like: Program | None = None) -> dict[str, object]:
    """Return what is found of a case that is drawn under `like`, with its subjects in reverse."""
    made = cases.drawn(rng, like or program)
    case = made.case(cases.with_gaps(rng, made))
    if like is not None:
        case = cases.under(program, case)
    return {
        path: (
            one.status,
            one.scope,
            one.at_worst,
            one.at_best,
            sorted(reason.rule.id for reason in one.reasons),
            sorted(one.missing),
        )
        for path, one in results(program, case).items()
    }

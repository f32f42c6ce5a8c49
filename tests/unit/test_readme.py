"""What the README shows of the language is what khung takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.support.fragment import BASE, said_of
from tests.support.readme import STEP, written

from khung.casefile.from_source import read_case
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.ir.builtins import SIGNATURES
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

TEXT = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
EXPRESSIONS = re.findall(
    r"^\| `([^`]+)` \|", TEXT.partition("| Viết |")[2].partition("Hàm có sẵn")[0], re.M
)
COMMANDS = re.findall(r"^\$ (khung .*)$", TEXT, re.M)


def _command(step: str) -> str:
    return step.partition("$ ")[2].partition("\n")[0]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions(expression, tmp_path):
    quoted = expression.replace("'", "''")
    assert said_of(f"is: '{quoted}'", tmp_path) == ()


def test_the_table(tmp_path):
    (shown,) = re.findall(r"```yaml\n(tables: *\n.*?)```", TEXT, re.S)
    assert said_of(shown, tmp_path, lints=True) == ()


def test_functions():
    table = TEXT.partition("Hàm có sẵn")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"`([^`]+)`", table)) == sorted({*SIGNATURES, "has"})


def test_the_case(tmp_path):
    (shown,) = re.findall(r"```yaml\n(case: .*?)```", TEXT, re.S)
    path = tmp_path / "case.yaml"
    path.write_text(shown, encoding="utf-8")
    bag = Bag()
    rulebook = load_rulebook(BASE, bag)
    assert rulebook is not None
    program = lower_rulebook(rulebook, {}, bag)
    case_file = read_case(path, bag)
    assert program is not None
    assert case_file is not None
    assert build_case(case_file, program, bag) is not None
    assert bag.diagnostics == ()


@pytest.mark.parametrize("step", [s[0] for s in STEP.finditer(TEXT)], ids=_command)
def test_a_command_prints_what_is_shown(step, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("KHUNG_LANG", raising=False)
    assert written(step) == step


def test_staff_are_shown_the_command_that_tests_cases():
    assert [c for c in COMMANDS if c.startswith("khung test cases/")]
    assert "\n.venv/bin/khung test cases/2021" in TEXT

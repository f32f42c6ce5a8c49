"""Case files as tests of pytest."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages
from textwrap import dedent

import pytest
import yaml  # noqa: F401  # a run inside a test forgets what it imported, and C code loads once

import khung.driver

pytest_plugins = "pytester"

for _found in walk_packages(khung.__path__, "khung."):
    if _found.name != "khung.__main__":
        import_module(_found.name)  # as above: one class read twice would be two

RULEBOOK = """
khung: 1
id: clubs
title: Clubs
period: {from: 2025-01-01, to: 2025-12-31}
scales: {rank: {values: {low: {}, high: {}}}}
parameters: {least: {value: 10}}
readings:
  strict:
    question: How many?
    options: {few: {because: x}, many: {because: y}}
    chosen: few
"""
SUBJECT = """
subject: club
facts:
  size: {type: number, range: "0.."}
  open: {type: boolean, default: true}
  fee: {type: number, applies_when: open}
ladder:
  scale: rank
  levels:
    high: {require: {size: {that: "size >= (if readings.strict = few then 10 else 50)"}}}
    low: {otherwise: true}
quotas:
  best:
    {level: high, per: [open], counts: rank >= low, at_most: 100%, rounding: floor, others: low}
"""
HEAD = "case: Clubs\nrulebook: clubs\non: 2025-06-01\n"
CASE = """
subjects: {club: {a: {size: 10}, b: {size: 9}, c: {repeat: 2, like: a}}}
expect:
  club: {a: {level: high}, b: {level: low}, c: {level: high}}
  groups: [{rule: club.quotas.best, kept: 3}]
"""


@pytest.fixture
def project(pytester):
    """A project with a rulebook; its cases are written by the test."""
    files = {"rulebooks/clubs/rulebook": RULEBOOK, "rulebooks/clubs/club": SUBJECT}
    write(pytester, **files)
    return pytester


def write(pytester, **files):
    """Write files, `.yaml` left out of their names."""
    for name, text in files.items():
        path = pytester.path / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run(pytester, *arguments):
    return pytester.runpytest("-p", "no:hypothesispytest", *arguments)


def test_one_test_for_each_expectation(project):
    write(project, **{"cases/2025/one": HEAD + CASE})
    found = run(project, "--collect-only", "-q")
    found.stdout.fnmatch_lines(
        [
            "cases/2025/one.yaml::club.a",
            "cases/2025/one.yaml::club.b",
            "cases/2025/one.yaml::club.c",
            "cases/2025/one.yaml::groups.1.club.quotas.best",
        ]
    )
    run(project).assert_outcomes(passed=4)


def test_a_folder_of_tables_is_a_case(project):
    expect = "expect: {club: {a: {level: high}, b: {level: low}}}\n"
    write(project, **{"cases/2025/case": HEAD + expect})
    (project.path / "cases" / "2025" / "club.csv").write_text("id,size\na,10\nb,9\n", "utf-8")
    run(project).assert_outcomes(passed=2)


def test_a_difference_is_told_as_khung_test_tells_it(project, monkeypatch):
    monkeypatch.setenv("KHUNG_LANG", "en")
    wrong = CASE.replace("c: {level: high}", "c: {level: low}").replace("kept: 3", "kept: 2")
    write(project, **{"cases/one": HEAD + wrong})
    found = run(project, "-q")
    found.assert_outcomes(passed=2, failed=2)
    found.stdout.fnmatch_lines(["club c_1", "  expected: low", "  found: high", "club c_2"])
    found.stdout.fnmatch_lines(["Quotas: best", "  kept at the level: expected 2; found 3"])
    assert "Traceback" not in found.stdout.str()


def test_the_language_is_that_of_khung(project, monkeypatch):
    monkeypatch.delenv("KHUNG_LANG", raising=False)
    write(project, **{"cases/one": HEAD + CASE.replace("b: {level: low}", "b: {level: high}")})
    run(project).stdout.fnmatch_lines(["club b", "  mong đợi: high"])


def test_a_reading_is_followed(project):
    write(project, **{"cases/one": HEAD + CASE})
    run(project, "--khung-reading", "strict=many").assert_outcomes(passed=1, failed=3)


@pytest.mark.parametrize("text", ["strict", "=many", "strict=", "a=b=c"])
def test_what_is_no_reading_is_refused(project, text):
    found = run(project, f"--khung-reading={text}")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([f"*--khung-reading takes NAME=OPTION, not {text}"])


def test_a_reading_that_there_is_not(project):
    write(project, **{"cases/one": HEAD + CASE})
    found = run(project, "--khung-reading", "strikt=many")
    found.assert_outcomes(failed=4)
    assert "K0503" in found.stdout.str()


def test_what_is_wrong_with_a_case_fails_all_its_tests(project):
    write(project, **{"cases/one": HEAD + CASE.replace("size: 9", "sise: 9")})
    found = run(project)
    found.assert_outcomes(failed=4)
    found.stdout.fnmatch_lines(["*one.yaml:5:*K0610*sise*"])


def test_a_case_that_cannot_be_read_fails(project):
    write(project, **{"cases/one": HEAD + CASE + "  more: [\n"})
    found = run(project)
    found.assert_outcomes(failed=1)
    assert "one.yaml:" in found.stdout.str()


def test_a_warning_of_khung_is_one_of_pytest(project):
    warned = CASE.replace("b: {size: 9}", "b: {size: 9, open: false, fee: 3}")
    write(project, **{"cases/one": HEAD + warned.replace("kept: 3", "kept: 3, key: {open: true}")})
    found = run(project, "-W", "default")
    found.assert_outcomes(passed=4, warnings=1)
    found.stdout.fnmatch_lines(["*one.yaml:5: CaseWarning: ?K0609?*"])
    run(project, "-W", "error").assert_outcomes(passed=3, failed=1)


def test_other_files_are_left_alone(project):
    case = HEAD + CASE
    files = {
        "elsewhere/one": case,
        "cases/no_expectation": HEAD + "subjects: {club: {a: {size: 10}}}\n",
        "cases/other": "case: 1\nexpect: 2\n",
        "cases/list": "- 1\n",
        "cases/broken": "{[",
    }
    write(project, **files)
    (project.path / "cases" / "one.txt").write_text(case, encoding="utf-8")
    assert run(project).ret == pytest.ExitCode.NO_TESTS_COLLECTED
    run(project, "elsewhere/one.yaml").assert_outcomes(passed=4)


def test_one_expectation_can_be_chosen(project):
    write(project, **{"cases/one": HEAD + CASE})
    run(project, "cases/one.yaml::club.b").assert_outcomes(passed=1)
    run(project, "-k", "groups").assert_outcomes(passed=1, deselected=3)


def test_nothing_is_imported_for_other_projects():
    """Loading the plugin must cost other projects nothing."""
    script = """
        import sys, pytest
        before = set(sys.modules)
        import khung.pytest_plugin
        print(sorted(set(sys.modules) - before))
    """
    ran = subprocess.run(
        [sys.executable, "-c", dedent(script)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "['khung', 'khung.pytest_plugin']"

"""What `khung test` says of a case that fails: `golden/` is rewritten with `KHUNG_UPDATE=1`."""

import os
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tests.support.schemas import ROOT

from khung.cli.exit_codes import ExitCode
from khung.locale import languages

GOLDEN = Path(__file__).parent / "golden"
CLUBS = ROOT / "tests/unit/report/clubs"
CODE = re.compile(r"\b\w+_\w+\b|\bcaps\.|\bquotas\b|\bundetermined\b")
"""How codes look: levels, facts, rules, statuses."""


@pytest.fixture
def failing(tmp_path, monkeypatch, khung):
    shutil.copytree(CLUBS, tmp_path / "rulebooks" / "clubs")
    shutil.copy(GOLDEN / "test.yaml", tmp_path / "wrong.yaml")
    monkeypatch.chdir(tmp_path)
    return "wrong.yaml"


@pytest.mark.parametrize("lang", languages)
def test_golden(khung, failing, lang, monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")
    ran = khung("test", failing, "--lang", lang)
    golden = GOLDEN / f"test.{lang}.txt"
    if os.environ.get("KHUNG_UPDATE"):
        golden.write_text(ran.out, encoding="utf-8")
    assert ran.out == golden.read_text(encoding="utf-8")
    assert ran.code == ExitCode.NO


@pytest.mark.parametrize("lang", languages)
def test_no_code_is_told(khung, failing, lang):
    said = khung("test", failing, "--lang", lang).out.replace("tied_1", "").replace("tied_2", "")
    assert CODE.findall(said) == []


def test_each_subject_takes_few_lines(khung, failing):
    lines = khung("test", failing).out.partition("\n\n")[0].splitlines()[1:]
    heads = [i for i, line in enumerate(lines) if not line.startswith("    ")]
    assert len(heads) == 7
    assert max(b - a for a, b in zip(heads, [*heads[1:], len(lines)], strict=True)) <= 10


def test_build_servers_read_words_codes_and_seconds(khung, failing):
    ran = khung("test", failing, "--format", "junit", "--lang", "en")
    (case,) = ET.fromstring(ran.out).iter("testcase")  # noqa: S314  # our own
    assert 0 < float(case.attrib["time"]) < 60
    told = case.find("failure").text
    assert "expected: Silver\n  found: Bronze" in told
    assert '\nathlete.away.level: "silver" → "bronze"\n' in told


def test_a_list_that_may_be_longer_is_told_in_words(khung, failing):
    path = Path(failing)
    text = path.read_text("utf-8").partition("\nexpect:")[0]
    wanted = "missing: [club.north.athletes, wins]"
    path.write_text(f"{text}\nexpect: {{athlete: {{away: {{{wanted}}}}}}}\n", "utf-8")
    said = " ".join(khung("test", failing, "--lang", "en").out.split())
    assert "Wins” is expected and not there" in said
    assert "athletes" in said
    assert "club.north" not in said


def test_of_an_output_alone_no_rules_of_the_level_are_told(khung, failing):
    path = Path(failing)
    text = path.read_text("utf-8").partition("\nexpect:")[0]
    path.write_text(
        f"{text}\nexpect: {{athlete: {{away: {{outputs: {{prize: true}}}}}}}}\n", "utf-8"
    )
    told = khung("test", failing, "--lang", "en").out.partition("\n\n")[0].splitlines()[1:]
    assert told == [
        "  Athlete away",
        "    stands at: Bronze",
        "    Considered for a prize: expected yes; found no",
    ]

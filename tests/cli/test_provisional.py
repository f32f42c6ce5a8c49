"""What commands make of a provisional result: it is not final, and a change of that is a change."""

from __future__ import annotations

import json

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import validator

from khung.cli.exit_codes import ExitCode

APPRENTICES = RULEBOOKS / "apprentices"
CASE = """\
case: One apprentice
rulebook: apprentices
on: 2025-12-31
complete: true
subjects:
  apprentice:
    a: {{marks: 95, absent: 0, unsafe: false, months: 24, papers: true{more}}}
"""


@pytest.fixture
def case(tmp_path):
    """Return a case of one apprentice of whom some more is stated."""

    def written(more=""):
        path = tmp_path / "cases" / "case.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(CASE.format(more=more), encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize(
    ("more", "code"),
    [("", ExitCode.OPEN), (", workshop: {master: 3}", ExitCode.DONE)],
)
def test_strict(khung, case, more, code):
    where = ("--rulebooks", str(RULEBOOKS))
    assert khung("eval", str(case(more)), "--strict", *where).code == code
    assert khung("eval", str(case(more)), *where).code == ExitCode.DONE


def test_a_test_tells_what_was_not_awaited_and_what_was(khung, case):
    path = case()
    text = path.read_text("utf-8")
    for wanted, said in (("[]", "votes.workshop"), ("[papers]", "papers")):
        path.write_text(
            f"{text}expect: {{apprentice: {{a: {{provisional: {wanted}}}}}}}\n", encoding="utf-8"
        )
        how = ("--rulebooks", str(RULEBOOKS), "--format", "json")
        ran = khung("test", str(path), *how)
        assert ran.code == ExitCode.NO
        assert said in ran.out


@pytest.mark.parametrize("wanted", ["[votes.board]", "[paper]", "[apprentice.b]"])
def test_what_cannot_be_awaited_is_a_mistake(khung, case, wanted):
    path = case()
    with path.open("a", encoding="utf-8") as file:
        file.write(f"expect: {{apprentice: {{a: {{provisional: {wanted}}}}}}}\n")
    assert khung("test", str(path), "--rulebooks", str(RULEBOOKS)).code == ExitCode.INVALID


def test_a_comparison_tells_who_awaits_nothing_any_more(khung, case, tmp_path):
    after = edited(
        tmp_path,
        ("apprentice", "workshop: {ballots", "workshop: {binding: false, ballots"),
        of=APPRENTICES,
    )
    cases = str(case().parent)
    ran = khung("diff", str(APPRENTICES), str(after), "--cases", cases, "--format", "json")
    document = json.loads(ran.out)
    assert [error.message for error in validator("diff").iter_errors(document)] == []
    (one,) = document["cases"]
    assert one["before"]["level"] == one["after"]["level"] == "master"
    assert one["before"]["provisional"] == ["apprentice.votes.workshop"]
    assert one["after"]["provisional"] == []

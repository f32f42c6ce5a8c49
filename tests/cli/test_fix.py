"""`khung fix`: what is written, shown and said."""

from __future__ import annotations

import json

import pytest

WRONG = """case: {vi: "Một"}  # ghi chú
rulebook: "2021"
on: 15/12/2021
subjects:
  dang_vien:
    an: {so_thang_nghi_om: "4 tháng", so_nam_duoi: 3}
"""
RIGHT = WRONG.replace("15/12/2021", "2021-12-15").replace('"4 tháng"', "4")


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "an.yaml"
    path.write_text(WRONG, "utf-8")
    return path


def test_it_writes_what_is_certain_and_tells_what_is_left(khung, case):
    done = khung("fix", str(case), "--lang", "en")
    assert done.code == 0
    assert case.read_text("utf-8") == RIGHT
    assert "`15/12/2021`" in done.out
    assert "1 places are left" in done.out
    assert list(case.parent.iterdir()) == [case]


def test_again_it_finds_nothing(khung, case):
    khung("fix", str(case))
    done = khung("fix", str(case), "--check", "--lang", "en")
    assert done.code == 0
    assert done.out.startswith("There is nothing")


@pytest.mark.parametrize("flag", ["--diff", "--check"])
def test_what_only_shows_writes_nothing(khung, case, flag):
    done = khung("fix", str(case), flag)
    assert done.code == 1
    assert case.read_text("utf-8") == WRONG


def test_a_difference(khung, case):
    shown = khung("fix", str(case), "--diff").out.splitlines()
    assert {line for line in shown if line.startswith("-") and "---" not in line} == {
        "-on: 15/12/2021",
        '-    an: {so_thang_nghi_om: "4 tháng", so_nam_duoi: 3}',
    }


def test_as_data(khung, case):
    answer = json.loads(khung("fix", str(case), "--format", "json").out)
    assert [one["code"] for one in answer["changes"]] == ["K0616", "K0629"]
    assert [one["code"] for one in answer["diagnostics"]] == ["K0610"]


def test_a_path_that_is_nothing(khung, tmp_path):
    done = khung("fix", str(tmp_path / "none.yaml"))
    assert done.code == 3
    assert "K0101" in done.err

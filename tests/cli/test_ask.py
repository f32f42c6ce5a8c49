"""`khung ask`: one question after another, and what is open as data."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from tests.support.schemas import accepts

from khung.analysis.ask import questions
from khung.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "ann.yaml"
    path.write_text(SMALL, "utf-8")
    return path


SMALL = """\
# còn thiếu xếp loại công chức
case: An
rulebook: "2021"
on: 2021-12-15
complete: true
subjects:
  dang_vien:
    an:
      chi_bo: thon_1
      ngay_ket_nap: 2010-05-19
      la_cong_chuc: true  # theo quyết định
      duoc_cong_nhan_tieu_bieu: false
      so_chi_tieu: 10
      criteria:
        {tu_tuong: tot, dao_duc: tot, ky_luat_to_chuc: tot, tac_phong: tot,
         chuc_trach: tot, chi_tieu: tot, cam_ket: tot, khac_phuc: tot}
  to_chuc_dang:
    xa_a: {loai: dang_bo_co_so, so_uy_vien: 12, given: {level: hoan_thanh_tot}}
    thon_1: {loai: chi_bo_truc_thuoc, cap_tren: xa_a, given: {level: hoan_thanh_tot}}
"""


@pytest.fixture
def ask(khung, monkeypatch, case):
    def call(typed: str, *options: str):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return khung("ask", str(case), "--output", str(case), *options)

    return call


def test_it_asks_until_the_level_is_known_and_keeps_all_else(ask, case):
    ran = ask("5\nhoan_thanh_tot\n")
    assert ran.code == ExitCode.DONE
    assert ran.err == ""
    lines = case.read_text("utf-8").splitlines()
    added = [line.strip() for line in lines if line not in SMALL.splitlines()]
    assert sorted(added) == ["so_chi_tieu_hoan_thanh: 5", "xep_loai_cong_chuc: hoan_thanh_tot"]
    assert [line for line in lines if line.strip() not in added] == SMALL.splitlines()
    assert "Không còn câu hỏi nào" in ran.out


def test_an_answer_that_decides_ends_the_questions(ask, case):
    ran = ask("4\n")
    assert ran.out.count("\n1. ") == 1
    assert "\n2. " not in ran.out
    assert "Không hoàn thành nhiệm vụ" in ran.out


def test_a_wrong_answer_is_told_and_asked_again(ask, case):
    ran = ask("rất nhiều\n4\n")
    assert "K0680" in ran.err
    assert "so_chi_tieu_hoan_thanh: 4" in case.read_text("utf-8")


def test_an_answer_that_the_case_may_not_say_is_refused(ask, case):
    before = case.read_text("utf-8")
    ran = ask("-3\n")
    assert "K0615" in ran.err
    assert case.read_text("utf-8") == before


def test_what_nobody_knows_is_passed_over_and_named_at_the_end(ask, case):
    ran = ask("?\n\n")
    assert "Còn để ngỏ vì bỏ qua hoặc chưa biết: " in ran.out
    assert case.read_text("utf-8") == SMALL


def test_back_takes_the_last_answer_back(ask, case):
    ran = ask("<\n4\n")
    assert "Chưa có câu nào trước câu này." in ran.out
    case.write_text(SMALL, "utf-8")
    ask("9\n<\n4\n")
    text = case.read_text("utf-8")
    assert "so_chi_tieu_hoan_thanh: 4" in text
    assert "so_chi_tieu_hoan_thanh: 9" not in text


def test_who_stops_keeps_what_was_answered(ask, case):
    ask("9\n.\n")
    assert "so_chi_tieu_hoan_thanh: 9" in case.read_text("utf-8")


def test_ctrl_c_keeps_what_was_answered(khung, monkeypatch, case):
    class Typing(io.StringIO):
        def readline(self, *_):
            found = super().readline()
            if not found:
                raise KeyboardInterrupt
            return found

    monkeypatch.setattr("sys.stdin", Typing("9\n"))
    ran = khung("ask", str(case), "--output", str(case))
    assert ran.code == ExitCode.DONE
    assert "so_chi_tieu_hoan_thanh: 9" in case.read_text("utf-8")


def test_without_a_file_the_answers_are_told(khung, monkeypatch, case):
    monkeypatch.setattr("sys.stdin", io.StringIO("4\n"))
    ran = khung("ask", str(case), "--lang", "en")
    assert "dang_vien.an.so_chi_tieu_hoan_thanh: 4" in ran.out
    assert case.read_text("utf-8") == SMALL


def test_data_rank_the_questions_and_fit_the_schema(khung, case):
    found = khung("ask", str(case), "--format", "json").json
    assert accepts("ask", found)
    (subject,) = found["subjects"]
    paths = [one["path"] for one in subject["questions"]]
    assert paths == ["dang_vien.an.so_chi_tieu_hoan_thanh", "dang_vien.an.xep_loai_cong_chuc"]
    widths = [len({a["at_best"] for a in one["answers"]}) for one in subject["questions"]]
    assert min(widths) > 1


def test_defaults_are_asked_about_only_if_that_is_wished(khung, case):
    plain = khung("ask", str(case), "--format", "json").json["subjects"][0]
    more = khung("ask", str(case), "--format", "json", "--assumed").json["subjects"]
    own = next(one for one in more if one["id"] == "an")
    assert not any(one["assumed"] for one in plain["questions"])
    assert [one for one in own["questions"] if not one["assumed"]] == plain["questions"]
    assert accepts("ask", {"diagnostics": [], "subjects": more})


@pytest.mark.parametrize("name", ["-", "cases/2021/xa-mau"])
def test_only_a_file_of_text_can_be_added_to(khung, name):
    ran = khung("ask", name)
    assert ran.code == ExitCode.USAGE
    assert "K0895" in ran.err


def test_a_case_with_errors_is_not_asked_about(khung, case):
    case.write_text(SMALL.replace("so_chi_tieu: 10", "so_chi_teu: 10"), "utf-8")
    ran = khung("ask", str(case))
    assert ran.code == ExitCode.INVALID
    assert "so_chi_teu" in ran.err


def test_what_cannot_change_the_result_is_not_asked(khung, case, monkeypatch):
    ran = khung("ask", str(case), "--format", "json").json
    for one in ran["subjects"][0]["questions"]:
        seen = {(a["status"], a["at_best"], a["at_worst"]) for a in one["answers"]}
        assert len(seen) > 1, one["path"]
    monkeypatch.setattr(questions, "_tells", lambda _: False)
    assert khung("ask", str(case), "--format", "json").json["subjects"][0]["questions"] == []


UNIT = """\
case: Chi bộ
rulebook: "2021"
on: 2021-12-15
complete: [to_chuc_dang]
subjects:
  to_chuc_dang:
    xa_a: {loai: dang_bo_co_so, so_uy_vien: 12, given: {level: hoan_thanh_tot}}
    thon_1:
      loai: chi_bo_truc_thuoc
      cap_tren: xa_a
      ngay_thanh_lap: 2000-01-01
      co_to_chuc_cung_cap: false
      co_han_che_da_chi_ra: false
      duoc_cong_nhan_dien_hinh: false
      so_chi_tieu: 0
      criteria:
        {tu_tuong: tot, to_chuc_can_bo: tot, lanh_dao_he_thong: tot, kiem_tra: tot,
         chuong_trinh: tot, nhiem_vu_chinh_tri: tot}
  dang_vien:
    an: {chi_bo: thon_1, given: {level: hoan_thanh_tot}}
"""


def test_of_a_list_that_is_there_it_is_asked_if_it_is_whole(ask, case):
    case.write_text(UNIT, "utf-8")
    ran = ask("?\n" + "có\n" * 8, "--only", "thon_1")  # how many there are, nobody knows
    text = case.read_text("utf-8")
    assert "Đã ghi đủ danh sách" in ran.out
    assert "complete: [to_chuc_dang, " in text
    assert "to_chuc_dang.thon_1.dang_vien" in text
    assert text.splitlines()[4:] == UNIT.splitlines()[4:]


def test_a_list_that_is_not_whole_stays_open(ask, case):
    case.write_text(UNIT, "utf-8")
    ran = ask("?\n" + "không\n" * 8, "--only", "thon_1")
    assert case.read_text("utf-8") == UNIT
    assert "Còn để ngỏ vì bỏ qua hoặc chưa biết" in ran.out

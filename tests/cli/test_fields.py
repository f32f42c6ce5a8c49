"""`khung show --fields`: what a template may name."""

import pytest

from khung.cli.exit_codes import ExitCode


def test_fields_are_listed_from_the_subject_on_with_what_they_are(khung):
    ran = khung("show", "2021", "--fields", "mau_02")
    assert ran.code == ExitCode.DONE
    assert "• dang_vien – Đảng viên" in ran.out
    assert "• ngay_ket_nap: Ngày kết nạp (ngày)" in ran.out
    assert "• chi_bo: Chi bộ nơi sinh hoạt chính thức (một: Tổ chức đảng)" in ran.out
    assert "|day – " in ran.out


@pytest.mark.parametrize(
    ("form", "sign"), [("markdown", "| `level` |"), ("html", "<code>level</code>")]
)
def test_they_can_be_had_as_a_page(khung, form, sign):
    ran = khung("show", "2021", "--fields", "mau_02", "--format", form, "--lang", "en")
    assert (ran.code, sign in ran.out) == (ExitCode.DONE, True)


def test_a_form_that_is_not_there_is_told(khung):
    ran = khung("show", "2021", "--fields", "mau_2")
    assert (ran.code, "K0851" in ran.err, "`mau_02`" in ran.err) == (ExitCode.USAGE, True, True)


def test_a_rulebook_without_forms_says_so(khung):
    ran = khung("show", "2020", "--fields", "mau_02")
    assert (ran.code, "K0851" in ran.err) == (ExitCode.USAGE, True)


@pytest.mark.parametrize("other", [("--page",), ("--flat",), ("--facts",), ("--format", "json")])
def test_it_is_one_answer(khung, other):
    ran = khung("show", "2021", "--fields", "mau_02", *other)
    assert (ran.code, "K0812" in ran.err) == (ExitCode.USAGE, True)

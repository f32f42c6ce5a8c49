"""What people get wrong most, mended as somebody who knows would: what was right before comes back.

Each mistake is put into a file that is right. Where several are listed, they are in it together.
"""

from __future__ import annotations

import pytest

from khung.diagnostics.mends import mends_of
from khung.driver import Shelf
from khung.editor.files import Kind, Target
from khung.editor.mending import mended

CASE = """case: {vi: "Một trường hợp"}  # ghi chú
rulebook: "2021"
on: 2021-12-15
subjects:
  to_chuc_dang:
    thon_1: {loai: chi_bo_truc_thuoc, so_dang_vien: 12}
  dang_vien:
    # người thứ nhất
    an: {chi_bo: thon_1, so_thang_nghi_om: 4, ngay_ket_nap: 2010-05-19}
    binh: {la_cong_chuc: false, criteria: {tu_tuong: tot}, so_thang_nghi_om: null}
"""

IN_CASES = [
    ("tu_tuong: tot", "tu_tuong: Tốt"),
    ("tu_tuong: tot", "tu_tuong: “tot”"),
    ("tu_tuong: tot", "tu_tuongg: tot"),
    ("so_thang_nghi_om: 4", "so_thang_nghi_on: 4"),
    ("so_thang_nghi_om: 4", "số_tháng_nghỉ_ốm: 4"),
    ("so_thang_nghi_om: 4", "so_thang_nghi_om:4"),
    ("so_thang_nghi_om: 4", 'so_thang_nghi_om: "4"'),
    ("so_thang_nghi_om: 4", 'so_thang_nghi_om: "4 tháng"'),
    ("so_thang_nghi_om: 4", "so_thang_nghi_om: 4 tháng"),
    ("so_thang_nghi_om: null", "so_thang_nghi_om: chưa biết"),
    ("la_cong_chuc: false", "la_cong_chuc: không"),
    ("la_cong_chuc: false", "la_cong_chuc: FALSE"),
    ("la_cong_chuc: false", 'la_cong_chuc: "false"'),
    ("2010-05-19", "19/5/2010"),
    ("2010-05-19", "2010-5-19"),
    ("2010-05-19", "40317"),
    ("2010-05-19", "“2010-05-19”"),
    ("on: 2021-12-15", "on: 15/12/2021"),
    ('rulebook: "2021"', "rulebook: “2021”"),
    ("  dang_vien:\n", "  dangvien:\n"),
    ("  dang_vien:\n", "  đảng_viên:\n"),
    ("subjects:", "subject:"),
    ("chi_bo: thon_1", "chi_bo: thôn_1"),
    ("loai: chi_bo_truc_thuoc", "loai: chi_bo_truc_thuo"),
    ("    an:", "\t\tan:"),
    ("an: {", "an:\u00a0{"),
    ("on: 2021-12-15", "on: 2021-12-15\u200b"),
    ("on: 2021-12-15", "on： 2021-12-15"),
    ("19}\n    binh", "19｝\n    binh"),
]

IN_RULES = [
    ("2020/dang_vien.yaml", "so_thang_nghi_om >= 3 or", 'so_thang_nghi_om >= "3" or'),
    ("2020/dang_vien.yaml", "so_thang_nghi_om >= 3 or", "so_thang_nghi_om >= 3 ||"),
    ("2020/dang_vien.yaml", "label: Nghỉ ốm từ", "lable: Nghỉ ốm từ"),
    ("2020/dang_vien.yaml", "so_thang_nghi_om >= 3 or", "so_thang_nghi_om ≥ 3 or"),
    ("2020/dang_vien.yaml", "so_thang_nghi_om >= 3 or", "so_thang_nghi_om >= 3 hoặc"),
    ("2020/dang_vien.yaml", "so_thang_nghi_om >= 3 or", "so_thang_nghi_om >= 3 OR"),
    ("2020/dang_vien.yaml", "so_thang_nghi_om >= 3 or", "so_thang_nghi_om => 3 or"),
    ("2020/dang_vien.yaml", "so_thang_nghi_om >= 3 or", "so_thang_nghi_on >= 3 or"),
    ("2020/dang_vien.yaml", "so_thang_nghi_om >= 3 or", "số_tháng_nghỉ_ốm >= 3 or"),
    ("2020/dang_vien.yaml", "90, at_most: hoan_thanh,", "90, at_most: hoàn_thành,"),
    ("2020/dang_vien.yaml", "90, at_most: hoan_thanh,", "90, at_mots: hoan_thanh,"),
    ("2020/dang_vien.yaml", "90, at_most: hoan_thanh,", "90, level: hoan_thanh,"),
    ("2020/dang_vien.yaml", "source: II.B.6/8#nghi_om}", "source: II.B.6/8#nghi_omm}"),
    ("2020/dang_vien.yaml", "\nfacts:\n", "\nfact:\n"),
    (
        "2020/dang_vien.yaml",
        "tu_bieu_quyet = khong_tinh and la_dang_uy_vien then 1 else",
        "tu_bieu_quyet == khong_tinh and la_dang_uy_vien then 1 else",
    ),
    (
        "2020/dang_vien.yaml",
        "tu_bieu_quyet = khong_tinh and la_dang_uy_vien then 1 else",
        "tu_bieu_quiet = khong_tinh and la_dang_uy_vien then 1 else",
    ),
    ("2020/rulebook.yaml", "value: 20%", "value: 20"),
    ("2021/rulebook.yaml", "    thu_tu_xuat_sac: changed", "    thu_tu_xuat_sac: kept"),
    ("2021/rulebook.yaml", "    lam_tron: kept", "    lam_trong: kept"),
    (
        "2021/rulebook.yaml",
        'extends: {rulebook: "2020", as: successor}',
        'extends: {rulebook: "2020", as: succesor}',
    ),
    ("2021-xa-a/dang_vien.yaml", "\nfacts:\n", "\nfact:\n"),
]


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


@pytest.mark.parametrize(("right", "wrong"), IN_CASES)
def test_in_a_case(folder, shelf, right, wrong):
    assert CASE.count(right) == 1
    path = folder / "case.yaml"
    path.write_text(CASE.replace(right, wrong), "utf-8")
    found = mended(Target(Kind.CASE, str(path)), shelf)
    assert (found.after, found.left) == ({str(path): CASE}, ())


def test_all_at_once(folder, shelf):
    """Nothing hinders another, but what makes the file one that cannot be read twice over."""
    together = (
        "tu_tuong: Tốt",
        "so_thang_nghi_on: 4",
        "19/5/2010",
        "on: 15/12/2021",
        "rulebook: “2021”",
    )
    text = CASE
    for right, wrong in (one for one in IN_CASES if one[1] in together):
        text = text.replace(right, wrong)
    path = folder / "case.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    found = mended(Target(Kind.CASE, str(path)), shelf)
    assert found.after == {str(path): "\ufeff" + CASE.replace("\n", "\r\n")}
    assert len(found.changes) == 5


@pytest.fixture
def rules(folder):
    """A rulebook to write into, put back as it was."""
    kept = {p: p.read_bytes() for p in (folder / "rulebooks").glob("*/*.yaml")}
    yield folder / "rulebooks"
    for path, data in kept.items():
        path.write_bytes(data)


@pytest.mark.parametrize(("name", "right", "wrong"), IN_RULES)
def test_in_rules(rules, name, right, wrong):
    path = rules / name
    text = path.read_text("utf-8")
    assert text.count(right) == 1, text.count(right)
    path.write_text(text.replace(right, wrong), "utf-8")
    found = mended(Target(Kind.RULEBOOK, str(path.parent)), Shelf())
    assert list(found.after) == [str(path)]
    assert found.after[str(path)] == text


UNSURE = [
    ("so_thang_nghi_om: 4", "so_thang_nghi_om: 4000"),
    ("tu_tuong: tot", "tu_tuong: x"),
    ("2010-05-19", "2010-02-30"),
    ("so_thang_nghi_om: 4", "so_thang_nghi_om: 4, so_thang_nghi_om: 5"),
    ("chi_bo: thon_1", "chi_bo: thon_2"),
    ('rulebook: "2021"', 'rulebook: "2023"'),
]


@pytest.mark.parametrize(("right", "wrong"), UNSURE)
def test_what_is_not_certain_is_left(folder, shelf, right, wrong):
    path = folder / "case.yaml"
    path.write_text(CASE.replace(right, wrong), "utf-8")
    found = mended(Target(Kind.CASE, str(path)), shelf)
    assert (found.after, found.changes) == ({}, [])
    assert found.left


def test_an_answer_that_a_new_year_lacks(rules):
    """`kept` is only offered, as nobody has looked; what is said anew has changed for certain."""
    path = rules / "2021/rulebook.yaml"
    text = path.read_text("utf-8")
    for name, certain in (("lam_tron: kept", False), ("thu_tu_xuat_sac: changed", True)):
        path.write_text(text.replace(f"    {name}\n", ""), "utf-8")
        found = mended(Target(Kind.RULEBOOK, str(path.parent)), Shelf())
        assert bool(found.changes) is certain
        if certain:
            after = found.after[str(path)]
            assert sorted(after.splitlines()) == sorted(text.splitlines())


def test_a_day_that_is_missing_is_only_offered(folder, shelf):
    path = folder / "case.yaml"
    path.write_text(CASE.replace("on: 2021-12-15\n", ""), "utf-8")
    found = mended(Target(Kind.CASE, str(path)), shelf)
    (left,) = found.left
    (mend,) = mends_of(left)
    assert (mend.certain, mend.edits[0].text) == (False, "on: 2021-12-31\n")

"""The small example of a workbook that is filled in: `cases/2021/xa-mau/xa-mau.xlsx`.

    .venv/bin/python -m tests.support.sample_book

writes it anew, after the form or the 2021 rulebook changed.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tests.support.readme import ROOT

from khung.cli.rulebooks import take_sound
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer
from khung.report.workbook.filled import Filled
from khung.report.workbook.plan import plan
from khung.report.workbook.to_xlsx import to_xlsx
from khung.report.workbook.told import Teller

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACE = ROOT / "cases" / "2021" / "xa-mau" / "xa-mau.xlsx"
SUBJECTS = ("to_chuc_dang", "dang_vien")

Row = dict[str, Any]

TITLE = "Xã mẫu: hai chi bộ, mười ba đảng viên"
HEAD = {"case": TITLE, "on": date(2021, 12, 15), "complete": True}

_WORK = ("chuong_trinh", "nhiem_vu_chinh_tri")
_BUILDING = ("tu_tuong", "to_chuc_can_bo", "lanh_dao_he_thong", "kiem_tra")
_CONDUCT = ("tu_tuong", "dao_duc", "ky_luat_to_chuc", "tac_phong", "cam_ket", "khac_phuc")


def organisation(key: str, name: str, kind: str, **facts: Any) -> Row:
    about = {"id": key, "name": name, "loai": kind, "ngay_thanh_lap": date(1995, 1, 1)}
    return about | {"da_kiem_diem": True, "duoc_cong_nhan_dien_hinh": False} | facts


def member(number: int, name: str, cell: str, **facts: Any) -> Row:
    """Return a member who has met every target and has a good level, unless facts say otherwise."""
    about = {"id": f"dv{number:02}", "name": name, "chi_bo": cell, "da_kiem_diem": True}
    work = {"ngay_ket_nap": date(2005, 5, 19), "la_cong_chuc": False, "so_chi_tieu": 10}
    work |= {"so_chi_tieu_hoan_thanh": 10, "duoc_cong_nhan_tieu_bieu": False}
    grades = graded(_CONDUCT, "tot") | graded(("chuc_trach", "chi_tieu"), "xuat_sac")
    return about | work | grades | ballots("phieu", tot=15) | facts


def graded(items: Iterable[str], grade: str) -> Row:
    return {f"criteria.{item}": grade for item in items}


def ballots(fact: str, **counts: int) -> Row:
    return {f"{fact}.{_LEVELS[level]}": count for level, count in counts.items()}


_LEVELS = {
    "xuat_sac": "hoan_thanh_xuat_sac",
    "tot": "hoan_thanh_tot",
    "hoan_thanh": "hoan_thanh",
    "khong": "khong_hoan_thanh",
}

_GOOD = graded((*_BUILDING, *_WORK, "khac_phuc"), "tot")

ORGANISATIONS = (
    organisation("xa_mau", "Đảng bộ xã Mẫu", "dang_bo_co_so", so_uy_vien=15)
    | {"so_to_chuc_truc_thuoc": 2, "so_chi_tieu": 20, "so_chi_tieu_hoan_thanh": 18}
    | _GOOD
    | graded(("xep_loai_cung_cap", "xep_loai_truc_thuoc"), "tot"),
    organisation("thon_1", "Chi bộ thôn 1", "chi_bo_truc_thuoc", cap_tren="xa_mau")
    | {"so_dang_vien": 7, "so_dang_vien_chinh_thuc": 7, "duoc_cong_nhan_dien_hinh": True}
    | {"so_chi_tieu": 8, "so_chi_tieu_hoan_thanh": 8}
    | graded((*_BUILDING, *_WORK), "xuat_sac")
    | graded(("khac_phuc",), "tot")
    | ballots("phieu", xuat_sac=12, tot=3),
    organisation("thon_2", "Chi bộ thôn 2", "chi_bo_truc_thuoc", cap_tren="xa_mau")
    | {"so_dang_vien": 6, "so_dang_vien_chinh_thuc": 5}
    | {"so_chi_tieu": 8, "so_chi_tieu_hoan_thanh": 7}
    | _GOOD
    | ballots("phieu", tot=13, hoan_thanh=2),
)

_BEST = {"duoc_cong_nhan_tieu_bieu": True}
_FIRST = ballots("phieu_chi_bo", tot=7)
_SECOND = ballots("phieu_chi_bo", tot=5)

MEMBERS = (
    member(1, "Nguyễn Văn A", "thon_1", **_BEST)
    | ballots("phieu_chi_bo", xuat_sac=7)
    | ballots("phieu", xuat_sac=14, tot=1),
    member(2, "Trần Thị B", "thon_1", **_BEST)
    | ballots("phieu_chi_bo", xuat_sac=6, tot=1)
    | ballots("phieu", xuat_sac=11, tot=4),
    member(3, "Lê Văn C", "thon_1", **_BEST)
    | ballots("phieu_chi_bo", xuat_sac=5, tot=2)
    | ballots("phieu", xuat_sac=11, tot=4),
    member(4, "Phạm Thị D", "thon_1", **_FIRST),
    member(5, "Hoàng Văn Đ", "thon_1", **_FIRST),
    member(6, "Vũ Thị E", "thon_1", so_thang_nghi_om=4, **_FIRST)
    | ballots("phieu", tot=0, hoan_thanh=15),
    member(7, "Đặng Văn G", "thon_1", **_FIRST),
    member(8, "Bùi Thị H", "thon_2", **_SECOND),
    member(9, "Đỗ Văn I", "thon_2", **_SECOND),
    member(10, "Ngô Thị K", "thon_2", **_SECOND),
    member(11, "Dương Văn L", "thon_2", **_SECOND),
    member(12, "Lý Thị M", "thon_2")
    | ballots("phieu_chi_bo", khong=5)
    | ballots("phieu", tot=0, khong=15),
    member(13, "Hồ Văn N", "thon_2", ngay_ket_nap=date(2021, 10, 2))
    | ballots("phieu", tot=0)
    | {"phieu.hoan_thanh_tot": None, "phieu?": "-", "phieu_chi_bo?": "-"},
)

DISCIPLINE = (
    {"of": "dv12", "khoa": "12-QĐ/UBKT", "ben": "dang", "hinh_thuc": "khien_trach"}
    | {"ngay_hieu_luc": date(2021, 6, 1), "vi_pham_o_noi_khac": False},
)


def filled() -> Filled:
    """Return what stands in the workbook."""
    tables = {
        "to_chuc_dang": by_column(ORGANISATIONS),
        "dang_vien": by_column(MEMBERS),
        "dang_vien.ky_luat": by_column(DISCIPLINE),
    }
    return Filled(HEAD, tables)


def by_column(rows: Iterable[Row]) -> dict[str, list[Any]]:
    """Return rows as columns, with None for what a row does not state."""
    rows = [*rows]
    keys = dict.fromkeys(key for row in rows for key in row)
    return {key: [row.get(key) for row in rows] for key in keys}


def sample_book() -> bytes:
    """Return the workbook."""
    program, ready, said = take_sound("2021", None)
    assert program is not None, said
    assert ready is not None
    words = Words(program, "vi", ready.clauses)
    teller = Teller(words, Sayer(words).say)
    return to_xlsx(program, plan(program, SUBJECTS), teller, filled())


if __name__ == "__main__":
    PLACE.write_bytes(sample_book())

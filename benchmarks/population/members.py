"""What engines for single records are given of each member: flags and numbers, links followed."""

# ruff: noqa: S608  # the queries are those of this folder

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.population import hand

if TYPE_CHECKING:
    from pathlib import Path

BEST = 3
NOT_RANKED, PENDING, OPEN = -2, -1, 9
"""What stands for a level where there is none; `OPEN` is left to a body."""

_LEVELS = ("khong_hoan_thanh", "hoan_thanh", "hoan_thanh_tot", "hoan_thanh_xuat_sac")
_RESULTS = ("chuc_trach", "chi_tieu", "covid")
_OTHERS = (
    "tu_tuong",
    "dao_duc",
    "ky_luat_to_chuc",
    "tac_phong",
    "don_vi_phu_trach",
    "cam_ket",
    "khac_phuc",
)

FLAGS = {
    "exempt": "mien_cong_tac",
    "suspended": "dinh_chi_sinh_hoat",
    "waiting": "la_cong_chuc AND ket_qua_cong_chuc = 'chua_co'",
    "deferred": "la_cong_chuc AND ket_qua_cong_chuc = 'khong_xep'",
    "moved": "chuyen_cong_tac",
    "remark_before": "co_nhan_xet_noi_cu",
    "away": "sinh_hoat_tam_thoi",
    "remark_away": "co_nhan_xet_tam_thoi",
    "outstanding": "duoc_cong_nhan_tieu_bieu",
    "disciplined": "disciplined",
}
NUMBERS = {
    "months": "months",
    "months_before": "months_before",
    "ill": "so_thang_nghi_om",
    "set": "so_chi_tieu",
    "done": "so_chi_tieu_hoan_thanh",
    "base": "base",
    "official": f"list_position({list(_LEVELS)}, xep_loai_cong_chuc) - 1",
    **{f"votes_{i}": f'"phieu.{level}"' for i, level in enumerate(_LEVELS)},
    **{f"result_{i}": f'grade("criteria.{name}")' for i, name in enumerate(_RESULTS)},
    **{f"other_{i}": f'grade("criteria.{name}")' for i, name in enumerate(_OTHERS)},
}
_HIGHEST = ("official", "result_", "other_")  # what does not apply keeps nobody down


def columns(folder: Path, limit: int | None = None) -> dict[str, Any]:
    """Return the columns as arrays of numpy, and the ids; at most `limit` members."""
    with hand.connect(folder) as con:
        shown = ", ".join((*_flags(), *_numbers(), "id"))
        most = "" if limit is None else f" LIMIT {limit}"
        query = f"SELECT {shown} FROM ({hand.inputs()}) ORDER BY id{most}"
        return dict(con.execute(query).fetchnumpy())


def expected(folder: Path) -> dict[str, int]:
    """Return the levels before the quota by the query written by hand, in the same numbers."""
    with hand.connect(folder) as con:
        found = con.execute(hand.before_quota()).fetchall()
    ranks = ((key, low if low == high else OPEN, waits) for key, low, high, waits in found)
    return {key: PENDING if waits else rank for key, rank, waits in ranks}


def _flags() -> list[str]:
    return [f"coalesce({text}, FALSE) AS {name}" for name, text in FLAGS.items()]


def _numbers() -> list[str]:
    return [
        f"coalesce({text}, {BEST if name.startswith(_HIGHEST) else 0})::INTEGER AS {quoted(name)}"
        for name, text in NUMBERS.items()
    ]


def quoted(name: str) -> str:
    """Return a name that SQL may keep for itself."""
    return f'"{name}"'

"""A made-up district for the 2021 rulebook, the same one for a seed: all subject types, linked.

Members sit in cells of 25, ten cells under each grassroots organisation, those under the district.
Each cell has its committee; each grassroots organisation its committee, its authority and its
mass organisation, with a leader at the head of each. Every fact that the levels read is stated.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

MEMBERS, IN_A_CELL, CELLS_UNDER = 7000, 25, 10
VOTERS = 15
"""Who votes on a member, an organisation, a collective or a leader."""

LEADERS = ("an", "bình", "cường")
"""Who leads each collective; of none is a file as a party member in the district."""

OPEN_SHARE = 0.1
"""The share of the facts that are not known, where some are not."""

KEPT = frozenset(
    {
        "loai",
        "chi_bo",
        "cap_tren",
        "to_chuc",
        "cung_cap_voi",
        "dang_vien",
        "dung_dau",
        "chuc_danh",
        "cap",
        "criteria",
    }
)
"""What stays known: kinds, links, and which post it is. Grades are forgotten one by one."""

GRADES = ("kem", "trung_binh", "tot", "xuat_sac")
LEVELS = ("khong_hoan_thanh", "hoan_thanh", "hoan_thanh_tot", "hoan_thanh_xuat_sac")
OF_MEMBERS = (
    "tu_tuong",
    "dao_duc",
    "ky_luat_to_chuc",
    "tac_phong",
    "chuc_trach",
    "chi_tieu",
    "cam_ket",
    "khac_phuc",
)
OF_ORGANISATIONS = (
    "tu_tuong",
    "to_chuc_can_bo",
    "lanh_dao_he_thong",
    "kiem_tra",
    "chuong_trinh",
    "nhiem_vu_chinh_tri",
    "khac_phuc",
)
OF_PARENTS = (*OF_ORGANISATIONS, "xep_loai_cung_cap", "xep_loai_truc_thuoc")
OF_AUTHORITIES = (
    "tap_trung_dan_chu",
    "trach_nhiem_lanh_dao",
    "lanh_dao_xay_dung_dang",
    "chuong_trinh",
    "chi_tieu",
    "xep_loai_don_vi",
    "khac_phuc",
)
OF_MASS_ORGANISATIONS = (
    "tap_trung_dan_chu",
    "trach_nhiem_lanh_dao",
    "chuong_trinh_mat_tran",
    "chi_tieu_mat_tran",
    "xep_loai_don_vi",
    "khac_phuc",
)
HEADED = {"cap_uy_co_so": "cu", "lanh_dao_ubnd_xa": "ub", "doan_the_xa": "dt"}
"""The kinds of collective of a grassroots organisation, and how their ids begin."""

Subjects = dict[str, dict[str, dict[str, Any]]]
"""Facts by subject type and id, as a case states them."""


def written(members: int = MEMBERS, seed: int = 1, *, some_open: bool = False) -> str:
    """Return a case file of a district; with `some_open` one fact in ten is `null`."""
    lines = ["case: District", 'rulebook: "2021"', "on: 2021-12-15", "complete: true", "subjects:"]
    for subject_type, by_id in subjects(members, seed, some_open=some_open).items():
        lines.append(f"  {subject_type}:")
        lines += [f"    {name}: {json.dumps(facts)}" for name, facts in by_id.items()]
    return "\n".join(lines) + "\n"


def subjects(members: int = MEMBERS, seed: int = 1, *, some_open: bool = False) -> Subjects:
    """Return the subjects of a district, with their facts."""
    rng = Random(seed)  # noqa: S311  # made-up data
    cells = max(1, members // IN_A_CELL)
    grassroots = -(-cells // CELLS_UNDER)
    made: Subjects = {
        "dang_vien": {f"m{i}": _member(rng, i % cells) for i in range(members)},
        "to_chuc_dang": {
            "huyen": _organisation(rng, "dang_bo_huyen", "", OF_PARENTS),
            **{
                f"xa_{i}": _organisation(rng, "dang_bo_co_so", "huyen", OF_PARENTS)
                for i in range(grassroots)
            },
            **{
                f"cb_{i}": _organisation(
                    rng, "chi_bo_truc_thuoc", f"xa_{i // CELLS_UNDER}", OF_ORGANISATIONS
                )
                for i in range(cells)
            },
        },
        "tap_the": {
            **{
                f"cu_cb_{i}": _collective(rng, "cap_uy_truc_thuoc", f"cb_{i}") for i in range(cells)
            },
            **{
                f"{prefix}_{i}": _collective(rng, kind, f"xa_{i}")
                for i in range(grassroots)
                for kind, prefix in HEADED.items()
            },
        },
        "can_bo": {
            f"{prefix}_{i}": _leader(rng, kind, f"{prefix}_{i}", f"m{i % members}")
            for i in range(grassroots)
            for kind, prefix in HEADED.items()
        },
    }
    return _forgotten(made, seed) if some_open else made


# -- one subject ------------------------------------------------------------------------------


def _member(rng: Random, cell: int) -> dict[str, Any]:
    worth, official = _worth(rng), rng.random() < 0.3
    facts: dict[str, Any] = {
        "chi_bo": f"cb_{cell}",
        "ngay_ket_nap": _day(rng, 1985, 2021),
        "la_cong_chuc": official,
        "duoc_cong_nhan_tieu_bieu": worth == 3 and rng.random() < 0.7,
        "so_thang_nghi_om": rng.choices((0, 1, 4), weights=(94, 4, 2))[0],
        **_targets(rng, worth),
        "phieu": _ballots(rng, worth),
        "criteria": _grades(rng, OF_MEMBERS, worth),
    }
    if official:
        facts["xep_loai_cong_chuc"] = LEVELS[worth]
    if rng.random() < 0.01:
        offence = {"khoa": "k1", "hinh_thuc": "khien_trach", "ngay_hieu_luc": _day(rng, 2021, 2021)}
        facts["ky_luat"] = [{**offence, "ngay_vi_pham": _day(rng, 2020, 2020)}]
    return facts


def _organisation(rng: Random, kind: str, above: str, criteria: tuple[str, ...]) -> dict[str, Any]:
    worth = _worth(rng)
    return {
        "loai": kind,
        **({"cap_tren": above} if above else {}),
        "ngay_thanh_lap": "2000-01-01",
        "so_uy_vien": VOTERS,
        "so_uy_vien_thuong_vu": VOTERS,
        **({"so_dang_vien": IN_A_CELL} if kind == "chi_bo_truc_thuoc" else {}),
        "duoc_cong_nhan_dien_hinh": worth == 3,
        **_targets(rng, worth),
        "phieu": _ballots(rng, worth),
        "criteria": _grades(rng, criteria, worth),
    }


def _collective(rng: Random, kind: str, organisation: str) -> dict[str, Any]:
    worth = _worth(rng)
    criteria = OF_MASS_ORGANISATIONS if kind == "doan_the_xa" else OF_AUTHORITIES
    return {
        "loai": kind,
        "to_chuc": organisation,
        **({} if kind.startswith("cap_uy") else {"cung_cap_voi": organisation}),
        "ngay_thanh_lap": "2000-01-01",
        "duoc_cong_nhan_dan_dau": worth == 3,
        "so_thanh_vien": len(LEADERS),
        "thanh_vien": [
            {"ten": name, "dang_vien": "-", "hinh_thuc_ky_luat": "-"} for name in LEADERS
        ],
        **_targets(rng, worth),
        "so_nguoi_bieu_quyet": VOTERS,
        "phieu": _ballots(rng, worth),
        "criteria": _grades(rng, criteria, worth),
    }


def _leader(rng: Random, kind: str, collective: str, member: str) -> dict[str, Any]:
    worth = _worth(rng)
    return {
        "dang_vien": member,
        "chuc_danh": f"head of {kind}",
        "cap": "xa",
        "muc_theo_quy_dinh": LEVELS[worth],
        "so_nguoi_bieu_quyet": VOTERS,
        "phieu": _ballots(rng, worth),
        "dung_dau": [{"ten": collective, "loai": "tap_the", "tap_the": collective}],
        "criteria": _grades(rng, ("neu_guong", "covid", "doi_moi"), worth),
    }


def _worth(rng: Random) -> int:
    """Return the rank of a level: one in four is a candidate for the best, one in fifty fails."""
    return rng.choices((0, 1, 2, 3), weights=(2, 18, 55, 25))[0]


def _grades(rng: Random, criteria: tuple[str, ...], worth: int) -> dict[str, str]:
    """Return grades at the worth of a subject, some of them above it."""
    return {
        name: GRADES[min(3, worth + rng.choices((0, 1), weights=(3, 1))[0])] for name in criteria
    }


def _targets(rng: Random, worth: int) -> dict[str, int]:
    set_ = rng.randint(5, 20)
    least = (0.2, 0.6, 0.8, 1)[worth]
    return {"so_chi_tieu": set_, "so_chi_tieu_hoan_thanh": rng.randint(round(least * set_), set_)}


def _ballots(rng: Random, worth: int) -> dict[str, int]:
    """Return the votes of `VOTERS`: most are for the worth of a subject, the rest for one below."""
    most = rng.randint(VOTERS // 2 + 1, VOTERS)
    below = {LEVELS[worth - 1]: VOTERS - most} if worth else {}
    return {LEVELS[worth]: most, **below}


def _day(rng: Random, first: int, last: int) -> str:
    return f"{rng.randint(first, last)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


# -- what is not known --------------------------------------------------------------------------


def _forgotten(made: Subjects, seed: int) -> Subjects:
    """Return the subjects with `null` for one fact or grade in ten, by a seed of its own."""
    rng = Random(f"open {seed}")  # noqa: S311  # made-up data
    return {
        subject_type: {name: _partly(facts, rng) for name, facts in by_id.items()}
        for subject_type, by_id in made.items()
    }


def _partly(facts: dict[str, Any], rng: Random) -> dict[str, Any]:
    def may_be_open(inputs: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
        return {
            name: None if name not in kept and rng.random() < OPEN_SHARE else stated
            for name, stated in inputs.items()
        }

    grades = may_be_open(facts["criteria"], frozenset())
    return {**may_be_open(facts, KEPT), "criteria": grades}

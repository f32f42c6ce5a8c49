"""A district of made-up members, ranked with all explanations: where the time goes."""

from __future__ import annotations

import gc
import json
import tempfile
from pathlib import Path
from random import Random
from time import process_time
from typing import TYPE_CHECKING

from khung.casefile.from_source import read_case
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.resources import data_dir
from khung.rulebook.from_source import load_rulebook
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

MEMBERS, IN_A_CELL, CELLS_UNDER = 7000, 25, 10
GRADED = (
    "tu_tuong",
    "dao_duc",
    "ky_luat_to_chuc",
    "tac_phong",
    "chuc_trach",
    "chi_tieu",
    "cam_ket",
    "khac_phuc",
)
GRADES = ("trung_binh", "tot", "tot", "tot", "xuat_sac", "xuat_sac")


def written(members: int = MEMBERS, seed: int = 1) -> str:
    """Return a case file of a district: members in cells, cells under grassroots committees."""
    rng = Random(seed)  # noqa: S311  # made-up data
    cells = max(1, members // IN_A_CELL)
    lines = ['rulebook: "2021"', "on: 2021-12-15", "subjects:", "  to_chuc_dang:"]
    lines.append("    huyen: {loai: dang_bo_huyen}")
    lines += [
        f"    xa_{i}: {{loai: dang_bo_co_so, cap_tren: huyen, so_uy_vien: 15}}"
        for i in range(-(-cells // CELLS_UNDER))
    ]
    lines += [
        f"    cb_{i}: {{loai: chi_bo_truc_thuoc, cap_tren: xa_{i // CELLS_UNDER}}}"
        for i in range(cells)
    ]
    lines += ["  dang_vien:", *(_member(rng, i, cells) for i in range(members))]
    return "\n".join(lines) + "\n"


def _member(rng: Random, index: int, cells: int) -> str:
    facts: dict[str, Any] = {
        "chi_bo": f"cb_{index % cells}",
        "ngay_ket_nap": "2010-05-19",
        "la_cong_chuc": False,
        "duoc_cong_nhan_tieu_bieu": rng.random() < 0.5,
        "so_chi_tieu": 10,
        "so_chi_tieu_hoan_thanh": rng.randint(4, 10),
        "so_thang_nghi_om": rng.choice((0, 0, 0, 0, 4)),
        "phieu": {"hoan_thanh_xuat_sac": rng.randint(8, 15)},
        "criteria": {name: rng.choice(GRADES) for name in GRADED},
    }
    return f"    m{index}: {json.dumps(facts)}"


def measured(members: int = MEMBERS) -> Iterator[tuple[str, float]]:
    """Yield each step with its seconds of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "district.yaml"
        path.write_text(written(members), encoding="utf-8")
        bag = Bag()
        program, seconds = _timed(lambda: _program(bag))
        yield "rulebook read and lowered", seconds
        case_file, seconds = _timed(lambda: read_case(path, bag))
        yield "case file read", seconds
        case, seconds = _timed(lambda: build_case(case_file, program, bag))
        yield "facts typed, links followed", seconds
        gc.freeze()
        results, seconds = _timed(lambda: evaluate_case(program, case))
        yield "evaluated, with all explanations", seconds
        assert sum(map(len, results.by_type.values())) > members


def _program(bag: Bag) -> Any:
    rulebook = load_rulebook(data_dir("rulebooks") / "2021", bag)
    assert rulebook is not None
    return lower_rulebook(rulebook, {}, bag)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = process_time()
    done = work()
    return done, process_time() - start


def report() -> None:
    """Measure, and print a table."""
    print(f"\nA district of {MEMBERS:,} members, seconds of the processor, one run.\n")
    print("| step | seconds |")
    print("|---|--:|")
    for step, seconds in measured():
        print(f"| {step} | {seconds:.1f} |")


if __name__ == "__main__":
    report()

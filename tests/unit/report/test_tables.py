"""What tables answered, as data and in words."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.rulebook import RULEBOOKS, load
from tests.support.schemas import validator
from tests.unit.report.support import ROOT

from khung.casefile.from_source import read_case
from khung.casefile.to_facts import build_case
from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.report.encode import dumps
from khung.report.result.document import Manner, results_html, results_text
from khung.report.result.json import results_json
from khung.why.result import evaluate_case

if TYPE_CHECKING:
    from khung.why.result import Results

CASE = ROOT / "tests/cases/suppliers/tables.yaml"


@cache
def results() -> Results:
    bag = Bag()
    program = lower_rulebook(load(RULEBOOKS / "suppliers").sound, {}, bag)
    case_file = read_case(CASE, bag)
    assert program is not None
    assert case_file is not None
    case = build_case(case_file, program, bag)
    assert case is not None
    return evaluate_case(program, case)


def outputs(name: str) -> dict[str, Any]:
    found: dict[str, Any] = results_json(results(), "vi")["results"]["supplier"][name]["outputs"]
    return found


def test_the_document_fits_the_schema() -> None:
    document = json.loads(dumps(results_json(results(), "vi")))
    assert [error.message for error in validator("result").iter_errors(document)] == []


@pytest.mark.parametrize(
    ("subject", "table", "value"),
    [
        ("large", "approval", [{"by": "buyer"}, {"by": "head"}]),
        ("large", "audit", {"months": 12, "on_site": True}),
        ("large", "payment", {"days": 60}),
        ("paper_unknown", "approval", None),
        ("paper_unknown", "audit", {"months": None, "on_site": True}),
        ("paper_unknown", "payment", None),
    ],
)
def test_the_value_of_a_table(subject: str, table: str, value: object) -> None:
    assert outputs(subject)[table] == {"value": value, "sources": []}


def lines() -> list[str]:
    return [line.strip() for line in results_text(results(), "vi", Manner(full=True)).splitlines()]


def test_the_rows_of_a_list_stand_below_each_other() -> None:
    found = lines()
    start = found.index("• Đơn hàng phải qua:")
    assert found[start + 1 : start + 3] == ["- Nhân viên mua hàng", "- Trưởng phòng"]


def test_a_row_that_may_answer_comes_after_those_that_do() -> None:
    assert "- có thể còn: Nhà cung cấp chưa có chứng nhận: Hội đồng" in lines()


def test_the_outputs_of_one_row_stand_side_by_side() -> None:
    assert "• Kiểm tra định kỳ: Mỗi lần cách nhau: 12 tháng; Tại chỗ: có" in lines()
    assert "• Hạn thanh toán: 60 ngày" in lines()


def test_a_rule_that_reads_a_table_is_told_by_its_name() -> None:
    assert any("Kiểm tra định kỳ (Mỗi lần cách nhau): 1 tháng" in line for line in lines())


def test_the_page_has_them_too() -> None:
    assert "Trưởng phòng" in results_html(results(), "vi", Manner(full=True))

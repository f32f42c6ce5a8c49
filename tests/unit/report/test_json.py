from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.support.reached import parts_of, reached
from tests.support.schemas import validator
from tests.unit.report.support import ROOT, evaluated

from khung import resources
from khung.cli.main import run
from khung.report.encode import dumps
from khung.report.result.json import results_json
from khung.why import smallest_change

HERE = Path(__file__).parent
CASES = sorted((ROOT / "cases/2021").glob("*.yaml"))


def _document(path, lang="vi", **options):
    document = results_json(evaluated(path).results, lang, **options)
    return json.loads(dumps(document), parse_float=Decimal)


def _case(number):
    return next(path for path in CASES if path.name.startswith(f"dang_vien-{number}-"))


def _one(number, subject, **options):
    return _document(_case(number), **options)["results"]["dang_vien"][subject]


REACHING = (
    "tests/cases/apprentices/open.yaml",
    "tests/cases/apprentices/waiting.yaml",
    "tests/cases/climbers/votes.yaml",
    "tests/cases/contests/prizes-more-entries.yaml",
    "tests/cases/grants/project-checks.yaml",
    "tests/cases/grants/project-conflict.yaml",
    "tests/cases/permits/june.yaml",
    "tests/unit/report/cases/decisions.yaml",
    "cases/2021-xa-a/dang_vien-012-hai-xa.yaml",
    "cases/2020/huyen-025-ai-chon-xuat-sac.yaml",
)
"""Cases whose results reach all of the schema together; none can be left out."""

NEVER = {"#/$defs/diagnostic/properties/severity/enum/info"}
"""No page of a diagnostic has this severity."""

WARNED = """\
case: Evaluated after its period
rulebook: contests
on: 2099-12-15
subjects: {}
"""


def _printed(path, capsys, *options):
    """Return what the command prints of a case, the next level with what lifts to it."""
    books = ["--rulebooks", str(HERE)] if path.is_relative_to(HERE) else []
    run(["eval", str(path), "--format", "json", "--next", *books, *options])
    return json.loads(capsys.readouterr().out, parse_float=Decimal)


@pytest.fixture
def printed(capsys, monkeypatch, tmp_path):
    """What is printed of those that reach all, and of what is wrong in a file or outside all."""
    monkeypatch.chdir(ROOT)
    found = {name: _printed(ROOT / name, capsys) for name in REACHING}
    warned = tmp_path / "warned.yaml"
    warned.write_text(WARNED, encoding="utf-8")
    found["warned"] = _printed(warned, capsys, "--rulebooks", "tests/rulebooks")
    found["nothing assumed"] = _printed(ROOT / REACHING[-1], capsys, "--assume", "none")
    found["no file"] = _printed(tmp_path / "nowhere.yaml", capsys)
    found["no rulebook"] = _printed(warned, capsys)
    found["no reading"] = _printed(ROOT / REACHING[0], capsys, "--reading", "nowhere=x")
    monkeypatch.setattr(smallest_change, "PER_RESULT", 0)
    found["search stopped"] = _printed(HERE / "cases/cap.yaml", capsys)
    return found


def test_the_schema_describes_what_is_printed_and_no_part_of_it_is_untried(printed):
    found = resources.schema("result")
    for name, document in printed.items():
        assert [error.message for error in validator("result").iter_errors(document)] == [], name
    by_case = {name: reached(found, document) for name, document in printed.items()}
    assert parts_of(found) - set().union(*by_case.values()) == NEVER
    for name in REACHING:
        others = (parts for other, parts in by_case.items() if other != name)
        assert by_case[name] - set().union(*others), f"{name} adds nothing"


def test_a_cap_with_the_value_that_failed():
    result = _one("010", "an", lang="en")
    assert result["stages"] == {
        "standard": "hoan_thanh_tot",
        "cap": "hoan_thanh",
        "vote": None,
        "quota": None,
    }
    assert result["bounds"] == {
        "standard": ["hoan_thanh_tot", "hoan_thanh_tot"],
        "cap": ["hoan_thanh", "hoan_thanh"],
    }
    (failed,) = result["next"]["failed"]
    assert failed["rule"] == "dang_vien.caps.nghi_om"
    assert failed["sources"] == ["KH-23 II.B.6/8#nghi_om"]
    assert failed["values"] == {"so_thang_nghi_om": 4}
    assert failed["text"].endswith(
        "Months of sick leave in the year: 4 months (must be under 3 months)"
    )
    assert result["next"]["change"] is None
    assert result["next"]["blocked_by"] == []
    assert result["missing"] == []
    assert "dang_vien.an.ky_luat" in result["assumed"]


def test_next_is_looked_for_on_request():
    next_level = _one("020", "an", with_next=True)["next"]
    assert [(one["fact"], one["to"]) for one in next_level["change"]] == [
        ("duoc_cong_nhan_tieu_bieu", True),
        ("criteria.chuc_trach", "xuat_sac"),
        ("criteria.chi_tieu", "xuat_sac"),
    ]
    assert (next_level["search"], next_level["fixed"]) == ("found", [])
    assert "search" not in _one("020", "an")["next"]


def test_what_is_on_file_is_not_offered():
    """Four months of illness are no matter of choice: without them the level would be higher."""
    next_level = _one("010", "an", with_next=True)["next"]
    assert (next_level["search"], next_level["change"]) == ("none", None)
    assert next_level["fixed"] == ["so_thang_nghi_om"]


def test_a_search_that_stopped_found_nothing_and_blames_no_rule(monkeypatch):
    monkeypatch.setattr(smallest_change, "PER_RESULT", 0)
    document = _document(_case("010"), with_next=True)
    assert [error.message for error in validator("result").iter_errors(document)] == []
    found = document["results"]["dang_vien"]["an"]["next"]
    assert (found["search"], found["change"], found["blocked_by"]) == ("stopped", None, [])


def test_criteria_that_failed_are_records():
    failed = _one("020", "du")["next"]["failed"]
    criteria = next(f for f in failed if f["rule"].endswith("nhiem_vu"))["records"]
    assert [(c["criterion"], c["value"]) for c in criteria] == [
        ("chuc_trach", "tot"),
        ("chi_tieu", "tot"),
    ]
    assert criteria[0]["sources"] == ["KH-23 II.B.2.2.b/1"]


def test_pending_is_part_of_scope_and_has_no_next():
    result = _one("082", "chua_nop")
    assert [r["stage"] for r in result["reasons"]] == ["scope"]
    assert result["next"] is None
    assert result["level"] is None


def test_not_ranked_has_no_levels():
    result = _one("024", "mien")
    assert (result["status"], result["scope"]) == ("not_ranked", "out")
    assert (result["at_best"], result["at_worst"], result["next"]) == (None, None, None)
    assert result["bounds"] == {}
    assert set(result["stages"].values()) == {None}


def test_a_choice_among_levels():
    decision = _one("063", "chia_phieu")["decision"]
    assert decision["kind"] == "no_majority"
    assert decision["options"][-1] == "hoan_thanh_xuat_sac"
    assert decision["places"] is None


def test_a_tie_at_a_quota():
    document = _document(_case("099"))
    group = document["groups"][0]
    open_ = document["results"]["dang_vien"][group["open"][0]]
    assert open_["decision"]["kind"] == "tie"
    assert open_["decision"]["group"] == group["key"]
    assert set(open_["decision"]["options"]) == set(group["open"])
    assert group["key"] == {"chi_bo.to_chuc_co_so": "xa_a"}


def test_those_who_hold_a_share_down_are_told_with_the_rules_behind_their_level():
    document = _document(HERE / "cases/teams.yaml", "en")["results"]
    (failed,) = document["team"]["b"]["next"]["failed"]
    assert failed["records"] == [
        {
            "path": f"athlete.{name}",
            "level": "none",
            "status": "ranked",
            "reasons": ["athlete.knockouts.fined"],
        }
        for name in ("fined", "odd_1")
    ]
    assert "because: Fined 500 or more (4)" not in failed["text"]
    assert "because: Fined 500 or more (R-1 4)" in failed["text"]


def test_a_cap_names_the_body_whose_level_it_is():
    document = _document(HERE / "cases/teams.yaml", "en")["results"]
    failed = document["captain"]["second"]["next"]["failed"]
    (body,) = next(f for f in failed if f["rule"] == "captain.caps.team")["records"]
    assert body == {
        "path": "team.b",
        "level": "none",
        "status": "ranked",
        "reasons": ["team.knockouts.many_failed"],
    }


def test_numbers_keep_their_digits():
    third = Decimal(1) / Decimal(3)
    document = {
        "a": third,
        "b": Decimal("0.10"),
        "c": [1, True, None],
        "d": {},
        "e": [{}],
        "f": "ệ",
    }
    assert json.loads(dumps(document), parse_float=Decimal) == document
    assert '"b": 0.1,' in dumps(document)
    with pytest.raises(TypeError):
        dumps({"a": 0.1})

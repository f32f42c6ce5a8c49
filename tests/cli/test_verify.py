"""`khung verify`, and what is said where there is no solver."""

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import accepts

from khung.analysis.proof import solver
from khung.cli.exit_codes import ExitCode

CLIMBERS, CONTESTS = RULEBOOKS / "climbers", RULEBOOKS / "contests"


def test_what_holds_is_counted_and_ends_with_0(khung):
    ran = khung("verify", str(CONTESTS), "--lang", "en")
    assert ran.code == ExitCode.DONE
    assert "0 do not" in ran.out
    assert "■ Holds for every case" in ran.out


def test_what_does_not_hold_comes_with_its_case_and_ends_with_1(khung):
    ran = khung("verify", str(CLIMBERS))
    assert ran.code == ExitCode.NO
    assert "■ Không đúng" in ran.out
    assert "Có điểm rơi vào khoảng giữa Bạc và mức ngay trên" in ran.out
    assert 'rulebook: "climbers"' in ran.out


@pytest.mark.parametrize("form", ["markdown", "html", "github", "sarif"])
def test_each_form_says_what_does_not_hold(khung, form):
    ran = khung("verify", str(CLIMBERS), "--format", form, "--lang", "en")
    assert ran.code == ExitCode.NO
    assert "points lie between" in ran.out


def test_a_page_tells_whoever_wrote_the_text_what_does_not_hold(khung):
    ran = khung("verify", str(CLIMBERS), "--page", "--format", "markdown", "--lang", "en")
    assert ran.code == ExitCode.NO
    assert ran.out.count("\n## ") == 3
    assert "**CC-5 2/1** Medals by points" in ran.out
    assert ran.out.count("```yaml\n") == 3
    assert "Holds" not in ran.out


def test_data_fit_the_schema(khung):
    found = khung("verify", str(CLIMBERS), "--format", "json").json
    assert accepts("verify", found)
    assert {one["status"] for one in found["properties"]} == {"holds", "refuted"}


def test_a_reading_that_is_not_chosen_is_followed(khung, tmp_path):
    ran = khung("verify", str(CONTESTS), "--reading", "nothing=at_all")
    assert ran.code in {ExitCode.USAGE, ExitCode.INVALID}


def test_a_rulebook_with_errors_is_not_asked_about(khung, tmp_path):
    broken = edited(tmp_path, ("climber", "when: accident, to", "when: acident, to"), of=CLIMBERS)
    ran = khung("verify", str(broken))
    assert ran.code == ExitCode.INVALID
    assert "acident" in ran.err


def test_without_a_solver_it_is_said_what_to_install(khung, monkeypatch):
    monkeypatch.setattr(solver, "is_there", lambda: False)
    ran = khung("verify", str(CLIMBERS))
    assert ran.code == ExitCode.USAGE
    assert "K0880" in ran.err
    assert 'pip install "khung[prove]"' in ran.err


def test_without_a_solver_a_comparison_says_that_nothing_is_proved(khung, tmp_path, monkeypatch):
    monkeypatch.setattr(solver, "is_there", lambda: False)
    after = edited(tmp_path, ("route", "silver: 70", "silver: 71"), of=CLIMBERS)
    ran = khung("diff", str(CLIMBERS), str(after), "--lang", "en")
    assert ran.code == ExitCode.DONE
    assert "nothing is proved of all cases" in ran.err
    assert "For every case" not in ran.out


def test_time_that_is_used_up_leaves_the_rest_unknown(khung, monkeypatch):
    monkeypatch.setattr(solver, "monotonic", iter([0.0, *[10.0] * 10_000]).__next__)
    found = khung("verify", str(CONTESTS), "--format", "json", "--seconds", "1").json
    assert {one["status"] for one in found["properties"]} == {"unknown"}


def test_cases_are_written_as_files_that_can_be_evaluated(khung, tmp_path):
    to = tmp_path / "found"
    khung("verify", str(CLIMBERS), "--witnesses", str(to))
    files = sorted(to.iterdir())
    between = ("climber-bronze", "climber-silver", "guide-silver")
    assert [path.name for path in files] == [f"bands-{name}.yaml" for name in between]
    ran = khung("eval", str(files[0]), "--rulebooks", str(RULEBOOKS), "--format", "json")
    assert ran.json["results"]["climber"]["x"]["status"] == "needs_decision"


def test_cases_that_differ_are_written_as_files(khung, tmp_path):
    after, to = edited(tmp_path, ("route", "silver: 70", "silver: 71"), of=CLIMBERS), tmp_path / "w"
    khung("diff", str(CLIMBERS), str(after), "--witnesses", str(to))
    (path,) = to.iterdir()
    assert "score: 70" in path.read_text("utf-8")


def test_no_case_is_written_into_a_rulebook(khung, tmp_path):
    folder = edited(tmp_path, of=CLIMBERS)
    ran = khung("verify", str(folder), "--witnesses", str(folder))
    assert ran.code == ExitCode.USAGE
    assert "K0832" in ran.err

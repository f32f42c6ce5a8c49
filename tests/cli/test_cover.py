"""`khung cover`: a table of what cases show, and new cases in a folder."""

import pytest
from tests.support.pair import edited
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import accepts

from khung.analysis.cover import run
from khung.analysis.proof import solver
from khung.cli.exit_codes import ExitCode

CLIMBERS = RULEBOOKS / "climbers"


def test_without_a_folder_it_is_told_what_the_cases_lack(khung):
    ran = khung("cover", str(CLIMBERS))
    assert ran.code == ExitCode.DONE
    assert "Người leo: cần 10" in ran.out
    assert "guide-levels-gold-1-true" in ran.out
    assert "--to" in ran.out


def test_cases_are_written_without_what_to_expect_and_run(khung, tmp_path):
    to = tmp_path / "new"
    ran = khung("cover", str(CLIMBERS), "--to", str(to))
    files = sorted(path.name for path in to.iterdir())
    assert "guide-levels-gold-1-true.yaml" in files
    assert f"Đã ghi {len(files)} trường hợp" in ran.out
    for path in to.iterdir():
        text = path.read_text("utf-8")
        assert "\nexpect:" not in text
        assert "# Kết quả chưa ghi" in text
        found = khung("eval", str(path), "--rulebooks", str(RULEBOOKS), "--format", "json")
        assert found.code == ExitCode.DONE, found.err


def test_files_that_are_there_stay(khung, tmp_path):
    kept = tmp_path / "guide-levels-gold-1-true.yaml"
    kept.write_text("mine", "utf-8")
    khung("cover", str(CLIMBERS), "--to", str(tmp_path))
    assert kept.read_text("utf-8") == "mine"
    assert (tmp_path / "guide-levels-gold-1-true-2.yaml").is_file()


def test_cases_of_other_folders_count_where_they_are_named(khung, tmp_path):
    khung("cover", str(CLIMBERS), "--to", str(tmp_path))
    named = ("--cases", str(tmp_path), "--cases", str(RULEBOOKS.parent / "cases" / "climbers"))
    found = khung("cover", str(CLIMBERS), *named, "--format", "json").json
    assert accepts("cover", found)
    assert found["cases"] == []
    assert {one["status"] for one in found["conditions"]} == {"covered"}


def test_data_have_each_condition_both_ways_and_fit_the_schema(khung):
    found = khung("cover", str(CLIMBERS), "--format", "json", "--lang", "en").json
    assert accepts("cover", found)
    named = {one["name"]: one for one in found["conditions"]}
    assert len(named) == len(found["conditions"])
    both = {name.rpartition(".")[0] for name in named}
    assert {f"{name}.{way}" for name in both for way in ("true", "false")} == set(named)
    shows = {name for case in found["cases"] for name in case["shows"]}
    assert shows == {name for name, one in named.items() if one["status"] == "found"}


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_each_form_has_the_table(khung, form):
    ran = khung("cover", str(CLIMBERS), "--format", form, "--lang", "en")
    assert ran.code == ExitCode.DONE
    assert "In the cases there are" in ran.out


def test_who_breaks_off_keeps_what_was_found(khung, tmp_path, monkeypatch):
    whole = run.cover

    def broken(*arguments):
        for step in whole(*arguments):
            yield step
            if isinstance(step, run.Made):
                raise KeyboardInterrupt

    monkeypatch.setattr(run, "cover", broken)
    ran = khung("cover", str(CLIMBERS), "--to", str(tmp_path))
    assert ran.code == ExitCode.DONE
    assert "Dừng giữa chừng" in ran.out
    assert len([*tmp_path.iterdir()]) == 1


def test_without_a_solver_it_is_said_what_to_install(khung, monkeypatch):
    monkeypatch.setattr(solver, "is_there", lambda: False)
    ran = khung("cover", str(CLIMBERS))
    assert ran.code == ExitCode.USAGE
    assert "K0880" in ran.err


def test_a_rulebook_with_errors_is_not_covered(khung, tmp_path):
    broken = edited(tmp_path, ("climber", "when: accident, to", "when: acident, to"), of=CLIMBERS)
    ran = khung("cover", str(broken))
    assert ran.code == ExitCode.INVALID
    assert "acident" in ran.err


def test_a_folder_of_cases_that_is_not_there_is_told(khung):
    ran = khung("cover", str(CLIMBERS), "--cases", "nowhere")
    assert ran.code == ExitCode.USAGE
    assert "K0815" in ran.err

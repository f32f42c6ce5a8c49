"""`khung new YEAR --from BASE`, and the list of what that year still has to answer."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from tests.support.rulebook import RULEBOOKS, load
from tests.support.schemas import accepts

from khung.analysis.skeleton import next_period
from khung.cli.exit_codes import ExitCode

OPEN = {"K0527", "K0536", "K0538"}


@pytest.fixture
def shelf(tmp_path):
    """Return a folder of rulebooks with one in it."""
    shutil.copytree(RULEBOOKS / "lecturers", tmp_path / "lecturers")
    return tmp_path


def answer(path, **answers):
    text = path.read_text("utf-8")
    for name, said in answers.items():
        assert f"{name}: open" in text
        text = text.replace(f"{name}: open", f"{name}: {said}")
    path.write_text(text, "utf-8")


def new(khung, shelf, *more):
    return khung("new", "y2026", "--from", "lecturers", "--rulebooks", str(shelf), *more)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_new_year_asks_for_all_that_the_year_sets(khung, shelf, lang):
    ran = new(khung, shelf, "--lang", lang)
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert "y2026" in ran.out
    found = load(shelf / "y2026").diagnostics
    assert {d.code for d in found} == OPEN
    asked = [str(d.args["name"]) for d in found if d.code == "K0527"]
    assert sorted(asked) == ["excellent_share", "least_score", "part_year"]
    assert sum(d.code == "K0538" for d in found) == len(load(shelf / "lecturers").sound.clauses)


def test_what_the_base_says_stands_beside_each_question(khung, shelf):
    new(khung, shelf)
    manifest = (shelf / "y2026" / "rulebook.yaml").read_text("utf-8")
    assert "period: {from: 2025-09-01, to: 2026-08-31}" in manifest
    assert "Điểm tối thiểu. Đang là 60" in manifest
    assert "về giữa năm có được tính vào tỷ lệ không? Đang chọn: counted (Có tính)" in manifest
    clauses = (shelf / "y2026" / "clauses.yaml").read_text("utf-8")
    assert '# Người mới chưa đủ sáu tháng\n  "1/3": {carries: open}' in clauses


def test_answered_it_is_sound_and_the_same(khung, shelf):
    new(khung, shelf)
    manifest = shelf / "y2026" / "rulebook.yaml"
    answer(manifest, excellent_share="kept", least_score="kept", part_year="kept", document="UR-8")
    text = manifest.read_text("utf-8")
    manifest.write_text(text + "documents: {UR-8: {}}\n", "utf-8")
    clauses = shelf / "y2026" / "clauses.yaml"
    clauses.write_text(
        clauses.read_text("utf-8").replace("carries: open", "carries: true"), "utf-8"
    )
    found, base = load(shelf / "y2026").sound, load(shelf / "lecturers").sound
    assert found.subjects == base.subjects
    assert found.parameters == base.parameters
    summaries = {clause.address: clause.summary for clause in base.clauses}
    assert {clause.address: clause.summary for clause in found.clauses} == summaries


def test_check_lists_the_questions(khung, shelf):
    new(khung, shelf)
    book = str(shelf / "y2026")
    ran = khung("check", book)
    assert ran.code == ExitCode.INVALID
    assert ran.err == ""
    lines = ran.out.splitlines()
    (head,) = [line for line in lines if "Còn phải trả lời" in line]
    assert "25" in head  # the document, 2 parameters, 1 reading, 21 clauses
    manifest = (shelf / "y2026" / "rulebook.yaml").read_text("utf-8").splitlines()
    line = manifest.index("    least_score: open") + 1
    assert f"    dòng {line:>4}  least_score: Điểm tối thiểu" in lines
    assert "cách hiểu: 1," in ran.out.casefold()
    assert "kept (giữ nguyên)" in ran.out
    assert max(len(line) for line in lines if line.startswith("    dòng")) <= 100
    (more,) = [line for line in lines if "--clauses" in line]
    assert "15 câu khác" in more  # 21 clauses, 6 of which are named
    assert "7/1:" not in ran.out
    assert "7/1:" in khung("check", book, "--clauses").out
    as_data = khung("check", book, "--format", "json")
    assert as_data.code == ExitCode.INVALID
    assert accepts("check", as_data.json)
    assert {d["code"] for d in as_data.json["diagnostics"]} == OPEN


def test_new_clauses_without_a_rule_are_shown_a_few_at_a_time(khung, shelf):
    new(khung, shelf)
    clauses = shelf / "y2026" / "clauses.yaml"
    fresh = "".join(f"  new/{i}: {{summary: Something new}}\n" for i in range(12))
    clauses.write_text(clauses.read_text("utf-8") + fresh, "utf-8")
    ran = khung("check", str(shelf / "y2026"))
    assert ran.err.count("K0506") == 8
    line = clauses.read_text("utf-8").splitlines().index("  new/0: {summary: Something new}") + 1
    assert f"clauses.yaml:{line}:3" in ran.err
    assert "12 cảnh báo" in ran.out
    assert khung("check", str(shelf / "y2026"), "--clauses").err.count("K0506") == 12


def test_errors_stand_beside_the_questions(khung, shelf):
    new(khung, shelf)
    (shelf / "y2026" / "lecturer.yaml").write_text("subject: lecturer\ncpas: {}\n", "utf-8")
    ran = khung("check", str(shelf / "y2026"))
    assert "K0120" in ran.err
    assert "K0527" not in ran.err
    assert "Còn phải trả lời" in ran.out


def test_elsewhere(khung, shelf):
    ran = new(khung, shelf, "--output", str(shelf / "other"))
    assert ran.code == ExitCode.DONE
    assert sorted(path.name for path in shelf.iterdir()) == ["lecturers", "other"]
    assert ran.out.rstrip().endswith(f"khung check {shelf / 'other'}")
    assert {d.code for d in load(shelf / "other").diagnostics} == OPEN


@pytest.mark.parametrize("target", ["elsewhere/y2026", "lecturers/y2026"])
def test_only_beside_its_base(khung, shelf, target):
    (shelf / "elsewhere").mkdir()
    ran = new(khung, shelf, "--output", str(shelf / target))
    assert (ran.code, "K0833" in ran.err) == (ExitCode.USAGE, True)
    assert not (shelf / target).exists()


def test_a_base_in_a_folder_of_another_name(khung, shelf):
    (shelf / "lecturers").rename(shelf / "bản sao của năm cũ")
    ran = khung("new", "y2026", "--from", "bản sao của năm cũ", "--rulebooks", str(shelf))
    assert ran.code == ExitCode.DONE
    assert {d.code for d in load(shelf / "y2026").diagnostics} == OPEN


def test_how_to_go_on_names_the_rulebook_as_commands_take_it(khung, shelf, monkeypatch):
    home = shelf / "home"
    shutil.copytree(RULEBOOKS / "lecturers", home / "rulebooks" / "lecturers")
    monkeypatch.chdir(home)
    ran = khung("new", "y2026", "--from", "lecturers")
    assert ran.out.rstrip().endswith("khung check y2026")


@pytest.mark.parametrize(
    ("name", "books", "advice"),
    [
        ("2023", ("2020", "2022", "2022-a", "2024"), "khung new 2023 --from 2022"),
        ("2023-a", ("2020", "2022-a"), "khung new 2023-a --from 2022-a"),
        ("2019", ("2020", "2022-a"), "`2020`, `2022-a`"),
        ("2019", (), "khung new case"),
    ],
)
def test_a_year_from_nothing(khung, tmp_path, name, books, advice):
    for book in books:
        (tmp_path / book).mkdir()
        (tmp_path / book / "rulebook.yaml").write_text("khung: 1\n", "utf-8")
    ran = khung("new", name, "--rulebooks", str(tmp_path))
    assert (ran.code, "K0834" in ran.err) == (ExitCode.USAGE, True)
    assert advice in ran.err


def test_nothing_is_written_over(khung, shelf):
    (shelf / "y2026").mkdir()
    ran = new(khung, shelf)
    assert ran.code == ExitCode.USAGE
    assert "K0830" in ran.err
    assert list((shelf / "y2026").iterdir()) == []


def test_nothing_is_left_where_writing_fails(khung, shelf):
    ran = new(khung, shelf, "--output", str(shelf / ("y" * 300)))
    assert (ran.code, "K0813" in ran.err) == (ExitCode.USAGE, True)
    assert sorted(path.name for path in shelf.iterdir()) == ["lecturers"]


def test_not_beside_what_came_with_the_program(khung, shelf, monkeypatch):
    monkeypatch.setattr("khung.cli.folders.PACKAGE", shelf)
    ran = new(khung, shelf)
    assert (ran.code, "K0831" in ran.err) == (ExitCode.USAGE, True)
    assert sorted(path.name for path in shelf.iterdir()) == ["lecturers"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("../y", "--from", "lecturers"), "K0407"),
        (("y", "--from", "lecturers", "extra"), "K0806"),
        (("y", "--output", "z"), "K0834"),
        (("cas", "lecturers", "lecturer"), "K0805"),
        (("case", "lecturers", "lecturer", "--for", "a=b"), "K0803"),
    ],
)
def test_command_lines(khung, shelf, line, code):
    ran = khung("new", *line, "--rulebooks", str(shelf))
    assert ran.code == ExitCode.USAGE
    assert code in ran.err


def test_no_year_from_the_overlay_of_a_unit(khung, shelf):
    (shelf / "unit").mkdir()
    text = "khung: 1\nid: unit\ntitle: Unit\nextends: {rulebook: lecturers, as: overlay}\n"
    text += "period: {from: 2024-09-01, to: 2025-08-31}\napplies_to: {department: [one]}\n"
    (shelf / "unit" / "rulebook.yaml").write_text(text, "utf-8")
    ran = khung("new", "y", "--from", "unit", "--rulebooks", str(shelf))
    assert (ran.code, "K0548" in ran.err, "`lecturers`" in ran.err) == (ExitCode.USAGE, True, True)
    assert not (shelf / "y").exists()


def test_an_invalid_base(khung, shelf):
    path = shelf / "lecturers" / "rulebook.yaml"
    path.write_text(path.read_text("utf-8") + "clubs: {}\n", "utf-8")
    ran = new(khung, shelf)
    assert (ran.code, "K0120" in ran.err) == (ExitCode.INVALID, True)
    assert not (shelf / "y2026").exists()
    assert khung("new", "y", "--from", "nobody", "--rulebooks", str(shelf)).code == ExitCode.INVALID


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("2025", "{from: 2025-01-01, to: 2025-12-31}"),
        ("2027", "{from: 2027-01-01, to: 2027-12-31}"),
        ("2023", "{from: 2025-01-01, to: 2025-12-31}"),  # no later one
        ("2027-a", "{from: 2025-01-01, to: 2025-12-31}"),
    ],
)
def test_a_year_is_left_out(khung, tmp_path, name, period):
    text = "khung: 1\nid: '2024'\ntitle: T\nperiod: {from: 2024-01-01, to: 2024-12-31}\n"
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "rulebook.yaml").write_text(text, "utf-8")
    ran = khung("new", name, "--from", "2024", "--rulebooks", str(tmp_path))
    assert ran.code == ExitCode.DONE
    assert f"period: {period}" in (tmp_path / name / "rulebook.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("period", "after"),
    [
        (("2021-01-01", "2021-12-31"), ("2022-01-01", "2022-12-31")),
        (("2024-02-29", "2025-02-27"), ("2025-02-28", "2026-02-27")),
        (("2020-09-01", "2021-02-28"), ("2021-09-01", "2022-02-28")),
        (("2020-01-01", "2021-12-31"), ("2022-01-01", "2024-01-01")),
        (("9996-01-01", "9996-12-31"), ("9997-01-01", "9997-12-31")),
    ],
)
def test_periods(period, after):
    first, last = map(date.fromisoformat, period)
    assert tuple(map(str, next_period(first, last))) == after


@pytest.mark.parametrize(
    "period", [("9999-01-01", "9999-12-31"), ("9000-01-01", "9800-12-31"), ("9999-01-01",) * 2]
)
def test_the_last_period_of_all(khung, shelf, period):
    first, last = map(date.fromisoformat, period)
    assert next_period(first, last) is None
    path = shelf / "lecturers" / "rulebook.yaml"
    text = path.read_text("utf-8")
    for day, new in zip(("2024-09-01", "2025-08-31"), period, strict=True):
        assert day in text
        text = text.replace(day, new)
    path.write_text(text, "utf-8")
    ran = khung("new", "y", "--from", "lecturers", "--rulebooks", str(shelf))
    assert (ran.code, "K0835" in ran.err) == (ExitCode.USAGE, True)
    assert not (shelf / "y").exists()


def test_what_the_rest_keeps_is_listed_one_by_one(khung, shelf):
    new(khung, shelf)
    path = shelf / "y2026" / "rulebook.yaml"
    head = path.read_text("utf-8").partition("\ncarried:")[0]
    path.write_text(f"{head}\ncarried: {{rest: kept, part_year: kept}}\n", "utf-8")
    ran = khung("check", str(shelf / "y2026"), "--format", "json")
    assert accepts("check", ran.json)
    assert ran.json["kept"] == ["parameters.excellent_share", "parameters.least_score"]
    told = khung("check", str(shelf / "y2026")).out
    assert all(f"\n  {path}" in told for path in ran.json["kept"])
    assert "part_year:" not in told

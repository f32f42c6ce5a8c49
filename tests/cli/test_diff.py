"""`khung diff`. The texts in `golden/` are rewritten with `KHUNG_UPDATE=1 pytest`."""

import os
import re
import shutil
from pathlib import Path

import pytest
from tests.support.pair import BEFORE, CASES, edited
from tests.support.schemas import accepts

from khung.cli.exit_codes import ExitCode
from khung.diagnostics.render.columns import columns

GOLDEN = Path(__file__).parent / "golden"

BUSY = (
    "busy: {when: hours > 305, at_most: fair, source: 5.1/1, label: {vi: Quá nhiều giờ, en: Busy}}"
)

EDITS = (
    ("rulebook", "value: 25%", "value: 50%"),
    ("rulebook", "value: 60,", "value: '60.0',"),
    ("rulebook", "{illness: Nghỉ ốm", "{leave: Nghỉ phép, illness: Nghỉ ốm"),
    ("lecturer", "score >= 75, source: 3/2", "score >= 76, source: 3/3"),
    ("lecturer", '  absent: {when: count(long_absences) > 0, at_most: fair, source: "4.1"}\n', ""),
    ("lecturer", "caps:\n", f"caps:\n  {BUSY}\n"),
    ("lecturer", "count(long_absences) > 2", "count(long_absences) > 3"),
    ("lecturer", "hours = 0, to: weak, source: 3/5", "hours = 0, to: weak, source: 3/4"),
    ("clauses", "Mức khá", "Mức khá hiện hành"),
    ("clauses", '  3/5: {summary: "Không có giờ dạy"}\n', ""),
)


@pytest.fixture
def after(tmp_path):
    return edited(tmp_path, *EDITS)


def diff(khung, after, *arguments, cases=CASES):
    extent = () if "--format" in arguments or "--all" in arguments else ("--full",)
    return khung(
        "diff", "--no-proof", str(BEFORE), str(after), "--cases", str(cases), *extent, *arguments
    )


def in_words(khung, folder, monkeypatch, golden, *arguments):
    """Compare in a folder, 80 columns wide, and hold what is said to a golden text."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(folder)
    ran = khung("diff", "--no-proof", *arguments, "--cases", "cases")
    path = GOLDEN / golden
    if os.environ.get("KHUNG_UPDATE"):
        path.write_text(ran.out, encoding="utf-8")
    assert ran.out == path.read_text(encoding="utf-8")
    assert ran.code == ExitCode.DONE
    assert ran.err == ""


EXTENTS = {"diff": (), "diff_full": ("--full",)}


@pytest.mark.parametrize("name", EXTENTS)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_golden(khung, after, lang, name, tmp_path, monkeypatch):
    shutil.copytree(BEFORE, tmp_path / "last")
    shutil.copytree(CASES, tmp_path / "cases")
    pair = "last", "rulebooks/lecturers"
    golden = f"{name}.{lang}.txt"
    in_words(khung, tmp_path, monkeypatch, golden, *pair, "--lang", lang, *EXTENTS[name])


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_golden_of_a_successor(khung, lang, tmp_path, monkeypatch):
    pair = "lecturers", "lecturers_next"
    for name in pair:
        shutil.copytree(BEFORE.parent / name, tmp_path / name)
    shutil.copytree(CASES, tmp_path / "cases")
    golden = f"diff_successor.{lang}.txt"
    in_words(khung, tmp_path, monkeypatch, golden, *pair, "--lang", lang, "--full")


def test_what_only_follows_the_new_document_is_counted_or_told_by_all(khung):
    pair = ("diff", str(BEFORE), str(BEFORE.parent / "lecturers_next"), "--cases", str(CASES))
    short, full = khung(*pair, "--full").out, khung(*pair, "--all").out
    assert "lecturer.caps.absent" not in short.partition("■ Trường hợp")[0]
    called = "mức trần “số mục trong long_absences trên 0” (Giảng viên)"
    told = f"{called} [lecturer.caps.absent]: điều khoản: UR-7 4.1 → 4/1"
    assert told in " ".join(full.split())
    assert "giữ nguyên, nay theo điều khoản của UR-8 (xem hết: --all)" in short
    assert "--all" not in full
    changes = khung(*pair, "--format", "json").json["changes"]
    assert {c["class"] for c in changes if c["path"] == "lecturer.caps.absent"} == {"citation"}


@pytest.mark.parametrize("width", [60, 100])
def test_no_line_is_wider_than_the_terminal(khung, after, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    lines = diff(khung, after).out.splitlines()
    assert max(map(columns, lines)) <= width


def test_as_data(khung, after):
    ran = diff(khung, after, "--format", "json", "--exit-code")
    assert ran.code == ExitCode.NO
    assert accepts("diff", ran.json)
    assert {change["class"] for change in ran.json["changes"]} == {
        "changes_outcomes",
        "does_not",
        "citation",
        "unknown",
    }
    assert ran.json["tried"] == 4
    assert ran.json["witnesses"] == []
    of_75 = [one for one in ran.json["cases"] if one["subject"] == "lecturer.of_75"]
    assert [(one["before"]["level"], one["after"]["level"]) for one in of_75] == [("good", "fair")]


def test_nothing_differs(khung):
    ran = khung("diff", "--no-proof", str(BEFORE), str(BEFORE), "--exit-code")
    assert ran.code == ExitCode.DONE
    assert "Nội dung hai bên giống nhau" in ran.out
    assert "Đã chạy 4 trường hợp" in ran.out


def test_two_readings(khung):
    arguments = ("--reading", "part_year=left_out", "--format", "json", "--exit-code")
    ran = khung("diff", "--no-proof", str(BEFORE), str(BEFORE), *arguments)
    assert ran.code == ExitCode.NO
    assert accepts("diff", ran.json)
    (change,) = ran.json["changes"]
    assert change["path"] == "readings.part_year"
    assert change["group"] == "yearly_value"
    assert ran.json["before"]["readings"] == {"part_year": "counted"}
    assert ran.json["after"]["readings"] == {"part_year": "left_out"}
    said = khung("diff", "--no-proof", str(BEFORE), str(BEFORE), "--full", *arguments[:2]).out
    assert "phương án được chọn: Có tính → left_out" in said


def test_cases_are_found_beside_the_rulebooks(khung, after):
    cases = after.parents[1] / "cases" / "lecturers"
    cases.mkdir(parents=True)
    (cases / "more.yaml").write_text(
        "rulebook: lecturers\non: 2025-06-30\nsubjects: {lecturer: {an: {}}}\n", "utf-8"
    )
    ran = khung("diff", "--no-proof", str(BEFORE), str(after), "--format", "json")
    assert ran.json["tried"] == 5


def test_there_need_be_no_cases(khung, after, tmp_path):
    ran = khung("diff", "--no-proof", str(after), str(after))
    assert ran.code == ExitCode.DONE
    assert "Không có trường hợp nào để chạy thử" in ran.out


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_invalid_rulebook(khung, tmp_path, form):
    broken = edited(tmp_path, ("lecturer", "score >= 75", "scoer >= 75"))
    ran = diff(khung, broken, "--format", form)
    assert ran.code == ExitCode.INVALID
    if form == "json":
        assert accepts("diff", ran.json)
        assert [d["code"] for d in ran.json["diagnostics"]] == ["K0201"]
    else:
        assert "K0201" in ran.err
        assert ran.out == ""


def test_both_rulebooks_are_looked_at(khung, tmp_path):
    first = edited(tmp_path / "a", ("lecturer", "score >= 75", "scoer >= 75"))
    second = edited(tmp_path / "b", ("lecturer", "hours = 0, to", "hous = 0, to"))
    ran = khung("diff", "--no-proof", str(first), str(second), "--format", "json")
    assert len(ran.json["diagnostics"]) == 2


def test_a_rulebook_that_is_not_there(khung):
    ran = khung("diff", "--no-proof", "2021", "nowhere")
    assert ran.code == ExitCode.INVALID
    assert "K0602" in ran.err


def test_an_unknown_reading(khung):
    ran = khung("diff", "--no-proof", str(BEFORE), str(BEFORE), "--reading", "part_yaer=left_out")
    assert ran.code == ExitCode.INVALID
    assert "part_year" in ran.err


def test_a_folder_of_cases_that_is_not_there(khung, tmp_path):
    ran = diff(khung, BEFORE, cases=tmp_path / "nowhere")
    assert ran.code == ExitCode.USAGE
    assert "K0815" in ran.err


def test_a_case_runs_on_a_side_without_what_that_does_not_ask(khung, tmp_path):
    gone = "  on_contract: {type: boolean, default: false, absence: true}\n"
    guarded = "  contract_end: {type: date, applies_when: on_contract}\n"
    after = edited(tmp_path, ("lecturer", gone + guarded, ""))
    case = tmp_path / "case.yaml"
    case.write_text(
        "case: Hợp đồng\nrulebook: lecturers\non: 2025-06-30\n"
        "subjects: {lecturer: {an: {on_contract: true}}}\n",
        "utf-8",
    )
    page = diff(khung, after, cases=case)
    assert page.code == ExitCode.DONE
    assert "1 trường hợp có ghi điều mà một bên không hỏi" in " ".join(page.out.split())
    assert "mà không có những điều bên ấy không hỏi (1)\n  • thông tin on_contract" in page.out
    ran = diff(khung, after, "--format", "json", cases=case)
    assert accepts("diff", ran.json)
    assert ran.json["not_run"] == []
    (one,) = ran.json["run_without"]
    assert (one["before"], one["after"]) == ([], ["subjects.lecturer.an.on_contract"])


def test_a_case_that_is_wrong_is_not_mended(khung, tmp_path):
    # neither side knows `hous`: it is a slip, and not what one of them does not ask
    after = edited(tmp_path, ("lecturer", "score >= 75", "score >= 76"))
    case = tmp_path / "case.yaml"
    text = "rulebook: lecturers\non: 2025-06-30\nsubjects: {lecturer: {an: {hous: 3}}}\n"
    case.write_text(text, "utf-8")
    (one,) = diff(khung, after, "--format", "json", cases=case).json["not_run"]
    assert one["before"]["code"] == one["after"]["code"] == "K0610"


def test_of_a_calendar_the_days_that_differ_are_told(khung, tmp_path):
    suppliers = BEFORE.parent / "suppliers"
    edit = ("rulebook", "2025-04-18: Good Friday", "2025-04-17: Maundy Thursday")
    after = edited(tmp_path, edit, of=suppliers)
    ran = khung("diff", "--no-proof", str(suppliers), str(after), "--full", "--lang", "en")
    assert "holidays: 2025-04-18: Good Friday → 2025-04-17: Maundy Thursday" in ran.out
    assert "Easter" not in ran.out
    assert accepts(
        "diff", khung("diff", "--no-proof", str(suppliers), str(after), "--format", "json").json
    )


def told_of(khung, tmp_path, *edits, of="suppliers"):
    """Return what is said of cases after some edits, the lines joined."""
    before = BEFORE.parent / of
    after = edited(tmp_path, *edits, of=before)
    cases = BEFORE.parents[1] / "cases" / of / "tables.yaml"
    ran = khung("diff", "--no-proof", str(before), str(after), "--cases", str(cases), "--full")
    return " ".join(ran.out.partition("■ Trường hợp")[2].split())


def test_of_a_table_the_rows_that_differ_are_told_by_their_labels(khung, tmp_path):
    edit = ("supplier", 'large: {if: {turnover: ">= 1000"}', 'large: {if: {turnover: ">= 999"}')
    told = told_of(khung, tmp_path, edit)
    assert "kèm theo: Đơn hàng phải qua: thêm Trưởng phòng" in told
    assert told.endswith("tables.yaml: small_poor")


def test_of_a_table_with_one_answer_both_are_told(khung, tmp_path):
    edit = ("supplier", "then: {months: 1, on_site: true}", "then: {months: 2, on_site: false}")
    told = told_of(khung, tmp_path, edit)
    was, now = (
        "Mỗi lần cách nhau: 1 tháng; Tại chỗ: có",
        "Mỗi lần cách nhau: 2 tháng; Tại chỗ: không",
    )
    assert f"Kiểm tra định kỳ: {was} → {now}" in told


def test_an_order_of_rows_is_told_as_such(khung, tmp_path):
    first = "      always: {then: {by: buyer}}\n"
    second = '      large: {if: {turnover: ">= 1000"}, then: {by: head}}\n'
    told = told_of(khung, tmp_path, ("supplier", first + second, second + first))
    assert "Đơn hàng phải qua: đổi thứ tự" in told


def test_what_is_not_met_is_not_told_as_if_it_were(khung, tmp_path):
    # every level above the last now asks for what a certified supplier lacks
    one = "{that: not(certified), label: Chưa có chứng nhận}"
    edit = ("supplier", "{certified: certified}", "{certified: " + one + "}")
    told = told_of(khung, tmp_path, edit).partition("supplier large: ")[2]
    assert "sau, vì: chưa đạt: Chưa có chứng nhận — certified: có kèm" in told


# -- what differs beside the level ----------------------------------------------------------------


def differing(khung, tmp_path, of, case, *edits):
    """Return what is said of a case that an edited rulebook lets come out differently."""
    after = edited(tmp_path, *edits, of=BEFORE.with_name(of))
    ran = khung(
        *("diff", str(BEFORE.with_name(of)), str(after), "--lang", "en", "--full"),
        *("--cases", str(CASES.with_name(of) / case)),
    )
    assert ran.code == ExitCode.DONE
    return ran.out.partition("Cases that come out differently")[2]


def test_what_may_be_chosen_otherwise_is_told(khung, tmp_path):
    edit = ("project", "among: [good, fair, not_ranked]", "among: [good, fair]")
    said = differing(khung, tmp_path, "grants", "project-conflict.yaml", edit)
    assert "levels left open: Good, Fair, Not ranked → Good, Fair\n" in said


def test_the_same_group_by_other_keys_is_no_other_outcome(khung, tmp_path):
    edit = ("project", "per: [call]", "per: [call, call.deadline]")
    assert differing(khung, tmp_path, "grants", "project-tie.yaml", edit) == ""


def test_what_differs_beside_the_same_levels_is_told_once_with_all_its_subjects(khung, tmp_path):
    edit = ("supplier", "always: {then: {by: buyer}}", "always: {then: {by: head}}")
    told = told_of(khung, tmp_path, edit)
    assert told.count("thêm Trưởng phòng; bớt Nhân viên mua hàng") == 1
    assert "1 đối tượng trong 1 trường hợp" in told


def test_a_group_says_how_many_cases_come_of_it(khung, tmp_path):
    text = (CASES / "score.yaml").read_text("utf-8").partition("expect:")[0]
    case = tmp_path / "case.yaml"
    case.write_text(text.replace("exams: 20", "exams: 10"), "utf-8")
    after = BEFORE.parent / "lecturers_next"
    ran = khung("diff", "--no-proof", str(BEFORE), str(after), "--cases", str(case), "--full")
    heading = "■ Thêm tiêu chí phục vụ cộng đồng (2)\n  1 trường hợp ra kết quả khác do nhóm này"
    assert heading in ran.out
    assert "chưa có trường hợp nào cho thấy nhóm này đổi kết quả" in ran.out
    # who does not teach is no longer weak for that alone
    causes = "▸ Do thay đổi: “Thêm tiêu chí phục vụ cộng đồng” và điều kiện hạ mức"
    told = " ".join(ran.out.split())
    assert causes in told
    # the case was written before there was such a criterion
    assert "sau, còn thiếu: Phục vụ cộng đồng" in told


def test_cases_none_of_which_runs_under_both_are_not_told_as_alike(khung):
    pair = str(BEFORE), str(BEFORE.parent / "lecturers_next")
    ran = khung("diff", "--no-proof", *pair, "--cases", str(CASES), "--full")
    assert "Không trường hợp nào chạy được theo cả hai bên (4)" in ran.out
    assert "như nhau" not in ran.out
    assert "đổi kết quả do nhóm này" not in ran.out


def test_a_condition_is_told_in_words_and_as_written_where_all_is_asked_for(khung, after):
    short, full = diff(khung, after).out, diff(khung, after, "--all").out
    assert "yêu cầu: score từ 75 trở lên → score từ 76 trở lên" in short
    assert "score >= 75" not in short
    assert "yêu cầu: score >= 75 → score >= 76" in full


def test_a_condition_whose_words_are_the_same_is_told_as_written(khung, tmp_path):
    # what is said of a condition is the branch that the reading picks
    edit = ("lecturer", "else rating >= good and not(newcomer)", "else rating >= fair")
    out = " ".join(diff(khung, edited(tmp_path, edit)).out.split())
    assert "được tính, sau: nếu readings.part_year = counted thì rating >= good nếu không" in out


def test_of_a_set_the_members_that_differ_are_told(khung, tmp_path):
    edit = ("lecturer", "{take: research.guidance, when: students > 0}", "{take: research.papers}")
    out = diff(khung, edited(tmp_path, edit)).out
    # both are called by the clause that both cite
    more, less = "Tiêu chí nghiên cứu papers", "Tiêu chí nghiên cứu guidance, khi students trên 0"
    assert f"gồm: thêm {more}; bớt {less}" in " ".join(out.split())


def test_of_many_checks_the_first_are_named(khung, tmp_path):
    check = "  c{n}: {{label: Giờ {n}, require: hours < 305, source: 3/5}}\n"
    checks = "".join(check.format(n=n) for n in range(5))
    out = diff(khung, edited(tmp_path, ("lecturer", "\ncaps:", f"\nchecks:\n{checks}caps:"))).out
    # one lecturer has 310 hours
    told = "Giờ 0; Giờ 1; Giờ 2 và 2 phép kiểm tra khác: không kiểm tra → vi phạm"
    assert told in " ".join(out.split())


def test_cases_that_do_not_run_for_one_reason_are_told_together(khung, tmp_path):
    cases = tmp_path / "cases"
    cases.mkdir()
    absent = "{absences: [{number: N1, kind: K}]}"
    text = f"rulebook: lecturers\non: 2025-06-30\nsubjects: {{lecturer: {{an: {absent}}}}}\n"
    for name, kind in (("one", "leave"), ("two", "leave"), ("three", "study")):
        (cases / f"{name}.yaml").write_text(text.replace("kind: K", f"kind: {kind}"), "utf-8")
    edit = ("rulebook", "{illness: Nghỉ ốm", "{leave: Nghỉ phép, illness: Nghỉ ốm")
    out = diff(khung, edited(tmp_path, edit), cases=cases).out
    heading = "■ Chạy theo bên trước mà không có những điều bên ấy không hỏi (2)"
    without = " ".join(out.partition(heading)[2].partition("■")[0].split())
    assert without.count("giá trị “Nghỉ phép” (Loại nghỉ)") == 1
    assert "one.yaml: one" in without
    assert "two.yaml: two" in without
    assert "three.yaml" not in without  # its kind is known to both


def test_people_are_called_by_their_names(khung, tmp_path):
    case = tmp_path / "case.yaml"
    facts = "name: Trần Văn Bình, hours: 300, criteria: {lessons: 40, papers: 30}"
    case.write_text(
        "case: Tên\nrulebook: lecturers\non: 2025-06-30\n"
        f"subjects: {{lecturer: {{gv_7: {{{facts}}}, gv_8: {{like: gv_7, name: Lê Thị Mai}}}}}}\n",
        "utf-8",
    )
    edit = ("lecturer", "score >= 75, source: 3/2", "score >= 200, source: 3/2")
    told = " ".join(diff(khung, edited(tmp_path, edit), cases=case).out.split())
    assert "Giảng viên Trần Văn Bình, Lê Thị Mai: " in told
    assert "gv_" not in told.partition("case.yaml")[2]


def test_whose_an_entry_is_stands_beside_it_and_no_path(khung):
    after = BEFORE.parent / "lecturers_next"
    pair = (
        "diff",
        "--no-proof",
        str(BEFORE),
        str(after),
        "--cases",
        str(CASES),
        "--lang",
        "en",
        "--full",
    )
    said = " ".join(khung(*pair).out.split())
    assert "Gone: knock-out “hours is 0 hours” (Lecturer) — no case" in said
    assert "New: value “Chăm con nhỏ” (Kind of absence) — no case" in said
    assert "UR-7 3/5: Không có giờ dạy" in said
    assert "lecturer." not in said.partition("■ Cases")[0]


def test_a_case_that_runs_by_neither_side_is_not_said_to_run_by_one(khung, tmp_path, after):
    case = tmp_path / "case.yaml"
    case.write_text(
        "case: Sai\nrulebook: lecturers\non: 2025-06-30\nsubjects: {lecturer: {an: {hour: 1}}}\n",
        "utf-8",
    )
    out = diff(khung, after, cases=case).out
    assert "■ Trường hợp không chạy được theo bên nào (1)" in out
    assert "theo một bên" not in out


# -- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "cell"), [("markdown", "| (1) Xuất sắc |"), ("html", "<table")])
def test_the_page_is_written_in_other_forms(khung, after, form, cell):
    out = diff(khung, after, "--format", form).out
    assert "So sánh bộ quy định lecturers với lecturers" in out
    assert cell in out
    assert "2. Đổi tiêu chuẩn “score từ 76 trở lên” (Giảng viên)" in out
    assert "(“Tổng điểm”): Khá → Trung bình" in out


def test_the_page_says_each_change_before_and_now_with_an_example(khung):
    both = [f"cases/{year}" for year in (2020, 2021)]
    files = [str(path) for folder in both for path in sorted(Path(folder).glob("hai_nam-*.yaml"))]
    named = [word for path in files for word in ("--on", path)]
    ran = khung("diff", "--no-proof", "2020", "2021", *named)
    assert ran.code == ExitCode.DONE
    told = re.split(r"^\d\. ", ran.out, flags=re.MULTILINE)
    head, *changes = told
    assert "9 thay đổi nội dung; " in " ".join(head.split())
    assert len(changes) == 9
    for change in changes:
        text = " ".join(change.split())
        assert "Trước: " in text
        assert "Nay: " in text
        shown = re.search(r"Ví dụ: .+ → .+", text)
        assert shown or "chỉ đổi lời, không đổi kết quả của ai" in text, change
    assert max(map(columns, ran.out.splitlines())) <= 100
    assert "không chạy được" not in ran.out.lower()
    # the exception of force majeure is gone: who had it is no longer spared
    assert "Hoàn thành tốt nhiệm vụ → Không hoàn thành nhiệm vụ" in " ".join(changes[1].split())

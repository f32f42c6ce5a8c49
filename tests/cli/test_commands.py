"""check, test, show, new, schema, expr and explain."""

import json
import shutil
from xml.etree import ElementTree as ET

import pytest
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import NAMES, ROOT, accepts

from khung.cli.exit_codes import ExitCode
from khung.diagnostics.codes import all_codes
from khung.ir.builtins import SIGNATURES
from khung.locale import phrase

CASE = "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"


@pytest.fixture
def book(tmp_path):
    """Return a copy of a rulebook to break, a small one."""
    shutil.copytree(RULEBOOKS / "grants", tmp_path / "grants")
    return tmp_path / "grants"


def change(path, before, after):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


# -- check ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_check_a_sound_rulebook(khung, lang):
    ran = khung("check", str(RULEBOOKS / "grants"), "--lang", lang)
    assert ran.code == ExitCode.DONE
    assert ran.err == ""
    assert "25" in ran.out
    assert ("Không có lỗi" if lang == "vi" else "No errors") in ran.out


def test_check_says_what_is_left_of_a_rulebook_in_sql(khung, tmp_path):
    found = ROOT / "tests" / "engines" / "found" / "quotient_as_number" / "rulebook.yaml"
    shutil.copy(found, tmp_path)
    done = khung("check", str(tmp_path), "--engine", "--lang", "en")
    assert done.out.endswith("  member.def0: a quotient as a number\n")
    done = khung("check", "2021", "--engine", "--lang", "en")
    assert done.out.endswith("All of it can be run as SQL.\n")


def test_check_lists_all_clauses_that_are_left_out(khung, book):
    clauses = (book / "clauses.yaml").read_text("utf-8")
    more = "".join(f"  9/{number}: {{summary: A clause}}\n" for number in range(1, 41))
    (book / "clauses.yaml").write_text(clauses + more, "utf-8")
    assert "9/40" not in khung("check", str(book)).out
    assert "9/40" in khung("check", str(book), "--clauses").out


def test_check_as_data(khung):
    ran = khung("check", "2021", "--format", "json")
    assert accepts("check", ran.json)
    clauses = ran.json["clauses"]
    assert clauses["total"] == 219
    whole = {address.partition("#")[0] for address in clauses["missing"]}
    assert clauses["total"] - clauses["accounted"] == len(whole)


def test_check_a_broken_rulebook(khung, book):
    change(book / "project.yaml", "submitted > call.deadline", "submited > call.deadline")
    change(book / "rulebook.yaml", "chosen: dropped", "chosen: droped")
    ran = khung("check", str(book), "--format", "json")
    assert ran.code == ExitCode.INVALID
    assert accepts("check", ran.json)
    files = {d["file"] for d in ran.json["diagnostics"] if d["severity"] == "error"}
    assert files == {str(book / "project.yaml"), str(book / "rulebook.yaml")}
    assert khung("check", str(book)).out.count("\n") > 2


def test_check_warns_of_an_option_that_breaks_the_rulebook(khung, book):
    change(
        book / "project.yaml",
        "{when: requested > 10000, that: own_share >= 20%",
        "{when: if readings.part_places = dropped then requested > 10000 else true,"
        " that: own_share >= 20%",
    )
    ran = khung("check", str(book), "--format", "json")
    assert "K0704" in [d["code"] for d in ran.json["diagnostics"]]
    assert khung("check", str(book), "--reading", "part_places=nearest").code == ExitCode.INVALID


@pytest.mark.parametrize("form", ["sarif", "github", "json"])
def test_check_for_machines(khung, book, form):
    change(book / "project.yaml", "submitted > call.deadline", "submited > call.deadline")
    ran = khung("check", str(book), "--format", form)
    assert ran.err == ""
    assert "K0201" in ran.out
    if form == "github":
        assert ran.out.startswith("::error ")
    else:
        json.loads(ran.out)


@pytest.mark.parametrize("command", ["check", "show"])
@pytest.mark.parametrize("name", ["2031", "./nowhere", "cases", ".", "..", "", "../../etc"])
def test_rulebooks_that_there_are_not(khung, command, name):
    ran = khung(command, name)
    assert ran.code == ExitCode.INVALID
    assert "K0000" not in ran.err
    as_data = khung(command, name, "--format", "json")
    assert as_data.json["diagnostics"]


# -- test -------------------------------------------------------------------------------------


def test_cases_that_pass(khung):
    ran = khung("test", CASE)
    assert ran.code == ExitCode.DONE
    assert ran.out.startswith("1 đạt")
    assert accepts("test", khung("test", CASE, "--format", "json").json)


@pytest.fixture
def failing(tmp_path):
    path = tmp_path / "failing.yaml"
    shutil.copy(ROOT / "cases/2021/dang_vien-110-con-thieu-du-kien.yaml", path)
    text, sign, _ = path.read_text("utf-8").partition("\nexpect:")
    assert sign
    expect = "expect: {dang_vien: {chua_ro_chi_tieu: {level: hoan_thanh}}}"
    path.write_text(f"{text}\n{expect}\n", "utf-8")
    return path


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_case_that_fails_says_what_and_why_it_is_open(khung, failing, lang):
    ran = khung("test", str(failing), "--lang", lang)
    assert ran.code == ExitCode.NO
    vi = ("KHÔNG ĐẠT", "mong đợi: Hoàn thành nhiệm vụ", "còn thiếu: Số chỉ tiêu")
    en = ("FAILED", "expected: Completed", "missing: Targets")
    assert [words for words in (vi if lang == "vi" else en) if words not in ran.out] == []


CONSULTED = """\
case: C
rulebook: "2021"
on: 2021-12-15
subjects: {tap_the: {x: {loai: ban_thuong_vu_huyen_uy, to_chuc: "-"}}}
expect: {tap_the: {x: {outputs: {lay_y_kien: []}}}}
"""


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_an_empty_list_is_not_said_like_what_does_not_apply(khung, tmp_path, lang):
    path = tmp_path / "consulted.yaml"
    path.write_text(CONSULTED, "utf-8")
    ran = khung("test", str(path), "--rulebooks", str(ROOT / "rulebooks"), "--lang", lang)
    assert ran.code == ExitCode.NO
    said = [phrase(lang, f"cli.test.{key}") for key in ("empty", "absent")]
    assert [line for line in said if line in " ".join(ran.out.split())] == said


def test_failures_as_data(khung, failing):
    ran = khung("test", str(failing), CASE, "--format", "json")
    assert ran.code == ExitCode.NO
    assert accepts("test", ran.json)
    assert (ran.json["passed"], ran.json["failed"]) == (1, 1)
    assert [d["path"].split(".")[-1] for d in ran.json["cases"][0]["differences"]] == ["level"]


def test_failures_as_junit(khung, failing, tmp_path):
    (tmp_path / "bad.yaml").write_text("case: 1: 2", "utf-8")
    ran = khung("test", str(tmp_path), "--format", "junit")
    assert ran.code == ExitCode.INVALID
    suites = ET.fromstring(ran.out)  # noqa: S314  # our own
    seconds = float(suites.attrib.pop("time"))
    assert 0 < seconds < 60
    assert suites.attrib == {"tests": "2", "failures": "1", "errors": "1"}


def test_an_invalid_case_is_no_failure(khung, tmp_path):
    (tmp_path / "bad.yaml").write_text("case: 1: 2", "utf-8")
    ran = khung("test", str(tmp_path))
    assert ran.code == ExitCode.INVALID
    assert "TỆP CÓ LỖI" in ran.out


# -- show, new, schema ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_show_is_readable(khung, lang):
    ran = khung("show", "2021", "--lang", lang)
    assert ran.code == ExitCode.DONE
    assert ("Đảng viên" if lang == "vi" else "Party member") in ran.out
    assert "caps.nghi_om" in ran.out
    assert "II.B.6/8#nghi_om" in ran.out
    assert all(len(line) <= 120 for line in ran.out.splitlines())


def test_show_facts(khung):
    ran = khung("show", "2021", "--facts")
    assert accepts("facts", ran.json)
    member = ran.json["subjects"]["dang_vien"]
    assert member["facts"]["so_thang_nghi_om"]["default"] == 0
    assert member["facts"]["so_thang_nghi_om"]["range"] == [0, 12]
    assert member["facts"]["ky_luat"]["type"] == "list of vi_pham"
    assert member["scale"] == "muc"
    kinds = ran.json["subjects"]["to_chuc_dang"]["kinds"]
    assert kinds["field"] == "loai"
    assert next(iter(kinds["values"])) == "chi_bo_truc_thuoc"


def test_show_flat_is_yaml_again(khung, tmp_path):
    ran = khung("show", "2021", "--flat")
    assert ran.code == ExitCode.DONE
    assert "rulebooks/2021/dang_vien.yaml:" in ran.out
    found = khung("show", "2021", "--flat", "--format", "json").json
    assert set(found) == {"rulebook", "origins"}
    assert found["origins"]["subjects.dang_vien"].startswith("rulebooks/2021/dang_vien.yaml:")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_new_case_can_be_evaluated(khung, tmp_path, lang):
    written = khung("new", "case", "2021", "dang_vien", "--lang", lang)
    assert written.code == ExitCode.DONE
    path = tmp_path / "new.yaml"
    path.write_text(written.out, "utf-8")
    ran = khung("eval", str(path), "--format", "json")
    assert ran.code == ExitCode.DONE, ran.json


def test_a_new_case_goes_into_a_new_file(khung, tmp_path):
    path = tmp_path / "new.yaml"
    asked = ("new", "case", "2021", "dang_vien", "to_chuc_dang", "--output", str(path))
    ran = khung(*asked)
    assert (ran.code, ran.out) == (ExitCode.DONE, "")
    path.write_text(path.read_text("utf-8").replace("so_uy_vien: null", "so_uy_vien: 9"), "utf-8")
    again = khung(*asked)
    assert again.code == ExitCode.USAGE
    assert "K0819" in again.err
    assert "so_uy_vien: 9" in path.read_text("utf-8")
    assert khung("eval", str(path), "--format", "json").code == ExitCode.DONE


def test_a_page_is_not_poured_on_a_terminal(khung, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = khung("show", "2021", "--page", "--format", "html")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "K0818" in ran.err
    assert "--output 2021.html" in ran.err
    path = tmp_path / "2021.html"
    assert khung("show", "2021", "--page", "--output", str(path)).code == ExitCode.DONE
    assert path.is_file()


def test_a_new_case_of_nobody_is_told_of_whom_it_may_be(khung):
    ran = khung("new", "case", "2021")
    assert ran.code == ExitCode.USAGE
    assert "K0803" in ran.err
    named = " ".join(ran.err.split())
    assert "`can_bo`, `dang_vien`, `tap_the`, `to_chuc_dang`" in named


def test_a_new_case_of_what_there_is_not(khung):
    ran = khung("new", "case", "2021", "dang_vienn")
    assert ran.code == ExitCode.USAGE
    assert "`dang_vien`" in ran.err
    assert khung("new", "case", "2031", "dang_vien").code == ExitCode.INVALID


def test_schemas(khung):
    assert [line.split()[0] for line in khung("schema").out.splitlines()] == list(NAMES)
    for name in NAMES:
        assert khung("schema", name).json["$id"] == f"{name}.schema.json"


# -- expr -------------------------------------------------------------------------------------

GIVEN = """\
a: 3
b: null
c: true
d: 2021-12-15
e: "2021-12-15"
f: [1, 2.5]
đảng: [{khoá: 1}, {khoá: 2}]
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2", "3"),
        ("0.1 + 0.2", "0.3"),
        ("a < 4", "đúng (true)"),
        ("b < 4", "chưa biết: đúng hoặc sai"),
        ("c and a > 4", "sai (false)"),
        ("d.year", "2021"),
        ("d", "2021-12-15"),
        ("e", '"2021-12-15"'),
        ("b", "chưa biết"),
        ("1 / 0", "không có giá trị (phép tính không làm được)"),
        ("f", "[1, 2.5]"),
        ("[1..5)", "[1..5)"),
        ('"a  b"', '"a  b"'),
        ("đảng[1]", '{\n  "khoá": 1\n}'),
        ("count x in đảng satisfies x.khoá > 1", "1"),
        ("if b < 3 then 1 else 2", "từ 1 đến 2 (còn giá trị chưa biết)"),
    ],
)
def test_expressions(khung, tmp_path, expression, value):
    path = tmp_path / "given.yaml"
    path.write_text(GIVEN, "utf-8")
    ran = khung("expr", expression, "--given", str(path))
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert ran.out == value + "\n"


@pytest.mark.parametrize(
    "expression", ["1 +", "nobody", "1 + true", "", "((((" * 50, "x" * 5000, "a\0b"]
)
def test_wrong_expressions(khung, expression):
    ran = khung("expr", expression)
    assert ran.code == ExitCode.INVALID
    assert "<expression>:1:" in ran.err
    assert khung("expr", expression, "--format", "json").json["diagnostics"]


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["-(1)"], "-1"),
        (["-(1)", "--lang", "en"], "-1"),
        (["--lang", "en", "-2 * 3"], "-6"),
        (["-abs(4)"], "-4"),
        (["--", "-(1)"], "-1"),
    ],
)
def test_an_expression_that_begins_with_a_minus(khung, arguments, value):
    ran = khung("expr", *arguments)
    assert (ran.code, ran.out.strip()) == (ExitCode.DONE, value)


@pytest.mark.parametrize("arguments", [["-f", "1"], ["--formt", "json", "1"], ["-x"]])
def test_a_mistyped_option_is_still_reported(khung, arguments):
    ran = khung("expr", *arguments)
    assert ran.code == ExitCode.USAGE
    assert "K0802" in ran.err


def test_an_expression_as_data(khung):
    found = khung("expr", "1/4", "--format", "json").json
    assert found == {"value": 0.25, "known": True, "why": None, "type": "số", "diagnostics": []}


def test_values_that_cannot_be_read(khung):
    assert khung("expr", "1", "--given", "nowhere.yaml").code == ExitCode.INVALID


# -- explain ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_code_is_explained(khung, lang):
    listed = khung("explain", "--lang", lang).out
    for code in all_codes():
        assert code in listed
        assert code in khung("explain", code, "--lang", lang).out


CLIMBERS = ("--rulebook", "climbers", "--rulebooks", "tests/rulebooks")
LECTURERS = ("--rulebook", "lecturers", "--rulebooks", "tests/rulebooks")


def test_explain_a_clause_names_what_rests_on_it(khung):
    ran = khung("explain", "4", *LECTURERS, "--lang", "en")
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert "[lecturer.caps.absent]" in ran.out


@pytest.mark.parametrize(
    "name", ["lecturer.caps.absent", "caps.absent", "absent", "lecturer.absent"]
)
def test_explain_a_rule_by_its_id_or_the_end_of_it(khung, name):
    ran = khung("explain", name, *LECTURERS, "--lang", "en")
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert "lecturer.yaml, line" in ran.out


def test_explain_a_rule_called_as_what_it_reads_is_read_by_nobody(khung):
    ran = khung("explain", "climber.knockouts.accident", *CLIMBERS, "--lang", "en")
    assert ran.code == ExitCode.DONE
    assert "Caused an accident" in ran.out
    assert "[climber." not in ran.out


def test_explain_a_fact_tells_who_reads_it(khung):
    ran = khung("explain", "so_thang_nghi_om", "--lang", "en")
    assert "2021" in ran.out.splitlines()[0]  # the last period, as no rulebook is named
    assert "[dang_vien.caps.nghi_om]" in ran.out


def test_what_is_nowhere_has_the_nearest(khung):
    ran = khung("explain", "caps.absnt", *LECTURERS)
    assert (ran.code, "K0809" in ran.err) == (ExitCode.USAGE, True)


def test_explain_by_name_and_in_small_letters(khung):
    page = khung("explain", "K0201").out
    assert khung("explain", "k0201").out == page
    assert khung("explain", "unknown-name").out == page


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_functions_are_listed(khung, lang):
    said = khung("explain", "functions", "--lang", lang).out
    for name in SIGNATURES:
        assert f"{name}(" in said
    assert "<" not in said

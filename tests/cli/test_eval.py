"""`khung eval`: results, exit codes, which rulebook, what bad input gets."""

import io
import shutil

import pytest
from tests.support.schemas import ROOT, accepts

from khung.cli.exit_codes import ExitCode

CASE = "cases/2021/dang_vien-010-nghi-om-4-thang.yaml"
CHANGING = "cases/2021/dang_vien-022-ket-nap-tinh-den-ngay-xep-loai.yaml"
DECIDED = "tests/cases/suppliers/sums-and-averages.yaml"
OPEN = "cases/2021/dang_vien-110-con-thieu-du-kien.yaml"


@pytest.mark.parametrize(("lang", "said"), [("vi", "Hoàn thành nhiệm vụ"), ("en", "Completed")])
def test_a_result_in_words(khung, lang, said):
    ran = khung("eval", CASE, "--lang", lang)
    assert ran.code == ExitCode.DONE
    assert ran.err == ""
    assert said in ran.out
    assert "rulebooks/2021" in ran.out
    assert "(II.B.6/8)" in ran.out


def test_a_result_as_data(khung):
    ran = khung("eval", CASE, "--format", "json")
    assert ran.code == ExitCode.DONE
    assert accepts("result", ran.json)
    assert ran.json["rulebook"]["id"] == "2021"


def test_the_smallest_change_is_there_where_asked_for(khung):
    found = khung("eval", CHANGING, "--format", "json", "--next").json["results"]["dang_vien"]
    assert any(r["next"] and r["next"]["change"] for r in found.values())


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_smallest_change_is_said_where_asked_for(khung, form):
    heading = "The smallest change that gives"
    asked = ("eval", CHANGING, "--lang", "en", "--format", form)
    assert heading not in khung(*asked).out
    assert heading in khung(*asked, "--next").out


def test_what_is_on_file_is_never_offered_as_a_change(khung):
    out = " ".join(khung("eval", CASE, "--lang", "en", "--next").out.split())
    assert "The smallest change" not in out
    assert "what is on file stands in the way, which is Months of sick leave in the year" in out


def test_strict(khung):
    assert khung("eval", DECIDED, "--strict").code == ExitCode.DONE
    assert khung("eval", OPEN).code == ExitCode.DONE
    assert khung("eval", OPEN, "--strict").code == ExitCode.OPEN


def test_readings_of_the_command_line_win(khung):
    path = "cases/2021/dang_vien-091-han-muc-chi-tot.yaml"
    chosen = khung("eval", path, "--format", "json").json["rulebook"]["readings"]
    other = khung("eval", path, "--format", "json", "--reading", "co_so_tinh_20=tat_ca")
    assert chosen["co_so_tinh_20"] == "chi_tot"
    assert other.json["rulebook"]["readings"]["co_so_tinh_20"] == "tat_ca"


@pytest.mark.parametrize(
    ("reading", "code"), [("co_so_tinh20=tat_ca", "K0503"), ("co_so_tinh_20=tatca", "K0504")]
)
def test_readings_that_there_are_not(khung, reading, code):
    ran = khung("eval", CASE, "--reading", reading, "--format", "json")
    assert ran.code == ExitCode.INVALID
    assert accepts("result", ran.json)
    assert [d["code"] for d in ran.json["diagnostics"]] == [code]
    assert ran.json["results"] == {}


def test_the_folder_of_rulebooks(khung, tmp_path):
    shutil.copytree(ROOT / "rulebooks", tmp_path / "books")
    ran = khung("eval", CASE, "--rulebooks", str(tmp_path / "books"))
    assert str(tmp_path / "books" / "2021") in ran.out.replace("\n", "")
    ran = khung("eval", CASE, "--rulebooks", str(tmp_path))
    assert ran.code == ExitCode.INVALID
    assert "K0602" in ran.err


def broken(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


HEAD = 'case: x\nrulebook: "2021"\non: 2021-12-15\nsubjects:\n'

BAD = [
    ("empty.yaml", b""),
    ("blank.yaml", b"\n\n# nothing\n"),
    ("binary.yaml", bytes(range(256))),
    ("office.xlsx", b"PK\x03\x04" + b"\0" * 100),
    ("utf16.yaml", HEAD.encode("utf-16")),
    ("cp1258.yaml", "case: café\n".encode("cp1258")),
    ("text.yaml", "Kính gửi: ban tổ chức: xin xem".encode()),
    ("list.yaml", b"- a\n- b\n"),
    ("deep.yaml", b"subjects: " + b"[" * 100_000),
    ("deep_maps.yaml", b"".join(b" " * i + b"a:\n" for i in range(300))),
    ("tabs.yaml", b"case:\n\tx: y\n"),
    ("alias.yaml", b"a: &a [1]\nb: *a\n"),
    ("no_head.yaml", b"subjects: {}\n"),
    ("unknown_book.yaml", HEAD.replace("2021", "2031", 1).encode() + b"  {}\n"),
    ("outside.yaml", HEAD.replace('"2021"', '"../../etc"', 1).encode() + b"  {}\n"),
    ("unknown_subject.yaml", HEAD.encode() + b"  dang_vienn: {an: {}}\n"),
    ("long.yaml", b"case: " + b"x" * 17 * 1024 * 1024),
]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(("name", "data"), BAD)
def test_bad_files(khung, tmp_path, name, data, lang):
    path = str(broken(tmp_path, name, data))
    ran = khung("eval", path, "--lang", lang)
    assert ran.code == ExitCode.INVALID
    assert ran.out == ""
    assert "K0000" not in ran.err
    assert ("lỗi[" if lang == "vi" else "error[") in ran.err


@pytest.mark.parametrize(("name", "data"), BAD)
def test_bad_files_as_data(khung, tmp_path, name, data):
    ran = khung("eval", str(broken(tmp_path, name, data)), "--format", "json")
    assert ran.code == ExitCode.INVALID
    assert ran.err == ""
    assert accepts("result", ran.json)
    assert ran.json["diagnostics"]


@pytest.mark.parametrize("path", ["nowhere.yaml", "cases", "cases/2021", "", "\0", "/dev/null"])
def test_paths_that_are_no_case(khung, path):
    assert khung("eval", path).code == ExitCode.INVALID


def test_a_broken_rulebook_is_reported_where_it_is_broken(khung, tmp_path):
    shutil.copytree(ROOT / "rulebooks", tmp_path / "books")
    book = tmp_path / "books" / "2021" / "dang_vien.yaml"
    text = book.read_text("utf-8").replace(
        "parameters.bat_dau_kiem_diem", "parameters.bat_dau_kiem_diemm"
    )
    book.write_text(text, "utf-8")
    ran = khung("eval", CASE, "--rulebooks", str(tmp_path / "books"), "--format", "json")
    assert ran.code == ExitCode.INVALID
    assert {d["file"] for d in ran.json["diagnostics"]} == {str(book)}


def test_a_case_that_comes_in_at_standard_input(khung, monkeypatch):
    data = (ROOT / CASE).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    ran = khung("eval", "-", "--format", "json")
    assert ran.code == ExitCode.DONE
    assert ran.json["results"] == khung("eval", CASE, "--format", "json").json["results"]


@pytest.mark.parametrize(
    ("data", "code"), [(b"case: [", "K0113"), (b"", "K0104"), (b"\xff", "K0106")]
)
def test_what_comes_in_is_read_as_strictly(khung, monkeypatch, data, code):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    ran = khung("eval", "-")
    assert ran.code == ExitCode.INVALID
    assert f"[{code}]" in ran.err


def test_nothing_comes_in_where_nobody_listens(khung, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    ran = khung("eval", "-")
    assert (ran.code, "[K0104]" in ran.err) == (ExitCode.INVALID, True)


MANY = "cases/2021/huyen-010-tu-chi-bo-den-huyen.yaml"


def test_one_screen_of_one_member(khung):
    """All that must be known to sign, and neither defaults nor readings."""
    text = khung("eval", CASE).out
    assert len(text.splitlines()) <= 24
    assert "Đảng viên an: dự kiến Hoàn thành nhiệm vụ" in text
    assert "Vì sao chưa được Hoàn thành tốt nhiệm vụ" in text
    assert "Lấy theo mặc định" not in text


def test_all_where_asked_for_with_an_annex(khung):
    brief, full = khung("eval", CASE).out, khung("eval", CASE, "--full").out
    assert len(full.splitlines()) > 2 * len(brief.splitlines())
    assert full.index("Phụ lục") < full.index("Lấy theo mặc định") < full.index("--reading")
    assert full.index("Kèm theo") < full.index("Phụ lục")


def test_many_have_a_summary_first_with_what_is_in_the_way_before_each_is_told(khung):
    text = khung("eval", MANY).out
    parts = ["Tổng hợp", "Hạn mức tỷ lệ", "■ Còn vướng", "■ Tập thể", "Theo quyết định đã có"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "Kiểm tra thủ tục" not in text
    assert text.count("việc thủ tục chưa kiểm tra được") == 1


@pytest.mark.parametrize("name", ["xa_a", "to_chuc_dang.xa_a", "XA_A"])
def test_one_of_many(khung, name):
    text = khung("eval", MANY, "--only", name).out
    assert text.count("■") == 1
    assert "■ Tổ chức đảng xa_a: " in text
    assert khung("eval", MANY, "--only", name, "--only", "bi_thu_a").out.count("■") == 2


def test_one_by_what_it_is_called(khung, tmp_path):
    path = tmp_path / "an.yaml"
    path.write_text(
        HEAD + "  dang_vien: {an: {name: Nguyễn Văn An}, binh: {name: Lê Thị Bình}}\n", "utf-8"
    )
    assert "■ Nguyễn Văn An: " in khung("eval", str(path), "--only", "nguyễn văn an").out
    ran = khung("eval", str(path), "--only", "Nguyễn Văn Anh")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "K0817" in ran.err
    assert "`Nguyễn Văn An`" in ran.err


def test_markdown(khung):
    text = khung("eval", CASE, "--format", "markdown", "--lang", "en").out
    assert text.startswith("# Annual review and ranking 2021\n")
    assert "## Party member an: provisionally Completed" in text


OPEN_LIST = """\
case: Whether all violations are stated decides
rulebook: "2021"
on: 2021-12-15
subjects:
  to_chuc_dang:
    a: {loai: chi_bo_truc_thuoc}
"""


@pytest.mark.parametrize(("more", "is_said"), [("", True), ("complete: true\n", False)])
def test_what_to_say_of_a_list_that_is_whole(khung, tmp_path, more, is_said):
    (tmp_path / "case.yaml").write_text(OPEN_LIST + more, encoding="utf-8")
    told = khung("eval", str(tmp_path / "case.yaml"), "--lang", "en").out
    assert ("say “complete: true”" in " ".join(told.split())) == is_said

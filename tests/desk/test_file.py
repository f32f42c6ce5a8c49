"""Files: nothing is written but where the user said, and nothing of anybody is lost."""

import pytest
from tests.desk.conftest import CASE, TOKEN

F = "f.subjects/dang_vien/an"


def change(browser, value="2"):
    tab = browser.get(browser.case).tab
    browser.post(browser.case, {"tab": tab, f"{F}/so_thang_nghi_om": value})


def test_a_case_is_saved_into_its_file_with_its_comments(opened, folder):
    before = (folder / CASE).read_text(encoding="utf-8")
    change(opened)
    assert (folder / CASE).read_text(encoding="utf-8") == before
    opened.post(f"{opened.case}/save")
    after = (folder / CASE).read_text(encoding="utf-8")
    assert after == before.replace("nghi_om: 4", "nghi_om: 2")
    assert "Đã lưu" in opened.words
    assert [p.name for p in folder.iterdir()] == [CASE]


def test_a_new_case_gets_a_file_of_its_own(browser, folder):
    browser.post("new", {"rulebook": "2021", "subject": "dang_vien"})
    browser.post(f"{browser.case}/save", {"path": "moi"})
    assert (folder / "moi.yaml").is_file()
    assert browser.draft.is_saved


def test_another_file_is_not_written_over(browser, folder):
    before = (folder / CASE).read_bytes()
    browser.post("new", {"rulebook": "2021", "subject": "dang_vien"})
    browser.post(f"{browser.case}/save", {"path": CASE})
    assert (browser.status, "K0819" in browser.text) == (409, True)
    assert (folder / CASE).read_bytes() == before


@pytest.mark.parametrize(
    "path", ["../x.yaml", "/away/x.yaml", "a/../../x.yaml", "C:/x.yaml", "\0.yaml"]
)
def test_no_place_outside_the_folder_is_written(opened, folder, path):
    opened.post(f"{opened.case}/save", {"path": path})
    assert (opened.status, "K0908" in opened.text) == (400, True)
    assert [p.name for p in folder.iterdir()] == [CASE]


def test_a_link_that_leads_out_is_not_followed(opened, folder, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    (folder / "out").symlink_to(away)
    opened.post(f"{opened.case}/save", {"path": "out/x.yaml"})
    assert "K0908" in opened.text
    assert not list(away.iterdir())


def test_no_file_of_a_rulebook_is_written(opened, folder):
    (folder / "rulebook.yaml").write_text("khung: 1\n")
    opened.post(f"{opened.case}/save", {"path": "x.yaml"})
    assert "K0832" in opened.text
    assert not (folder / "x.yaml").exists()


def test_a_file_that_is_gone_or_none_says_so(browser):
    browser.post("open", {"path": "nothing.yaml"})
    assert (browser.status, "K0908" in browser.text) == (404, True)


def test_what_was_changed_outside_is_told_and_kept(opened, folder):
    case = opened.case
    change(opened)
    theirs = (
        (folder / CASE).read_text(encoding="utf-8").replace("so_chi_tieu: 10", "so_chi_tieu: 11")
    )
    (folder / CASE).write_text(theirs, encoding="utf-8")
    opened.get(case)
    assert "đã bị sửa ở nơi khác" in opened.words
    opened.post(f"{case}/save")
    assert (opened.status, "K0903" in opened.text) == (409, True)
    assert (folder / CASE).read_text(encoding="utf-8") == theirs
    opened.post(f"{case}/save", {"path": "mine.yaml"})
    assert "nghi_om: 2" in (folder / "mine.yaml").read_text(encoding="utf-8")
    assert (folder / CASE).read_text(encoding="utf-8") == theirs


def test_the_file_is_read_again_and_that_is_taken_back(opened, folder):
    case = opened.case
    change(opened)
    mine = opened.draft.text
    (folder / CASE).write_text("rulebook: '2021'\non: 2021-12-15\nsubjects: {}\n", encoding="utf-8")
    opened.post(f"{case}/reload")
    draft = opened.desk.drafts.get(case.removeprefix("case/"))
    assert draft.text.startswith("rulebook: '2021'")
    opened.post(f"{case}/undo")
    assert draft.text == mine


def test_it_is_written_over_only_if_that_is_said(opened, folder):
    case = opened.case
    change(opened)
    (folder / CASE).write_text("theirs", encoding="utf-8")
    opened.post(f"{case}/save", {"path": CASE, "over": "yes"})
    assert "nghi_om: 2" in (folder / CASE).read_text(encoding="utf-8")


def test_the_text_is_changed_as_a_text(opened):
    case, draft = opened.case, opened.draft
    opened.get(f"{case}/text")
    opened.post(f"{case}/text", {"tab": opened.tab, "text": draft.text.replace("om: 4", "om: 2")})
    assert "om: 2" in draft.text


def test_a_broken_text_is_kept_and_told(opened):
    case, draft = opened.case, opened.draft
    opened.get(f"{case}/text")
    opened.post(f"{case}/text", {"tab": opened.tab, "text": "rulebook: [\n"})
    assert draft.text == "rulebook: [\n"
    assert "Lỗi" in opened.words
    opened.get(case)
    assert "rulebook: [" in opened.text  # the form cannot show it: the text is shown instead


def test_a_text_of_another_tab_is_not_written_over_unasked(opened):
    case, draft = opened.case, opened.draft
    old = opened.get(f"{case}/text").tab
    change(opened)
    theirs = draft.text
    mine = theirs.replace("nghi_om: 2", "nghi_om: 9")
    opened.at = case
    opened.post(f"{case}/text", {"tab": old, "text": mine})
    assert (opened.status, "K0903" in opened.text, draft.text) == (409, True, theirs)
    assert "nghi_om: 9" in opened.text
    opened.post(f"{case}/text", {"tab": opened.tab, "text": mine, "over": "yes"})
    assert draft.text == mine


def test_a_case_is_fetched(opened):
    opened.get(f"{opened.case}/download")
    assert opened.text == opened.desk.drafts.get(opened.at.split("/")[4]).text
    assert CASE in opened.headers["content-disposition"]


def test_closing_asks_first(opened):
    case = opened.case
    change(opened)
    opened.post(f"{case}/close")
    assert opened.status == 409
    opened.post(f"{case}/close", {"over": "yes"})
    assert opened.at == f"/{TOKEN}/vi/"
    assert not opened.desk.drafts.by_id


def test_the_same_file_is_open_once(opened):
    first = opened.case
    assert opened.post("open", {"path": CASE}).case == first


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", b"PK", "K0905"),
        ("a.pdf", b"%PDF", "K0905"),
        ("", b"", "K0905"),
        ("a.yaml", b"\xff\xfe\x00", "K01"),
        ("a.yaml", b"a\x00b", "K01"),
        ("a.yaml", b"#" * (8 * 1024 * 1024 + 1), "K0902"),
    ],
)
def test_a_wrong_file_dropped_is_told(browser, name, data, code):
    browser.post("upload", files={"file": (name, data)})
    assert browser.status in (400, 413)
    assert code in browser.text
    assert not browser.desk.drafts.by_id


def test_a_case_is_dropped_in(browser, folder):
    browser.post("upload", files={"file": (CASE, (folder / CASE).read_bytes())})
    assert browser.standing == "Dự kiến Hoàn thành nhiệm vụ"
    assert browser.draft.path is None


@pytest.mark.parametrize("path", ["CON", "nul.yaml", "com1.yml", "aux.a.yaml", "LPT9"])
def test_a_name_that_windows_keeps_for_itself_is_refused_as_on_the_command_line(
    opened, folder, path
):
    opened.post(f"{opened.case}/save", {"path": path})
    assert (opened.status, "K0813" in opened.text) == (400, True)
    assert "Windows" in opened.words
    assert [p.name for p in folder.iterdir()] == [CASE]

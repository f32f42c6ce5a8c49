"""A workbook dropped in gives lists, places, decisions to fill, forms to fetch."""

import io
import zipfile

import openpyxl
import pytest
from tests.support.schemas import ROOT

from khung.cli.main import run


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A made-up population of forty members, as a workbook."""
    path = tmp_path_factory.mktemp("book") / "huyen.xlsx"
    rulebooks = ("--rulebooks", str(ROOT / "rulebooks"))
    assert run(["new", "district", "2021", "--members", "40", "--to", str(path), *rulebooks]) == 0
    return path.read_bytes()


def worked_out(browser):
    """Wait until what was dropped in is worked out, and show it."""
    place = browser.at.split("/vi/")[1]
    browser.desk.work.get(place.split("/")[1], "tables").future.result(timeout=120)
    return browser.get(place)


@pytest.fixture
def shown(browser, book):
    browser.post("upload", files={"file": ("huyen.xlsx", book)})
    assert browser.status == 200
    return worked_out(browser)


def test_a_workbook_gives_its_lists_places_and_files(shown):
    assert "Tổng hợp" in shown.words
    assert "Hạn mức tỷ lệ" in shown.words
    assert "Đảng viên" in shown.words
    for name in ("results.xlsx", "decisions.csv", "forms/"):
        assert name in shown.text


def test_all_files_are_fetched_as_the_command_writes_them(shown):
    place = shown.at.split("/vi/")[1]
    answer = shown.client.get(f"/t0ken/vi/{place}/all.zip")
    names = set(zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
    assert {"results.xlsx", "decisions.csv", "run.json", "results/dang_vien.csv"} <= names
    assert any(name.startswith("forms/") for name in names)
    one = shown.client.get(f"/t0ken/vi/{place}/file/results.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(one.content)).sheetnames
    page = shown.client.get(f"/t0ken/vi/{place}/page")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<section" in page.text


@pytest.mark.parametrize("path", ["nothing.csv", "..%2f..%2fpasswd", "../workbook.xlsx"])
def test_nothing_else_is_handed_out(shown, path):
    place = shown.at.split("/vi/")[1]
    assert shown.get(f"{place}/file/{path}").status == 404


def test_a_workbook_that_is_none_says_so(browser):
    browser.post("upload", files={"file": ("a.xlsx", b"not a workbook")})
    worked_out(browser)
    assert browser.status == 200
    assert "Lỗi" in browser.words
    assert "all.zip" not in browser.text


def test_decisions_filled_in_are_taken(shown):
    place = shown.at.split("/vi/")[1]
    answer = shown.client.get(f"/t0ken/vi/{place}/file/decisions.csv")
    shown.post(f"{place}/decisions", files={"file": ("decisions.csv", answer.content)})
    assert shown.at.split("/vi/")[1] != place
    assert "Tổng hợp" in worked_out(shown).words
    shown.post(f"{place}/decisions", files={"file": ("a.docx", b"x")})
    assert (shown.status, "K0905" in shown.text) == (400, True)


def test_what_is_worked_out_is_gone_when_the_desk_closes(shown):
    name = shown.at.split("/tables/")[1]
    folder = shown.desk.work.get(name, "tables").future.result().folder
    assert folder.is_dir()
    shown.desk.work.end_all()
    assert not folder.parent.exists()


def test_an_empty_workbook_is_handed_out(browser):
    answer = browser.client.get("/t0ken/vi/rulebook/2021/tables")
    assert "dang_vien" in openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames

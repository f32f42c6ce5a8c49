"""The desk in a real browser: by keyboard, for a screen reader, on a phone, on paper."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from tests.desk.conftest import CASE, MANY, TOKEN
from tests.support.schemas import ROOT

from khung.cli.commands.serve import _saved
from khung.desk.app import app_of
from khung.desk.desk import Desk
from khung.desk.server import HOST, bound

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, SCREEN = 390, 1280
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def served(tmp_path_factory, shelf) -> Iterator[tuple[str, Desk]]:
    """A desk that is open, and its address."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(ROOT / "cases" / "2021" / CASE, folder)
    listening = bound(0)
    port = listening.getsockname()[1]
    desk = Desk(folder, TOKEN, _saved, ROOT / "rulebooks", shelf)
    app = app_of(desk, frozenset({f"{HOST}:{port}"}))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://{HOST}:{port}/{TOKEN}/vi/", desk
    desk.work.end_all()
    server.should_exit = server.force_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


def opened(chromium, served, width: int) -> Iterator[Page]:
    """Give a new page of a width; whatever goes wrong in it fails the test."""
    served[1].drafts.by_id.clear()
    size = {"width": width, "height": 844}
    context = chromium.new_context(viewport=size, locale="vi-VN", accept_downloads=True)
    made, wrong = context.new_page(), []
    made.set_default_timeout(30_000)
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
    made.on("request", lambda asked: wrong.append(asked.url) if is_away(asked.url) else None)
    yield made
    context.close()
    assert wrong == []


@pytest.fixture
def page(chromium, served):
    """A page on a screen."""
    yield from opened(chromium, served, SCREEN)


@pytest.fixture(params=[SCREEN, PHONE], ids=["screen", "phone"])
def sized(request, chromium, served):
    """A page on a screen, then on a phone."""
    yield from opened(chromium, served, request.param)


def is_wrong(said) -> bool:
    """Whether the console says that something went wrong; a request given up for a newer is not."""
    return said.type == "error" and not said.text.startswith("htmx:")


def is_away(url: str) -> bool:
    return not url.startswith((f"http://{HOST}:", "data:", "about:", "blob:"))


def look(page) -> None:
    """Look for what keeps somebody from the page, and for what does not fit."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], len(one["nodes"])) for one in found if one["impact"] in SERIOUS] == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"]


def open_case(page, served):
    page.goto(served[0])
    page.get_by_role("button", name=CASE).click()
    page.wait_for_selector(".standing")
    page.wait_for_load_state()  # until then a link of a part opens a page


def standing(page) -> str:
    return page.locator(".standing").inner_text().split("\n")[-1]


def test_the_first_page(sized, served):
    sized.goto(served[0])
    look(sized)
    sized.get_by_role("link", name="English").click()
    assert sized.get_by_role("heading", name="Working with khung").is_visible()


def test_the_level_changes_while_somebody_types(sized, served):
    open_case(sized, served)
    look(sized)
    assert standing(sized) == "Dự kiến Hoàn thành nhiệm vụ"
    sized.locator("#f-so_thang_nghi_om").fill("2")
    sized.locator(".standing", has_text="thành tốt").wait_for()
    assert standing(sized) == "Dự kiến Hoàn thành tốt nhiệm vụ"
    assert sized.locator("#f-so_thang_nghi_om").input_value() == "2"
    sized.locator("#f-so_thang_nghi_om").fill("4")
    sized.locator(".standing", has_not_text="thành tốt").wait_for()


def test_what_if_beside_the_field(sized, served):
    open_case(sized, served)
    field = sized.locator(".field", has=sized.locator("#f-criteria-chi_tieu"))
    field.get_by_role("link", name="Nếu khác?").click()
    table = field.locator("table")
    table.wait_for()
    assert table.locator("tbody tr").count() == 4
    look(sized)


def test_a_wrong_value_marks_its_field(page, served):
    open_case(page, served)
    page.locator("#f-so_chi_tieu").fill("vài")
    page.wait_for_selector("#f-so_chi_tieu[aria-invalid=true]")
    look(page)
    page.locator("#f-so_chi_tieu").fill("10")
    page.wait_for_selector("#f-so_chi_tieu:not([aria-invalid])")


def test_what_is_typed_before_the_scripts_are_there(page, served):
    kept = []
    page.goto(served[0])
    page.route("**/*.js", lambda asked: kept.append(asked))  # noqa: PLW0108  # not of a built-in
    page.get_by_role("button", name=CASE).click(no_wait_after=True)
    page.locator("#f-so_chi_tieu").fill("vài")
    assert kept
    for one in kept:
        one.continue_()
    page.wait_for_selector("#f-so_chi_tieu[aria-invalid=true]")


def test_by_keyboard_alone(page, served):
    page.goto(served[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("#rulebook").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new?rulebook=*")
    page.locator("#s-dang_vien").focus()
    page.keyboard.press("Space")
    look(page)
    page.locator("#s-dang_vien").press("Enter")
    page.wait_for_selector(".standing")
    first = page.locator(".needed a").first
    first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash").endswith("ngay_ket_nap")


def test_a_screen_reader_finds_its_way(page, served):
    open_case(page, served)
    tree = page.locator("body").aria_snapshot()
    for role in ("banner", "main", "navigation", "contentinfo", "complementary", "status"):
        assert role in tree
    assert 'combobox "Tư tưởng chính trị"' in tree
    assert 'textbox "Tổng số tháng nghỉ ốm trong năm"' in tree


def test_a_file_dropped_beside_its_place_leaves_the_page(page, served):
    open_case(page, served)
    before = page.url
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.items.add(new File(["x"], "x.xlsx"));
      const event = {bubbles: true, cancelable: true, dataTransfer: data};
      document.body.dispatchEvent(new DragEvent("drop", event));
    }""")
    assert page.get_by_role("alert").filter(has_text="chưa được mở").is_visible()
    assert page.url == before


def test_a_case_is_saved_and_fetched(page, served):
    open_case(page, served)
    path = served[1].folder / f"moi-{page.viewport_size['width']}.yaml"
    page.get_by_label("Tên tệp").fill(path.name)
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_role("alert").filter(has_text="Đã lưu").wait_for()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Tải về").click()
    assert fetched.value.suggested_filename == path.name
    assert path.is_file()
    served[1].drafts.by_id.clear()
    path.unlink()


def test_without_scripts_the_same_is_done(chromium, served):
    served[1].drafts.by_id.clear()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    open_case(page, served)
    page.locator("#f-so_thang_nghi_om").fill("2")
    page.get_by_role("button", name="Tính lại").click()
    page.wait_for_load_state()
    assert "tốt" in page.locator(".standing").text_content()
    page.get_by_role("button", name="Hoàn tác").click()
    page.wait_for_load_state()
    assert "tốt" not in page.locator(".standing").text_content()
    context.close()


def test_on_paper_only_what_is_to_be_read(page, served):
    open_case(page, served)
    page.emulate_media(media="print")
    assert page.locator(".standing").is_visible()
    assert not page.locator(".bar").is_visible()
    assert not page.locator("header nav").is_visible()
    assert not page.locator("details.assumed").is_visible()


def test_the_other_pages_of_a_case(sized, served):
    open_case(sized, served)
    for name in ("Thông tin chung", "Dạng văn bản", "Toàn bộ lý do", "Thay đổi nhỏ"):
        sized.get_by_role("link", name=name).click()
        sized.wait_for_load_state()
        look(sized)
        sized.go_back()


def test_a_workbook_is_dropped_in_and_waited_for(sized, served):
    sized.goto(f"{served[0]}rulebook/2021")
    with sized.expect_download() as fetched:
        sized.get_by_role("link", name="Sổ tính trống").click()
    sized.goto(served[0])
    sized.locator("#file").set_input_files(
        {"name": "a.xlsx", "mimeType": "", "buffer": fetched.value.path().read_bytes()}
    )
    sized.wait_for_url("**/tables/*")
    look(sized)
    sized.get_by_role("alert").wait_for()  # nobody is in it, which is told
    look(sized)


def test_what_is_compared_is_chosen(sized, served):
    sized.goto(f"{served[0]}compare")
    look(sized)


def test_the_page_of_a_rulebook(sized, served):
    sized.goto(f"{served[0]}rulebook/2021")
    look(sized)


def test_somebody_is_found_among_many_by_keyboard(sized, served):
    draft = served[1].drafts.new(MANY)
    sized.goto(f"{served[0]}case/{draft.id}")
    look(sized)
    field = sized.get_by_role("searchbox", name="Tìm theo tên, mã hoặc loại")
    field.focus()
    sized.keyboard.type("do anh")
    sized.keyboard.press("Enter")
    sized.get_by_text("Tìm thấy 1 trong 351 đối tượng").wait_for()
    look(sized)
    sized.get_by_role("link", name="Xem tất cả").click()
    sized.get_by_role("link", name="Trang sau").focus()
    sized.keyboard.press("Enter")
    sized.get_by_text("Trang 2/4").wait_for()

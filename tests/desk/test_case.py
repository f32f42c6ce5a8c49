"""A case as a form: what is typed stands in the text, and what comes of it is shown."""

import re

import pytest
from tests.desk.conftest import MANY

AN = "subjects/dang_vien/an"
F = f"f.{AN}"


def typed(browser, part=True, **values):
    """Send what a tab shows with some fields typed anew; `__` stands for `/`."""
    sent = {"tab": browser.tab} | {f"{F}/{k.replace('__', '/')}": v for k, v in values.items()}
    case = browser.case
    headers = {"HX-Request": "true"} if part else {}
    return browser.post(f"{case}?subject=dang_vien.an", sent, headers=headers)


def test_a_new_case_asks_first_what_may_matter(browser):
    browser.get("new?rulebook=2021")
    assert "Đảng viên" in browser.words
    browser.post("new", {"rulebook": "2021", "subject": "dang_vien"})
    text = browser.text
    wanted = text[text.index('class="group wanted"') : text.index('class="group assumed"')]
    for asked in ("Ngày kết nạp", "Tư tưởng chính trị", "II.B.2.2.a/1"):
        assert asked in wanted
    assert "Tổng số tháng nghỉ ốm" not in wanted  # by default 0: nothing to ask
    assert "Hoàn thành xuất sắc nhiệm vụ (còn có thể)" in " ".join(browser.words.split())


def test_readings_that_are_chosen_stand_in_the_case(browser):
    chosen = {"rulebook": "2021", "subject": "dang_vien", "reading.co_so_tinh_20": "chi_tot"}
    browser.post("new", chosen)
    assert "readings:\n  co_so_tinh_20: chi_tot\n" in browser.draft.text
    assert (
        browser.desk.evaluate(browser.draft).results.program.readings["co_so_tinh_20"].chosen
        == "chi_tot"
    )


def test_the_case_is_told_as_the_command_line_tells_it(opened):
    assert opened.standing == "Dự kiến Hoàn thành nhiệm vụ"
    assert "Vì sao chưa được Hoàn thành tốt nhiệm vụ" in opened.words
    assert "II.B.6/8" in opened.words


def test_what_is_typed_changes_the_level_and_that_place_alone(opened):
    draft, before = opened.draft, opened.draft.text
    typed(opened, so_thang_nghi_om="2")
    assert draft.text == before.replace("so_thang_nghi_om: 4", "so_thang_nghi_om: 2")
    assert opened.standing == "Dự kiến Hoàn thành tốt nhiệm vụ"
    assert "<html" not in opened.text


def test_without_scripts_the_page_is_shown_anew(opened):
    typed(opened, part=False, so_thang_nghi_om="2")
    assert opened.status == 200
    assert opened.standing == "Dự kiến Hoàn thành tốt nhiệm vụ"
    assert "<html" in opened.text


def test_what_is_no_value_is_told_at_its_field_and_kept(opened):
    typed(opened, so_thang_nghi_om="vài")
    assert 'data-invalid="f-so_thang_nghi_om"' in opened.text
    assert "Chưa có kết quả" in opened.words


def test_an_empty_field_is_unknown_and_one_with_a_default_goes(opened):
    draft = opened.draft
    typed(opened, criteria__tu_tuong="", so_thang_nghi_om="")
    assert "tu_tuong: null" in draft.text
    assert "so_thang_nghi_om" not in draft.text
    assert "Tư tưởng chính trị" in opened.words[: opened.words.index("Toàn bộ lý do")]


@pytest.mark.parametrize(
    ("sent", "written"), [("1/2/2021", "2021-02-01"), ("2021-02-01", "2021-02-01")]
)
def test_a_day_may_be_typed_as_people_write_it(opened, sent, written):
    draft = opened.draft
    typed(opened, ngay_ket_nap=sent)
    assert f"ngay_ket_nap: {written}\n" in draft.text


def test_a_record_is_added_filled_and_dropped(opened):
    draft = opened.draft
    before = draft.text
    opened.post(opened.case, {"tab": opened.tab, "add": f"{F}/ky_luat"})
    assert 'ky_luat: [{khoa: "1"}]' in draft.text
    assert "Mục 1" in opened.words
    assert opened.standing.startswith("Chưa xác định: thấp nhất")  # nothing is known of it yet
    opened.post(opened.case, {"tab": opened.tab, "drop": f"{F}/ky_luat/0"})
    assert "ky_luat: []" in draft.text
    assert draft.text.replace("      ky_luat: []\n", "") == before


def test_a_subject_is_added_once(opened):
    case = opened.case
    opened.post(f"{case}/add", {"type": "dang_vien", "key": "binh"})
    assert opened.status == 200
    assert "binh:" in opened.draft.text
    assert opened.desk.sheet(opened.draft, "vi").who("dang_vien.binh").key == "binh"
    opened.post(f"{case}/add", {"type": "dang_vien", "key": "binh"})
    assert (opened.status, "K0909" in opened.text) == (409, True)
    opened.post(f"{case}/add", {"type": "nobody", "key": "x"})
    assert (opened.status, "K0909" in opened.text) == (400, True)


def test_what_if_writes_nothing(opened):
    before = opened.draft.text
    case = opened.case
    opened.get(f"{case}/what-if?subject=dang_vien.an&field={F}/so_thang_nghi_om&value=2")
    assert "Hoàn thành tốt nhiệm vụ" in opened.words
    opened.get(f"{case}/what-if?subject=dang_vien.an&field={F}/criteria/chi_tieu")
    # poor at a basic criterion bars even the lowest of the upper levels (II.B.2.3.c/1)
    assert "Kém dự kiến Không hoàn thành nhiệm vụ" in opened.words
    assert opened.desk.drafts.get(case.removeprefix("case/")).text == before


def test_the_smallest_change_and_all_reasons(opened):
    case = opened.case
    opened.get(f"{case}/lift?subject=dang_vien.an")
    assert "Không có việc nào sửa được" in opened.words  # days of illness are on file
    opened.get(f"{case}/full?subject=dang_vien.an")
    assert "II.B.6/8" in opened.words


def test_two_tabs_do_not_undo_each_other(opened):
    draft, here = opened.draft, opened.tab
    there = opened.get(f"{opened.case}").tab
    case = opened.case
    opened.post(case, {"tab": there, f"{F}/so_chi_tieu": "20", f"{F}/so_thang_nghi_om": "4"})
    opened.post(case, {"tab": here, f"{F}/so_chi_tieu": "10", f"{F}/so_thang_nghi_om": "2"})
    assert "so_chi_tieu: 20" in draft.text
    assert "so_thang_nghi_om: 2" in draft.text


def test_a_field_that_both_tabs_changed_stays_and_both_values_are_told(opened):
    draft, here = opened.draft, opened.tab
    case = opened.case
    there = opened.get(case).tab
    opened.post(case, {"tab": there, f"{F}/so_chi_tieu": "20"})
    opened.post(case, {"tab": here, f"{F}/so_chi_tieu": "30"}, headers={"HX-Request": "true"})
    assert opened.status == 409
    assert "“20”" in opened.words
    assert "“30”" in opened.words
    assert "so_chi_tieu: 20" in draft.text
    opened.post(case, {"tab": here, f"{F}/so_chi_tieu": "30"}, headers={"HX-Request": "true"})
    assert "so_chi_tieu: 30" in draft.text  # said again, knowing of the other


def test_typing_on_in_one_tab_is_no_conflict(opened):
    draft, tab, case = opened.draft, opened.tab, opened.case
    for value in ("1", "11", "112"):
        opened.post(case, {"tab": tab, f"{F}/so_chi_tieu": value}, headers={"HX-Request": "true"})
        assert opened.status == 200
    assert "so_chi_tieu: 112" in draft.text


def test_a_tab_that_is_not_known_changes_nothing(opened):
    draft, before, case = opened.draft, opened.draft.text, opened.case
    opened.post(case, {"tab": "0", f"{F}/so_chi_tieu": "1"}, headers={"HX-Request": "true"})
    assert (opened.status, "K0904" in opened.text) == (409, True)
    assert opened.headers["hx-retarget"] == "#message"
    assert draft.text == before


def test_the_head_of_the_case(opened):
    draft, case = opened.draft, opened.case
    opened.get(f"{case}/head")
    sent = {"tab": opened.tab, "f.on": "31/12/2021", "f.readings/co_so_tinh_20": "chi_tot"}
    opened.post(f"{case}/head", sent)
    assert "on: 2021-12-31\n" in draft.text
    assert "readings:\n  co_so_tinh_20: chi_tot" in draft.text


def test_english_by_a_switch(opened):
    opened.get(opened.case, lang="en")
    assert opened.standing == "Provisionally Completed"
    assert 'lang="en"' in opened.text
    assert "Tiếng Việt" in opened.words


# -- decisions, overlays, many subjects -------------------------------------------------------


def test_a_decision_of_a_step_on_the_way_is_not_the_last_word(opened):
    draft, before = opened.draft, opened.draft.text
    typed(opened, given__level="hoan_thanh_tot", part=False)
    assert opened.standing == "Hoàn thành tốt nhiệm vụ"
    assert f'name="{F}/given/status"' not in opened.text
    stated = opened.text[opened.text.index('class="group stated"') :]
    steps = re.search(r'<select id="f-given-after".*?</select>', stated, re.DOTALL)[0]
    found = re.findall(r'<option value="(\w*)"', steps)
    assert found == ["", "standard", "cap", "vote", "defer"]
    assert "Sau biểu quyết" in steps
    typed(opened, given__after="standard", given__by="Chi bộ", part=False)
    groups = opened.desk.evaluate(draft).case_file.subjects
    found = next(g for g in groups if g.type.name == "dang_vien").entries[0].given
    assert (found.level.name, found.after, found.by) == ("hoan_thanh_tot", "standard", "Chi bộ")
    assert opened.standing.endswith("Hoàn thành nhiệm vụ")  # off sick for four months
    typed(opened, given__level="", part=False)
    assert draft.text == before


def test_a_status_can_be_decided(opened):
    before = opened.draft.text
    typed(opened, given__status="not_ranked", part=False)
    assert opened.standing == "Không xếp loại"
    assert f'name="{F}/given/level"' not in opened.text
    typed(opened, given__status="", part=False)
    assert opened.draft.text == before


def test_overlays_are_chosen_when_a_case_begins_and_in_its_head(browser):
    browser.get("new?rulebook=2021")
    assert "phần cụ thể hóa của Đảng bộ xã A" in browser.words
    asked = {"rulebook": "2021", "subject": "dang_vien", "overlay": ["2021-xa-a", "none"]}
    browser.post("new", asked)
    draft, case = browser.draft, browser.case
    assert "overlays: [2021-xa-a]\n" in draft.text
    assert browser.desk.evaluate(draft).case_file.overlays[0].name == "2021-xa-a"
    browser.get(f"{case}/head")
    browser.post(f"{case}/head", {"tab": browser.tab, "f.overlays/2021-xa-a": ""})
    assert "overlays" not in draft.text
    browser.get(f"{case}/head")
    browser.post(f"{case}/head", {"tab": browser.tab, "f.overlays/2021-xa-a": "true"})
    assert "overlays: [2021-xa-a]" in draft.text


def listed(browser):
    """Return the ids of the subjects that are listed beside the form."""
    part = browser.text[browser.text.index('<ul class="subjects">') :]
    return re.findall(r"subject=dang_vien\.(\w+)", part[: part.index("</ul>")])


def test_many_subjects_are_paged_and_searched(browser):
    draft = browser.desk.drafts.new(MANY)
    case = f"case/{draft.id}"
    browser.get(case)
    assert listed(browser) == [f"dv_{n}" for n in range(100)]
    assert "351 đối tượng" in browser.words
    assert "Trang 1/4" in browser.words
    browser.get(f"{case}?page=4")
    assert listed(browser) == [f"dv_{n}" for n in range(300, 351)]
    browser.get(f"{case}?subject=dang_vien.dv_250")
    assert "Trang 3/4" in browser.words
    assert 'aria-current="page">Người 250 (dv_250)' in browser.text
    browser.get(f"{case}?find=do+anh")
    assert listed(browser) == ["dv_0"]
    assert "Tìm thấy 1 trong 351 đối tượng" in browser.words
    browser.get(f"{case}?find=NGƯỜI+35&page=99")
    assert listed(browser) == ["dv_35", "dv_135", "dv_235", "dv_335", "dv_350"]
    browser.get(f"{case}?find=khong_co")
    assert listed(browser) == []


def test_of_more_subjects_than_can_be_chosen_from_the_id_is_typed(browser):
    text = MANY + "  can_bo:\n    c_1: {dang_vien: null}\n"
    browser.get(f"case/{browser.desk.drafts.new(text).id}?subject=can_bo.c_1")
    assert "gõ mã của đối tượng" in browser.words.lower()
    assert '<input type="text" id="f-dang_vien"' in browser.text

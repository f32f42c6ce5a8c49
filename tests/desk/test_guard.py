"""Nothing but the desk's own pages reaches a case."""

import pytest

TOO_MUCH = 12 * 1024 * 1024 + 1


def test_a_page_is_shown_under_its_address(browser):
    assert browser.get().status == 200
    assert "Lập trường hợp mới" in browser.words


@pytest.mark.parametrize("path", ["/", "/vi/", "/t0kem/vi/", "/T0KEN/vi/", "/static/desk.css"])
def test_an_address_without_the_token_shows_nothing(browser, path):
    answer = browser.client.get(path)
    assert answer.status_code == 403
    assert "K0901" in answer.text
    assert "2021" not in answer.text


@pytest.mark.parametrize("host", ["evil.example:8021", "127.0.0.1:9999", "127.0.0.1", ""])
def test_another_host_is_refused(browser, host):
    assert browser.get(headers={"Host": host}).status == 403
    assert "Tên máy" in browser.words


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_is_refused(opened, headers):
    before = opened.draft.text
    case = opened.case
    opened.post(f"{case}/text", {"text": "mine"}, headers=headers)
    assert (opened.status, "K0901" in opened.text) == (403, True)
    assert opened.desk.drafts.get(case.removeprefix("case/")).text == before
    assert opened.get(headers=headers).status == 403


def test_a_form_without_an_origin_is_refused(browser):
    answer = browser.client.post("/t0ken/vi/new", data={"rulebook": "2021"})
    assert answer.status_code == 403
    assert not browser.desk.drafts.by_id


def test_too_much_is_taken_in_and_refused(opened):
    case, before = opened.case, opened.draft.text
    opened.post(f"{case}/text", content=b"text=" + b"a" * TOO_MUCH)
    assert (opened.status, "K0902" in opened.text) == (413, True)
    assert opened.desk.drafts.get(case.removeprefix("case/")).text == before


def test_a_text_that_is_too_long_for_a_field_is_refused(opened):
    case, before = opened.case, opened.draft.text
    files = {"text": (None, "a" * (9 * 1024 * 1024))}
    opened.post(f"{case}/text", files=files)
    assert (opened.status, "K0902" in opened.text) == (413, True)
    assert opened.desk.drafts.get(case.removeprefix("case/")).text == before


def test_pages_load_nothing_from_elsewhere_and_run_nothing_of_their_own(browser):
    browser.get()
    policy = browser.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert browser.headers["referrer-policy"] == "same-origin"
    assert "https://" not in browser.text
    assert " on" + "click" not in browser.text


@pytest.mark.parametrize(
    "place", ["nothing", "case/nothing", "tables/nothing", "compare/x", "a/b/c"]
)
def test_an_address_of_nothing_says_so(browser, place):
    assert browser.get(place).status == 404
    assert "K0906" in browser.text
    assert "Traceback" not in browser.text

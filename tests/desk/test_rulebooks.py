"""A rulebook as a page, and two compared."""

import re


def test_clauses_and_rules_lead_to_each_other(browser):
    browser.get("rulebook/2021?full=yes")
    assert browser.status == 200
    ids = set(re.findall(r'id="([^"]+)"', browser.text))
    links = set(re.findall(r'href="#([^"]+)"', browser.text))
    assert "c-II.B.6/8" in ids & links
    assert links - {"main"} <= ids


def test_the_clauses_of_a_form_are_on_the_page_of_the_rulebook(opened):
    links = set(re.findall(r"rulebook/2021#([^\"]+)", opened.text))
    assert "c-II.B.2.2.a/1" in links
    opened.get("rulebook/2021?full=yes")
    ids = set(re.findall(r'id="([^"]+)"', opened.text))
    assert links <= ids


def test_two_rulebooks_side_by_side(browser, desk):
    browser.get("compare")
    assert "2020" in browser.words
    browser.post("compare", {"before": "2021", "after": "2021"})
    name = browser.at.split("/compare/")[1]
    desk.work.get(name, "compare").future.result(timeout=200)
    browser.get(f"compare/{name}")
    assert browser.status == 200
    assert "2021" in browser.words
    assert browser.get(f"compare/{name}?full=yes", lang="en").status == 200
    assert 'lang="en"' in browser.text
    assert browser.get(f"tables/{name}").status == 404


def test_a_rulebook_that_is_not_there_says_so(browser):
    assert browser.get("rulebook/1999").status == 404
    assert "K0602" in browser.text
    assert browser.get("new?rulebook=1999").status == 404


def test_a_rulebook_with_errors_says_what(browser, desk, folder):
    bad = folder / "rulebooks" / "x"
    bad.mkdir(parents=True)
    (bad / "rulebook.yaml").write_text("khung: 1\nid: x\n", encoding="utf-8")
    desk.rulebooks = folder / "rulebooks"
    assert "có lỗi" in browser.get().words
    assert browser.get("rulebook/x").status == 400
    assert "K01" in browser.text

"""Which version of a rulebook a case runs under."""

from __future__ import annotations

import pytest
from tests.support.schemas import accepts
from tests.unit.rulebook.conftest import BASE, BASE_CLAUSES, BASE_SUBJECT
from tests.unit.rulebook.test_amended import AGAIN, CHANGED, CLAUSES

from khung.driver import Shelf, evaluate_text
from khung.report.document.markdown import to_markdown
from khung.report.encode import dumps
from khung.report.page.from_rulebook import page
from khung.report.result.context import context_of
from khung.report.result.json import evaluated_json

BOOKS = {
    "base": {"rulebook": BASE, "clauses": BASE_CLAUSES, "shop": BASE_SUBJECT},
    "next": {"rulebook": CHANGED, "clauses": CLAUSES},
    "again": {"rulebook": AGAIN, "clauses": CLAUSES},
}


@pytest.fixture
def books(tmp_path):
    """Return a folder of rulebooks: one, its amendment, and the amendment of that."""
    for book, files in BOOKS.items():
        for name, text in files.items():
            path = tmp_path / book / f"{name}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return tmp_path


def run(books, on, rulebook="base", size=6):
    """Return what comes of a case: the level, the amendments and the codes of what is told."""
    text = f"rulebook: {rulebook}\non: {on}\nsubjects: {{shop: {{a: {{size: {size}}}}}}}\n"
    found = evaluate_text(text.encode(), "case", Shelf(), {}, books)
    told = evaluated_json(found, "en", with_next=False)
    assert accepts("result", told), dumps(told)
    codes = [diagnostic["code"] for diagnostic in told["diagnostics"]]
    level = told["results"]["shop"]["a"]["level"] if told["results"] else None
    about = told["rulebook"] or {"id": None, "amendments": []}
    return level, about["id"], about["amendments"], codes


@pytest.mark.parametrize(
    ("on", "level", "amendments"),
    [
        ("2024-05-31", "high", []),
        ("2024-06-01", "low", ["next"]),
        ("2024-08-31", "low", ["next"]),
        ("2024-09-01", "low", ["next", "again"]),
    ],
)
def test_the_last_one_in_force_holds(on, level, amendments, books):
    assert run(books, on) == (level, "base", amendments, [])


def test_the_second_holds_what_it_says(books):
    assert run(books, "2024-08-31", size=8)[0] == "high"
    assert run(books, "2024-09-01", size=8)[0] == "low"


def test_a_case_may_ask_for_the_first_text(books):
    assert run(books, "2024-12-01", "{id: base, amended: false}") == ("high", "base", [], [])
    asked = run(books, "2024-12-01", "{id: base, amended: true}")
    assert asked == ("low", "base", ["next", "again"], [])


def test_a_case_may_name_an_amendment(books):
    assert run(books, "2024-12-01", "next", 8) == ("high", "next", ["next"], [])


def test_one_that_is_not_in_force_yet_is_no_version(books):
    assert run(books, "2024-05-31", "next") == (None, None, [], ["K0660"])


def test_the_year_is_told_by_which_the_case_could_run(books):
    text = b"rulebook: again\non: 2024-05-31\nsubjects: {shop: {a: {size: 6}}}\n"
    (told,) = evaluate_text(text, "case", Shelf(), {}, books).diagnostics
    assert told.code == "K0660"
    assert (told.args["of"], told.args["first"], told.span.text) == (
        "base",
        "2024-09-01",
        "2024-05-31",
    )


def test_rulebooks_that_amend_one_another_are_an_error(books):
    path = books / "next" / "rulebook.yaml"
    text = path.read_text("utf-8").replace("rulebook: base", "rulebook: again")
    path.write_text(text, encoding="utf-8")
    assert run(books, "2024-12-01", "next")[3] == ["K0522"]
    assert run(books, "2024-12-01")[:3] == ("high", "base", [])


def test_what_is_broken_stops_only_who_runs_under_it(books):
    path = books / "again" / "rulebook.yaml"
    path.write_text(path.read_text("utf-8") + "parametrs: {}\n", encoding="utf-8")
    assert run(books, "2024-08-31") == ("low", "base", ["next"], [])
    assert run(books, "2024-09-01") == (None, None, [], ["K0120"])


@pytest.mark.parametrize("damage", ["title: [", "title: Twice", "\ttab: 1"])
def test_what_is_no_yaml_stops_only_who_would_run_under_it(damage, books):
    path = books / "again" / "rulebook.yaml"
    path.write_text(f"{path.read_text('utf-8')}{damage}\n", encoding="utf-8")
    assert run(books, "2024-08-31") == ("low", "base", ["next"], [])
    level, *_, codes = run(books, "2024-09-01")
    assert level is None
    assert codes


def test_of_two_that_do_not_follow_one_another_none_is_the_last(books):
    path = books / "again" / "rulebook.yaml"
    text = path.read_text("utf-8").replace("rulebook: next", "rulebook: base")
    path.write_text(text, encoding="utf-8")
    assert run(books, "2024-05-31") == ("high", "base", [], [])
    assert run(books, "2024-08-31") == ("low", "base", ["next"], [])
    assert run(books, "2024-09-01") == (None, None, [], ["K0554"])


def test_the_days_of_the_period_stay(books):
    assert run(books, "2025-01-01")[3] == ["K0604"]


def test_what_amends_cites_its_document_by_name_and_its_page_says_from_when(books):
    text = b"rulebook: base\non: 2024-06-01\nsubjects: {shop: {a: {size: 6}}}\n"
    found = evaluate_text(text, "case", Shelf(), {}, books)
    words = context_of(found.results, "en", found.ready.clauses).words
    assert words.cited(["D-1 a/1#y", "Q-1 1"]) == "a/1, Q-1 1"
    ready = Shelf().ready(books / "next", {})
    told = to_markdown(page(ready.loaded.rulebook, ready.program, "en"))
    assert "amends base from 2024-06-01 on" in told

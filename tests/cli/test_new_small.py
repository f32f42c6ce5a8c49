"""`khung new rulebook ID`: all of a rulebook in one file, to begin with; and amendments."""

from __future__ import annotations

import json

import pytest
from tests.support.rulebook import load
from tests.unit.rulebook.conftest import BASE, BASE_CLAUSES, BASE_SUBJECT

from khung.cli.exit_codes import ExitCode


def cases_in(text):
    """Return the case that stands as a comment at the end of a rulebook."""
    comment = text.rpartition("khung eval")[2].partition("\n")[2]
    return "".join(f"{line.removeprefix('# ')}\n" for line in comment.splitlines())


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_checks_clean_and_runs_the_case_beside_it(khung, tmp_path, lang):
    folder = tmp_path / "rulebooks" / "mine2024"
    folder.parent.mkdir()
    ran = khung("new", "rulebook", "mine2024", "--output", str(folder), "--lang", lang)
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    assert [path.name for path in folder.iterdir()] == ["rulebook.yaml"]
    checked = khung("check", str(folder), "--format", "json").json
    assert checked["diagnostics"] == []
    assert (checked["clauses"]["total"], checked["clauses"]["accounted"]) == (2, 2)
    case = tmp_path / "case.yaml"
    case.write_text(cases_in((folder / "rulebook.yaml").read_text("utf-8")), "utf-8")
    told = khung("eval", str(case), "--format", "json").json
    assert told["diagnostics"] == []
    ((_, by_id),) = told["results"].items()
    assert by_id["an"]["level"] in ("dat", "passed")
    assert told["on"] == "2024-12-31"


def test_it_is_printed(khung, tmp_path):
    text = khung("new", "rulebook", "mine", "--lang", "en").out
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "rulebook.yaml").write_text(text, "utf-8")
    assert load(tmp_path / "mine").sound.id == "mine"
    assert 'id: "mine"' in text


def test_nothing_is_written_over(khung, tmp_path):
    ran = khung("new", "rulebook", "mine", "--output", str(tmp_path))
    assert ran.code == ExitCode.USAGE
    assert "K0830" in ran.err


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("rulebook",), "K0803"),
        (("rulebook", "a b"), "K0407"),
        (("rulebook", "mine", "more"), "K0806"),
        (("rulebook", "mine", "--as", "amendment"), "K0803"),
        (("next", "--from", "base", "--as", "overlay"), "K0803"),
        (("next", "--from", "base", "--as", "amendment", "--for", "shop=a"), "K0806"),
    ],
)
def test_what_cannot_be_made(khung, books, said, code):
    ran = khung("new", *said, "--rulebooks", str(books))
    assert ran.code == ExitCode.USAGE
    assert code in ran.err


# -- amendments -----------------------------------------------------------------------------------


@pytest.fixture
def books(tmp_path):
    """Return a folder with one rulebook."""
    files = {"rulebook": BASE, "clauses": BASE_CLAUSES, "shop": BASE_SUBJECT}
    for name, text in files.items():
        path = tmp_path / "base" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def amend(khung, books, name):
    ran = khung("new", name, "--from", "base", "--as", "amendment", "--rulebooks", str(books))
    assert (ran.code, ran.err) == (ExitCode.DONE, "")
    return books / name / "rulebook.yaml"


def answer(path, day, document):
    text = path.read_text("utf-8").replace("from: open", f"from: {day}")
    text = text.replace("document: open", f"document: {document}\ndocuments: {{{document}: {{}}}}")
    path.write_text(text, "utf-8")


def test_an_amendment_asks_from_when_and_by_what(khung, books):
    path = amend(khung, books, "more")
    found = khung("check", str(path.parent), "--format", "json").json["diagnostics"]
    assert [d["code"] for d in found if d["severity"] == "error"] == ["K0125", "K0536"]
    answer(path, "2024-06-01", "Q-1")
    assert load(path.parent).sound.amended.id == "base"


def test_the_second_amends_the_first(khung, books):
    answer(amend(khung, books, "more"), "2024-06-01", "Q-1")
    path = amend(khung, books, "again")
    answer(path, "2024-09-01", "Q-2")
    assert [name for name, _ in load(path.parent).sound.amended.later] == ["more", "again"]


def test_a_year_after_it_lists_the_clauses_of_both_documents(khung, books):
    path = amend(khung, books, "more")
    answer(path, "2024-06-01", "Q-1")
    (path.parent / "clauses.yaml").write_text('clauses: {"7": {summary: Seven}}\n', "utf-8")
    ran = khung("new", "after", "--from", "more", "--rulebooks", str(books), "--lang", "en")
    assert ran.code == ExitCode.DONE
    listed = (books / "after" / "clauses.yaml").read_text("utf-8")
    assert all(f"\n  a/{number}: {{carries: open}}\n" in listed for number in (1, 2, 3, 4))
    assert "# Q-1 7: Seven" in listed


def test_while_its_first_day_is_open_no_case_runs_under_it(khung, books, tmp_path):
    amend(khung, books, "more")
    case = tmp_path / "case.yaml"
    case.write_text("rulebook: base\non: 2024-12-01\nsubjects: {shop: {a: {size: 6}}}\n", "utf-8")
    told = khung("eval", str(case), "--rulebooks", str(books), "--format", "json").out
    about = json.loads(told)["rulebook"]
    assert (about["id"], about["amendments"]) == ("base", [])

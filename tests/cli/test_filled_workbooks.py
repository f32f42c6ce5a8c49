"""A case filled into the workbook that is made for it has the results that it has in YAML."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.support.as_tables import head_of, tables_of
from tests.support.rulebook import RULEBOOKS
from tests.support.sample_book import by_column

from khung.driver import Shelf, evaluate_file
from khung.report.result.json import evaluated_json
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer
from khung.report.workbook.filled import Filled
from khung.report.workbook.plan import plan
from khung.report.workbook.to_xlsx import to_xlsx
from khung.report.workbook.told import Teller
from khung.resources import data_dir

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "cases" / "2021").glob("*.yaml"))[4::40]
OTHERS = ROOT / "tests" / "cases"
SHARE = OTHERS / "grants" / "project-out-of-the-ranking.yaml"
"""A share of one decimal, whose range is written in percent, with two."""

MADE_UP = [*sorted(OTHERS.rglob("*.yaml"))[2::6], SHARE]
SHELF = Shelf()


def teller_of(ready, lang):
    words = Words(ready.program, lang, ready.clauses)
    return Teller(words, Sayer(words).say)


def results(found):
    said = evaluated_json(found, "vi", with_next=False)
    return {key: value for key, value in said.items() if key != "diagnostics"}


@pytest.mark.parametrize(("lang", "files"), [("vi", SHIPPED), ("en", MADE_UP)])
def test_cases_come_out_the_same(lang, files, tmp_path):
    assert len(files) > 5
    differing, tried = [], 0
    for path in files:
        books = RULEBOOKS if RULEBOOKS.with_name("cases") in path.parents else None
        written = evaluate_file(path, SHELF, {}, books)
        if written.results is None or not may_be_a_workbook(written):
            continue
        book = tmp_path / f"{path.stem}.xlsx"
        book.write_bytes(filled_in(written, path, lang))
        read = evaluate_file(book, SHELF, {}, books or data_dir("rulebooks"))
        tried += 1
        if read.results is None or results(read) != results(written):
            differing.append((path.name, [d.code for d in read.diagnostics]))
    assert differing == []
    assert tried > 5


def may_be_a_workbook(written):
    """A sheet cannot say that an amendment does not hold; overlays need their own columns."""
    return written.case_file.amended and not written.ready.program.parts


def filled_in(written, path, lang):
    """Return the workbook of a case."""
    program, tables = written.ready.program, tables_of(written.results.run.case)
    said = head_of(path)
    head = {f"readings.{name}": option for name, option in said.get("readings", {}).items()}
    for key in ("on", "complete", "rulebook"):
        head |= {key: said[key]} if said.get(key) is not None else {}
    head["complete"] = listed(said.get("complete"))
    head["on"] = said["on"] if isinstance(said["on"], date) else date.fromisoformat(said["on"])
    planned = plan(program, {key.partition(".")[0] for key in tables})
    columns = {key: by_column(rows) for key, rows in tables.items()}
    return to_xlsx(program, planned, teller_of(written.ready, lang), Filled(head, columns))


def listed(complete):
    return ", ".join(complete) if isinstance(complete, list) else complete


@pytest.mark.parametrize("folder", [RULEBOOKS, data_dir("rulebooks")], ids=["made up", "shipped"])
def test_the_workbook_of_every_rulebook_is_read_without_a_word(folder, tmp_path):
    found = {}
    for rulebook in sorted(path.parent for path in folder.glob("*/rulebook.yaml")):
        ready = SHELF.ready(rulebook, {})
        book = tmp_path / f"{rulebook.name}.xlsx"
        book.write_bytes(to_xlsx(ready.program, plan(ready.program), teller_of(ready, "en")))
        said = evaluate_file(book, SHELF, {}, folder).diagnostics
        found[rulebook.name] = [d.code for d in said]
    assert found == {name: ["K0696"] for name in found}  # but that nobody is in it
    assert len(found) > 1

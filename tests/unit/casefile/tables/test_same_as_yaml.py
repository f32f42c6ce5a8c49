"""A case written as tables has the results that it has in YAML, in each form of tables."""

from pathlib import Path

import pytest
from tests.support.as_tables import head_of, tables_of, write_book, write_csv, write_parquet
from tests.support.rulebook import RULEBOOKS

from khung.driver import Shelf, evaluate_file
from khung.report.result.json import evaluated_json

ROOT = Path(__file__).parents[4]
CASES = [
    *((path, ROOT / "rulebooks") for path in sorted((ROOT / "cases").glob("2021*/*.yaml"))[::10]),
    *((path, RULEBOOKS) for path in sorted((ROOT / "tests" / "cases").glob("*/*.yaml"))[::4]),
]
"""One of ten of those of the shipped rulebooks, one of four of the made-up ones; each with the
folder of its rulebook. Overlays are among them."""

FORMS = {
    "csv": lambda folder, *case: write_csv(folder / "case", *case),
    "parquet": lambda folder, *case: write_parquet(folder / "case", *case),
    "book": lambda folder, *case: write_book(folder / "case.xlsx", *case),
}
SHELF = Shelf()


def results(found):
    """What was found, but for the places of what was said."""
    return {
        key: value
        for key, value in evaluated_json(found, "vi", with_next=False).items()
        if key != "diagnostics"
    }


@pytest.mark.parametrize("share", range(3))
def test_cases_come_out_the_same(share, tmp_path):
    differing = []
    for number, (path, rulebooks) in enumerate(CASES[share::3]):
        written = evaluate_file(path, SHELF, {}, rulebooks)
        if written.results is None:
            continue
        head = {k: v for k, v in head_of(path).items() if k != "expect"}
        tables = tables_of(written.results.run.case)
        form = list(FORMS)[(number + share) % len(FORMS)]
        (tmp_path / path.stem).mkdir()
        there = FORMS[form](tmp_path / path.stem, head, tables)
        read = evaluate_file(there, SHELF, {}, rulebooks)
        if read.results is None or results(read) != results(written):
            differing.append((path.name, form, [d.code for d in read.diagnostics]))
    assert differing == []


def test_overlays_are_among_the_cases():
    assert any("\noverlays:" in path.read_text("utf-8") for path, _ in CASES)

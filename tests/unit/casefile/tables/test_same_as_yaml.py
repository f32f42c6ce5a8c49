"""A case written as tables has the results that it has in YAML, in each form of tables."""

from pathlib import Path

import pytest
from tests.support.as_tables import head_of, tables_of, write_book, write_csv, write_parquet

from khung.driver import Shelf, evaluate_file
from khung.report.result.json import evaluated_json

ROOT = Path(__file__).parents[4]
CASES = sorted((ROOT / "cases" / "2021").glob("*.yaml"))
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
    """One case of ten, in one form or the other."""
    differing = []
    for number, path in enumerate(CASES[share::30]):
        written = evaluate_file(path, SHELF, {})
        if written.results is None:
            continue
        head = {k: v for k, v in head_of(path).items() if k != "expect"}
        tables = tables_of(written.results.run.case)
        form = list(FORMS)[(number + share) % len(FORMS)]
        (tmp_path / path.stem).mkdir()
        there = FORMS[form](tmp_path / path.stem, head, tables)
        read = evaluate_file(there, SHELF, {}, ROOT / "rulebooks")
        if read.results is None or results(read) != results(written):
            differing.append((path.name, form, [d.code for d in read.diagnostics]))
    assert differing == []

"""`--subject` and `--columns`: a part of the results, the same as it stands in the whole."""

import json
from functools import partial

import pyarrow.parquet as pq
import pytest

from khung.cli.exit_codes import ExitCode
from khung.cli.main import run
from khung.population import populated, sources

CASE = "cases/2021/dang_vien-090-han-muc-tot-tro-len.yaml"
ALWAYS = ["id", "name", "links.chi_bo", "status", "scope", "level"]


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    """A made-up district of forty, as tables."""
    folder = tmp_path_factory.mktemp("made") / "district"
    told = ("--members", "40", "--seed", "5", "--open", "10%", "--to", str(folder))
    assert run(("new", "district", "2021", *told)) == ExitCode.DONE
    return str(folder)


@pytest.fixture(scope="module", params=["reference", "duckdb"])
def whole(request, district, tmp_path_factory):
    """All results of the district by an engine, with the name of that."""
    out = tmp_path_factory.mktemp("whole") / "out"
    assert run(("eval", district, "--out", str(out), "--no-forms", "--engine", request.param)) == 0
    return members(out), request.param


def members(folder):
    return pq.read_table(folder / "results" / "dang_vien.parquet")


@pytest.fixture
def told(khung, tmp_path):
    """Evaluate a case into a new folder."""

    def evaluate(case, *how):
        out = tmp_path / "out"
        ran = khung("eval", case, "--out", str(out), *how)
        assert ran.code == ExitCode.DONE, ran.err
        return out

    return evaluate


@pytest.fixture
def streamed(monkeypatch):
    """Treat every table as one of very many rows."""
    monkeypatch.setattr(populated, "source_of", partial(sources.source_of, streamed=0))
    monkeypatch.setattr(populated, "LARGE", 1)


def test_status_and_level_alone(told):
    out = told(CASE, "--subject", "dang_vien", "--columns", "level")
    assert members(out).column_names == ALWAYS
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names == {"run.json", "results/dang_vien.csv", "results/dang_vien.parquet"}
    said = json.loads((out / "run.json").read_text("utf-8"))["selected"]
    assert said == {"subjects": ["dang_vien"], "columns": []}


@pytest.mark.parametrize(
    "parts", [["level"], ["bounds", "reasons"], ["decision", "checks"], ["provisional", "outputs"]]
)
def test_a_part_is_as_it_stands_in_the_whole(told, district, whole, parts):
    asked = [word for part in parts for word in ("--columns", part)]
    some = members(told(district, "--subject", "dang_vien", *asked, "--engine", whole[1]))
    assert some.equals(whole[0].select(some.column_names))
    assert len(ALWAYS) < len(some.column_names) or parts == ["level"]


@pytest.mark.usefixtures("streamed")
@pytest.mark.parametrize("whole", ["duckdb"], indirect=True)
@pytest.mark.parametrize("asked", [[], ["--subject", "dang_vien", "--columns", "reasons"]])
def test_tables_that_are_read_anew_come_to_the_same(told, district, whole, asked):
    again = members(told(district, "--engine", "duckdb", *asked)).sort_by("id")
    for name in again.column_names:
        assert again[name].to_pylist() == whole[0].sort_by("id")[name].to_pylist(), name


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_a_subject_that_the_rulebook_has_not(khung, tmp_path, district, engine):
    out = tmp_path / "out"
    how = ("--out", str(out), "--engine", engine, "--subject", "dang_vie", "--lang", "en")
    ran = khung("eval", district, *how)
    assert (ran.code, "dang_vien" in ran.err, out.exists()) == (ExitCode.USAGE, True, False)


def test_no_forms_are_made_of_a_part(khung, tmp_path):
    how = ("--out", str(tmp_path / "out"), "--columns", "level", "--forms", "all", "--lang", "en")
    ran = khung("eval", CASE, *how)
    assert (ran.code, "K0812" in ran.err) == (ExitCode.USAGE, True)

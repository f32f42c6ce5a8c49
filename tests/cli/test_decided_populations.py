"""Decisions beside a case of tables: compiled rules come to what the reference does with them."""

import csv
import json
from functools import partial
from itertools import cycle

import pyarrow.parquet as pq
import pytest

from khung.casefile.tables import parquet_file
from khung.cli.exit_codes import ExitCode
from khung.cli.main import run
from khung.population import populated, sources

BY_REFERENCE = ("missing", "assumed", "readings")
"""The columns of results that the reference alone tells."""


HEADS = ("subject", "id", "given.level", "given.status", "given.after", "given.by")
BY = "Ban Thường vụ"
KINDS = (
    ("hoan_thanh_xuat_sac", "", "", BY),
    ("hoan_thanh", "", "vote", ""),
    ("", "not_ranked", "", BY),
    ("hoan_thanh_tot", "", "standard", ""),
)
"""What is given by turns: after the last stage or an earlier one, a level or a status."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A made-up district of sixty, and a table of what was decided of every third subject."""
    folder = tmp_path_factory.mktemp("made")
    district, out = folder / "district", folder / "out"
    told = ("--members", "60", "--seed", "5", "--open", "5%", "--tables", "parquet")
    assert run(("new", "district", "2021", *told, "--to", str(district))) == ExitCode.DONE
    part = ("--columns", "level", "--engine", "duckdb")
    assert run(("eval", str(district), "--out", str(out), *part)) == ExitCode.DONE
    whom = [
        (file.stem, name)
        for file in sorted((out / "results").glob("*.parquet"))
        for name in pq.read_table(file)["id"].to_pylist()
    ]
    rows = [(*one, *kind) for one, kind in zip(whom[::3], cycle(KINDS), strict=False)]
    write(folder / "decided.csv", rows)
    return district, folder / "decided.csv"


def write(file, rows):
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([HEADS, *rows])


@pytest.fixture(scope="module")
def theirs(asked, tmp_path_factory):
    """The folder of results by the reference, with what was decided."""
    out = tmp_path_factory.mktemp("theirs") / "out"
    how = ("--out", str(out), "--no-forms", "--engine", "reference")
    assert run(("eval", str(asked[0]), "--decisions", str(asked[1]), *how)) == ExitCode.DONE
    return out


@pytest.fixture(params=["held", "left on disk", "read anew"])
def large(request, monkeypatch):
    """Whether tables are read into memory, stay on disk, or are read whenever asked for."""
    if request.param != "held":
        monkeypatch.setattr(parquet_file, "typed_cells", lambda *_: 10**9)
    if request.param == "read anew":
        monkeypatch.setattr(populated, "source_of", partial(sources.source_of, streamed=0))


def results(out):
    files = sorted((out / "results").glob("*.parquet"))
    return {file.stem: pq.read_table(file).drop_columns(BY_REFERENCE).to_pylist() for file in files}


@pytest.mark.usefixtures("large")
def test_engines_agree_on_what_was_decided(khung, asked, theirs, tmp_path):
    case, file = asked
    ours, how = tmp_path / "ours", ("--no-forms", "--engine", "duckdb")
    ran = khung("eval", str(case), "--decisions", str(file), "--out", str(ours), *how)
    assert ran.code == ExitCode.DONE, ran.err
    about = json.loads((ours / "run.json").read_text("utf-8"))
    assert (about["engine"], len(about["decisions"])) == ("duckdb", 1)
    found = results(ours)
    assert found == results(theirs)
    assert {BY, None} <= {row["given.by"] for rows in found.values() for row in rows}
    assert (ours / "decisions.csv").read_bytes() == (theirs / "decisions.csv").read_bytes()


def test_what_contradicts_is_told_by_either_engine(khung, asked, tmp_path):
    case, file = asked
    _, first, *_ = csv.reader(file.read_text("utf-8").splitlines())
    write(tmp_path / "twice.csv", [first, [*first[:2], "hoan_thanh", *first[3:]]])
    for engine in ("reference", "duckdb"):
        where = ("--out", str(tmp_path / engine), "--engine", engine)
        ran = khung("eval", str(case), "--decisions", str(tmp_path / "twice.csv"), *where)
        assert (ran.code, "K0651" in ran.err) == (ExitCode.INVALID, True)


def test_a_table_in_which_nothing_is_decided_is_told_of(khung, asked, tmp_path):
    write(tmp_path / "none.csv", [("dang_vien", "x", "", "", "", "")])
    where = ("--out", str(tmp_path / "out"), "--no-forms", "--engine", "duckdb")
    ran = khung("eval", str(asked[0]), "--decisions", str(tmp_path / "none.csv"), *where)
    assert (ran.code, "K0653" in ran.err) == (ExitCode.DONE, True)

"""Spark answers as DuckDB does, row by row, and as the reference on random rulebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.engines.by_spark import by_spark, folder, session
from tests.engines.trials import Tally, trials
from tests.support.readme import ROOT

from khung.casefile.from_source import read_case
from khung.casefile.tables.frames import Frames
from khung.cli.exit_codes import ExitCode
from khung.cli.main import run as khung
from khung.diagnostics.bag import Bag
from khung.driver import Shelf
from khung.ir.result_schema import EVERYTHING, Selection
from khung.population import awaited, results, spark
from khung.population.asked import Asked
from khung.population.sources import source_of

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")

pytestmark = pytest.mark.filterwarnings("ignore")  # of pyspark: of pandas, of open sockets

MEMBERS = 500
OF_MEMBERS = Selection(frozenset({"dang_vien"}), frozenset({"bounds", "reasons"}))


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made") / "district"
    command = ("new", "district", "2021", "--members", str(MEMBERS), "--open", "1%")
    assert khung((*command, "--tables", "parquet", "--to", str(place))) == ExitCode.DONE
    return place


@pytest.mark.parametrize(("held", "asked"), [(spark.HELD, EVERYTHING), (20, OF_MEMBERS)])
def test_a_district_comes_to_the_same_as_on_duckdb(
    district: Path, held: int, asked: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark, "HELD", held)
    program = Shelf().ready(ROOT / "rulebooks" / "2021", {}).program
    head = read_case(district / "case.yaml", Bag())
    assert program is not None
    assert head is not None
    paths = {path.stem: path for path in district.glob("*.parquet")}
    source = source_of(program, {0: Frames(head, {}, {}, paths)})
    wanted = results.result_tables(awaited.solve(source, asked=Asked(asked)))
    texts = {key: str(path) for key, path in paths.items()}
    solved = spark.solve(session(), program, head, texts, folder(), asked)
    found = {name: frame.toArrow() for name, frame in solved.frames().items()}
    solved.close()
    assert found.keys() == wanted.keys()
    assert found["dang_vien"].num_rows == MEMBERS
    assert len(set(found["dang_vien"]["level"].to_pylist())) > 2  # else little was compared
    for name, table in wanted.items():
        assert found[name].sort_by("id").to_pylist() == table.sort_by("id").to_pylist(), name
    assert session().catalog.listTables() == []


def test_tables_that_do_not_fit_together_are_refused(district: Path) -> None:
    program = Shelf().ready(ROOT / "rulebooks" / "2021", {}).program
    head = read_case(district / "case.yaml", Bag())
    assert program is not None
    assert head is not None
    alone = {"dang_vien": str(district / "dang_vien.parquet")}
    with pytest.raises(spark.UnfitError):  # members of organisations that nobody has listed
        spark.solve(session(), program, head, alone, folder())
    assert session().catalog.listTables() == []


@pytest.mark.parametrize("seed", [11, 13])
def test_a_random_rulebook_comes_to_the_same_as_in_the_reference(seed: int) -> None:
    tally = Tally()
    for _ in trials(seed, 1, 12, by_spark, tally):
        pass
    assert tally.found == []
    assert not tally.left  # else nothing was compared
    assert tally.subjects >= 12

"""The query written by hand, and the compiled rules, give what the reference gives."""

from __future__ import annotations

from collections import Counter

import pyarrow.parquet as pq
import pytest
from benchmarks.population import compiled, hand, members, reference

from khung.cli.main import run


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    place = tmp_path_factory.mktemp("made") / "district"
    command = ("new", "district", "2021", "--members", "900", "--seed", "5")
    assert run((*command, "--tables", "parquet", "--to", str(place))) == 0
    return place


@pytest.mark.parametrize("engine", [hand, compiled])
def test_status_and_level_are_those_of_the_reference(district, tmp_path, engine):
    engine.write(district, tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()
    by_hand = {row["id"]: [row["status"], row["level"]] for row in table}
    by_khung = {key: rest for key, *rest in reference.outcomes(district)}
    assert by_hand == by_khung
    levels = Counter(level for _, level in by_khung.values())
    assert {0, 1, 2, 3} <= set(levels)
    assert levels[3] > 50


def test_what_single_records_are_given_is_whole(district):
    columns = members.columns(district)
    assert len(columns["id"]) == 900
    assert set(columns) == {*members.FLAGS, *members.NUMBERS, "id"}
    assert min(columns["base"]) > 5

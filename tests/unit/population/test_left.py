"""What SQL has no form for is named, with all of a shipped rulebook being nothing."""

from __future__ import annotations

import pytest

from khung.driver import Shelf
from khung.population.run import left_by
from khung.resources import data_dir


@pytest.mark.parametrize("year", ["2020", "2021"])
def test_a_shipped_rulebook_compiles_without_a_remainder(year: str) -> None:
    ready = Shelf().ready(data_dir("rulebooks") / year, {})
    assert ready.program is not None
    assert left_by(ready.program) == {}

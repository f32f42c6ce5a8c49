"""The rulebook in one piece."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.rulebook import RULEBOOKS
from tests.support.schemas import ROOT

from khung.analysis.flat import flat_json, flat_yaml, merged
from khung.diagnostics.bag import Bag
from khung.source.from_text import parse_yaml
from khung.source.schema import to_plain
from khung.text import SourceFile

BOOKS = [ROOT / "rulebooks" / "2021", *sorted(RULEBOOKS.iterdir())]


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_the_yaml_says_the_same_as_the_files(folder):
    bag = Bag()
    again = parse_yaml(SourceFile("flat", flat_yaml(folder)), bag)
    assert bag.diagnostics == ()
    assert again is not None
    assert to_plain(again) == to_plain(merged(folder))


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_every_entry_has_its_place(folder):
    found = flat_json(folder)
    for path, place in found["origins"].items():
        name, _, line = place.rpartition(":")
        key = path.rpartition(".")[2]
        text = Path(name).read_text("utf-8").splitlines()[int(line) - 1]
        assert key.strip('"[]') in text or path == "subjects"

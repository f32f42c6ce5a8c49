"""The rulebook in one piece."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.rulebook import RULEBOOKS, WHOLE, load
from tests.support.schemas import ROOT

from khung.analysis.flat import flat_json, flat_yaml, merged
from khung.diagnostics.bag import Bag
from khung.rulebook.from_source import load_written
from khung.source.from_text import parse_yaml
from khung.source.nodes import to_plain
from khung.text import SourceFile


def written(folder):
    found = load_written(folder, Bag())
    assert found is not None
    return found


BOOKS = [ROOT / "rulebooks" / "2021", *sorted(RULEBOOKS.iterdir())]


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_the_yaml_says_the_same_as_the_files(folder):
    bag = Bag()
    again = parse_yaml(SourceFile("flat", flat_yaml(written(folder))), bag)
    assert bag.diagnostics == ()
    assert again is not None
    assert to_plain(again) == to_plain(merged(written(folder)))


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_every_entry_has_its_place(folder):
    found = flat_json(written(folder))
    for path, place in found["origins"].items():
        name, _, line = place.rpartition(":")
        key = path.rpartition(".")[2]
        text = Path(name).read_text("utf-8").splitlines()[int(line) - 1]
        in_range = '*"' in text and path.startswith("clauses.")  # a line for many clauses
        assert key.strip('"[]') in text or in_range or path in ("subjects", "texts")


HEAD = {"khung", "id", "title", "period", "document", "extends", "carried"}
NEXT = """\
khung: 1
id: next
title: Next
extends: {rulebook: BASE, as: successor}
period: {from: 2090-01-01, to: 2090-12-31}
"""


@pytest.mark.parametrize("base", WHOLE, ids=lambda folder: folder.name)
def test_a_successor_that_changes_nothing_is_its_base_but_for_the_head(base, tmp_path):
    shutil.copytree(base, tmp_path / base.name)
    before = to_plain(merged(written(base)))
    document = f"document: {before['document']}\n" if "document" in before else ""
    text = NEXT.replace("BASE", base.name) + document
    sections = [s for s in ("parameters", "readings", "calendars") if s in before]
    kept = [f"  {s}: {{{', '.join(f'{name}: kept' for name in before[s])}}}" for s in sections]
    (tmp_path / "next").mkdir()
    manifest = tmp_path / "next" / "rulebook.yaml"
    manifest.write_text("\n".join((f"{text}carried:", *(kept or ["  {}"]), "")), "utf-8")
    assert load(tmp_path / "next").found == []
    after = to_plain(merged(written(tmp_path / "next")))
    assert {k: v for k, v in after.items() if k not in HEAD} == {
        k: v for k, v in before.items() if k not in HEAD
    }

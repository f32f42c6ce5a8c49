"""Mistakes that only show when a rulebook is lowered whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
khung: 1
id: r
title: {vi: thử}
period: {from: 2021-01-01, to: 2021-12-31}
scales: {lv: {values: {low: {vi: L}, high: {vi: H}}}}
"""
SUBJECT = """
subject: unit
facts:
  a: {type: number, default: %s}
  b: {type: number, default: %s}
ladder: {scale: lv, levels: {high: {require: {q: {that: a > 1}}}, low: {otherwise: true}}}
quotas:
  q: {level: high, per: [], counts: lv = high, at_most: %s, order: [{highest: %s}]}
"""


def lowered(folder: Path, *parts: str) -> tuple[Bag, object]:
    (folder / "rulebook.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "unit.yaml").write_text(SUBJECT % parts, encoding="utf-8")
    bag = Bag()
    rulebook = load_rulebook(folder, bag)
    assert rulebook is not None
    return bag, lower_rulebook(rulebook, {}, bag)


def errors(bag: Bag) -> list[tuple[str, str]]:
    return [(d.code, d.span.text if d.span else "") for d in bag.diagnostics if d.code != "K0505"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("a", "1", "20%", "a"), [("K0340", "a")]),
        (("b", "a + 1", "20%", "a"), [("K0340", "b")]),
        (("1", "a", "120%", "a"), [("K0328", "120%")]),
        (("1", "a", "20%", "a"), []),
    ],
)
def test_mistakes(tmp_path: Path, parts: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    bag, program = lowered(tmp_path, *parts)
    assert errors(bag) == expected
    assert (program is None) == bool(expected)


def test_a_constant_is_no_order(tmp_path: Path) -> None:
    _, program = lowered(tmp_path, "1", "2", "20%", "0")
    assert program is not None
    assert program.objects["unit"].quotas[0].order == ()  # type: ignore[attr-defined]

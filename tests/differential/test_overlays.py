"""Overlays against one rulebook written longhand, in which each rule says whose it is.

Drawn are a base, two overlays, and groups: units named by an overlay, below one that is, and under
none. In the longhand every subject states its part as a fact, and all that an overlay says stands
under a condition on it, so nothing of overlays is asked of it.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.differential.overlays import LONG, draw, draw_case, text_of, write_base, write_longhand

from khung.driver import Shelf, evaluate_text

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(40)
OF_A_PART = re.compile(r"\b(north|south)_(?=f(x|y|_))")
"""How the longhand calls the facts of overlays otherwise."""


def outcomes(data: bytes, shelf: Shelf, folder: Path) -> dict[str, Any]:
    """Return what is found of each subject of a case: status, scope, levels, why, what is missing.

    Of groups it is the base, the places and who is kept.
    """
    found = evaluate_text(data, "case.yaml", shelf, {}, folder)
    assert found.results is not None, [
        (d.code, d.span and d.span.text, d.args) for d in found.diagnostics if d.code[:3] != "K07"
    ]
    groups = {
        f"group of {group.key[0].least.id}": (
            group.base,
            group.places,
            [one.id for one in group.kept],
            [one.id for one in group.cut],
            [one.id for one in group.open],
        )
        for group in found.results.groups
    }
    return groups | {
        result.entity.path: (
            result.status,
            result.scope,
            result.level,
            result.at_worst,
            result.at_best,
            {str(stage): value for stage, value in result.stages.items()},
            [reason.rule.id for reason in result.reasons],
            [OF_A_PART.sub("", path) for path in (*result.missing, "", *result.assumed)],
            {output.name: output.value for output in result.outputs},
            result.next_level and [failure.rule.id for failure in result.failed],
        )
        for by_id in found.results.by_type.values()
        for result in by_id.values()
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_overlays_come_to_what_the_longhand_says(seed, tmp_path):
    pick = random.Random(seed)  # noqa: S311  # nothing is secret here
    book = draw(pick)
    write_base(book, tmp_path)
    write_longhand(book, tmp_path)
    shelf = Shelf()
    for _ in range(3):
        drawn = draw_case(pick, book)
        head = "rulebook: base\noverlays: [north, south]"
        short, long = text_of(drawn, head, with_parts=False), text_of(drawn, LONG, with_parts=True)
        by_overlays, by_longhand = (outcomes(text, shelf, tmp_path) for text in (short, long))
        differing = {
            path: (found, by_longhand[path])
            for path, found in by_overlays.items()
            if found != by_longhand[path]
        }
        assert differing == {}
        assert by_overlays.keys() == by_longhand.keys()

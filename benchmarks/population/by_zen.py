"""Levels before the quota in zen-engine, one member at a time, as values of one model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import zen

from benchmarks.population.members import NOT_RANKED, OPEN, PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = ", ".join(f"result_{i}" for i in range(3))
OTHERS = ", ".join(f"other_{i}" for i in range(7))
WAITS_BEFORE = "moved and not remark_before and months_before >= 6"
GOOD = "$.results < 3 or $.others < 2 or official < 3 or not outstanding"
VALUES = (
    ("out", "exempt or suspended or months < 6"),
    ("pending", f"waiting or ({WAITS_BEFORE}) or (away and not remark_away)"),
    ("results", f"min([{RESULTS}])"),
    ("others", f"min([{OTHERS}])"),
    ("failed", "(set > 0 and 2 * done < set) or official == 0 or disciplined"),
    ("reached", f"$.results < 2 or official < 2 ? 1 : ({GOOD} ? 2 : 3)"),
    ("standard", "$.failed or min([$.results, $.others]) < 1 ? 0 : $.reached"),
    ("ceiling", "ill >= 3 ? min([$.standard, 1]) : $.standard"),
    ("weak_winner", f"2 * votes_1 > base ? 1 : (2 * votes_0 > base ? 0 : {OPEN})"),
    ("winner", "2 * votes_3 > base ? 3 : (2 * votes_2 > base ? 2 : $.weak_winner)"),
    ("voted", f"$.winner == {OPEN} ? ($.ceiling > 0 ? {OPEN} : 0) : min([$.winner, $.ceiling])"),
    ("open", f"deferred and $.ceiling > 0 ? {OPEN} : $.voted"),
    ("level", f"$.out ? {NOT_RANKED} : ($.pending ? {PENDING} : $.open)"),
)


def levels(rows: Sequence[dict[str, Any]]) -> list[int]:
    """Return the level of each member, given one after the other."""
    decision = zen.ZenEngine().create_decision(json.dumps(model()))
    return [int(decision.evaluate(row)["result"]["level"]) for row in rows]


def model() -> dict[str, Any]:
    """Return the decision model in its JSON form."""
    values = [{"id": name, "key": name, "value": text} for name, text in VALUES]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "values", "name": "values", "type": "expressionNode",
         "content": {"expressions": values}},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]  # fmt: skip
    edges = [_edge("in", "values"), _edge("values", "out")]
    return {"nodes": nodes, "edges": edges}


def _edge(source: str, target: str) -> dict[str, Any]:
    return {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}

"""The rules as a decision model of zen-engine: values, a scope table, a table of limits.

A requirement of a cumulative level is a limit one level lower, so that each rule is one row, and
the rows that fire are the reasons.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import zen

from benchmarks.contenders.contender import Contender
from benchmarks.records import GRADES, ON, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.records import Record

WEAK, FAIR, GOOD, EXCELLENT = range(4)

CONDUCT = "integrity, cooperation, training"
VALUES = (
    ("months", f"d('{ON.isoformat()}').diff(first_order, 'month')"),
    ("punctuality", "orders_on_time / orders"),
    ("delivery", "min([quality, quantity, packing])"),
    ("conduct", f"certified ? [{CONDUCT}, upkeep] : [{CONDUCT}]"),
    ("least_conduct", "min($.conduct)"),
    ("best_conduct", "max($.conduct)"),
)

SCOPE = (
    ("not_ranked.newcomer", "months < 6", "not_ranked"),
    ("not_ranked.suspended", "suspended", "not_ranked"),
    ("pending.no_audit", "not audited", "pending"),
    ("", "true", "ranked"),
)

LIMITS = (
    ("levels.excellent.recommended", "not recommended", GOOD),
    ("levels.excellent.delivery", f"delivery < {EXCELLENT}", GOOD),
    ("levels.excellent.conduct", f"least_conduct < {GOOD}", GOOD),
    ("levels.excellent.certificate", f"certified and certificate < {EXCELLENT}", GOOD),
    ("levels.excellent.punctual", "punctuality < 0.95", GOOD),
    ("levels.good.delivery", f"delivery < {GOOD}", FAIR),
    ("levels.good.conduct", f"best_conduct < {GOOD}", FAIR),
    ("levels.good.certificate", f"certified and certificate < {GOOD}", FAIR),
    ("levels.good.complaints", "complaints > 5", FAIR),
    ("levels.fair.criteria", f"delivery < {FAIR} or least_conduct < {FAIR}", WEAK),
    ("levels.fair.punctual", "punctuality < 0.7", WEAK),
    ("knockouts.late", "punctuality < 0.5", WEAK),
    ("knockouts.banned", "penalty == 'ban'", WEAK),
    ("knockouts.accidents", "incidents >= 3", WEAK),
    ("caps.debt", "overdue_debt", FAIR),
    ("caps.complaints", "complaints >= 3", GOOD),
    ("caps.fined", "penalty == 'fine'", GOOD),
    ("caps.incident", "incidents >= 1", GOOD),
    ("caps.short_history", "months < 12", GOOD),
)

LEVEL = (("rank", f"len(limits) > 0 ? min(map(limits, #.at_most)) : {EXCELLENT}"),)


def contenders(records: Sequence[Record]) -> list[Contender]:
    decision = zen.ZenEngine().create_decision(json.dumps(model()))
    inputs = [_context(record) for record in records]
    return [
        Contender("zen-engine, with its trace", inputs, _run(decision, trace=True), _outcome),
        Contender("zen-engine, without trace", inputs, _run(decision, trace=False), _outcome),
    ]


def _context(record: Record) -> dict[str, Any]:
    return {**record.plain(), "first_order": record.first_order.isoformat()}


def _run(decision: Any, *, trace: bool) -> Callable[[dict[str, Any]], Any]:
    options = {"trace": trace}
    return lambda context: decision.evaluate(context, options)


def _outcome(answer: Any) -> list[Outcome]:
    result = answer["result"]
    status = result["status"]
    return [Outcome(GRADES[int(result["rank"])] if status == "ranked" else status, None)]


def model() -> dict[str, Any]:
    """Return the decision model in its JSON form."""
    nodes = [
        {"id": "request", "name": "request", "type": "inputNode"},
        _expressions("values", VALUES),
        _table("scope", "first", ("rule", "status"), [(c, r, s) for r, c, s in SCOPE]),
        _is_ranked(),
        _table("limits", "collect", ("rule", "at_most"), [(c, r, n) for r, c, n in LIMITS]),
        _expressions("level", LEVEL),
        {"id": "response", "name": "response", "type": "outputNode"},
    ]
    edges = [
        _edge("request", "values"),
        _edge("values", "scope"),
        _edge("scope", "is_ranked"),
        _edge("is_ranked", "limits", "yes"),
        _edge("is_ranked", "response", "no"),
        _edge("limits", "level"),
        _edge("level", "response"),
    ]
    return {"nodes": nodes, "edges": edges}


def _edge(source: str, target: str, handle: str = "") -> dict[str, Any]:
    edge = {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
    return {**edge, "sourceHandle": handle} if handle else edge


def _expressions(name: str, values: Sequence[tuple[str, str]]) -> dict[str, Any]:
    found = [{"id": key, "key": key, "value": value} for key, value in values]
    content = {"expressions": found, "passThrough": True}
    return {"id": name, "name": name, "type": "expressionNode", "content": content}


def _is_ranked() -> dict[str, Any]:
    statements = [
        {"id": "yes", "condition": "status == 'ranked'"},
        {"id": "no", "condition": "status != 'ranked'"},
    ]
    content = {"hitPolicy": "first", "statements": statements}
    return {"id": "is_ranked", "name": "is_ranked", "type": "switchNode", "content": content}


def _table(
    name: str, hit: str, outputs: tuple[str, str], rows: Sequence[tuple[str, str, Any]]
) -> dict[str, Any]:
    """Return a table with one column of conditions; a collecting one gives a list of its name."""
    content = {
        "hitPolicy": hit,
        "passThrough": True,
        "inputs": [{"id": "holds", "name": "holds"}],
        "outputs": [{"id": output, "name": output, "field": output} for output in outputs],
        "rules": [
            {
                "_id": rule or "otherwise",
                "holds": condition,
                outputs[0]: json.dumps(rule),
                outputs[1]: json.dumps(result),
            }
            for condition, rule, result in rows
        ],
    }
    if hit == "collect":
        content["outputPath"] = name
    return {"id": name, "name": name, "type": "decisionTableNode", "content": content}

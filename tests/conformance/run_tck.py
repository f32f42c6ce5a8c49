"""Run a file of FEEL expression tests and print what passed, as one JSON object.

Usage: python tests/conformance/run_tck.py FILE.jsonl

Each line is a record with `id`, `expression`, `context`, `defs`, `expected`, `input_types`,
`result_type`, `tier`, `null` and, where names hold blanks, `renamed`. A name's type comes from
`input_types`, else from its value. A record is *passed* if khung gives the expected value,
*refused* if khung says in a diagnostic why it does not take the expression, *wrong* otherwise.
"""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.diagnostics.bag import Bag
from khung.engine.expression import evaluate_expression
from khung.engine.values import ERROR, OPEN, Elements, Value, known, list_of, whole
from khung.ir import types as t
from khung.ir.dates import parse_date, parse_duration
from khung.ir.definitions import lower_expression
from khung.syntax.from_text import parse_expression
from khung.text import placed

if TYPE_CHECKING:
    from collections.abc import Iterable

BASE = {
    "boolean": t.BOOLEAN,
    "number": t.NUMBER,
    "string": t.STRING,
    "date": t.DATE,
    "years and months duration": t.MONTHS,
    "days and time duration": t.SECONDS,
    "Any": t.ANYTHING,
}
DIGITS = Decimal("1e-12")
"""The corpus writes long results with 15 digits; beyond that its expectations are rounded."""


WANTED = {"core": "passed", "reject": "refused"}
"""What must come out in a tier; in the others anything but a wrong value will do."""


class OutsideProfileError(Exception):
    """An input of a type that the profile does not have."""


def parse_type(text: str) -> t.Type:
    """Read a type such as `list<context<a: number>>`; allowed values after `in` are dropped."""
    text = text.strip()
    if text.startswith("list<"):
        return t.List(parse_type(text[5:-1]))
    if text.startswith("context<"):
        return t.Context(tuple(_fields(text[8:-1])))
    base = re.split(r"\s+in\s+[(\[]", text)[0]
    if base not in BASE:
        raise OutsideProfileError(text)
    return BASE[base]


def _fields(text: str) -> list[tuple[str, t.Type]]:
    found, depth, start = [], 0, 0
    for i, char in enumerate(text + ","):
        depth += (char in "<([") - (char in ">)]")
        if char == "," and depth == 0:
            name, _, ty = text[start:i].partition(":")
            found.append((name.strip(), parse_type(ty)))
            start = i + 1
    return found


def type_of(typed: dict[str, Any]) -> t.Type:
    """Return the type of a typed value."""
    kind, value = typed["t"], typed.get("v")
    if kind == "list":
        types = {type_of(item) for item in value}
        return t.List(types.pop() if len(types) == 1 else t.ANYTHING)
    if kind == "context":
        return t.Context(tuple((k, type_of(v)) for k, v in value.items()))
    if kind == "null":
        return t.ANYTHING
    if kind not in BASE:
        raise OutsideProfileError(kind)
    return BASE[kind]


def value_of(typed: dict[str, Any], ty: t.Type) -> Value:
    """Return the run-time form of a typed value."""
    kind, value = typed["t"], typed.get("v")
    match kind:
        case "null":
            return OPEN if isinstance(ty, t.Anything) else whole(ty, {})
        case "number":
            return known(Decimal(value))
        case "date":
            return known(parse_date(value)) if parse_date(value) else OPEN
        case "years and months duration" | "days and time duration":
            parsed = parse_duration(value)
            return known(parsed[0]) if parsed else OPEN
        case "list":
            element = ty.element if isinstance(ty, t.List) else t.ANYTHING
            return list_of(value_of(item, element) for item in value)
        case "context":
            fields = dict(ty.fields) if isinstance(ty, t.Context) else {}
            return known({k: value_of(v, fields.get(k, t.ANYTHING)) for k, v in value.items()})
        case _:
            return known(value)


def agrees(value: Value, expected: dict[str, Any], null: str | None) -> bool:
    """Whether a value is the expected one; of an expected null, unknown for the right reason."""
    if expected["t"] == "null":
        if null == "domain error at run time":
            return value.why == ERROR
        return bool(value.why)
    return value.known and _same(value.least, expected)


def _same(value: object, expected: dict[str, Any]) -> bool:
    kind, wanted = expected["t"], expected.get("v")
    match value:
        case bool():
            return kind == "boolean" and value is wanted
        case Decimal() if kind == "number":
            return abs(value - Decimal(wanted)) <= DIGITS * max(1, abs(Decimal(wanted)))
        case Decimal() | int():
            months = kind == "years and months duration"
            return parse_duration(wanted) == (value, t.MONTHS if months else t.SECONDS)
        case Elements():
            items = [item.value for item in value.items]
            return (
                kind == "list"
                and len(items) == len(wanted)
                and all(agrees(a, b, None) for a, b in zip(items, wanted, strict=True))
            )
        case str():
            return kind == "string" and value == wanted
        case _:
            return kind == "date" and str(value) == wanted


def run(record: dict[str, Any]) -> str:
    """Return `passed`, `refused` or `wrong`."""
    variant = record.get("renamed") or record
    if variant.get("defs"):
        return "refused"
    declared = record.get("input_types") or {}
    names = dict(zip(record["context"], variant["context"], strict=True))
    try:
        types = {
            names.get(k, k): parse_type(v) for k, v in declared.items() if k in record["context"]
        }
        for name, typed in variant["context"].items():
            if types.get(name, t.ANYTHING) == t.ANYTHING:
                types[name] = type_of(typed)
        result = record.get("result_type")
        want = parse_type(result) if result else t.ANYTHING
    except OutsideProfileError:
        return "refused"
    bag = Bag()
    tree = parse_expression(placed(variant["expression"]), bag)
    if tree is None:
        return "refused"
    node = lower_expression(tree, types, bag, want)
    if bag.has_errors:
        return "refused"
    inputs = {name: value_of(v, types[name]) for name, v in variant["context"].items()}
    value = evaluate_expression(node, inputs)
    return "passed" if agrees(value, variant["expected"], record.get("null")) else "wrong"


KEYS = ("passed", "refused", "wrong", "total", "values_passed", "values_total")


def outcome_of(record: dict[str, Any]) -> str:
    """Return the outcome of a record.

    A domain error that khung already refuses in the text counts as passed; a crash as wrong.
    """
    try:
        found = run(record)
    except Exception:  # noqa: BLE001  # whatever is in the file, the tally goes on
        return "wrong"
    domain = record.get("null") == "domain error at run time"
    return "passed" if domain and found == "refused" and record["tier"] == "core" else found


def count(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the tally of records: counts by tier, and the ids of those that came out unlike."""
    tally = {tier: dict.fromkeys(KEYS, 0) for tier in ("core", "extended", "reject")}
    failures: list[str] = []
    for record in records:
        outcome = outcome_of(record)
        tier = tally[record["tier"]]
        is_value = record["expected"]["t"] != "null"
        tier["total"] += 1
        tier[outcome] += 1
        tier["values_total"] += is_value
        tier["values_passed"] += is_value and outcome == "passed"
        if outcome == "wrong" or outcome != WANTED.get(record["tier"], outcome):
            failures.append(record["id"])
    reject = {key: tally["reject"][key] for key in ("refused", "total")}
    return {**tally, "reject": reject, "failures": failures}


def main(path: str) -> int:
    """Print the tally of a file; return 2 where it cannot be read."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(count(records), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""The corpus of composed expressions: how a file is read, and what khung gives for a record.

A file holds `types` (one type for each name) and `tests`. A record is `expr`, `given` (a value, or
null: unknown; a name not given is unknown too) and `is`: a value, `unknown` (nothing is known),
`error` (unknown because of a domain error), two ends `{from: LEAST, to: MOST}` (`..` for no end),
or the code of the diagnostic that refuses the expression (`refused` where any may).

`defect` says why a record fails today; it is removed with the defect.

With `subject` (the text of a subject file named `unit`, and `manifest` beside it) an expression is
a definition of one unit, and what is given are the facts of that unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from tests.support.evaluation import ALL_WHOLE
from tests.support.rulebook import MANIFEST

from khung.diagnostics.bag import Bag
from khung.engine.evaluate import Evaluator
from khung.engine.expression import evaluate_expression
from khung.engine.facts import Case, Entity, Stated
from khung.engine.values import ERROR, OPEN, Element, Elements, Share, Value, known, whole, within
from khung.ir import types as t
from khung.ir.dates import parse_date, parse_duration
from khung.ir.definitions import lower_expression
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook
from khung.syntax.from_text import parse_expression
from khung.text import nfc, placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.program import Program

FOLDER = Path(__file__).parent
NO_END = ".."
_CODE = re.compile(r"K\d{4}")
_BASE = {
    "boolean": t.BOOLEAN,
    "number": t.NUMBER,
    "string": t.STRING,
    "date": t.DATE,
    "months": t.MONTHS,
    "duration": t.SECONDS,
}


class Loader(yaml.SafeLoader):
    """Knows `true`, `false` and `null`; everything else is a text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # the name is PyYAML's


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("null$"), ["n"])


@dataclass(frozen=True)
class Record:
    """One expression with what is given and what it is."""

    file: str
    expr: str
    given: Mapping[str, Any]
    wanted: Any
    types: Mapping[str, str]
    manifest: str = ""
    subject: str = ""
    defect: str = ""


@dataclass(frozen=True)
class Answer:
    """What khung gives: codes of diagnostics, or a value of a type."""

    codes: tuple[str, ...]
    value: Value = OPEN
    ty: t.Type = t.BAD
    top: Value = OPEN


def records() -> Iterator[Record]:
    """Yield every record of the corpus, in order."""
    for path in sorted(FOLDER.glob("*.yaml")):
        document = yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506, TID251  # texts only
        for entry in document["tests"]:
            types = {**document.get("types", {}), **entry.get("types", {})}
            yield Record(
                path.stem,
                entry["expr"],
                {nfc(k): v for k, v in entry.get("given", {}).items()},
                entry["is"],
                {nfc(k): v for k, v in types.items()},
                document.get("manifest", ""),
                document.get("subject", ""),
                entry.get("defect", ""),
            )


def answer(record: Record, folder: Path) -> Answer:
    """Return what khung gives; `folder` is an empty one to write a rulebook to."""
    return _of_unit(record, folder) if record.subject else _alone(record)


# -- expressions on their own --------------------------------------------------------------


def _alone(record: Record) -> Answer:
    bag = Bag()
    tree = parse_expression(placed(nfc(record.expr)), bag)
    if tree is None:
        return _refused(bag)
    types = {name: type_of(text) for name, text in record.types.items()}
    node = lower_expression(tree, types, bag)
    if bag.has_errors:
        return _refused(bag)
    inputs = {
        name: value_of(record.given.get(name), types[name], text)
        for name, text in record.types.items()
    }
    return Answer((), evaluate_expression(node, inputs), node.ty, whole(node.ty, {}))


def _refused(bag: Bag) -> Answer:
    return Answer(tuple(d.code for d in bag.diagnostics))


def type_of(text: str) -> t.Type:
    """Read `number 0..12`, `list of date`, `list of {ok: boolean, n: number}`."""
    if text.startswith("list of "):
        return t.List(type_of(text.removeprefix("list of ")))
    if text.startswith("{"):
        pairs = (part.split(":", 1) for part in text.strip("{}").split(","))
        return t.Context(tuple((name.strip(), type_of(ty.strip())) for name, ty in pairs))
    return _BASE[text.split(maxsplit=1)[0]]


def value_of(raw: Any, ty: t.Type, declared: str = "") -> Value:
    """Return a plain value in run-time form; null is what its declared type leaves open."""
    if raw is None:
        return _unknown(ty, declared.partition(" ")[2] if not isinstance(ty, t.List) else "")
    match ty:
        case t.Number():
            return known(Decimal(raw))
        case t.Date():
            return known(parse_date(raw))
        case t.Months() | t.Seconds():
            found = parse_duration(raw)
            assert found is not None
            return known(found[0])
        case t.List():
            inner = declared.removeprefix("list of ")
            return known(Elements(tuple(Element(value_of(r, ty.element, inner)) for r in raw)))
        case t.Context():
            return known({name: value_of(raw.get(name), one) for name, one in ty.fields})
        case t.String():
            return known(nfc(raw))
        case _:
            return known(raw)


def _unknown(ty: t.Type, limits: str) -> Value:
    top = whole(ty, {})
    if not limits:
        return top
    low, _, high = limits.partition("..")
    least = value_of(low, ty).least if low else top.least
    most = value_of(high, ty).least if high else top.most
    return within(least, most)


# -- expressions in a rulebook --------------------------------------------------------------


def _of_unit(record: Record, folder: Path) -> Answer:
    subject = yaml.load(record.subject, Loader)  # noqa: S506, TID251  # as above
    subject.setdefault("definitions", {})["asked"] = {"is": record.expr}
    text = yaml.dump(subject, allow_unicode=True, sort_keys=False)
    (folder / "rulebook.yaml").write_text(MANIFEST + record.manifest, encoding="utf-8")
    (folder / "unit.yaml").write_text(text, encoding="utf-8")
    bag = Bag()
    rulebook = load_rulebook(folder, bag)
    program = None if rulebook is None else lower_rulebook(rulebook, {}, bag)
    if bag.has_errors or program is None:
        return _refused(bag)
    unit = Entity(program.objects["unit"], "u", {})
    unit.facts = _facts(record.given, unit, program)
    case = Case(program, date(2021, 12, 15), {"unit": {"u": unit}}, whole=ALL_WHOLE)
    run = Evaluator(program.values, program.objects, case, None, case.on)
    definition = unit.type.definitions["asked"]
    found = run.definition(unit, "asked")
    assert found is not None
    names = program.values[definition.ty.name].values if isinstance(definition.ty, t.Scale) else ()
    top = run.whole(definition.ty)
    return Answer((), _named(found[0], names), definition.ty, _named(top, names))


def _named(value: Value, names: tuple[str, ...]) -> Value:
    """Put the names of levels for their ranks."""
    return Value(names[value.least], names[value.most], value.why) if names else value


def _facts(given: Mapping[str, Any], holder: Entity, program: Program) -> dict[str, Value | Stated]:
    return {name: _fact(name, raw, holder, program) for name, raw in given.items()}


def _fact(name: str, raw: Any, holder: Entity, program: Program) -> Value | Stated:
    declared = holder.type
    if raw == "-":
        return Stated.ABSENT
    if name in declared.facts:
        ty = declared.facts[name].ty
    elif name == declared.kind_field:
        return OPEN if raw is None else known(raw)
    else:
        ty = declared.criteria[name.removeprefix("criteria.")].ty
    if raw is None:
        return whole(ty, program.values)
    if isinstance(ty, t.List) and isinstance(ty.element, t.Object):
        return _records(ty.element.name, raw, holder, program)
    if isinstance(ty, t.Scale):
        return known(program.values[ty.name].rank(raw))
    return value_of(raw, ty)


def _records(name: str, rows: list[Any], owner: Entity, program: Program) -> Value:
    items = []
    for number, row in enumerate(rows):
        record = Entity(program.objects[name], f"[{row.get('key', number)}]", {}, owner)
        record.facts = _facts({k: v for k, v in row.items() if k != "key"}, record, program)
        items.append(Element(known(record)))
    return known(Elements(tuple(items)))


# -- comparing --------------------------------------------------------------


def fault(found: Answer, wanted: Any) -> str:
    """Say how an answer differs from what is wanted; empty if it does not."""
    if wanted == "refused":
        return "" if found.codes else f"not refused: {found}"
    if isinstance(wanted, str) and _CODE.fullmatch(wanted):
        return "" if wanted in found.codes else f"not refused as {wanted}: {found}"
    if found.codes:
        return f"refused as {found.codes}"
    return "" if _agrees(found, wanted) else f"is {found.value} of {found.ty}"


def _agrees(found: Answer, wanted: Any) -> bool:
    value = found.value
    if wanted == "unknown" and not isinstance(found.ty, t.String):
        return value.why == "missing" and value[:2] == found.top[:2]
    if wanted in ("unknown", "error"):
        return value.why == ("missing" if wanted == "unknown" else ERROR)
    if isinstance(wanted, dict):
        return not value.known and all(
            _same(end, wanted[key], found.ty)
            for key, end in (("from", value.least), ("to", value.most))
        )
    return value.known and _same(value.least, wanted, found.ty)


def _same(value: Any, wanted: Any, ty: t.Type) -> bool:
    if wanted == NO_END:
        return isinstance(value, Decimal) and value.is_infinite()
    if isinstance(value, Elements):
        return len(value.items) == len(wanted) and all(
            item.value.known and _same(item.value.least, one, t.ANYTHING)
            for item, one in zip(value.items, wanted, strict=True)
        )
    match value:
        case bool():
            return value is wanted
        case Share():
            return f"{value.part}/{value.whole}" == wanted
        case Decimal() | int():
            as_duration = parse_duration(wanted) if isinstance(wanted, str) else None
            return value == (as_duration[0] if as_duration else Decimal(wanted))
        case date():
            return value.isoformat() == wanted
        case _:
            return bool(value == wanted)

"""Random rulebooks by type: text of one file each, most of them valid."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml
from tests.engines.rules import Rules, definitions, last, tables
from tests.engines.shapes import criteria, world

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.ir.from_rulebook import lower_rulebook
from khung.rulebook.from_source import load_rulebook

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.engines.scope import Shape, World

    from khung.diagnostics.model import Diagnostic
    from khung.ir.program import Program


def random_rulebook(seed: int) -> str:
    """Return the text of a rulebook."""
    return as_text(rulebook(Random(seed)))  # noqa: S311  # a law, no secret


class _Plain(yaml.SafeDumper):
    """Writes what stands in two places twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_text(document: dict[str, Any]) -> str:
    """Return a document as YAML."""
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=10_000)


def rulebook(rng: Random, off: Collection[str] = ()) -> dict[str, Any]:
    """Return a rulebook as plain values, which does not use the features that are off."""
    made = world(rng, off)
    subjects: dict[str, dict[str, Any]] = {}
    ranked: frozenset[str] = frozenset()
    record = made.shapes["row"]
    fields = definitions(rng, made, record, frozenset())
    for shape in made.shapes.values():
        if not shape.is_record:
            subjects[shape.name] = _subject(rng, made, shape, ranked)
            ranked |= {shape.name} if shape.scale else set()
    for name, held in subjects.items():
        if not made.shapes[name].scale:
            continue
        outputs, checks = last(rng, made, made.shapes[name])
        held.setdefault("definitions", {}).update(outputs)
        held["checks"] = checks
    return _manifest(made) | {
        "records": {
            "row": {
                "fields": {**record.facts, **record.links},
                "definitions": fields,
                "held_by": ["member"],
            }
        },
        "subjects": {n: {k: v for k, v in s.items() if v} for n, s in subjects.items()},
    }


def _subject(rng: Random, made: World, shape: Shape, ranked: frozenset[str]) -> dict[str, Any]:
    kinds = {kind: {"gp": value} for kind, value in shape.kinds.items()}
    found: dict[str, Any] = {
        "kinds": {"field": "kd", "values": kinds} if kinds else {},
        "links": shape.links,
        "facts": shape.facts,
        "definitions": definitions(rng, made, shape, ranked),
        "tables": tables(rng, made, shape, ranked),
        "criteria": criteria(rng, shape) if shape.criteria else {},
    }
    rules = Rules(rng, made, shape, ranked).all() if shape.scale else {}
    shape.floors = "floors" in rules
    return found | rules


def _manifest(made: World) -> dict[str, Any]:
    named = lambda values: {"values": {value: value for value in values}}  # noqa: E731  # short
    plain = {n: v for n, v in made.enumerations.items() if "." not in n}
    calendar = {
        "from": date(2020, 1, 1),
        "to": date(2021, 12, 31),
        "weekend": ["saturday", "sunday"],
        "holidays": {date(2021, 6, 14): "One"},
        "working": {date(2021, 6, 19): "Two"},
    }
    return {
        "khung": 1,
        "id": "made",
        "title": "Made up",
        "period": {"from": date(2021, 1, 1), "to": date(2021, 12, 31)},
        "scales": {name: named(values) for name, values in made.scales.items()},
        "enumerations": {name: named(values) for name, values in plain.items()},
        "parameters": {
            "part": {"value": "25%"},
            "most": {"value": "60%"},
            "few": {"value": 1},
            "many": {"value": "2.5"},
        },
        "readings": {
            "way": {"question": "Which way?", "options": {"one": {}, "two": {}}, "chosen": "one"}
        },
        "calendars": dict.fromkeys(made.calendars, calendar),
    }


def program_for(document: dict[str, Any]) -> Program | None:
    """Return a rulebook as plain values, lowered; of `folder` alone, that of a folder."""
    if "folder" not in document:
        return program_of(as_text(document))[0]
    bag = Bag()
    read = load_rulebook(Path(document["folder"]), bag)
    return None if read is None else lower_rulebook(read, {}, bag)


def program_of(text: str) -> tuple[Program | None, tuple[Diagnostic, ...]]:
    """Return a rulebook, lowered, and what is said of it; None where that is an error."""
    bag = Bag()
    with TemporaryDirectory() as folder:
        (Path(folder) / "rulebook.yaml").write_text(text, encoding="utf-8")
        read = load_rulebook(Path(folder), bag)
    program = None if read is None else lower_rulebook(read, {}, bag)
    sound = not any(is_error(one) for one in bag.diagnostics)
    return (program if sound else None), bag.diagnostics

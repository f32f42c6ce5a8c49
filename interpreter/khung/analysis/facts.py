"""What a case may state under a rulebook: `khung show RULEBOOK --facts`.

The document is described by `schemas/facts.schema.json`; others write cases against it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from khung.casefile.names import kind_fact
from khung.ir.entries import rules_of
from khung.records import dataclass
from khung.rulebook import model as m
from khung.rulebook.model.parts import ABSENT
from khung.surfaces import surface
from khung.syntax.ast import Boolean, Expr, ListLiteral, Number, String
from khung.syntax.unparse import surface_of, unparse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from khung.ir.program import ObjectType, Program


def facts_json(rulebook: m.Rulebook, program: Program) -> dict[str, Any]:
    """Return the document. Conditions and computed defaults are texts of expressions."""
    writer = _Writer(rulebook, program)
    return {
        "scales": {s.head.id: _values(s.head, s.values) for s in rulebook.scales},
        "enumerations": {e.head.id: _values(e.head, e.values) for e in rulebook.enumerations},
        "records": {r.head.id: writer.record(r) for r in rulebook.records},
        "readings": {
            name: {"options": list(reading.options.values), "chosen": reading.chosen}
            for name, reading in program.readings.items()
        },
        "subjects": {s.head.id: writer.subject(s) for s in rulebook.subjects},
    }


@dataclass(frozen=True, slots=True)
class _Writer:
    rulebook: m.Rulebook
    program: Program

    def record(self, record: m.Record) -> dict[str, Any]:
        return {
            "label": _label(record.head.label),
            "fields": {f.head.id: self._fact(f) for f in record.fields},
            "links": {x.head.id: self._link(x) for x in record.links},
        }

    def subject(self, subject: m.Subject) -> dict[str, Any]:
        declared = self.program.objects[subject.head.id]
        kinds = subject.kinds
        facts = {f.head.id: self._fact(f) for f in subject.facts}
        return {
            "label": _label(subject.head.label),
            "scale": declared.ladder.scale.name if declared.ladder else None,
            "kinds": {"field": kinds.field, **_values(None, kinds.values)} if kinds else None,
            "facts": {**self._kind(declared), **facts},
            "links": {x.head.id: self._link(x) for x in subject.links},
            "criteria": self._criteria(subject.criteria) if subject.criteria else {},
            "rules": [{"id": r.id, "sources": list(r.sources)} for r in rules_of(declared)],
        }

    def _kind(self, declared: ObjectType) -> dict[str, Any]:
        """Return the fact that tells the kind; its type is the enumeration of the kinds."""
        if declared.kinds is None:
            return {}
        fact = kind_fact(declared)
        about = {"unit": None, "range": None, "default": None, "applies_when": None}
        about |= {"length": None, "must": None}
        named: dict[str, Any] = {"label": _label(fact.label), "sources": []}
        return {fact.name: {"type": declared.kinds.name, **about, **named}}

    def _fact(self, fact: m.Fact) -> dict[str, Any]:
        return {
            "type": fact.type.text,
            "unit": fact.unit or None,
            "range": _range(fact.range),
            "default": _default(fact.default),
            "applies_when": _condition(fact.head.when, fact.applies_when),
            "length": fact.length.number if fact.length else None,
            "must": _condition(fact.must.value if fact.must else None),
            "label": _label(fact.head.label),
            "sources": self._sources(fact.head.sources),
        }

    def _link(self, link: m.Link) -> dict[str, Any]:
        return {
            "to": link.to.name,
            "back": link.back or None,
            "complete": link.complete.name if link.complete else None,
            "default": _default(link.default),
            "applies_when": _condition(link.head.when, link.applies_when),
            "label": _label(link.head.label),
            "sources": self._sources(link.head.sources),
        }

    def _criteria(self, criteria: m.Criteria) -> dict[str, Any]:
        return {
            item.head.id: {
                "group": group.head.id,
                "scale": criteria.scale.name if criteria.scale else None,
                "range": _range(item.range),
                "applies_when": _condition(
                    group.head.when, group.applies_when, item.head.when, item.applies_when
                ),
                "label": _label(item.head.label),
                "sources": self._sources(item.head.sources or group.head.sources),
            }
            for group in criteria.groups
            for item in group.items
        }

    def _sources(self, citations: Iterable[m.Citation]) -> list[str]:
        return [citation.full(self.rulebook.document) for citation in citations]


def _label(label: m.Label | None) -> dict[str, str] | None:
    if label is None:
        return None
    return {lang: label.said(lang) for lang in label.texts}


def _values(head: m.Head | None, values: Iterable[m.Named | m.Kind]) -> dict[str, Any]:
    named = {value.head.id: _label(value.head.label) for value in values}
    return {"label": _label(head.label), "values": named} if head else {"values": named}


def _range(found: m.Range | None) -> list[Any] | None:
    return [_end(found.low), _end(found.high)] if found else None


def _end(end: Decimal | date | None) -> Decimal | str | None:
    return end.isoformat() if isinstance(end, date) else end


def _default(default: Expr | m.Absent | None) -> Any:
    match default:
        case None:
            return None
        case m.Absent():
            return ABSENT
        case Number() | Boolean() | String():
            return default.value
        case ListLiteral(items=()):
            return []
        case _:
            return unparse(default)


def _condition(*conditions: Expr | None) -> str | None:
    """Return the conjunction of conditions as text; None of none."""
    found = [condition for condition in conditions if condition is not None]
    if len(found) < 2:  # noqa: PLR2004  # nothing to join
        return unparse(found[0]) if found else None
    name = surface_of(found[0])
    word = f" {surface(name).words['AND']} "
    return word.join(f"({unparse(condition, name)})" for condition in found)

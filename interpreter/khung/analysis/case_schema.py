"""What a case under one rulebook may hold, as JSON Schema: `khung schema case --rulebook ID`.

It is the schema of cases in which names are those of the rulebook: an editor completes facts and
levels, says what they mean, and underlines a name that is none.
"""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING, Any, assert_never

from khung.casefile.names import kind_fact
from khung.ir import types as t
from khung.ir.entries import stages_of
from khung.ir.program import Fact
from khung.records import dataclass
from khung.resources import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from khung.ir.program import Criterion, Link, ObjectType, Program, Values
    from khung.rulebook.model import Label

Schema = dict[str, Any]

_UNKNOWN: Schema = {"type": "null"}
_NONE: Schema = {"const": "-"}
_PERCENT: Schema = {"type": "string", "pattern": r"^[+-]?\d+([.,]\d+)?\s*%$"}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_LEVELS = ("level", "at_best", "at_worst")


def case_schema(program: Program, lang: str) -> Schema:
    """Return the schema of cases of a sound rulebook, described in one language."""
    writer = _Writer(program, lang)
    found: Schema = _in_language(deepcopy(schema("case")), lang)
    head, about = found["properties"], found["$defs"]
    title = program.title.said(lang)
    found["$id"], found["title"] = "case-of-rulebook.schema.json", f"{found['title']}: {title}"
    head["readings"] = {**head["readings"], **writer.readings()}
    _by_type(head["subjects"], writer, lambda ty: f"subject.{ty.name}", nullable=True)
    _by_type(head["expect"], writer, lambda ty: f"expected.{ty.name}")
    for ty in program.subjects:
        about[f"subject.{ty.name}"] = writer.subject(ty, about["subject"], about["given"])
        about[f"expected.{ty.name}"] = writer.expected(ty, about["expected"])
    for ty in program.objects.values():
        if ty.is_record:
            about[f"record.{ty.name}"] = writer.members(ty)
    return found


def _by_type(
    part: Schema, writer: _Writer, name: Callable[[ObjectType], str], *, nullable: bool = False
) -> None:
    """Let a mapping by type and id know the types."""
    del part["propertyNames"]
    part["additionalProperties"] = False
    for ty in writer.program.subjects:
        of_one = {"type": ["object", "null"] if nullable else "object"}
        inner = {**of_one, "additionalProperties": {"$ref": f"#/$defs/{name(ty)}"}}
        part.setdefault("properties", {})[ty.name] = writer.told(inner, ty.label)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes what one rulebook declares."""

    program: Program
    lang: str

    def told(self, part: Schema, label: Label | None, *more: str) -> Schema:
        """Return a part with its label, and with more lines."""
        lines = [label.said(self.lang)] if label else []
        text = "\n".join((*lines, *(line for line in more if line)))
        return {**part, "description": text} if text else part

    def readings(self) -> Schema:
        """Return the readings with their options."""
        found = {
            name: self.told(self._values(reading.options), reading.question)
            for name, reading in self.program.readings.items()
        }
        return {"properties": found, "additionalProperties": False}

    # -- objects --------------------------------------------------------------------------------

    def subject(self, ty: ObjectType, general: Schema, given: Schema) -> Schema:
        """Return what an entry of a subject may state."""
        own = deepcopy(general["properties"])
        own["criteria"] = self._mapping(own["criteria"], self._criteria(ty))
        if ty.ladder is None:
            del own["given"]
        else:
            own["given"] = self._given(ty, given)
        found = self.members(ty)
        properties = {**own, **found["properties"]}
        return {
            **found,
            "title": general["title"],
            "type": general["type"],
            "properties": properties,
        }

    def members(self, ty: ObjectType) -> Schema:
        """Return the facts and links that an object may state."""
        facts = {fact.name: self._fact(fact) for fact in ty.facts.values()}
        links = {link.name: self._fact(link) for link in ty.links.values()}
        if ty.kinds is not None:
            kind = kind_fact(ty)
            facts[kind.name] = self.told(self._values(ty.kinds), kind.label)
        return self._mapping(self.told({"type": "object"}, ty.label), {**facts, **links})

    def _mapping(self, part: Schema, properties: Mapping[str, Schema]) -> Schema:
        kept: Schema = {key: part[key] for key in ("type", "description") if key in part}
        return {**kept, "properties": dict(properties), "additionalProperties": False}

    def _criteria(self, ty: ObjectType) -> dict[str, Schema]:
        return {
            one.id: self.told(self._may_be(one), one.label, *self._said(one.ty))
            for one in ty.criteria.values()
        }

    def _given(self, ty: ObjectType, general: Schema) -> Schema:
        found = deepcopy(general)
        found["properties"]["level"] = {**found["properties"]["level"], **self._levels(ty)}
        found["properties"]["after"] = {
            "enum": [str(stage.value) for stage in stages_of(ty)],
            "description": found["properties"]["after"]["description"],
        }
        return found

    def expected(self, ty: ObjectType, general: Schema) -> Schema:
        """Return what may be expected of a subject."""
        found = deepcopy(general)
        level = {"anyOf": [self._levels(ty), _UNKNOWN]}
        for name in _LEVELS:
            described = {"description": found["properties"][name]["description"]}
            found["properties"][name] = {**level, **described}
        found["properties"]["stages"]["additionalProperties"] = level
        return found

    def _levels(self, ty: ObjectType) -> Schema:
        if ty.ladder is None:
            return {"type": "string"}
        return {"enum": [level.head.name for level in ty.ladder.levels]}

    # -- values ---------------------------------------------------------------------------------

    def _fact(self, declared: Fact | Link) -> Schema:
        sources = ", ".join(getattr(declared, "sources", ()))
        return self.told(self._may_be(declared), declared.label, *self._said(declared.ty), sources)

    def _may_be(self, declared: Fact | Link | Criterion) -> Schema:
        """Return what may stand for a value: it, that it is not known, or that there is none."""
        optional = getattr(declared, "optional", False) or isinstance(declared.ty, t.Ballots)
        none = [_NONE] if optional or declared.applies is not None else []
        return {"anyOf": [*self._value(declared.ty, declared), _UNKNOWN, *none]}

    def _value(self, ty: t.Type, declared: Fact | Link | Criterion) -> list[Schema]:
        match ty:
            case t.Boolean():
                return [{"type": "boolean"}]
            case t.Number():
                return [{"type": "number", **_ends(declared)}, _PERCENT]
            case t.String():
                return [{"type": "string"}]
            case t.Date():
                return [_DAY]
            case t.Scale() | t.Enumeration():
                return [self._values(self.program.values[ty.name])]
            case t.Object():
                return [self._object(ty)]
            case t.List():
                items = {"anyOf": [*self._value(ty.element, declared), _UNKNOWN]}
                length = declared.length if isinstance(declared, Fact) else None
                most = {} if length is None else {"maxItems": length + 1}  # and a `null`
                return [{"type": "array", "items": items, **most}]
            case t.Ballots():
                counts = {"type": "integer", "minimum": 0}
                levels = dict.fromkeys(self.program.values[ty.scale].values, counts)
                return [self._mapping({"type": "object"}, levels)]
            case t.Fraction() | t.Ratio() | t.Months() | t.Seconds() | t.Range():
                raise AssertionError(ty)  # no rulebook can declare an input of this type
            case t.Context() | t.Calendar():
                raise AssertionError(ty)  # as above
            case t.Anything() | t.Bad():
                return [{}]
            case _:
                assert_never(ty)

    def _object(self, ty: t.Object) -> Schema:
        if self.program.objects[ty.name].is_record:
            return {"$ref": f"#/$defs/record.{ty.name}"}
        return {"type": ["string", "number"]}

    def _values(self, values: Values) -> Schema:
        return {"enum": list(values.values)}

    def _said(self, ty: t.Type) -> Iterable[str]:
        """Yield what each value of a type that names them means."""
        inner = ty.element if isinstance(ty, t.List) else ty
        if isinstance(inner, t.Scale | t.Enumeration):
            values = self.program.values[inner.name]
            yield from (f"{v}: {values.labels[v].said(self.lang)}" for v in values.values)


def _ends(declared: Fact | Link | Criterion) -> Schema:
    low, high = getattr(declared, "low", None), getattr(declared, "high", None)
    ends = {"minimum": low, "maximum": high}
    return {key: _plain(end) for key, end in ends.items() if isinstance(end, Decimal)}


def _plain(end: Decimal) -> int | float:
    return int(end) if end == end.to_integral_value() else float(end)


def _in_language(node: Any, lang: str) -> Any:
    """Return a schema of which titles and descriptions are in one language alone."""
    if isinstance(node, list):
        return [_in_language(item, lang) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _in_language(value, lang) for key, value in node.items()}
    for key in ("title", "description"):
        if isinstance(found.get(key), str):
            vi, _, en = found[key].partition(" — ")
            found[key] = en if lang == "en" and en else vi
    return found

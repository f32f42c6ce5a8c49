"""Which parts of a JSON Schema documents reach, so that a test can tell what none of them tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def parts_of(schema: Schema) -> set[str]:
    """Return every part that a document may reach.

    A part is a path in the schema: to a property, to what stands in an array or under any other
    key, to a value of an `enum`, to one of several `type`s, to a branch of `anyOf`.
    """
    inner = {name: set(_parts(part, f"#/$defs/{name}")) for name, part in schema["$defs"].items()}
    return set(_parts(schema, "#")).union(*inner.values())


def _parts(schema: Schema, at: str) -> Iterator[str]:
    yield from (f"{at}/type/{name}" for name in _listed(schema.get("type")))
    yield from (f"{at}/enum/{value}" for value in schema.get("enum", ()))
    for place, part in _below(schema, at):
        yield place
        yield from _parts(part, place)


def _below(schema: Schema, at: str) -> Iterator[tuple[str, Schema]]:
    for name, part in schema.get("properties", {}).items():
        yield f"{at}/properties/{name}", part
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield f"{at}/{key}", schema[key]
    for number, part in enumerate(schema.get("anyOf", ())):
        yield f"{at}/anyOf/{number}", part


def _listed(kinds: str | list[str] | None) -> list[str]:
    return kinds if isinstance(kinds, list) else []


def reached(schema: Schema, document: Any) -> set[str]:
    """Return the parts of a schema that a document, which fits it, reaches."""
    return set(_reached(schema, schema, "#", document))


def _reached(root: Schema, schema: Schema, at: str, value: Any) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from _reached(root, root["$defs"][name], f"#/$defs/{name}", value)
        return
    yield from (f"{at}/type/{k}" for k in _listed(schema.get("type")) if _is_a(k, value))
    yield from (f"{at}/enum/{v}" for v in schema.get("enum", ()) if v == value)
    for place, part, inner in _held(root, schema, at, value):
        yield place
        yield from _reached(root, part, place, inner)


def _held(root: Schema, schema: Schema, at: str, value: Any) -> Iterator[tuple[str, Schema, Any]]:
    """Yield what a value holds, with the part of the schema that it is under."""
    below = dict(_below(schema, at))
    properties = schema.get("properties", {})
    for key, inner in value.items() if isinstance(value, dict) else ():
        place = f"{at}/properties/{key}" if key in properties else f"{at}/additionalProperties"
        if place in below:
            yield place, below[place], inner
    for inner in value if isinstance(value, list) and "items" in schema else ():
        yield f"{at}/items", below[f"{at}/items"], inner
    for number, part in enumerate(schema.get("anyOf", ())):
        if Draft202012Validator({**part, "$defs": root["$defs"]}).is_valid(value):
            yield f"{at}/anyOf/{number}", part, value


def _is_a(kind: str, value: Any) -> bool:
    if kind in ("number", "integer"):
        return not isinstance(value, str | bool | list | dict | type(None))
    return isinstance(value, _TYPES[kind])

"""Check a node tree against a JSON Schema, in the words and places of the file.

A second net below the decoders: it keeps `schemas/` and the decoders saying the same, and checks
files that no decoder reads. The library's own sentences are never shown.

Reports: K0120-K0126, K0150-K0153.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from khung.diagnostics.suggest import listed, nearest
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence
from khung.source.shape import unknown_key
from khung.source.values import bad_name, head_of, under, wrong_shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jsonschema.exceptions import ValidationError

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Plain

_WORDS = {
    "string": "a_text",
    "boolean": "a_boolean",
    "number": "a_number",
    "integer": "a_whole_number",
    "array": "a_list",
    "object": "a_mapping",
    "null": "nothing",
}


def to_plain(node: Node) -> Plain | list[Any] | dict[str, Any]:
    """Return a node tree as dicts, lists and scalar values; numbers stay exact."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [to_plain(item) for item in node.items]
        case Mapping():
            return {entry.key: to_plain(entry.value) for entry in node.entries}


def validate(
    node: Node, schema: dict[str, Any], bag: Bag, others: Iterable[dict[str, Any]] = ()
) -> None:
    """Report where a node tree does not fit a schema.

    Args:
        node: The root of a file.
        schema: A JSON Schema, draft 2020-12.
        bag: Where to report.
        others: Schemas that `schema` refers to by their `$id`. Nothing is fetched.
    """
    for error in _leaves(_errors(to_plain(node), schema, others)):
        place = list(error.absolute_path)
        found = _walk(node, place)
        at = ""
        for step in place:
            at = under(at, step)
        _report(error, found, bag, at)


def _errors(
    plain: object, schema: dict[str, Any], others: Iterable[dict[str, Any]]
) -> list[ValidationError]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # 70 ms, for `check` only
    from referencing import Registry  # noqa: PLC0415  # comes with jsonschema
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415  # as above

    resources = [DRAFT202012.create_resource(other) for other in others]
    registry: Registry[Any] = resources @ Registry()
    return list(Draft202012Validator(schema, registry=registry).iter_errors(plain))


def _leaves(errors: list[ValidationError]) -> Iterator[ValidationError]:
    """Return what is to be told: of alternatives the best one, of a wrong type nothing else."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415  # as above

    leaves = [leaf for e in errors if (leaf := best_match([e]) if e.context else e) is not None]
    mistyped = {tuple(e.absolute_path) for e in leaves if e.validator == "type"}
    for leaf in leaves:
        if leaf.validator == "type" or tuple(leaf.absolute_path) not in mistyped:
            yield leaf


def _walk(node: Node, path: list[str | int]) -> Node:
    for step in path:
        match node:
            case Mapping():
                node = node.get(str(step)) or node
            case Sequence():
                node = node.items[int(step)]
            case Scalar():
                return node
    return node


def _report(error: ValidationError, node: Node, bag: Bag, at: str) -> None:
    value: Any = error.validator_value
    match error.validator:
        case "type":
            wrong_shape(node, _expected(value), bag, at)
        case "required" if isinstance(node, Mapping):
            _missing(value, node, bag, at)
        case "additionalProperties" if isinstance(node, Mapping):
            _unknown(error.schema, node, bag, at)
        case "enum" | "const":
            _choice(error, node, bag, at)
        case _:
            _other(error, node, bag, at)


def _expected(types: str | list[str]) -> str:
    return _WORDS[types if isinstance(types, str) else types[0]]


def _missing(keys: list[str], node: Mapping, bag: Bag, at: str) -> None:
    for key in keys:
        if node.get(key) is None:
            bag.add("K0121", head_of(node), at=at, key=key)


def _unknown(schema: Any, node: Mapping, bag: Bag, at: str) -> None:
    allowed = tuple(schema.get("properties", ()))
    for entry in node.entries:
        if entry.key not in allowed and not _matches(entry, schema):
            unknown_key(entry, allowed, bag, under(at, entry.key))


def _matches(entry: Entry, schema: Any) -> bool:
    return any(re.search(pattern, entry.key) for pattern in schema.get("patternProperties", ()))


def _choice(error: ValidationError, node: Node, bag: Bag, at: str) -> None:
    value: Any = error.validator_value
    names = [str(v) for v in (value if error.validator == "enum" else [value])]
    text = node.text.text if isinstance(node, Scalar) else ""
    near = nearest(text, names) or ""
    bag.add(
        "K0126",
        head_of(node),
        help="near" if near else "",
        at=at,
        value=text,
        allowed=listed(names, 12),
        near=near,
    )


def _other(error: ValidationError, node: Node, bag: Bag, at: str) -> None:
    text = node.text.text if isinstance(node, Scalar) else ""
    limit = str(error.validator_value)
    match error.validator:
        case _ if "propertyNames" in error.absolute_schema_path:
            _bad_key(str(error.instance), node, bag, at)
        case "pattern":
            bag.add("K0150", head_of(node), at=at, value=text)
        case "minimum" | "exclusiveMinimum":
            bag.add("K0151", head_of(node), help="low", at=at, value=text, limit=limit)
        case "maximum" | "exclusiveMaximum":
            bag.add("K0151", head_of(node), help="high", at=at, value=text, limit=limit)
        case "minItems" | "minProperties":
            bag.add("K0152", head_of(node), help="low", at=at, limit=limit)
        case "maxItems" | "maxProperties":
            bag.add("K0152", head_of(node), help="high", at=at, limit=limit)
        case _:
            bag.add("K0153", head_of(node), at=at)


def _bad_key(key: str, node: Node, bag: Bag, at: str) -> None:
    entries = node.entries if isinstance(node, Mapping) else ()
    for entry in entries:
        if entry.key == key:
            bad_name(key, entry.key_span, bag, under(at, key))

from __future__ import annotations

import pytest
from referencing.exceptions import Unresolvable

from khung.source.schema import validate

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "binding": {"type": "boolean"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "rounding": {"enum": ["floor", "ceiling"]},
        "order": {"type": "array", "minItems": 1, "maxItems": 2},
        "facts": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z_]+$"},
            "additionalProperties": {"$ref": "urn:fact"},
        },
        "source": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "odd": {"not": {"type": "string"}},
    },
}
OTHERS = [{"$id": "urn:fact", "type": "object", "required": ["type"]}]


def test_what_fits(read):
    node, bag = read('id: "1"\nfacts: {a: {type: number}}\nsource: [x]\ncount: 3\n')
    validate(node, SCHEMA, bag, OTHERS)
    assert bag.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "code", "underlined"),
    [
        ("binding: true\n", "K0121", "binding"),
        ('id: "1"\nbindng: true\n', "K0120", "bindng"),
        ('id: "1"\nbinding: yes\n', "K0123", "yes"),
        ('id: "1"\nbinding:\n', "K0122", ""),
        ("id: 1\n", "K0123", "1"),
        ("id: x\n", "K0150", "x"),
        ('id: "1"\ncount: 0\n', "K0151", "0"),
        ('id: "1"\ncount: 10\n', "K0151", "10"),
        ('id: "1"\nrounding: flor\n', "K0126", "flor"),
        ('id: "1"\norder: []\n', "K0152", "[]"),
        ('id: "1"\norder: [1, 2, 3]\n', "K0152", "[1, 2, 3]"),
        ('id: "1"\nfacts: {A b: {type: x}}\n', "K0124", "A b"),
        ('id: "1"\nfacts: {a: {x: y}}\n', "K0121", "x"),
        ('id: "1"\nsource: [1]\n', "K0123", "1"),
        ('id: "1"\nodd: x\n', "K0153", "x"),
    ],
)
def test_what_does_not_fit(text, code, underlined, read, reported):
    node, bag = read(text)
    validate(node, SCHEMA, bag, OTHERS)
    assert reported(bag) == [(code, underlined)]


def test_nothing_is_fetched(read):
    node, bag = read("a: 1\n")
    with pytest.raises(Unresolvable):
        validate(node, {"$ref": "https://example.invalid/schema.json"}, bag)

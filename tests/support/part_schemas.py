"""Schemas of files that stand over others: the full ones, of which each entry may say a part.

`python -m tests.support.part_schemas` writes `schemas/*-part.schema.json`; a test says when that is
to be done. A successor, an overlay or an amendment writes only what differs, and `remove: true`
takes an entry out, so nothing that an entry needs elsewhere is needed there.
"""

from __future__ import annotations

import json
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "schemas"
NAMES = ("clauses", "rulebook", "subject")
NEEDED = {
    "clauses": ["clauses"],
    "rulebook": ["khung", "id", "title", "extends"],
    "subject": [],
}
"""What the file itself needs all the same."""

REMOVE: Schema = {
    "const": True,
    "description": "Bỏ mục này của bộ quy định gốc. — Takes this entry of the base out.",
}
PLACE: Schema = {
    "type": "object",
    "properties": {"remove": REMOVE},
    "additionalProperties": False,
    "title": "Giữ chỗ, hay bỏ đi — Its place, or taken out",
    "description": (
        "`{}` không đổi gì, chỉ cho biết mục mới đứng ngay sau mục này; `{remove: true}` bỏ mục "
        "này. — `{}` changes nothing and only says that a new entry stands after this one; "
        "`{remove: true}` takes this one out."
    ),
}
_ASKING = ("required", "dependentRequired", "minProperties")


def part_of(name: str) -> Schema:
    """Return the schema of a file that stands over another of its kind."""
    text = path_of(name).read_text("utf-8")
    for other in NAMES:
        text = text.replace(f'"{other}.schema.json', f'"{other}-part.schema.json')
    whole: Schema = json.loads(text)
    found: Schema = _loosened(whole)
    vi, _, en = whole["title"].rpartition(" — ")
    found["$id"] = f"{name}-part.schema.json"
    found["title"] = f"{vi or en}, phần khác với bộ quy định gốc — {en}: what differs from the base"
    found["required"] = NEEDED[name]
    found["properties"].pop("remove")
    found["$defs"]["place"] = deepcopy(PLACE)
    return _used_only(found)


def _used_only(found: Schema) -> Schema:
    """Return a schema without definitions that nothing asks for any more."""
    text = json.dumps(found)
    shared = "".join(path_of(other).read_text("utf-8") for other in NAMES)
    name = found["$id"].replace("-part.", ".")
    found["$defs"] = {
        key: value
        for key, value in found["$defs"].items()
        if f'"#/$defs/{key}"' in text or f'"{name}#/$defs/{key}"' in shared
    }
    return found


def path_of(name: str) -> Path:
    """Return where a schema stands."""
    return FOLDER / f"{name}.schema.json"


def text_of(schema: Schema) -> str:
    """Return a schema as its file has it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _loosened(node: Any) -> Any:
    """Return a part of a schema in which no key must be there and any entry may be taken out."""
    if isinstance(node, list):
        return [_loosened(item) for item in node]
    if not isinstance(node, dict):
        return node
    if {"if", "then", "else"} <= node.keys():
        told = {key: node[key] for key in ("title", "description") if key in node}
        return {**told, "anyOf": [_loosened(node["then"]), _loosened(node["else"])]}
    kept = {key: value for key, value in node.items() if key not in _ASKING}
    found = {key: value if key == "not" else _loosened(value) for key, value in kept.items()}
    return _of_mapping(found, node) if _is_mapping(node) else found


def _is_mapping(node: Schema) -> bool:
    return isinstance(node.get("properties"), dict) or isinstance(
        node.get("additionalProperties"), dict
    )


def _of_mapping(found: Schema, node: Schema) -> Schema:
    for word in ("oneOf", "anyOf"):
        if any("required" in choice for choice in node.get(word, ())):
            del found[word]
    if "properties" in found and "vi" not in found["properties"]:
        found["properties"]["remove"] = deepcopy(REMOVE)
    if isinstance(found.get("additionalProperties"), dict):
        place = {"$ref": "#/$defs/place"}
        found["additionalProperties"] = {"anyOf": [found["additionalProperties"], place]}
    return found


def main() -> int:
    """Write the schemas."""
    for name in NAMES:
        path_of(f"{name}-part").write_text(text_of(part_of(name)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The JSON Schemas of the project, and what they say of a document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from khung import resources

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "schemas"

NAMES = tuple(sorted(path.name.removesuffix(".schema.json") for path in FOLDER.glob("*.json")))


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a schema by its name, such as `subject`."""
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


@cache
def validator(name: str) -> Draft202012Validator:
    """Return a validator of a schema."""
    return Draft202012Validator(resources.schema(name), registry=_registry())


@cache
def _registry() -> Registry[Any]:
    """Return all schemas by their file names, by which they refer to one another."""
    return Registry().with_resources(
        (f"{n}.schema.json", DRAFT202012.create_resource(resources.schema(n))) for n in NAMES
    )


def accepts(name: str, document: object) -> bool:
    """Say whether a document fits a schema."""
    return validator(name).is_valid(document)


def kind_of(path: Path, document: object) -> str:
    """Return the name of the schema of a file of a rulebook."""
    if path.name == "rulebook.yaml":
        return "rulebook"
    listed = ("clauses", "translations")
    keys = document if isinstance(document, dict) else ()
    return next((key for key in listed if key in keys), "subject")


def parts(node: object, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every mapping of a schema with its path."""
    if isinstance(node, dict):
        yield at, node
    items = node.items() if isinstance(node, dict) else ()
    for key, value in items or (enumerate(node) if isinstance(node, list) else ()):
        yield from parts(value, f"{at}/{key}")

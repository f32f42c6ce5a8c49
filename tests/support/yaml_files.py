"""YAML files that tests write: read as texts, put into one another, written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path


class _Loader(yaml.CSafeLoader):
    """Reads dates and decimals as the texts that they are in the file."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # the name is PyYAML's


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("[0-9]+$"), list("0123456789"))


def read_yaml(text: str) -> dict[str, Any]:
    """Return a document whose dates and decimals are texts."""
    document: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506, TID251  # a loader of texts
    return document


def merge(document: dict[str, Any], part: dict[str, Any]) -> None:
    """Put a part into a document, mapping by mapping."""
    for key, value in part.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            merge(document[key], value)
        else:
            document[key] = value


def write_yaml(path: Path, document: dict[str, Any]) -> None:
    """Write a document."""
    text = yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")

"""What comes with khung: folders such as `rulebooks`, and what a schema says."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent
"""The folder of the program itself."""

_OF_ANOTHER = re.compile(r'"(\w+)\.schema\.json#/\$defs/(\w+)"')


class MissingDataError(Exception):
    """A folder that belongs to khung is not there: the installation is broken."""


def data_dir(name: str) -> Path:
    """Return a folder of data: inside the installed package, else in the checkout around it.

    Args:
        name: `rulebooks`, `schemas`, `cases` or `docs`.

    Raises:
        MissingDataError: Neither place has the folder.
    """
    installed = PACKAGE / name
    if installed.is_dir():
        return installed
    checkout = PACKAGE.parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise MissingDataError(name)


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a JSON Schema that comes with khung, such as `subject`; it is not to be changed.

    What another schema defines, such as the stages, is put among its own definitions.
    """
    text = (data_dir("schemas") / f"{name}.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(_OF_ANOTHER.sub(r'"#/$defs/\2"', text))
    for other, definition in dict.fromkeys(_OF_ANOTHER.findall(text)):
        found["$defs"][definition] = schema(other)["$defs"][definition]
    return found


def schema_names() -> tuple[str, ...]:
    """Return the names of the schemas that come with khung."""
    found = data_dir("schemas").glob("*.schema.json")
    return tuple(sorted(path.name.removesuffix(".schema.json") for path in found))

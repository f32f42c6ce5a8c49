"""Small cases on which engines once differed: in `found/` a folder each, with a rulebook."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from tests.engines.cases import CasePlain
from tests.engines.rulebooks import program_of

if TYPE_CHECKING:
    from khung.ir.program import Program

FOLDER = Path(__file__).parent / "found"


BARE = "bare"
"""A file beside a case of which no defaults are taken, as with `--assume none`."""


def read(folder: Path) -> tuple[Program, CasePlain]:
    """Return a rulebook, lowered, and the case beside it."""
    program, said = program_of((folder / "rulebook.yaml").read_text("utf-8"))
    assert program is not None, said
    document = yaml.safe_load((folder / "case.yaml").read_text("utf-8"))
    subjects = {
        name: {one: _exact(facts or {}) for one, facts in of.items()}
        for name, of in document["subjects"].items()
    }
    bare = (folder / BARE).exists()
    return program, CasePlain(document["on"], document.get("complete"), subjects, bare)


def _exact(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int() | float():
            return Decimal(str(value))
        case dict():
            return {key: _exact(item) for key, item in value.items()}
        case list():
            return [_exact(item) for item in value]
        case _:
            return value

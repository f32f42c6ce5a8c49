"""A rulebook as its authors wrote it: sugar kept, names not yet looked up.

`from_source` makes it from YAML; `ir.from_rulebook` resolves and types it. Everything is frozen,
keeps the order of the file and knows its place, which equality ignores. `Expr` is an expression
of `khung.syntax.ast`. Where the language lets a setting be an expression, it is one here, even if
the author wrote a plain word such as `floor`.

Each module is loaded when a class of it is first asked for: who runs a rulebook needs next to none.
"""

# ruff: noqa: F403  # to a type checker alone: `__getattr__` finds them

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khung.rulebook.model.parts import *
    from khung.rulebook.model.population import *
    from khung.rulebook.model.rulebook import *
    from khung.rulebook.model.rules import *
    from khung.rulebook.model.versions import *

_HOMES = ("parts", "rules", "rulebook", "versions", "population")


def __getattr__(name: str) -> object:
    """Load the module of a class, once."""
    for home in _HOMES:
        found = vars(import_module(f"{__name__}.{home}")).get(name)
        if getattr(found, "__module__", "").endswith(home):
            globals()[name] = found
            return found
    raise AttributeError(name)

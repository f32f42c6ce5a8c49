"""The tables of the LALR(1) parser, which `generate` makes out of `expr.lark`.

They are kept as a file because making them takes longer than most runs of khung.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from khung.records import dataclass

GRAMMAR: Final = Path(__file__).with_name("expr.lark")
TABLES: Final = Path(__file__).with_name("expr.tables.json")

END: Final = "$END"
"""The terminal that follows the last token."""


class Production(NamedTuple):
    """A rule of the grammar: `length` parts become one `symbol`.

    `builder` is empty where the one part is passed on as it is.
    """

    symbol: str
    builder: str
    length: int


@dataclass(frozen=True, slots=True)
class Tables:
    """What drives the parser.

    Attributes:
        tokens: Terminal → its pattern, in the order in which they are tried.
        ignored: The terminals that separate tokens and are none.
        productions: The rules that are reduced by.
        states: For each state, symbol → what to do. A number from 0 is the state to go on to;
            a negative number n means: reduce by production ~n.
        starts: Start symbol → its first state.
    """

    tokens: dict[str, str]
    ignored: frozenset[str]
    productions: tuple[Production, ...]
    states: tuple[dict[str, int], ...]
    starts: dict[str, int]


@cache
def load() -> Tables:
    """Return the tables that are shipped with khung."""
    data = json.loads(TABLES.read_text(encoding="utf-8"))
    return Tables(
        tokens=data["tokens"],
        ignored=frozenset(data["ignored"]),
        productions=tuple(Production(*row) for row in data["productions"]),
        states=tuple(data["states"]),
        starts=data["starts"],
    )

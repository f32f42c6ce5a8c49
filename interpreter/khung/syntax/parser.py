"""The LALR(1) parser that runs on the tables of the grammar.

In: tokens. Out: what the builder makes of them, or the place of the first token that cannot
stand where it does: all tokens before it are the beginning of some expression. The parser keeps
a stack of its own, so no nesting makes it recurse.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from khung.records import dataclass
from khung.syntax.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from khung.syntax.tokens import Token

Part = Any
"""A token, or what a builder made; which of them is where, the grammar says."""

Build = Callable[[str, list[Part], int, int], Part]
"""Called as build(builder, parts, start, end); start and end are offsets in the text."""


_NO_ACTION: Final = sys.maxsize  # above every state


@dataclass(frozen=True, slots=True)
class Stuck:
    """The token of number `at` cannot stand where it does."""

    at: int


def parse(start: str, tokens: Sequence[Token], build: Build) -> Part | Stuck:
    """Parse `tokens`, the last of which is the end, from the start symbol `start`."""
    tables = load()
    productions, rows = tables.productions, tables.states
    states, starts, end = [tables.starts[start]], [0], 0
    parts: list[Part] = []
    for index, token in enumerate(tokens):
        while (action := rows[states[-1]].get(token.kind, _NO_ACTION)) < 0:
            symbol, builder, length = productions[~action]
            if builder:
                parts[-length:] = [build(builder, parts[-length:], starts[-length], end)]
                del starts[len(starts) - length + 1 :]
            del states[-length:]
            states.append(rows[states[-1]][symbol])
        if action == _NO_ACTION:
            return Stuck(index)
        states.append(action)
        parts.append(token)
        starts.append(token.start)
        end = token.end
    return parts[0]


def accepted(start: str, tokens: Iterable[Token]) -> frozenset[str]:
    """Return the terminals that may follow `tokens`, which must begin some expression.

    Exact: a terminal of the table's row is tried, for a row also serves other contexts.
    """
    tables = load()
    states = [tables.starts[start]]
    for token in tokens:
        _advance(states, token.kind)
    row = tables.states[states[-1]]
    return frozenset(t for t in row if t.isupper() and _advance(list(states), t))


def _advance(states: list[int], terminal: str) -> bool:
    tables = load()
    while (action := tables.states[states[-1]].get(terminal, _NO_ACTION)) < 0:
        symbol, _, length = tables.productions[~action]
        del states[-length:]
        states.append(tables.states[states[-1]][symbol])
    states.append(action)
    return action != _NO_ACTION

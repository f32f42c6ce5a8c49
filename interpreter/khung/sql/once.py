"""What layers read of tables that are joined: each is joined once, by the first layer that reads it.

That layer hands on what later ones read, under a name that says of which table it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.patterns import pattern
from khung.sql.layers import Layer
from khung.sql.table import SELF
from khung.sql.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from khung.sql.layers import Named

    Read = tuple[str, str]
    """What a statement calls a table that is joined, and a column of it, both as they are written."""

_READ = pattern(
    rf"""'(?:[^']|'')*'|\b{SELF}\."(?:[^"]|"")*"|("(?:[^"]|"")*")\.("(?:[^"]|"")*"|\w+)"""
)
"""A constant text, a column of the layer before, or one of a table that is joined."""


def joined_once(
    layers: Sequence[Named],
    joins: Mapping[tuple[str, ...], str],
    there: dict[Read, str],
    wave: int,
) -> Iterator[Layer]:
    """Yield layers with what each joins.

    Args:
        layers: The new columns of each.
        joins: What joins a table, or several, by what they are called.
        there: What an earlier layer has handed on, with its name; what these hand on is put there.
        wave: What tells the names of these layers from those of others.
    """
    for at, columns in enumerate(layers):
        new = [(name, _over(text, there)) for name, text in columns]
        read = {alias for _, text in new for alias, _ in reads_of(text)}
        joined = [aliases for aliases in joins if not read.isdisjoint(aliases)]
        shown = {alias for aliases in joined for alias in aliases}
        for one in dict.fromkeys(_of_all(layers[at:])):
            if one[0] in shown and one not in there:
                there[one] = " ".join([str(wave), *(part.strip('"') for part in one)])
                new.append((there[one], ".".join(one)))
        yield Layer(new, "".join(joins[aliases] for aliases in joined))


def _of_all(layers: Sequence[Named]) -> Iterator[Read]:
    return (one for columns in layers for _, text in columns for one in reads_of(text))


def reads_of(text: str) -> Iterator[Read]:
    """Yield what a text reads of tables that are joined."""
    return ((found[1], found[2]) for found in _READ.finditer(text) if found[1] is not None)


def _over(text: str, there: Mapping[Read, str]) -> str:
    """Return a text that reads what was handed on from the layer before."""
    if not there:
        return text
    return _READ.sub(
        lambda m: f"{SELF}.{quoted(there[m[1], m[2]])}" if (m[1], m[2]) in there else m[0], text
    )

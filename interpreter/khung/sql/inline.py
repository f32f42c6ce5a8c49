"""Columns that one other column of the same statement reads, and only once, said where they are read.

Each column of a layer is handed on from there to where it is read, and planned once more in every
layer between; what is said in its place needs neither, nor perhaps a layer.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from khung.sql.layers import read_of, replaced
from khung.sql.once import reads_of
from khung.sql.text import bracketed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from khung.sql.layers import Named

LONGEST = 4_000
"""How long in letters a text may be that is said within another: engines limit how deep these go."""


def inlined(
    layers: Sequence[Named], joins: Mapping[tuple[str, ...], str], kept: Collection[str]
) -> list[Named]:
    """Return new columns in layers, without those that are said where they are read.

    Args:
        layers: The new columns of each.
        joins: What joins a table, or several, by what they are called.
        kept: The columns that others read, too.
    """
    columns = [column for layer in layers for column in layer]
    reads = {name: [*read_of(text)] for name, text in columns}
    times = Counter(name for names in reads.values() for name in names)
    in_joins = {name for text in joins.values() for name in read_of(text)}
    said: dict[str, str] = {}
    found: dict[str, str] = {}
    for name, text in columns:
        inner = [n for n in reads[name] if n in said]
        whole = replaced(text, said) if inner else text
        reads[name] += [n for one in inner for n in reads[one]]
        if times[name] == 1 and name not in in_joins and name not in kept and len(whole) < LONGEST:
            said[name] = bracketed(whole)
        else:
            found[name] = whole
    return _in_layers(found, reads, joins)


def _in_layers(
    columns: Mapping[str, str],
    reads: Mapping[str, Sequence[str]],
    joins: Mapping[tuple[str, ...], str],
) -> list[Named]:
    """Return columns in layers: each behind what it reads, and behind what leads to what it reads.

    Of no columns, as where all that is new is constant, there is one layer all the same.
    """
    leads = {alias: [*read_of(text)] for aliases, text in joins.items() for alias in aliases}
    depths: dict[str, int] = {}
    found: list[Named] = []
    for name, text in columns.items():
        of_joins = {alias for alias, _ in reads_of(text)} if leads else ()
        before = [*reads[name], *(n for alias in of_joins for n in leads.get(alias, ()))]
        depths[name] = 1 + max((depths[n] for n in before if n in depths), default=-1)
        if depths[name] == len(found):
            found.append([])
        found[depths[name]].append((name, text))
    return found or [[]]

"""A statement of several layers, each of which reads the one before and hands on what later ones read.

To plan a statement of few rows costs more than to run it, and each column that a layer hands on is
planned once more: so a layer has what is read of it, and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.patterns import pattern
from khung.sql.table import CASE, ROW, SELF
from khung.sql.text import quoted

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterator, Mapping, Sequence

    Named = list[tuple[str, str]]

_READ = pattern(rf"""'(?:[^']|'')*'|\b{SELF}\."((?:[^"]|"")*)"|"(?:[^"]|"")*\"""")
"""A constant text, a column of the layer before with its name, or another name."""


class Held(NamedTuple):
    """What a statement has in the end.

    Attributes:
        carried: Of what it begins with.
        shown: Of what is new.
    """

    carried: Collection[str]
    shown: Collection[str]


class Layer(NamedTuple):
    """New columns, each with its text, and what is joined for them."""

    new: Named
    joins: str


def statement(first: str, layers: Sequence[Layer], held: Held | None = None) -> str:
    """Return a statement of layers.

    Args:
        first: What the first goes over.
        layers: At least one.
        held: What the last one has; None of all.
    """
    said = list(_selected(layers, held))
    sources = [first, *(f"l{at} {SELF}" for at in range(len(said) - 1))]
    texts = [
        f"SELECT {columns} FROM {source}{layer.joins}"
        for columns, source, layer in zip(said, sources, layers, strict=True)
    ]
    ctes = ", ".join(f"l{at} AS ({text})" for at, text in enumerate(texts[:-1]))
    return f"WITH {ctes} {texts[-1]}" if ctes else texts[-1]


def _selected(layers: Sequence[Layer], held: Held | None) -> Iterator[str]:
    """Yield what each layer selects."""
    if held is None:
        yield from (_said([f"{SELF}.*"], layer.new) for layer in layers)
        return
    made = {name for layer in layers for name, _ in layer.new}
    wanted = {*held.carried, *(made & {*held.shown})}
    found: list[str] = []
    for layer in reversed(layers):
        new = [(name, text) for name, text in layer.new if name in wanted]
        handed = wanted - {name for name, _ in new}
        before = [f"{SELF}.{x}" for x in (ROW, CASE, *map(quoted, sorted(handed)))]
        found.append(_said(before, new))
        wanted = handed | set(read_of(layer.joins)).union(*(read_of(text) for _, text in new))
    yield from reversed(found)


def _said(before: list[str], new: Named) -> str:
    return ", ".join([*before, *(f"{text} AS {quoted(name)}" for name, text in new)])


def read_of(text: str) -> Iterator[str]:
    """Yield the columns of the layer before that a text reads."""
    for found in _READ.finditer(text):
        if found[1] is not None:
            yield found[1].replace('""', '"')


def replaced(text: str, said: Mapping[str, str]) -> str:
    """Return a text that says some columns of the layer before itself."""

    def instead(found: re.Match[str]) -> str:
        return found[0] if found[1] is None else said.get(found[1].replace('""', '"'), found[0])

    return _READ.sub(instead, text) if said else text

"""Which columns of a stratum are needed by whom, and which can be made only after counting.

A path leads from a row to a column: of its own, or behind `in.` of the row that it lies in.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from khung.analysis.population.draws import Counted, Picked, is_counted, paths, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.population.strata import Layer

IN = "in."
ABOVE, FIRST_ABOVE = "@", "^"
"""Before the name of a stratum: the row of it in which one lies; the same by the first way."""

_OWN = frozenset({"row", "layer", "u", "k", "n", "siblings"})


class Ways:
    """What columns hang on.

    Attributes:
        layers: The strata by name, each after those that it lies in.
        words: The names of lists of words, which are no columns.
    """

    def __init__(self, layers: tuple[Layer, ...], words: frozenset[str]) -> None:
        self.layers = {layer.name: layer for layer in layers}
        self.words = words
        self._late: dict[tuple[str, str], bool] = {}

    # -- what is needed of whom ----------------------------------------------------------------

    @cached_property
    def needed(self) -> Mapping[str, frozenset[str]]:
        """The paths that are asked of each stratum, by its own draws and by what lies in it."""
        asked: dict[str, set[str]] = {name: set() for name in self.layers}
        for name, layer in self.layers.items():
            for path in self._asked(layer):
                self._need(name, path, asked)
        for name, _, of in self.counted:
            for target in self.reached(name, of.of):
                for stratum in of.strata if isinstance(of, Counted) else ():
                    self._need(stratum, ABOVE + target, asked)
                if isinstance(of, Picked):
                    self._need(of.stratum, FIRST_ABOVE + target, asked)
        return {name: frozenset(found) for name, found in asked.items()}

    @cached_property
    def asked_by_others(self) -> Mapping[str, frozenset[str]]:
        """The columns that are asked of each stratum by what lies in it and by who counts it."""
        asked: dict[str, set[str]] = {name: set() for name in self.layers}
        for name, layer in self.layers.items():
            for path in self.needed[name]:
                for parent, _ in layer.parents if path.startswith(IN) else ():
                    asked[parent].add(path.removeprefix(IN))
        for _, _, of in self.counted:
            if isinstance(of, Counted):
                for stratum in of.strata:
                    asked[stratum] |= {column for column, _ in of.where}
        return {name: frozenset(found) for name, found in asked.items()}

    def _asked(self, layer: Layer) -> Iterator[str]:
        words = self.words
        drawn = (*layer.columns.values(), layer.number, *(weight for _, weight in layer.parents))
        for one in drawn:
            yield from paths(one, words)
        if layer.parents:
            yield from ("in.row", "in.layer", "in.u")
        if layer.id is None:
            yield "in.id"

    def _need(self, name: str, path: str, asked: dict[str, set[str]]) -> None:
        if path in asked[name]:
            return
        asked[name].add(path)
        layer = self.layers[name]
        if path.startswith(IN):
            for parent, _ in layer.parents:
                if self.has(parent, path.removeprefix(IN)):
                    self._need(parent, path.removeprefix(IN), asked)
        elif path[0] in (ABOVE, FIRST_ABOVE) and path[1:] != name:
            self._need(name, IN + path, asked)

    def has(self, name: str, path: str) -> bool:
        """Say whether a path leads somewhere from a stratum."""
        layer = self.layers[name]
        if path.startswith(IN):
            return any(self.has(parent, path.removeprefix(IN)) for parent, _ in layer.parents)
        if path[0] in (ABOVE, FIRST_ABOVE):
            return path[1:] == name or self.has(name, IN + path)
        return path in layer.columns or path in _OWN or (path == "id" and layer.id is not None)

    def reached(self, name: str, of: str) -> tuple[str, ...]:
        """Return the strata that `in`, `in.in` and so on lead to; with "" the stratum itself."""
        found = [name]
        for _ in of.split(".") if of else ():
            found = [parent for one in found for parent, _ in self.layers[one].parents]
        return tuple(dict.fromkeys(found))

    # -- what hangs on counts ------------------------------------------------------------------

    def is_late(self, name: str, path: str) -> bool:
        """Say whether a column can be made only once others were counted."""
        key = name, path
        if key not in self._late:
            self._late[key] = False  # what leads round is refused before
            self._late[key] = self._hangs_on_counts(name, path)
        return self._late[key]

    def _hangs_on_counts(self, name: str, path: str) -> bool:
        layer = self.layers[name]
        if path.startswith(IN):
            rest = path.removeprefix(IN)
            return any(self.is_late(p, rest) for p, _ in layer.parents if self.has(p, rest))
        drawn = layer.columns.get(path)
        if drawn is None:
            return False
        asked = paths(drawn, self.words)
        return is_counted(drawn) or any(self.is_late(name, one) for one in asked)

    def grounds(self, name: str, column: str) -> Iterator[tuple[str, str]]:
        """Yield the columns, each with its stratum, that a column is drawn by."""
        drawn = self.layers[name].columns[column]
        for path in paths(drawn, self.words):
            for stratum in self.reached(name, ".".join(path.split(".")[:-1])):
                own = path.rpartition(".")[2]
                if own in self.layers[stratum].columns:
                    yield stratum, own
        for one in within(drawn):
            if isinstance(one, Counted):
                yield from ((s, test) for s in one.strata for test, _ in one.where)

    def is_asked(self, name: str) -> bool:
        """Say whether others ask for the rows of a stratum before it is whole."""
        named = {one for _, _, of in self.counted for one in getattr(of, "strata", ())}
        held = {parent for one in self.layers.values() for parent, _ in one.parents}
        return name in named | held

    def is_laid_anew(self, name: str) -> bool:
        """Say whether rows have something from above that comes only after counting."""
        paths = (path for path in self.needed[name] if path.startswith(IN))
        return any(self.is_late(name, path) for path in paths)

    @cached_property
    def counted(self) -> tuple[tuple[str, int, Counted | Picked], ...]:
        """What is counted or picked from: the stratum that asks, a number, the draw."""
        found = []
        for name, layer in self.layers.items():
            asked = {
                one: None
                for drawn in layer.columns.values()
                for one in within(drawn)
                if isinstance(one, Counted | Picked)
            }
            found += [(name, i, one) for i, one in enumerate(asked)]
        return tuple(found)

"""What was lowered of a rulebook and holds under other options of its readings, too.

While a rulebook is lowered it is noted on which readings each expression rests: those it names,
and those on which something rests that it reads. One that rests on none that changes need not be
lowered again, nor can it be wrong then: so a check tries other options by lowering the rest.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.ir.nodes import Defined
from khung.ir.rewrite import walk
from khung.ir.types import first_of
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from khung.ir.nodes import Node

DEFINITION, CONDITION, PARAMETER = "definition", "condition", "parameter"
"""The sorts of parts that are lowered once and read often."""

Place = tuple["Hashable", ...]
"""What an expression is, and where it stands."""

Part = tuple[str, ...]
"""The sort of a part, the object type that it belongs to, and its name."""


class _Lowered(NamedTuple):
    """An expression as lowered: what was known where it stands, and on which readings it rests."""

    known: tuple[Node, ...]
    node: Node
    rests: frozenset[str]


@dataclass(slots=True)
class Notes:
    """What is noted of one lowering.

    Attributes:
        before: The notes of a lowering of the same rulebook under other options.
        chosen: The option of each reading; `changed` are the readings that had another before.
        expressions: Each expression as lowered, by what it is and where it stands.
        parts: On which readings each part rests.
        touched: On which rests what is being lowered, as far as it is.
    """

    before: Notes | None = None
    chosen: dict[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    expressions: dict[Place, list[_Lowered]] = field(default_factory=dict)
    parts: dict[Part, frozenset[str]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def begin(self, chosen: Mapping[str, str]) -> None:
        """Note the options."""
        self.chosen.update(chosen)
        before = self.before.chosen if self.before else {}
        self.changed = frozenset(n for n, option in chosen.items() if before.get(n) != option)

    def lowered(self, place: Place, known: tuple[Node, ...], lower: Callable[[], Node]) -> Node:
        """Return an expression as it was lowered before, or lower it, and note on what it rests.

        Args:
            place: What it is, and where it stands.
            known: The conditions that hold there.
            lower: Lowers it.
        """
        found = self._found(place, known)
        if found is None:
            with self._resting() as own:
                node = lower()
            found = _Lowered(known, node, frozenset(own))
            self.expressions.setdefault(place, []).append(found)
        self.touched |= found.rests
        return found.node

    def _found(self, place: Place, known: tuple[Node, ...]) -> _Lowered | None:
        if self.before is not None:
            for found in self.before.expressions.get(place, ()):
                if not found.rests & self.changed and found.known == known:
                    return found if self._hold(known) else None
        return None

    def _hold(self, known: tuple[Node, ...]) -> bool:
        """Whether conditions say the same as before in the definitions that they read."""
        return not any(
            self.changed
            & self.parts.get((DEFINITION, first_of(part.owner), part.name), self.changed)
            for condition in known
            for part in walk(condition)
            if isinstance(part, Defined)
        )

    @contextmanager
    def lowering(self, part: Part) -> Iterator[None]:
        """Note on what rests a part that is lowered within."""
        with self._resting() as own:
            yield
        self.parts[part] = frozenset(own)
        self.touched |= own

    def read(self, part: Part) -> None:
        """Note that what is being lowered reads a part."""
        self.touched |= self.parts.get(part, frozenset())

    @contextmanager
    def _resting(self) -> Iterator[set[str]]:
        outer, self.touched = self.touched, set()
        try:
            yield self.touched
        finally:
            self.touched = outer

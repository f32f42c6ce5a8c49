"""What writers of expressions have in common: what may be read, and how one way is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from random import Random

    from tests.engines.scope import Atom, Items, Scope

OPERATORS = ("<", "<=", ">", ">=", "=", "!=")
DAYS = ("2020-12-31", "2021-02-28", "2021-06-15", "2021-06-16", "2021-12-31")
TEXTS = ("a", "b", "o'x", "Ấ")
SHARES = ("50%", "2/3", "80%", "1/3", "0%", "100%", "12.5%")
STATUSES = ("ranked", "not_ranked", "pending", "undetermined", "needs_decision")
_WORDS = ("x", "y", "z")


@dataclass
class Words:
    """What may be read at one place: `atoms` and `items`."""

    rng: Random
    scope: Scope
    atoms: list[Atom] = field(default_factory=list)
    items: list[Items] = field(default_factory=list)
    bound: int = 0

    @classmethod
    def at(cls, rng: Random, scope: Scope) -> Self:
        """Return one for a scope."""
        return cls(rng, scope, scope.atoms(), scope.items())

    # -- what it is made of -----------------------------------------------------------------------

    def _atom(self, ty: str) -> Atom | None:
        found = [atom for atom in self.atoms if atom.ty == ty]
        near = [atom for atom in found if atom.text[:1] in _WORDS and atom.text[1:2] in (".", "")]
        return self.rng.choice(near or found) if found else None

    def _list(self, *elements: str) -> Items | None:
        found = [one for one in self.items if not elements or one.element in elements]
        if self.bound and not self.scope.world.has("lists in lists"):
            found = []
        return self.rng.choice(found) if found else None

    def _bind(self, items: Items) -> tuple[str, Self]:
        """Return a writer in which a new variable stands for an element of a list."""
        word = _WORDS[self.bound % len(_WORDS)]
        atoms = self.scope.element(items, word)
        kept = [atom for atom in self.atoms if atom.text.partition(".")[0] != word]
        some = self.rng.sample(kept, min(len(kept), 6))
        return word, replace(
            self, atoms=[*atoms, *some], items=self.items if self.bound < 1 else [],
            bound=self.bound + 1,
        )  # fmt: skip

    def of(self, ty: str, depth: int) -> str:
        """Return an expression of a type; a level or value of an enumeration may stand bare."""
        match ty:
            case "boolean":
                return self.bool(depth)
            case "number":
                return self.number(depth)
            case "date":
                return self.date(depth)
            case "string":
                return self.text(depth)
            case _:
                return self.value(ty, depth)

    def _one(self, *ways: tuple[Any, ...]) -> str:
        """Return what one of several ways gives, drawn by weight, of those that give anything.

        A way is a weight, a callable, and a feature that may be off.
        """
        left = [way for way in ways if len(way) < 3 or self.scope.world.has(way[2])]
        while left:
            way = self.rng.choices(left, [way[0] for way in left])[0]
            found = way[1]()
            if found is not None:
                return found
            left.remove(way)
        raise AssertionError

    def _guarded(self, atom: Atom, otherwise: str) -> str:
        return f"(if {atom.guard} then {atom.text} else {otherwise})" if atom.guard else atom.text

    def _where(self, inner: Words, depth: int, word: str) -> str:
        if self.rng.random() < 0.5 or len(inner.atoms) < 2:  # half of them
            return ""
        return f" where {inner.bool(min(depth, 1))}"

    def _under(self, items: Items, text: str) -> str:
        return f"({items.guard} and {text})" if items.guard else text

    def _share(self, depth: int, empty: str) -> tuple[Items, str] | None:
        items = self._list()
        if items is None:
            return None
        word, inner = self._bind(items)
        where = self._where(inner, depth, word)
        tested = inner.bool(min(depth, 1))
        return items, f"(share {word} in {items.text}{where} satisfies {tested}{empty})"

    # -- what others write ------------------------------------------------------------------------

    def bool(self, depth: int) -> str:
        """Return a condition."""
        raise NotImplementedError

    def number(self, depth: int) -> str:
        """Return a number."""
        raise NotImplementedError

    def date(self, depth: int) -> str:
        """Return a day."""
        raise NotImplementedError

    def text(self, depth: int) -> str:
        """Return a text."""
        raise NotImplementedError

    def value(self, ty: str, depth: int) -> str:
        """Return a level of a scale or a value of an enumeration."""
        raise NotImplementedError

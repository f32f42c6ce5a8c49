"""Random conditions over what a scope offers."""

from __future__ import annotations

from tests.engines.scope import BOOL, DATE, NUMBER, TEXT, Atom, conjunction
from tests.engines.words import OPERATORS, SHARES, STATUSES, TEXTS, Words


class Conditions(Words):
    """Writes conditions."""

    def bool(self, depth: int) -> str:
        """Return a condition."""
        simple = [
            (3, self._flag),
            (6, self._compared),
            (1, self._asked),
            (1, self._is_option, "readings"),
        ]
        if depth <= 0:
            return self._one(*simple, (0.01, lambda: "true"))
        inner = depth - 1
        return self._one(
            *simple,
            (1, lambda: f"not({self.bool(inner)})"),
            (2, lambda: f"({self.bool(inner)} and {self.bool(inner)})"),
            (2, lambda: f"({self.bool(inner)} or {self.bool(inner)})"),
            (
                1,
                lambda: f"(if {self.bool(0)} then {self.bool(inner)} else {self.bool(inner)})",
                "if",
            ),
            (3, lambda: self._quantified(inner), "quantifiers"),
            (2, lambda: self._shared(inner), "shares"),
            (3, lambda: self._number_tested(inner)),
            (1, self._contained, "contained"),
            (0.2, lambda: f'contains({self.text(0)}, "a")', "other builtins"),
            (1 if self.scope.last else 0.01, self._known),
        )

    def _flag(self) -> str | None:
        atom = self._atom(BOOL)
        return atom and (f"({conjunction(atom.guard, atom.text)})" if atom.guard else atom.text)

    def _asked(self) -> str | None:
        """Whether an optional link or criterion is there."""
        guards = [a.guard for a in self.atoms if a.guard.startswith("has(") and " " not in a.guard]
        return self.rng.choice(guards) if guards else None

    def _is_option(self) -> str | None:
        readings = self.scope.world.readings
        if not readings or self.scope.facts:
            return None
        name = self.rng.choice(list(readings))
        return f"readings.{name} = {self.rng.choice(readings[name])}"

    def _compared(self) -> str | None:
        ty = self.rng.choice([NUMBER, DATE, TEXT, *self._named(), *self._named(), *self._shapes()])
        atom = self._atom(ty)
        if atom is None:
            return None
        test = self._test(atom, ty)
        return test and (f"({atom.guard} and {test})" if atom.guard else f"({test})")

    def _named(self) -> list[str]:
        world = self.scope.world
        return sorted({a.ty for a in self.atoms if world.values(a.ty) or a.ty == "status"})

    def _shapes(self) -> list[str]:
        world = self.scope.world
        return sorted({a.ty for a in self.atoms if a.ty in world.shapes})

    def _test(self, atom: Atom, ty: str) -> str | None:
        text, world, rng = atom.text, self.scope.world, self.rng
        if ty == "status":
            return f'{text} {rng.choice(("=", "!="))} "{rng.choice(STATUSES)}"'
        if ty in (NUMBER, DATE):
            return self._ranged(text, ty)
        if ty in world.scales:
            if rng.random() < 0.3:
                return f"{text} {rng.choice(OPERATORS)} {self.value(ty, 1)}"
            return f"{text} {rng.choice(OPERATORS)} {rng.choice(world.values(ty))}"
        others = [a for a in self.atoms if a.ty == ty and not a.guard and a.text != text]
        if ty in world.shapes or ty == TEXT or (others and rng.random() < 0.3):
            right = rng.choice(others).text if others else None
            if ty == TEXT and (right is None or rng.random() < 0.7):
                right = f'"{rng.choice(TEXTS)}"'
            return right and f"{text} {rng.choice(('=', '!='))} {right}"
        values = world.values(ty)
        if rng.random() < 0.4 and len(values) > 1:
            return f"{text} in ({', '.join(rng.sample(values, 2))})"
        return f"{text} {rng.choice(('=', '!='))} {rng.choice(values)}"

    def _ranged(self, text: str, ty: str) -> str:
        rng, first, second = self.rng, self.of(ty, 0), self.of(ty, 0)
        left, right = rng.choice(("[]", "(]", "[)", "()"))
        return self._one(
            (6, lambda: f"{text} {rng.choice(OPERATORS)} {first}"),
            (1, lambda: f"{text} between {first} and {second}"),
            (1, lambda: f"{text} in {left}{first}..{second}{right}"),
        )

    def _quantified(self, depth: int) -> str | None:
        items = self._list()
        if items is None:
            return None
        word, inner = self._bind(items)
        op = self.rng.choice(("some", "every"))
        where = self._where(inner, depth, word)
        text = f"({op} {word} in {items.text}{where} satisfies {inner.bool(min(depth, 1))})"
        return self._under(items, text)

    def _shared(self, depth: int) -> str | None:
        rng = self.rng
        empty = rng.choice(("", "", " (empty: 0%)", " (empty: 100%)"))
        found = self._share(depth, empty)
        if found is None:
            return None
        limits = [*SHARES, *(f"parameters.{name}" for name in self.scope.world.shares)]
        return self._under(found[0], f"({found[1]} {rng.choice(OPERATORS)} {rng.choice(limits)})")

    def _number_tested(self, depth: int) -> str:
        op = self.rng.choice(OPERATORS)
        return f"({self.number(depth + 1)} {op} {self.number(0)})"

    def _contained(self) -> str | None:
        items = self._list(TEXT, *self.scope.world.enumerations)
        if items is None:
            return None
        value = self.of(items.element, 0)
        return self._under(items, f"list contains({items.text}, {value})")

    def _known(self) -> str | None:
        plain = [atom for atom in self.atoms if not atom.guard and "." not in atom.text]
        if not plain or not self.scope.last:
            return None
        atom = self.rng.choice(plain)
        return f"is known({atom.text})"

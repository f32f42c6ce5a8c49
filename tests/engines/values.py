"""Random numbers, days, texts and levels over what a scope offers."""

from __future__ import annotations

from tests.engines.scope import DATE, NUMBER, TEXT, conjunction
from tests.engines.words import DAYS, TEXTS, Words


class Values(Words):
    """Writes what is no condition."""

    def number(self, depth: int) -> str:
        """Return a number."""
        rng = self.rng
        names = [f"parameters.{n}" for n in self.scope.world.numbers]
        simple = [
            (3, lambda: str(rng.choice((0, 1, 2, 3, "0.5", "2.5", 10)))),
            (6, self._read_number),
            (1, lambda: rng.choice(names) if names else None),
        ]
        if depth <= 0:
            return self._one(*simple)
        inner = depth - 1
        pair = lambda: (self.number(inner), self.number(inner))  # noqa: E731  # drawn when used
        return self._one(
            *simple,
            (2, lambda: "({} {} {})".format(*self._between(pair(), rng.choice("+-")))),
            (1, lambda: "({} {} {})".format(*self._between(pair(), "*")), "products"),
            (
                1,
                lambda: f"({self.number(inner)} / {rng.choice(('2', '4', self.number(0)))})",
                "quotients",
            ),
            (1, lambda: f"{rng.choice(('floor', 'ceiling'))}({self.number(inner)})", "rounding"),
            (1, lambda: f"abs({self.number(inner)})", "abs"),
            (
                1,
                lambda: f"{rng.choice(('round half up', 'round down'))}({self.number(inner)}, 0)",
                "rounding",
            ),
            (1, lambda: "{}({}, {})".format(rng.choice(("min", "max")), *pair()), "min and max"),
            (1, lambda: f"(if {self.bool(inner)} then {self.number(0)} else {self.number(0)})"),
            (4, lambda: self._counted(inner)),
            (5, lambda: self._aggregate(NUMBER, inner)),
            (1, lambda: f"months between({self.date(0)}, {self.date(0)})", "months"),
            (2, self._working_days, "working days"),
            (1, lambda: self._ratio(inner), "ratios"),
            (1, self._entry_number, "entries"),
            (0.7, lambda: f"({self.date(0)}).{rng.choice(('year', 'month', 'weekday'))}", "days"),
            (0.3, lambda: self._left_to_one(inner), "other builtins"),
        )

    def _left_to_one(self, depth: int) -> str | None:
        """Return what only the reference may reckon."""
        rng = self.rng
        known = self._read_number() if self.scope.last else None
        return self._one(
            (1, lambda: f"modulo({self.number(depth)}, {rng.choice((2, 3))})"),
            (1, lambda: f"string length({self.text(0)})"),
            (1, lambda: f"({self.number(0)} ** 2)"),
            (1, lambda: f"decimal({self.number(depth)}, 1)"),
            (2, lambda: known and f"default({known}, 1)"),
            (1, self._distinct),
        )

    def _distinct(self) -> str | None:
        items = self._list()
        return None if items is None or items.guard else f"count(distinct values({items.text}))"

    def _between(self, pair: tuple[str, str], op: str) -> tuple[str, str, str]:
        return pair[0], op, pair[1]

    def _read_number(self) -> str | None:
        atom = self._atom(NUMBER)
        return atom and self._guarded(atom, str(self.rng.randrange(3)))

    def _counted(self, depth: int) -> str | None:
        items = self._list()
        if items is None:
            return None
        if self.rng.random() < 0.2:
            text = f"count({items.text})"
        else:
            word, inner = self._bind(items)
            where = self._where(inner, depth, word)
            text = f"(count {word} in {items.text}{where} satisfies {inner.bool(min(depth, 1))})"
        return f"(if {items.guard} then {text} else 0)" if items.guard else text

    def _aggregate(self, ty: str, depth: int) -> str | None:
        items = self._list()
        if items is None:
            return None
        word, inner = self._bind(items)
        if not any(atom.ty == ty for atom in inner.atoms if atom.text.startswith(word)):
            return None
        ops = ["sum", "sum", "average"] if ty == NUMBER else []
        ops = [op for op in (*ops, "lowest", "highest") if self.scope.world.has(op)]
        if not ops:
            return None
        op = self.rng.choice(ops)
        where = self._where(inner, depth, word)
        atom = inner._atom(ty)
        assert atom is not None
        over = f"where {atom.guard}" if atom.guard and not where else where.strip()
        over = (
            f"where {conjunction(atom.guard, f'({where[7:]})')}" if atom.guard and where else over
        )
        text = f"({op} {word} in {items.text} {over} of {atom.text})".replace("  ", " ")
        other = self.of(ty, 0) if items.guard else ""
        return f"(if {items.guard} then {text} else {other})" if items.guard else text

    def _working_days(self) -> str | None:
        calendars = self.scope.world.calendars
        if not calendars:
            return None
        calendar = self.rng.choice(calendars)
        return f"working days between({self.date(0)}, {self.date(0)}, calendars.{calendar})"

    def _ratio(self, depth: int) -> str | None:
        found = self._share(depth, " (empty: 0%)")
        if found is None or found[0].guard:
            return None
        return f"({found[1]} {self.rng.choice('*+-')} {self.rng.choice(('2', '3', '1/2'))})"

    def _entry(self, ty: str) -> str | None:
        keyed = [one for one in self.items if one.keyed and not one.guard]
        if not keyed:
            return None
        items = self.rng.choice(keyed)
        fields = self.scope.world.shapes[items.element]
        names = [n for n, f in fields.facts.items() if f["type"] == ty and n not in fields.applies]
        key = f'"{self.rng.choice("kl")}1"'
        return f"entry({items.text}, {key}).{self.rng.choice(names)}" if names else None

    def _entry_number(self) -> str | None:
        return self._entry(NUMBER)

    # -- the other types --------------------------------------------------------------------------

    def date(self, depth: int) -> str:
        """Return a day."""
        simple = [
            (2, lambda: f'date("{self.rng.choice(DAYS)}")'),
            (1, lambda: self.rng.choice(("period.from", "period.to", "on"))),
            (5, self._read_date),
        ]
        if depth <= 0:
            return self._one(*simple)
        inner = depth - 1
        spans = ("P7D", "P1M", "P30D")
        return self._one(
            *simple,
            (
                1,
                lambda: f'({self.date(inner)} + duration("{self.rng.choice(spans)}"))',
                "durations",
            ),
            (1, lambda: f"(if {self.bool(0)} then {self.date(0)} else {self.date(0)})"),
            (2, lambda: self._aggregate(DATE, inner)),
        )

    def _read_date(self) -> str | None:
        atom = self._atom(DATE)
        return atom and self._guarded(atom, 'date("2021-03-31")')

    def text(self, depth: int) -> str:
        """Return a text."""
        atom = self._atom(TEXT)
        return self._one(
            (1, lambda: f'"{self.rng.choice(TEXTS)}"'),
            (3, lambda: atom and self._guarded(atom, '"a"')),
        )

    def value(self, ty: str, depth: int) -> str:
        """Return a level of a scale or a value of an enumeration."""
        values = self.scope.world.values(ty)
        simple = [
            (2, lambda: self.rng.choice(values)),
            (4, lambda: self._read_value(ty)),
        ]
        if depth <= 0:
            return self._one(*simple)
        inner = depth - 1
        ways = [
            *simple,
            (
                1,
                lambda: (
                    f"(if {self.bool(inner)} then {self.value(ty, 0)} else {self.value(ty, 0)})"
                ),
            ),
        ]
        if ty in self.scope.world.scales:
            ways += [(1, lambda: self._stepped(ty)), (2, lambda: self._aggregate(ty, inner))]
        return self._one(*ways)

    def _read_value(self, ty: str) -> str | None:
        atom = self._atom(ty)
        return atom and self._guarded(atom, self.rng.choice(self.scope.world.values(ty)))

    def _stepped(self, ty: str) -> str | None:
        atom = self._atom(ty)
        if atom is None or atom.guard:
            return None
        return f"{self.rng.choice(('lower', 'higher'))}({atom.text}, {self.rng.randrange(3)})"

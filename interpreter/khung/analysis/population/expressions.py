"""Draws as expressions of DuckDB over the columns of a row.

All is reckoned in whole numbers below 2⁶³, so that every machine and every version of DuckDB makes
the same. The random number of a draw is `mix(u, key)`: `u` tells the row, the key the draw.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, assert_never

from khung.analysis.population.draws import (
    Chance,
    Constant,
    Copied,
    Counted,
    Interval,
    Marked,
    Picked,
    Portion,
    Switch,
    Text,
    Votes,
    Weighted,
)
from khung.digests import sha256
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from khung.analysis.population.draws import Drawn, Plain

BITS = 32
NOTHING = "NULL"
_SHARES = 10_000  # shares of numbers are in hundredths of a percent

MACROS = (
    "CREATE TEMP MACRO mix_1(x) AS (xor(x, x >> 16) * 569420461) & 4294967295",
    "CREATE TEMP MACRO mix_2(x) AS (xor(x, x >> 15) * 1935289751) & 4294967295",
    "CREATE TEMP MACRO mix_3(x) AS xor(x, x >> 15)",
    "CREATE TEMP MACRO mix(u, k) AS mix_3(mix_2(mix_1(xor(u, k))))",
)
"""A permutation of 32 bits by two multiplications (hash prospector, C. Wellons, public domain)."""


def key_of(*parts: object) -> int:
    """Return the number that tells one draw from all others: 32 bits of a digest of its name."""
    found = sha256("\0".join(map(str, parts)).encode())
    return int.from_bytes(found.digest()[:4], "big")


def quoted(name: str) -> str:
    """Return the name of a column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Plain) -> str:
    """Return a value as SQL writes it."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return f"{value}::BIGINT"
        case date():
            return f"DATE '{value}'"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case _:
            assert_never(value)


def below(random: str, share: Fraction) -> str:
    """Return whether a random number is in the first `share` of all."""
    return f"{random} < {int(share * (1 << BITS))}"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the draws of one stratum.

    Attributes:
        stratum: Its name, and the seed, which all random numbers hang on.
        words: The lists of words.
        found: Returns a column of what was counted or picked from: by what asks for it, `n` the
            number, `first` the first row.
        id_of: Returns the id of a row of a stratum, by the number of the row.
        randoms: The random numbers that were asked for, each a column of its own.
    """

    stratum: tuple[str, str]
    words: Mapping[str, tuple[str, ...]]
    found: Callable[[Drawn, str], str]
    id_of: Callable[[str, str], str]
    randoms: dict[str, str] = field(default_factory=dict)

    def random(self, way: str) -> str:
        """Return the column with the random number of a draw."""
        key = key_of(*self.stratum, way)
        return quoted(self.randoms.setdefault(f"mix(u, {key})", f"~{key}"))

    def below(self, number: int, way: str) -> str:
        """Return a whole number from 0 that is less than `number`, all equally likely."""
        return f"(({self.random(way)} * {number}) >> {BITS})"

    def value(self, drawn: Drawn, way: str) -> str:
        """Return what a draw gives, NULL where that is nothing."""
        match drawn:
            case Constant(value=value):
                return literal(value)
            case Interval():
                return self._interval(drawn, way)
            case Chance(share=share):
                return f"({below(self.random(way), share)})"
            case Weighted() | Switch():
                return self._branches(drawn, way, self.value)
            case Copied(path=path):
                return quoted(path)
            case Portion():
                return self._portion(drawn, way)
            case Counted():
                return f"coalesce({self.found(drawn, 'n')}, 0)"
            case Picked():
                return self._picked(drawn)
            case Text():
                return self._text(drawn, way)
            case Marked():
                return NOTHING
            case Votes():
                return self._votes(drawn, way)
            case _:
                assert_never(drawn)

    def mark(self, drawn: Drawn, way: str) -> str:
        """Return what a draw states where it gives no value: `?`, `-`, else NULL."""
        match drawn:
            case Marked(mark=mark):
                return literal(mark)
            case Weighted() | Switch():
                return self._branches(drawn, way, self.mark)
            case _:
                return NOTHING

    def level(self, drawn: Drawn, way: str) -> str:
        """Return the level that gets the votes of ballots."""
        if isinstance(drawn, Votes):
            return self.value(drawn.to, f"{way}/to")
        return self._inside(drawn, way, self.level)

    def base(self, drawn: Drawn, way: str) -> str:
        """Return the number of all ballots."""
        if isinstance(drawn, Votes):
            return self.value(drawn.portion.of, f"{way}/votes/of")
        return self._inside(drawn, way, self.base)

    def votes(self, drawn: Drawn, way: str) -> str:
        """Return the number of ballots for that level."""
        if isinstance(drawn, Votes):
            return self._votes(drawn, way)
        return self._inside(drawn, way, self.votes)

    def _inside(self, drawn: Drawn, way: str, write: Callable[[Drawn, str], str]) -> str:
        return self._branches(drawn, way, write) if isinstance(drawn, Switch) else NOTHING

    def _votes(self, drawn: Votes, way: str) -> str:
        return self.value(drawn.portion, f"{way}/votes")

    # -- single draws -------------------------------------------------------------------------

    def _interval(self, drawn: Interval, way: str) -> str:
        low, high = drawn.low, drawn.high
        if isinstance(low, date) and isinstance(high, date):
            return f"({literal(low)} + {self.below((high - low).days + 1, way)}::INTEGER)"
        assert isinstance(low, int)  # noqa: S101  # both ends are of one kind
        assert isinstance(high, int)  # noqa: S101  # as above
        return f"({low} + {self.below(high - low + 1, way)})"

    def _branches(self, drawn: Drawn, way: str, write: Callable[[Drawn, str], str]) -> str:
        """Return a choice among what is written of the draws inside, by the same random number."""
        if isinstance(drawn, Switch):
            return self._switch(drawn, way, write)
        assert isinstance(drawn, Weighted)  # noqa: S101  # nothing else has branches
        written = [write(one, f"{way}/{i}") for i, (one, _) in enumerate(drawn.choices)]
        if len(set(written)) == 1:
            return written[0]
        random = self.below(sum(weight for _, weight in drawn.choices), way)
        ends, upto = [], 0
        for (_, weight), text in zip(drawn.choices, written, strict=True):
            upto += weight
            ends.append(f"WHEN {random} < {upto} THEN {text}")
        return f"(CASE {' '.join(ends[:-1])} ELSE {written[-1]} END)"

    def _switch(self, drawn: Switch, way: str, write: Callable[[Drawn, str], str]) -> str:
        by = quoted(drawn.by)
        cases = [
            f"WHEN {test(by, case)} THEN {write(one, f'{way}/{i}')}"
            for i, (case, one) in enumerate(drawn.cases)
        ]
        other = NOTHING if drawn.other is None else write(drawn.other, f"{way}/else")
        return f"(CASE {' '.join(cases)} ELSE {other} END)" if cases else other

    def _portion(self, drawn: Portion, way: str) -> str:
        of = self.value(drawn.of, f"{way}/of")
        share = f"({drawn.low} + {self.below(drawn.high - drawn.low + 1, way)})"
        return f"(({of} * {share} + {_SHARES // 2}) // {_SHARES})"

    def _picked(self, drawn: Picked) -> str:
        first, number = (self.found(drawn, end) for end in ("first", "n"))
        seed = key_of(self.stratum[0], "pick", drawn.stratum)
        start = f'mix("in.u", {seed}) % {number}'
        return self.id_of(
            drawn.stratum,
            f"({first} + ({start} + ((k - 1) * {number}) // siblings) % {number})",
        )

    def _text(self, drawn: Text, way: str) -> str:
        said = [literal(text) for text in drawn.parts[::2]]
        asked = [
            self._word(name, f"{way}/{i}") if name in self.words else f"{quoted(name)}::VARCHAR"
            for i, name in enumerate(drawn.parts[1::2])
        ]
        both = [said[0], *(x for pair in zip(asked, said[1:], strict=True) for x in pair)]
        used = [text for text in both if text != "''"]
        return f"({' || '.join(used)})" if used else "''"

    def _word(self, name: str, way: str) -> str:
        words = self.words[name]
        return f"[{', '.join(map(literal, words))}][1 + {self.below(len(words), way)}]"


def test(column: str, case: Constant | Interval) -> str:
    """Return whether a column holds a value, or one of a range."""
    match case:
        case Constant(value=value):
            return f"{column} = {literal(value)}"
        case Interval(low=low, high=high):
            return f"{column} BETWEEN {literal(low)} AND {literal(high)}"
        case _:
            assert_never(case)

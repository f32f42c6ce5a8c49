"""What no file may say, against trying out: a broken `must`, and lists of another length.

Each relation reads a fact at most once, so what is surely broken by the ends of what is known is
what every way to fill the gaps breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, product
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, note
from hypothesis import strategies as st
from tests.differential.conditions import OPERATORS
from tests.support.strategies import law

from khung.driver import Shelf, evaluate_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

DOMAIN = range(4)
"""What each number may be, those in lists too."""

LENGTH = 3
MANY = 25
"""More than any sum of terms here comes to: of a list without end no more need be tried."""
TERMS = {
    "a": "a",
    "b": "b",
    "c": "c",
    "port": "port.n",
    "xs": "(sum x in xs of x)",
    "rows": "(count r in rows satisfies r.n >= 2)",
}
"""The number that is read of each fact."""

Ship = dict[str, Any]
"""Its facts; of `rows` and `legs` a number each. None is unknown, `...` the rest of a list.

Of `port` it is the berths there in a list; that is empty where not even the port is known.
"""


@dataclass(frozen=True)
class Relation:
    """`left op` the sum of some terms and a number; with `and` or `or`, another beside it."""

    left: str
    op: str
    terms: tuple[str, ...]
    number: int
    word: str = ""
    other: Relation | None = None

    def __str__(self) -> str:
        """Return it as an expression of the language."""
        right = " + ".join([*(TERMS[term] for term in self.terms), str(self.number)])
        own = f"{TERMS[self.left]} {self.op} {right}"
        return own if self.other is None else f"({own}) {self.word} ({self.other})"

    @property
    def reads(self) -> frozenset[str]:
        """The facts that it reads."""
        return frozenset({self.left, *self.terms} | (self.other.reads if self.other else set()))

    def holds(self, numbers: dict[str, int]) -> bool:
        """Return whether it is true of the numbers of facts."""
        right = sum(numbers[term] for term in self.terms) + self.number
        own = bool(OPERATORS[self.op](numbers[self.left], right))
        if self.other is None:
            return own
        other = self.other.holds(numbers)
        return (own and other) if self.word == "and" else (own or other)


@st.composite
def relations(draw: st.DrawFn) -> Relation:
    """Draw a relation that the fact `a` must stand in."""
    terms = draw(st.permutations([*TERMS][1:]))
    first, second = sorted((draw(st.integers(0, 3)), draw(st.integers(0, 3))))
    ops, numbers = st.sampled_from(sorted(OPERATORS)), st.integers(-2, 4)
    other = None
    if draw(st.booleans()):
        other = Relation(terms[4], draw(ops), tuple(terms[first:second]), draw(numbers))
    word = draw(st.sampled_from(["and", "or"])) if other else ""
    return Relation("a", draw(ops), tuple(terms[:first]), draw(numbers), word, other)


# -- through the program --------------------------------------------------------------------------

_ids = count()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("books")


def rulebook_of(relation: Relation, books: Path) -> str:
    """Write a rulebook of ships and return its id."""
    name = f"ships{next(_ids)}"
    number = {"type": "number", "range": "0..3"}
    leg = {"n": {**number, "must": "n <= owner.top"}}
    manifest = {
        "khung": 1,
        "id": name,
        "title": "Ships",
        "period": {"from": "2021-01-01", "to": "2021-12-31"},
        "scales": {"rank": {"values": {"low": "L", "high": "H"}}},
        "records": {"row": {"fields": {"n": number}}, "leg": {"fields": leg}},
    }
    port = {"subject": "port", "facts": {"n": number}}
    ship = {
        "subject": "ship",
        "links": {"port": {"to": "port", "back": "ships"}},
        "facts": {
            "a": {**number, "must": str(relation)},
            **{fact: dict(number) for fact in ("b", "c", "top")},
            "xs": {"type": "list of number", "range": "0..3", "length": LENGTH},
            "rows": {"type": "list of row"},
            "legs": {"type": "list of leg"},
        },
        "ladder": {
            "scale": "rank",
            "levels": {
                "high": {"require": {"r": {"that": "a + b + c + top + port.n > count(legs)"}}},
                "low": {"otherwise": True},
            },
        },
    }
    folder = books / name
    folder.mkdir()
    for file, content in {"rulebook": manifest, "port": port, "ship": ship}.items():
        text = yaml.dump(content, sort_keys=False).replace("'2021-", "2021-").replace("1'", "1")
        (folder / f"{file}.yaml").write_text(text, encoding="utf-8")
    return name


def told(name: str, ship: Ship, books: Path, shelf: Shelf) -> list[tuple[str, str]]:
    """Return the codes of what is said of a ship, and where."""
    xs = [None if x is ... else x for x in ship["xs"]]
    facts = {**ship, "port": "p" if ship["port"] else None, "xs": xs}
    for records in ("rows", "legs"):
        facts[records] = [None if n is ... else {"n": n} for n in ship[records]]
    berths = ship["port"][0] if ship["port"] else 0
    subjects = {"port": {"p": {"n": berths}}, "ship": {"s": facts}}
    text = yaml.dump({"case": "C", "rulebook": name, "subjects": subjects}, sort_keys=False)
    text += "on: 2021-12-15\n"
    found = evaluate_text(text.encode(), "case.yaml", shelf, {}, books)
    return [(one.code, one.at) for one in found.diagnostics]


# -- by trying out --------------------------------------------------------------------------------


def drawn(rng: Random, *, fit: bool) -> Ship:
    """Return a ship; a list that goes on ends in `...`; one that must `fit` has its length."""
    numbers = {fact: _some(rng) for fact in ("a", "b", "c", "top")}
    port = rng.choice([[], *([_some(rng)] for _ in range(4))])
    xs: list[Any] = [_number(rng) for _ in range(LENGTH if fit else rng.randrange(LENGTH + 2))]
    if rng.random() < 0.4:
        xs = [*(xs[: rng.randrange(LENGTH)] if fit else xs), ...]
    return {**numbers, "port": port, "xs": xs, "rows": _records(rng), "legs": _records(rng)}


def _records(rng: Random) -> list[Any]:
    rest = [...] if rng.random() < 0.2 else []
    return [*(_some(rng) for _ in range(rng.randrange(3))), *rest]


def _number(rng: Random) -> int:
    return rng.choice(DOMAIN)


def _some(rng: Random) -> int | None:
    return None if rng.random() < 0.25 else _number(rng)


def is_of_length(xs: list[Any]) -> bool:
    """Whether a list has as many elements as it always has, or may have if it goes on."""
    listed = sum(x is not ... for x in xs)
    return listed == LENGTH or (xs[-1:] == [...] and listed < LENGTH)


def completions(relation: Relation, ship: Ship) -> Iterator[dict[str, int]]:
    """Yield the numbers that a relation reads, in every way; that of an unknown port has no end."""
    port = _ways(ship["port"][0]) if ship["port"] else [*range(-MANY, MANY)]
    gaps: dict[str, list[Any]] = {fact: _ways(ship[fact]) for fact in ("a", "b", "c")}
    gaps |= {"port": port, "xs": [*_sums(ship["xs"])], "rows": [*_counts(ship["rows"])]}
    read = {fact: ways for fact, ways in gaps.items() if fact in relation.reads}
    for way in product(*read.values()):
        yield dict(zip(read, way, strict=True))


def _ways(value: int | None) -> list[int]:
    return [*DOMAIN] if value is None else [value]


def _sums(xs: list[Any]) -> set[int]:
    """Return what the numbers of a list may come to."""
    listed = [_ways(x) for x in xs if x is not ...]
    more = [DOMAIN] * (LENGTH - len(listed)) if xs[-1:] == [...] else []
    return {sum(way) for way in product(*listed, *more)}


def _counts(rows: list[Any]) -> range:
    """Return how many of some rows may be two or more."""
    listed = [n for n in rows if n is not ...]
    least, most = (sum(n in whole for n in listed) for whole in ((2, 3), (2, 3, None)))
    return range(least, MANY if rows[-1:] == [...] else most + 1)


def broken(relation: Relation, ship: Ship) -> list[tuple[str, str]]:
    """Return what is surely other than it must be, of legs the first: they read one number."""
    own = [("K0643", "subjects.ship.s.a")]
    found = [] if any(relation.holds(way) for way in completions(relation, ship)) else own
    most = 3 if ship["top"] is None else ship["top"]
    listed = [n for n in ship["legs"] if n is not ...]
    wrong = [i for i, n in enumerate(listed, 1) if n is not None and n > most]
    return [*found, *(("K0643", f"subjects.ship.s.legs[{i}].n") for i in wrong[:1])]


@law
@given(relations(), st.randoms(use_true_random=True))
def test_what_is_surely_broken_is_told(books: Path, relation: Relation, rng: Random) -> None:
    shelf, name = Shelf(), rulebook_of(relation, books)
    note(str(relation))
    for _ in range(12):
        ship = drawn(rng, fit=True)
        note(str(ship))
        assert told(name, ship, books, shelf) == broken(relation, ship)


@law
@given(st.randoms(use_true_random=True))
def test_a_list_of_another_length_is_told(books: Path, rng: Random) -> None:
    shelf, name = Shelf(), rulebook_of(Relation("a", ">=", (), 0), books)
    for _ in range(8):
        ship = {**drawn(rng, fit=False), "legs": []}
        note(str(ship))
        wrong = [] if is_of_length(ship["xs"]) else [("K0644", "subjects.ship.s.xs")]
        assert told(name, ship, books, shelf) == wrong

"""Made-up suppliers, the same ones in every run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

ON = date(2025, 12, 15)
"""The day of the ranking."""

GRADES = ("weak", "fair", "good", "excellent")
"""The scale, lowest first. A grade or level is its place in it."""

CRITERIA = ("quality", "quantity", "packing", "integrity", "cooperation", "training", "upkeep")


@dataclass(frozen=True, slots=True)
class Record:
    """One supplier: twelve facts and seven grades, all known. Grades are places in `GRADES`."""

    first_order: date
    suspended: bool
    audited: bool
    recommended: bool
    certified: bool
    certificate: int
    orders: int
    orders_on_time: int
    complaints: int
    incidents: int
    overdue_debt: bool
    penalty: str
    quality: int
    quantity: int
    packing: int
    integrity: int
    cooperation: int
    training: int
    upkeep: int

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a contender answers.

    Attributes:
        level: A name in `GRADES`, `not_ranked` or `pending`.
        reasons: The rules that bind it, sorted; None where the contender does not say.
    """

    level: str
    reasons: tuple[str, ...] | None


def generate(count: int, seed: int = 20251215) -> list[Record]:
    """Return `count` suppliers, of which all levels get their share."""
    random = Random(seed)  # noqa: S311  # the same suppliers each time, nothing secret
    return [_supplier(random) for _ in range(count)]


def _supplier(random: Random) -> Record:
    worth = random.choices(range(4), weights=(2, 3, 4, 5))[0]
    orders = random.randint(1, 200)
    late = random.random() * (0.8, 0.35, 0.12, 0.05)[worth]
    return Record(
        first_order=ON - timedelta(days=random.randint(60, 3000)),
        suspended=random.random() < 0.02,
        audited=random.random() < 0.97,
        recommended=random.random() < (0.1, 0.3, 0.6, 0.95)[worth],
        certified=random.random() < 0.6,
        certificate=_grade(random, worth),
        orders=orders,
        orders_on_time=orders - int(orders * late),
        complaints=random.randint(0, (14, 8, 6, 4)[worth]),
        incidents=random.choices(range(4), weights=(90, 5, 3, 2))[0],
        overdue_debt=random.random() < 0.05,
        penalty=random.choices(("none", "warning", "fine", "ban"), weights=(85, 8, 5, 2))[0],
        **{name: _grade(random, worth) for name in CRITERIA},
    )


def _grade(random: Random, worth: int) -> int:
    """Return a grade near the worth of a supplier; the best rarely slip."""
    return max(0, min(3, worth + random.choices((-1, 0, 1), weights=(1, 12, 6))[0]))

"""How many places a base gives, between two ends."""

from __future__ import annotations

from decimal import Decimal

from khung.engine.bases import Small, Terms


def test_a_base_on_either_side_of_a_fraction_is_looked_at() -> None:
    """A base of 1 or 2 gives 5 places, one of 3 gives 1, one of 9 gives 3."""
    small = Small(Decimal("2.5"), 5, Decimal(0))
    terms = Terms(2, 1, ((1, 3),), "floor", small, "all", (9, 9))
    assert terms.places_between((1, 9), (0, 0)) == (1, 5)

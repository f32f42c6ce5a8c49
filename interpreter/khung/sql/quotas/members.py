"""What each member is to a quota: a candidate or not, and what it adds to the base.

As in the reference evaluator, each addition is a condition that adds one or nothing.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from khung.sql.quotas.shape import Sql, is_constant
from khung.sql.text import FALSE, TRUE, both, either, negated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.sql.quotas.shape import QuotaShape

CAN = ("sure", "fixed", "comp_lo", "comp_hi")
COUNTED = ("at_lo", "at_hi", "cut_lo", "cut_hi", "low_lo", "low_hi")
LIMITS = ("am_lo_n", "am_lo_d", "am_hi_n", "am_hi_d"), ("pl_lo", "pl_hi"), ("size",)


def view(shape: QuotaShape) -> Sql:
    """Return the members, each read as the shape says."""
    own = [shape.read(name) for name in (*CAN, *COUNTED, "lvl_lo", "lvl_hi")]
    limits = [shape.read(name) for name in limits_of(shape)]
    asked = ("rid", "cs", *shape.key_columns, *own, *shape.order_columns, *limits, *shape.columns)
    missing = (shape.read("o_missing"),) if shape.order else ()
    columns = dict.fromkeys(name for name in (*asked, *missing) if not is_constant(name))
    text = f"SELECT {', '.join(columns)} FROM {shape.members}"
    return Sql(shape.relation("members"), text, is_view=True)


def limits_of(shape: QuotaShape) -> tuple[str, ...]:
    """Return the columns that say what a group may have."""
    are_there = (shape.shared, shape.placed, shape.sized)
    return tuple(x for xs, is_there in zip(LIMITS, are_there, strict=True) if is_there for x in xs)


def unkeyed(shape: QuotaShape, alias: str = "") -> str:
    """Return whether the key of a member is not known."""
    return either(_unknown(shape, at, alias) for at in range(shape.keys) if shape.keyless)


def _unknown(shape: QuotaShape, at: int, alias: str = "") -> str:
    prefix = f"{alias}." if alias else ""
    absent = negated(f"{prefix}k{at}_absent") if at in shape.absent else TRUE
    return both((f"{prefix}k{at} IS NULL", absent))


def fitting(shape: QuotaShape, one: str, other: str) -> str:
    """Return whether the known parts of two keys are the same, each of a relation by its alias."""
    parts = [f"{one}.cs = {other}.cs"]
    for at in range(shape.keys):
        open_ = (_unknown(shape, at, one), _unknown(shape, at, other))
        parts.append(either((*open_, _same(shape, at, one, other))))
    return both(parts)


def _same(shape: QuotaShape, at: int, one: str, other: str) -> str:
    if at not in shape.absent:
        return f"{one}.k{at} = {other}.k{at}"
    names = (f"k{at}", f"k{at}_absent")
    return both(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in names)


def fits(shape: QuotaShape) -> str:
    """Return which patterns fit which groups, for each set of parts that may not be known.

    Of each set it is one comparison of the other parts, as equal keys are quick to join.
    """
    parts = range(shape.keys)
    ways = (way for number in parts for way in combinations(parts, number))
    return " UNION ALL ".join(_fits_in(shape, known) for known in ways)


def _fits_in(shape: QuotaShape, known: tuple[int, ...]) -> str:
    groups, patterns = shape.relation("groups"), shape.relation("patterns")
    same = both(("g.cs = p.cs", *(_same(shape, at, "g", "p") for at in known)))
    parts = [(at, _unknown(shape, at, "p")) for at in range(shape.keys)]
    where = both(negated(text) if at in known else text for at, text in parts)
    return f"SELECT g.gid, p.pid FROM {groups} AS g JOIN {patterns} AS p ON {same} WHERE {where}"


def same_pattern(shape: QuotaShape, one: str, other: str) -> str:
    """Return whether of two keys the same is known."""
    keys = ("cs", *shape.key_columns)
    return both(f"{one}.{name} IS NOT DISTINCT FROM {other}.{name}" for name in keys)


def equal_keys(shape: QuotaShape, one: str, other: str) -> str:
    """Return whether two keys are the same, none of them open."""
    same = (_same(shape, at, one, other) for at in range(shape.keys))
    return both((f"{one}.cs = {other}.cs", *same))


def order_known(shape: QuotaShape, alias: str = "") -> str:
    """Return whether the place of a member in the order is known."""
    ends = ((shape.read(f"o{at}_lo", alias), shape.read(f"o{at}_hi", alias)) for at in _each(shape))
    return both(f"coalesce({low} = {high}, FALSE)" for low, high in ends if low != high)


def _each(shape: QuotaShape) -> range:
    return range(len(shape.order))


class Role:
    """What a member is, and adds to the sums of a group, as one who surely belongs, or perhaps.

    Attributes:
        may: Whether it may be a candidate; `cand` whether it surely is one.
        fix: Whether a level given after the quota takes a place; `contends` whether surely.
        take: Whether that may take a place, and may not.
        asks_beside: Whether it matters how many are in the base beside those at the level.
    """

    def __init__(self, shape: QuotaShape, alias: str = "", *, guest: bool = False) -> None:
        """Take what a relation with members is called; a guest belongs only perhaps."""

        def read(column: str) -> str:
            return shape.read(column, alias)

        self._read, self.level = read, shape.level
        small = shape.settings.small
        self.asks_beside = small is not None and small.at_least > 0
        self.sure = FALSE if guest else read("sure")
        fixed, touched = read("fixed"), read("comp_hi")
        self.above, self.reaches = (f"{read(end)} >= {shape.level}" for end in ("lvl_lo", "lvl_hi"))
        self.contends = both((self.sure, read("comp_lo")))
        self.may = both((negated(fixed), touched, self.reaches))
        self.cand = both((negated(fixed), self.contends, self.above))
        self.fix = both((fixed, touched, self.above))
        self.take = both((self.fix, negated(self.contends)))

    @property
    def sums(self) -> Mapping[str, str]:
        """By the name of each number of a group, whether a member is one of that number."""
        at_lo, at_hi = self._read("at_lo"), self._read("at_hi")
        lows, highs = self._kept_out(at_lo, at_hi), self._given_aside(at_lo, at_hi)
        nk_lo, nk_hi = self._varying(lows[0], highs[0]), self._varying(lows[1], highs[1])
        vary = either((self.may, self.take))
        beside, lacking = (FALSE, FALSE), (FALSE, FALSE)
        if self.asks_beside:
            beside, lacking = self._beside(lows), self._lacking()
        rises = both((vary, at_lo, negated(nk_lo)))
        return {
            "n": TRUE,
            "present": self.sure,
            "s": self.cand,
            "p": self.may,
            "f1": both((self.fix, self.contends)),
            "f2": self.fix,
            "h_lo": self._else(nk_lo, both((self.sure, self._read("low_lo")))),
            "h_hi": self._else(nk_hi, self._read("low_hi")),
            "a_m": both((vary, nk_lo, negated(at_lo))),
            "a_p": rises,
            "a_ps": both((rises, self.sure)),
            "b_m": both((vary, at_hi, negated(nk_hi))),
            "b_p": both((vary, nk_hi, negated(at_hi))),
            "q": both((self.take, negated(self.sure), self._read("comp_lo"), at_hi)),
            "d_lo": self._else(beside[0], lacking[0]),
            "d_hi": self._else(beside[1], lacking[1]),
            "e_lo": beside[0],
            "e_hi": beside[1],
        }

    def _cut(self) -> tuple[str, str]:
        """Return what a candidate adds that is cut, or is below the level by itself."""
        read, sure = self._read, self.sure
        cut = both((sure, read("cut_lo"))), read("cut_hi")
        if read("lvl_lo") == read("lvl_hi"):
            return cut
        low = both((sure, read("low_lo"))), read("low_hi")
        below = negated(self.above)
        return both((cut[0], either((self.above, low[0])))), either((cut[1], both((below, low[1]))))

    def _kept_out(self, at_lo: str, at_hi: str) -> tuple[str, str]:
        """Return what a candidate adds that has no place: cut, or not touched by the quota."""
        touched, cut = self._read("comp_lo"), self._cut()
        least = both((cut[0], either((touched, both((self.sure, at_lo))))))
        return least, either((cut[1], both((negated(touched), at_hi))))

    def _given_aside(self, at_lo: str, at_hi: str) -> tuple[str, str]:
        """Return what a level given after the quota adds if it takes no place."""
        return both((self.sure, at_lo)), both((negated(self._read("comp_lo")), at_hi))

    def _varying(self, candidate: str, given: str) -> str:
        """Return what one adds that varies and has no place, which is nothing for all others."""
        return either((both((self.may, candidate)), both((self.take, given))))

    def _beside(self, kept_out: tuple[str, str]) -> tuple[str, str]:
        """Return what a candidate adds to those who lack the level, if it has no place."""
        touched = self._read("comp_lo")
        return both((self.may, touched, kept_out[0])), both((self.may, self._cut()[1]))

    def _else(self, varying: str, other: str) -> str:
        """Return what one adds: that of who varies, else what all others do."""
        return either((varying, both((negated(self.may), negated(self.take), other))))

    def _lacking(self) -> tuple[str, str]:
        """Return what one who does not vary adds to those who lack the level."""
        low, high = both((self.sure, self._read("low_lo"))), self._read("low_hi")
        return both((negated(self.reaches), low)), both((negated(self.above), high))

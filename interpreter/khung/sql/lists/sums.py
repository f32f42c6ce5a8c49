"""Quantifiers, counts, shares and aggregates of numbers of elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.records import dataclass
from khung.sql.ends import Ends, UnsupportedError, same, truth, whole_of
from khung.sql.lists.asked import added, count_of, counted, is_nobody, number_of, sum_of
from khung.sql.text import (
    FALSE,
    NULL,
    SPLIT,
    TRUE,
    both,
    chosen,
    either,
    extreme,
    negated,
    pair,
    split,
)

if TYPE_CHECKING:
    from khung.ir import nodes as n
    from khung.sql.rows import Rows
    from khung.sql.writing import Writer


@dataclass(slots=True)
class Part:
    """One list that a pass goes over, with what is asked of its elements.

    Attributes:
        taken: Whether an element is in the pass; `body` what is asked of it.
        of_more: The same of one of whom nothing is known.
    """

    w: Writer
    rows: Rows
    taken: Ends
    body: Ends
    of_more: tuple[Ends, Ends]

    @property
    def perhaps(self) -> str:
        """The condition that an element of the list may be in the pass, and not surely."""
        return both((self.taken.high, negated(self.taken.low)))

    def number(self, sure: str, may: str = FALSE) -> str:
        """Return how many elements meet a condition: of those in the list, of those who may be."""
        first = "0" if sure == FALSE else counted(self.w, self.rows, sure)
        if FALSE in (may, self.rows.may_be):
            return first
        other = number_of(self.w, self.rows, "", count_of(may))
        other = chosen(self.rows.may_be, other, "0")
        return other if first == "0" else f"({first} + {other})"

    def more(self, holds: str) -> str | None:
        """Return how many more there may be of which something holds; None for none."""
        if self.rows.more is None or holds == FALSE:
            return None
        return self.rows.more if holds == TRUE else chosen(holds, self.rows.more, "0")

    @property
    def any_more(self) -> str:
        """The condition that there may be more."""
        if self.rows.more is None:
            return FALSE
        return TRUE if self.rows.more.startswith(NULL) else f"coalesce({self.rows.more} > 0, TRUE)"


def _every(c: Part) -> Ends:
    fails = both((c.taken.high, negated(c.body.low)))
    more_fail = both((c.any_more, c.of_more[0].high, negated(c.of_more[1].low)))
    low = both((is_nobody(c.number(fails, fails)), negated(more_fail)))
    return truth(low, is_nobody(c.number(both((c.taken.low, negated(c.body.high))))))


def _some(c: Part) -> Ends:
    low = negated(is_nobody(c.number(both((c.taken.low, c.body.low)))))
    holds = both((c.taken.high, c.body.high))
    more = both((c.any_more, c.of_more[0].high, c.of_more[1].high))
    return truth(low, either((negated(is_nobody(c.number(holds, holds))), more)))


def _number(parts: list[Part]) -> Ends:
    low = added(c.number(both((c.taken.low, c.body.low))) for c in parts)
    holds = [both((c.taken.high, c.body.high)) for c in parts]
    more = [c.more(both((c.of_more[0].high, c.of_more[1].high))) for c in parts]
    counted = (c.number(h, h) for c, h in zip(parts, holds, strict=True))
    high = added([*counted, *more])
    return Ends(low, high, loose=any(m is not None for m in more))


def _share(parts: list[Part], empty: str | None) -> Ends:
    n_sure = added(c.number(c.taken.low) for c in parts)
    true = added(c.number(both((c.taken.low, c.body.low))) for c in parts)
    may = added(c.number(both((c.taken.low, c.body.high))) for c in parts)
    more_not = [c.more(both((c.of_more[0].high, negated(c.of_more[1].low)))) for c in parts]
    more_may = [c.more(both((c.of_more[0].high, c.of_more[1].high))) for c in parts]
    others = added(
        [
            *(
                c.number(
                    both((c.perhaps, negated(c.body.low))),
                    both((c.taken.high, negated(c.body.low))),
                )
                for c in parts
            ),
            *more_not,
        ]
    )
    holding = added(
        [
            *(
                c.number(both((c.perhaps, c.body.high)), both((c.taken.high, c.body.high)))
                for c in parts
            ),
            *more_may,
        ]
    )
    if others == holding == "0":
        low = pair(true, n_sure)
        high = low if true == may else pair(may, n_sure)
    else:
        endless = any(m is not None for m in more_not), any(m is not None for m in more_may)
        low = _ratio_or(others, endless[0], (true, f"({n_sure} + {others})"), ("0", "1"))
        top = f"({may} + {holding})", f"({n_sure} + {holding})"
        high = _ratio_or(holding, endless[1], top, ("1", "1"))
    if empty is None:
        return Ends(low, high)
    return over_nothing(low, high, n_sure, (others, holding), empty)


def _ratio_or(
    number: str,
    may_end: bool,  # noqa: FBT001  # one of two forms
    ratio: tuple[str, str],
    endless: tuple[str, str],
) -> str:  # one of two forms
    if not may_end:
        return pair(*ratio)
    found = zip(ratio, endless, strict=True)
    return pair(*(f"CASE WHEN {number} IS NULL THEN {e} ELSE {r} END" for r, e in found))


def over_nothing(low: str, high: str, sure: str, others: tuple[str, str], empty: str) -> Ends:
    """Return a share that over nothing is `empty`, which it may be where nobody is sure."""
    (a, b), (c, d), (p, q) = split(low), split(high), split(empty)
    none = f"({sure} = 0)"
    fails, holds = (FALSE if x == "0" else f"coalesce({x} > 0, TRUE)" for x in others)
    low_n, low_d = chosen(none, chosen(fails, "0", p), a), chosen(none, chosen(fails, "1", q), b)
    high_n, high_d = chosen(none, chosen(holds, "1", p), c), chosen(none, chosen(holds, "1", q), d)
    return Ends(pair(low_n, low_d), pair(high_n, high_d))


def _total(parts: list[Part]) -> Ends:
    low = _end_of_total(parts, "low", "least")
    whole = all(
        c.perhaps == FALSE and c.rows.may_be == FALSE and c.rows.more is None for c in parts
    )
    if whole and all(c.body.single and not c.body.loose for c in parts):
        return same(low)
    loose = any(c.body.loose or c.rows.more is not None for c in parts)
    return Ends(low, _end_of_total(parts, "high", "greatest"), loose)


def _end_of_total(parts: list[Part], end: str, bound: str) -> str:
    """Return an end of a sum: none where one of those added may have none."""
    endless = []
    parts_of_sum = []
    for c in parts:
        text = getattr(c.body, end)
        parts_of_sum.append(_summed_up(c, text, bound))
        if c.body.loose:
            holds = both((c.taken.high, f"{text} IS NULL"))
            endless.append(negated(is_nobody(c.number(holds, holds))))
        if c.rows.more is not None and c.of_more[0].high != FALSE:
            text = getattr(c.of_more[1], end)
            other = NULL if text.startswith((NULL, "CAST(NULL")) else f"{bound}(0, {text})"
            nothing = other in (f"{bound}(0, 0)", "0")
            if not nothing:
                may = both((c.any_more, c.of_more[0].high))
                endless.append(both((may, _any_end(other, c.rows.more))))
                if c.of_more[1].loose and other != NULL:
                    endless.append(both((may, f"({text}) IS NULL")))
                if other != NULL:
                    found = f"coalesce({c.rows.more} * {other}, 0)"
                    parts_of_sum.append(chosen(c.of_more[0].high, found, "0"))
    total = added(parts_of_sum)
    return total if not endless else f"CASE WHEN {either(endless)} THEN NULL ELSE {total} END"


def _any_end(other: str, more: str) -> str:
    """Return whether so many more of a value have no end together."""
    if other == NULL:
        return TRUE
    return both((f"{more} IS NULL", f"{other} <> 0"))


def _summed_up(c: Part, text: str, bound: str) -> str:
    if c.taken.high == FALSE or c.rows.table.stranger:  # of somebody unknown nobody is seen
        return "0"
    sure = f"sum(CASE WHEN {c.taken.low} THEN {text} ELSE 0 END)"
    if c.perhaps != FALSE:
        sure += f" + sum(CASE WHEN {c.perhaps} THEN {bound}(0, {text}) ELSE 0 END)"
    found = number_of(c.w, c.rows, sure)
    if c.rows.may_be == FALSE:
        return found
    other = f"sum(CASE WHEN {c.taken.high} THEN {bound}(0, {text}) ELSE 0 END)"
    added = number_of(c.w, c.rows, "", other)
    return f"({found} + {chosen(c.rows.may_be, added, '0')})"


def _extreme(parts: list[Part], whole: Ends, *, lowest: bool) -> Ends:
    """Return the lowest or highest of a list; of none that surely has an element, nothing."""
    pick, near, far = ("min", "low", "high") if lowest else ("max", "high", "low")
    more = [(both((c.any_more, c.of_more[0].high)), getattr(c.of_more[1], near)) for c in parts]
    parts = [c for c in parts if c.taken.high != FALSE and not c.rows.table.stranger]
    if not parts:
        return whole
    inside, outside, endless, sure = [], [], [], []
    for c in parts:
        at_near, at_far = getattr(c.body, near), getattr(c.body, far)
        inside.append(sum_of(c.w, c.rows, f"{pick}(CASE WHEN {c.taken.low} THEN {at_far} END)"))
        sure.append(is_nobody(c.number(c.taken.low)))
        outside.append(_reaching(c, f"{pick}(CASE WHEN {c.taken.high} THEN {at_near} END)"))
        if c.body.loose:
            holds = both((c.taken.high, f"{at_near} IS NULL"))
            endless.append(negated(is_nobody(c.number(holds, holds))))
    joined = "least" if lowest else "greatest"
    in_all, out_all = extreme(joined, inside), extreme(joined, outside)
    for may, end in more:
        if may != FALSE:
            if whole.loose:
                endless.append(both((may, f"({end}) IS NULL")))
            if not end.startswith((NULL, f"CAST({NULL}")):
                out_all = extreme(joined, (out_all, chosen(may, end, out_all)))
    if endless:
        out_all = f"CASE WHEN {either(endless)} THEN NULL ELSE {out_all} END"
    low, high = (out_all, in_all) if lowest else (in_all, out_all)
    none = both(sure)
    loose = whole.loose
    return Ends(chosen(none, whole.low, low), chosen(none, whole.high, high), loose)


def _average(parts: list[Part], whole: Ends) -> Ends:
    """Return the sum and the number; where it is open who is in the list, what lies furthest out."""
    number = added(c.number(c.taken.low) for c in parts)
    others = [negated(is_nobody(c.number(c.perhaps, c.taken.high))) for c in parts]
    is_open = either((*others, *(both((c.any_more, c.of_more[0].high)) for c in parts)))
    total = _total(parts)
    far = _extreme(parts, whole, lowest=True).low, _extreme(parts, whole, lowest=False).high
    return averaged(number, is_open, total, far)


def averaged(number: str, is_open: str, total: Ends, far: tuple[str, str]) -> Ends:
    """Return a sum by a number; of nothing that is surely there, nothing.

    Args:
        number: How many there surely are.
        is_open: Whether there may be others.
        total: The ends of the sum.
        far: The ends of what is there, or may be.
    """
    by = f"CASE WHEN {either((is_open, f'({number} = 0)'))} THEN 1 ELSE {number} END"
    ends = (chosen(is_open, x, y) for x, y in zip(far, total[:2], strict=True))
    found = [f"CASE WHEN {number} > 0 THEN {end} END" for end in ends]
    return Ends(pair(found[0], by), pair(f"({found[1]})", by), loose=True)


def _reaching(c: Part, text: str) -> str:
    """Return the furthest of those in a list and of those who may be."""
    found = sum_of(c.w, c.rows, text)
    if c.rows.may_be == FALSE:
        return found
    joined = "least" if text.startswith("min") else "greatest"
    other = sum_of(c.w, c.rows, "", text)
    together = f"{joined}({found}, {other})"
    return chosen(c.rows.may_be, together, found)


def _bounded(parts: list[Part], top: Ends) -> Ends:
    """Return the lowest of a list and of what it never goes beyond."""
    lows, highs = [top.low], [top.high]
    for c in parts:
        if c.taken.high != FALSE and not c.rows.table.stranger:
            reach = _reaching(c, f"min(CASE WHEN {c.taken.high} THEN {c.body.low} END)")
            inside = sum_of(c.w, c.rows, f"min(CASE WHEN {c.taken.low} THEN {c.body.high} END)")
            lows.append(f"coalesce({reach}, {top.low})")
            highs.append(f"coalesce({inside}, {top.high})")
        if c.rows.more is not None:
            may = both((c.any_more, c.of_more[0].high))
            lows.append(chosen(may, c.of_more[1].low, top.low))
    return Ends(extreme("least", lows), extreme("least", highs))


def of_parts(w: Writer, node: n.Fold, parts: list[Part]) -> Ends:
    """Return what a pass over lists comes to."""
    if any(SPLIT in part.body.low for part in parts):
        raise UnsupportedError("a pass over quotients")
    if node.empty is not None and node.op is not FoldOp.SHARE:
        if node.op is not FoldOp.LOWEST:
            raise UnsupportedError(f"{node.op} with a bound")
        return _bounded(parts, w.ends(node.empty))
    match node.op:
        case FoldOp.EVERY:
            found = [_every(part) for part in parts]
            return truth(both(x.low for x in found), both(x.high for x in found))
        case FoldOp.SOME:
            found = [_some(part) for part in parts]
            return truth(either(x.low for x in found), either(x.high for x in found))
        case FoldOp.COUNT:
            return _number(parts)
        case FoldOp.SHARE:
            return _share(parts, None if node.empty is None else w.ends(node.empty).low)
        case FoldOp.SUM:
            return _total(parts)
        case FoldOp.LOWEST | FoldOp.HIGHEST:
            return _extreme(parts, whole_of(node.ty, w.values), lowest=node.op is FoldOp.LOWEST)
        case FoldOp.AVERAGE if isinstance(node.ty, t.Months):
            raise UnsupportedError("an average of months")
        case FoldOp.AVERAGE:
            return _average(parts, whole_of(node.ty, w.values))

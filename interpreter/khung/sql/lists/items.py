"""Passes over items that the rulebook names, unrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.sql.ends import Ends, UnsupportedError, truth, whole_of
from khung.sql.lists.asked import put_in
from khung.sql.lists.named import kept
from khung.sql.lists.sums import averaged, over_nothing
from khung.sql.text import FALSE, NULL, SPLIT, TRUE, both, chosen, either, extreme, negated, pair

if TYPE_CHECKING:
    from khung.ir import nodes as n
    from khung.sql.rows import Item
    from khung.sql.writing import Writer


def of_items(w: Writer, node: n.Fold, items: list[Item]) -> Ends:
    """Return what a pass over items comes to."""
    if node.where is not None:
        items = [kept(w, item, node.variable, node.where) for item in items]
    items = [item for item in items if item.may != FALSE]
    bodies = [w.ends(put_in(node.body, node.variable, item.node)) for item in items]
    found = list(zip(items, bodies, strict=True))
    if any(SPLIT in body.low for body in bodies):
        raise UnsupportedError("a pass over quotients")
    match node.op:
        case FoldOp.EVERY:
            low = both(either((negated(i.may), b.low)) for i, b in found)
            return truth(low, both(either((negated(i.sure), b.high)) for i, b in found))
        case FoldOp.SOME:
            low = either(both((i.sure, b.low)) for i, b in found)
            return truth(low, either(both((i.may, b.high)) for i, b in found))
        case FoldOp.COUNT:
            low = _summed(both((i.sure, b.low)) for i, b in found)
            high = _summed(both((i.may, b.high)) for i, b in found)
            return Ends(low, high)
        case FoldOp.SHARE:
            return _share_of_items(w, node, found)
        case FoldOp.SUM:
            return _sum_of_items(found)
        case FoldOp.LOWEST if node.empty is not None:
            return _bounded(found, w.ends(node.empty))
        case FoldOp.LOWEST | FoldOp.HIGHEST:
            whole = whole_of(node.ty, w.values)
            return _extreme_of_items(found, whole, lowest=node.op is FoldOp.LOWEST)
        case FoldOp.AVERAGE if isinstance(node.ty, t.Months):
            raise UnsupportedError("an average of months")
        case FoldOp.AVERAGE:
            return _average_of_items(found, whole_of(node.ty, w.values))


def _summed(conditions: object) -> str:
    parts = [c for c in conditions if c != FALSE]  # type: ignore[attr-defined]  # an iterable of texts
    fixed = sum(c == TRUE for c in parts)
    found = [f"CASE WHEN {c} THEN 1 ELSE 0 END" for c in parts if c != TRUE]
    if fixed or not found:
        found.append(str(fixed))
    return f"({' + '.join(found)})" if len(found) > 1 else found[0]


def _share_of_items(w: Writer, node: n.Fold, found: list[tuple[Item, Ends]]) -> Ends:
    n_sure = _summed(i.sure for i, _ in found)
    true = _summed(both((i.sure, b.low)) for i, b in found)
    may = _summed(both((i.sure, b.high)) for i, b in found)
    perhaps = [(both((i.may, negated(i.sure))), b) for i, b in found]
    others = _summed(both((p, negated(b.low))) for p, b in perhaps)
    holding = _summed(both((p, b.high)) for p, b in perhaps)
    if others == holding == "0":
        low = pair(true, n_sure)
        high = low if true == may else pair(may, n_sure)
    else:
        low = pair(true, f"({n_sure} + {others})")
        high = pair(f"({may} + {holding})", f"({n_sure} + {holding})")
    if node.empty is None:
        return Ends(low, high)
    return over_nothing(low, high, n_sure, (others, holding), w.ends(node.empty).low)


def _sum_of_items(found: list[tuple[Item, Ends]]) -> Ends:
    loose = any(b.loose for _, b in found)

    def end(item: Item, text: str, pick: str) -> str:
        beyond = f"{pick}(0, {text})"
        inside = chosen(item.may, beyond, "0")
        return chosen(item.sure, text, inside)

    low = " + ".join(end(i, b.low, "least") for i, b in found) or "0"
    high = " + ".join(end(i, b.high, "greatest") for i, b in found) or "0"
    if not loose:
        return Ends(f"({low})", f"({high})")
    without = [
        either(both((i.may, f"{b[at]} IS NULL")) for i, b in found if b.loose) for at in (0, 1)
    ]
    low, high = (
        f"CASE WHEN {none} THEN NULL ELSE {end} END"
        for none, end in zip(without, (low, high), strict=True)
    )
    return Ends(low, high, loose=True)


def _average_of_items(found: list[tuple[Item, Ends]], whole: Ends) -> Ends:
    number = _summed(i.sure for i, _ in found)
    is_open = either(both((i.may, negated(i.sure))) for i, _ in found)
    far = [_extreme_of_items(found, whole, lowest=lowest) for lowest in (True, False)]
    return averaged(number, is_open, _sum_of_items(found), (far[0].low, far[1].high))


def _extreme_of_items(found: list[tuple[Item, Ends]], whole: Ends, *, lowest: bool) -> Ends:
    """Return the lowest or highest of items; nulls are those that are not there."""
    pick, loose = "least" if lowest else "greatest", any(b.loose for _, b in found)
    near = [chosen(i.may, b.low if lowest else b.high, NULL) for i, b in found]
    far = [chosen(i.sure, b.high if lowest else b.low, NULL) for i, b in found]
    none = both(negated(i.sure) for i, _ in found)
    if none == TRUE:
        return whole
    outside, inside = extreme(pick, near), extreme(pick, far)
    if loose:
        ends = [(i.may, b.low if lowest else b.high) for i, b in found if b.loose]
        endless = either(both((may, f"{end} IS NULL")) for may, end in ends)
        outside = f"CASE WHEN {endless} THEN NULL ELSE {outside} END"
    low, high = (outside, inside) if lowest else (inside, outside)
    loose = loose or (none != FALSE and whole.loose)
    return Ends(chosen(none, whole.low, low), chosen(none, whole.high, high), loose)


def _bounded(found: list[tuple[Item, Ends]], top: Ends) -> Ends:
    """Return the lowest of items and of what it never goes beyond."""
    lows = [top.low, *(chosen(i.may, b.low, top.low) for i, b in found)]
    highs = [top.high, *(chosen(i.sure, b.high, top.high) for i, b in found)]
    return Ends(extreme("least", lows), extreme("least", highs))

"""One of two values; where the condition is open, the hull of both."""

from __future__ import annotations

from khung.ir import types as t
from khung.sql.ends import (
    Ends,
    UnsupportedError,
    same,
    truth,
)
from khung.sql.text import (
    FALSE,
    SPLIT,
    both,
    chosen,
    chosen_truth,
    either,
    extreme,
    negated,
    pair,
    split,
)

SHORT = 160
"""How long what is read several times may be before it is a column by itself."""


def either_of(condition: Ends, yes: Ends, no: Ends, ty: t.Type) -> Ends:
    """Return one of two values; where the condition is open the hull of both."""
    surely, perhaps = condition.low, condition.high
    loose = yes.loose or no.loose
    if isinstance(ty, t.Boolean):
        if condition.single:
            return truth(
                chosen_truth(surely, yes.low, no.low), chosen_truth(surely, yes.high, no.high)
            )
        low = both((either((negated(perhaps), yes.low)), either((surely, no.low))))
        return truth(low, either((both((perhaps, yes.high)), both((negated(surely), no.high)))))
    if condition.single:
        low, high = (chosen(surely, a, b) for a, b in zip(yes[:2], no[:2], strict=True))
        return Ends(low, high, loose)
    if not t.is_ordered(ty):
        hull = (
            yes.low if yes.low == no.low else f"CASE WHEN {yes.low} = {no.low} THEN {yes.low} END"
        )
        return same(_ways(surely, perhaps, yes.low, no.low, hull), loose=True)
    if any(SPLIT in end for end in (*yes[:2], *no[:2])):
        if isinstance(ty, t.Fraction):
            raise UnsupportedError("a choice between shares where the condition may be open")
        return _of_ratios(condition, yes, no)
    lows, highs = (yes.low, no.low), (yes.high, no.high)
    low, high = (
        _hull(pick, ends, loose=loose) for pick, ends in (("least", lows), ("greatest", highs))
    )
    return Ends(
        _ways(surely, perhaps, *lows, low),
        _ways(surely, perhaps, *highs, high),
        loose,
    )


def _hull(pick: str, ends: tuple[str, str], *, loose: bool) -> str:
    if not loose:
        return extreme(pick, ends)
    nulls = " OR ".join(f"{end} IS NULL" for end in ends)
    return f"CASE WHEN {nulls} THEN NULL ELSE {extreme(pick, ends)} END"


def _ways(surely: str, perhaps: str, yes: str, no: str, hull: str) -> str:
    if yes == no == hull:
        return yes
    if yes == hull:
        return chosen(perhaps, yes, no)
    if no == hull:
        return chosen(surely, yes, no)
    if surely == FALSE:
        return chosen(perhaps, hull, no)
    return f"CASE WHEN {surely} THEN {yes} WHEN {negated(perhaps)} THEN {no} ELSE {hull} END"


def _of_ratios(condition: Ends, yes: Ends, no: Ends) -> Ends:
    """Return one of two quotients; where the condition is open, the lower and the higher end."""
    found = []
    for end, other, sign in ((yes.low, no.low, "<="), (yes.high, no.high, ">=")):
        (a, b), (c, d) = (split(x) if SPLIT in x else (x, "1") for x in (end, other))
        nothing = f"({a} IS NULL OR {c} IS NULL)"
        first = either(
            (condition.low, both((condition.high, f"({a}) * ({d}) {sign} ({c}) * ({b})")))
        )
        part = f"CASE WHEN {first} THEN {a} ELSE {c} END"
        settled = either((condition.low, negated(condition.high)))
        part = f"CASE WHEN {negated(settled)} AND {nothing} THEN NULL ELSE {part} END"
        found.append(pair(part, f"CASE WHEN {first} THEN {b} ELSE {d} END"))
    return Ends(found[0], found[1], loose=True)

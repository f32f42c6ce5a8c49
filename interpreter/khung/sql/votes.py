"""What a ballot gives and a body may choose, under a ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.sql.ends import Ends, State, UnsupportedError, same
from khung.sql.text import FALSE, TRUE, both, chosen, either, extreme, negated, or_else

if TYPE_CHECKING:
    from khung.ir import types as t
    from khung.ir.enums import Majority
    from khung.sql.writing import Writer

CUMULATIVE, WINS = "cumulative", "wins"


def levels_of(w: Writer, node: n.Field) -> list[str]:
    """Return the columns with the votes for each rank, lowest first."""
    _check_own(node)
    ty: t.Ballots = node.ty  # type: ignore[assignment]  # the caller has looked
    return [f"{node.name}.{level}" for level in w.values[ty.scale].values]


def _check_own(node: n.Field) -> None:
    if not (isinstance(node.object, n.Variable) and node.object.slot == 0):
        raise UnsupportedError("ballots of another object")


def given(w: Writer, node: n.Field) -> str:
    """Return the condition that votes are stated."""
    columns = [c for c in levels_of(w, node) if w.profile(c).given]
    if any(not w.profile(c).missing for c in columns):
        return TRUE
    return either(f"{w.raw(c)} IS NOT NULL" for c in columns)


def unknown(w: Writer, node: n.Field) -> str:
    """Return the condition that nothing is known of the votes."""
    if w.table.stranger:
        return TRUE
    found = w.profile(f"{node.name}?")
    said = f"coalesce({w.raw(f'{node.name}?')} = '?', FALSE)" if found.given else FALSE
    if w.build.profile.bare:
        nothing = negated(given(w, node))
        none = f"coalesce({w.raw(f'{node.name}?')} = '-', FALSE)" if found.given else FALSE
        return either((said, both((nothing, negated(none)))))
    return said


def cast(w: Writer, node: n.Field) -> State:
    """Return whether there are ballots: votes, or some of which nothing is known."""
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has ballots
    _check_own(node)
    fact = declared.facts[node.name]
    there = TRUE if w.table.stranger else either((given(w, node), unknown(w, node)))
    if fact.applies is None:
        return State(there, there)
    found = w.test(fact.applies)
    return State(both((found.low, there)), both((found.high, there)))


def votes_for(w: Writer, node: n.Field) -> list[str]:
    """Return the votes for each rank, lowest first; a level left out has none."""
    return [f"coalesce({w.raw(c)}, 0)" if w.profile(c).given else "0" for c in levels_of(w, node)]


def won(w: Writer, node: n.Winner) -> Ends:
    """Return the level that a ballot gives: the best one with its majority, under the ceiling."""
    if not isinstance(node.ballots, n.Field):
        raise UnsupportedError("ballots that are no fact")
    counting, above = (
        w.ends(node.counting).low.strip("'"),
        w.ends(node.above_ceiling).low.strip("'"),
    )
    ceiling = w.ends(w.let(node.ceiling))
    votes = votes_for(w, node.ballots)
    base = _base(w, node, votes)
    supporting = votes if counting != CUMULATIVE else [_sum(votes[r:]) for r in range(len(votes))]
    stands = above == WINS
    top = str(len(node.wins) - 1) if stands else ceiling.high
    lowest = str(node.lowest)

    def under(rank: int, end: str) -> str:
        return str(rank) if stands else extreme("least", (str(rank), end))

    ranks = range(len(votes) - 1, -1, -1)
    surely = {r: _wins(supporting[r], node.wins[r], base.high, FALSE) for r in ranks}
    may = {r: _wins(supporting[r], node.wins[r], base.low, TRUE) for r in ranks}
    state = cast(w, node.ballots)
    blank = unknown(w, node.ballots)
    low = _case([(surely[r], under(r, ceiling.low)) for r in ranks], lowest)
    high = _case([(may[r], under(r, ceiling.high)) for r in ranks], top)
    # what may win and does not surely leaves what lies below open, and nothing above it
    settled = either(surely[r] for r in ranks)
    first = high
    high = chosen(settled, first, top)
    low, high = chosen(blank, lowest, low), chosen(blank, top, high)
    return Ends(chosen(state.may, low, ceiling.low), chosen(state.may, high, ceiling.high))


def _base(w: Writer, node: n.Winner, votes: list[str]) -> Ends:
    if node.base is None:
        return same(_sum(votes))
    return w.ends(w.let(node.base))


def _sum(votes: list[str]) -> str:
    return f"({' + '.join(votes)})" if len(votes) > 1 else votes[0]


def _wins(votes: str, majority: Majority, base: str, endless: str) -> str:
    """Cross-multiply; no votes never win. A base without an end is `endless`."""
    sign, many = ">" if majority.strict else ">=", majority.denominator
    left = votes if many == 1 else f"{votes} * {many}"
    if not majority.numerator:
        right = "0"
    else:
        right = base if majority.numerator == 1 else f"{majority.numerator} * {base}"
    return f"({votes} > 0 AND coalesce({left} {sign} {right}, {endless}))"


def _case(ways: list[tuple[str, str]], other: str) -> str:
    found = " ".join(f"WHEN {condition} THEN {value}" for condition, value in ways)
    return f"CASE {found} ELSE {other} END"


def chosen_level(w: Writer, node: n.Choice) -> Ends:
    """Return the levels that a body may choose, a choice above the ceiling being the ceiling."""
    ceiling = w.ends(w.let(node.ceiling))
    if node.among is None:
        low, high = str(node.ranks[0]), str(node.ranks[-1])
    else:
        low, high = _among(w, node)
    return Ends(extreme("least", (low, ceiling.low)), extreme("least", (high, ceiling.high)))


def _among(w: Writer, node: n.Choice) -> tuple[str, str]:
    """Return the lowest and the highest of the levels that a list gives; of none, all."""
    from khung.sql.lists.passes import extremes_of  # noqa: PLC0415  # passes read ballots, too

    first, last = str(node.ranks[0]), str(node.ranks[-1])
    assert node.among is not None  # noqa: S101  # the caller has looked
    low, high, settled = extremes_of(w, node.among)
    return chosen(settled, or_else(low, first), first), chosen(settled, or_else(high, last), last)


def nobody_wins(w: Writer, node: n.Winner) -> tuple[str, str]:
    """Return whether no level may win by ballots that are known, and whether the base is known."""
    assert isinstance(node.ballots, n.Field)  # noqa: S101  # it was written
    counting = w.ends(node.counting).low.strip("'")
    votes = votes_for(w, node.ballots)
    base = _base(w, node, votes)
    supporting = votes if counting != CUMULATIVE else [_sum(votes[r:]) for r in range(len(votes))]
    may = either(_wins(supporting[r], node.wins[r], base.low, TRUE) for r in range(len(votes)))
    known = TRUE if base.single and not base.loose else f"coalesce({base.low} = {base.high}, FALSE)"
    state = cast(w, node.ballots)
    there = both((state.may, negated(unknown(w, node.ballots))))
    return both((there, negated(may))), known


def wins_above(w: Writer, node: n.Winner) -> str:
    """Return whether ballots that are known surely give a level above the ceiling."""
    assert isinstance(node.ballots, n.Field)  # noqa: S101  # it was written
    counting = w.ends(node.counting).low.strip("'")
    votes, ceiling = votes_for(w, node.ballots), w.ends(w.let(node.ceiling))
    base = _base(w, node, votes)
    supporting = votes if counting != CUMULATIVE else [_sum(votes[r:]) for r in range(len(votes))]
    above = (
        both((f"({ceiling.high} < {r})", _wins(supporting[r], node.wins[r], base.high, FALSE)))
        for r in range(1, len(votes))
    )
    there = both((cast(w, node.ballots).may, negated(unknown(w, node.ballots))))
    return both((there, either(above)))


def is_exact(w: Writer, node: n.Choice) -> str:
    """Return whether it is known which levels a body may choose among."""
    from khung.sql.lists.passes import extremes_of  # noqa: PLC0415  # passes read ballots, too

    assert node.among is not None  # noqa: S101  # the caller has looked
    return extremes_of(w, node.among)[2]


def options(w: Writer, node: n.Choice) -> tuple[str, str]:
    """Return the lowest and the highest level that a body may choose."""
    if node.among is None:
        return str(node.ranks[0]), str(node.ranks[-1])
    return _among(w, node)


def may_choose(w: Writer, node: n.Choice, rank: int) -> str:
    """Return whether a level is among those that a body may choose, all of which are known."""
    from khung.sql.lists.passes import extremes_of, holds_level  # noqa: PLC0415  # passes read ballots, too

    is_any = TRUE if rank in node.ranks else FALSE
    if node.among is None:
        return is_any
    lowest = extremes_of(w, node.among)[0]
    nothing = FALSE if lowest.isdigit() else f"({lowest} IS NULL)"
    return either((holds_level(w, node.among, rank), both((nothing, is_any))))

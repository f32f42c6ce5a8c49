"""A quota of which a candidate is in several groups: what is read to settle it row by row.

Such quotas are rare, and who stays hangs on one pass from the best candidate down, which no sum
says. So what is read comes from SQL, and the reference evaluator settles it, a case at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.sql.quotas.members import CAN, COUNTED, LIMITS
from khung.sql.quotas.shape import Settled
from khung.sql.text import FALSE, NULL, TRUE

if TYPE_CHECKING:
    from khung.sql.quotas.shape import JointShape

OUTSIDE = ("cs", "grouping", "k0")


def members_of(shape: JointShape) -> tuple[str, ...]:
    """Return the columns of a member."""
    order = (f"o{at}_{end}" for at in range(len(shape.order)) for end in ("lo", "hi"))
    missing = ("o_missing",) if shape.order else ()
    levels = ("lvl_lo", "lvl_hi")
    return ("rid", "cs", *CAN, *levels, *COUNTED, *order, *missing, *shape.columns)


KEYS = ("rid", "cs", "grouping", "k0", "sure", "is_open", "may_lack", *sum(LIMITS, ()))
"""The columns of a key; a limit that no grouping has is null."""


def joint_statement(shape: JointShape) -> Settled:
    """Return the statement that settles a quota of several groups for one candidate."""
    names = {
        name
        for one in shape.groupings
        for own, is_there in zip(LIMITS, (one.shared, one.placed, one.sized), strict=True)
        for name in own
        if is_there
    }
    limits = (name if name in names else f"{NULL} AS {name}" for name in sum(LIMITS, ()))
    fixed = KEYS[: -len(sum(LIMITS, ()))]
    keys = (
        f"SELECT {', '.join((*fixed, *limits))} FROM {shape.keys} ORDER BY cs, grouping, rid, nth"
    )
    members = f"SELECT {', '.join(members_of(shape))} FROM {shape.members} ORDER BY cs, rid"
    outside = f"SELECT {', '.join(OUTSIDE)} FROM {shape.outside} ORDER BY cs"
    whole = f"SELECT cs, is_whole FROM {shape.whole} ORDER BY cs"
    return Settled(
        shape,
        members,
        keys,
        outside if shape.outside else "",
        "" if shape.whole in (TRUE, FALSE) else whole,
    )

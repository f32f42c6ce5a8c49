"""A quota as statements: each makes a relation that later ones read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.records import replace
from khung.sql.quotas import groups, keyless, lines, members, results, standings

if TYPE_CHECKING:
    from khung.sql.quotas.shape import QuotaShape, Statement


def quota_statements(shape: QuotaShape, *, slow: bool = False) -> tuple[Statement, ...]:
    """Return what makes a quota of its members, in the order of work.

    Args:
        shape: The quota.
        slow: Whether all columns are read, and each way is taken that any data may need.
    """
    if slow:
        shape = replace(shape, said={}, keyless=shape.keys > 0)
    start = (members.view(shape), *groups.statements(shape))
    if not slow and lines.do_for(shape):
        return (*start, *lines.statements(shape))
    return (
        *start,
        *standings.statements(shape),
        *(keyless.statements(shape) if shape.keyless else ()),
        *results.statements(shape),
    )

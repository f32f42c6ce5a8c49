"""What can be said of a subject, as numbers in a column."""

from __future__ import annotations

RANKED, NOT_RANKED, PENDING, UNDETERMINED, NEEDS_DECISION = range(5)

STATUSES = ("ranked", "not_ranked", "pending", "undetermined", "needs_decision")

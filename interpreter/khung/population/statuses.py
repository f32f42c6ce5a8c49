"""What can be said of a subject, as numbers in a column; the words are `sql.members.STATUSES`."""

from __future__ import annotations

RANKED, NOT_RANKED, PENDING, UNDETERMINED, NEEDS_DECISION = range(5)

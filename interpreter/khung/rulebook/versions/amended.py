"""What a rulebook amends, and from which day on.

Reports: K0552, K0553.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.rulebook.folder import text_at
from khung.rulebook.model import Amended, Manner
from khung.source.nodes import Mapping

if TYPE_CHECKING:
    from datetime import date

    from khung.diagnostics.bag import Bag
    from khung.rulebook.folder import Written
    from khung.rulebook.model import Extends, Rulebook
    from khung.text import Span

_AT = "extends.from"


def amended_by(own: Written, how: Extends, base: Rulebook, bag: Bag) -> Amended | None:
    """Return what a rulebook amends, or that which it is put over does; None if nothing is.

    Args:
        own: What the rulebook itself says.
        how: How it extends its base.
        base: The base.
        bag: Where to report a first day out of the period (K0552), or one that is no later than
            that of the amendment before (K0553).
    """
    match how.manner:
        case Manner.SUCCESSOR:
            return None
        case Manner.OVERLAY:
            return base.amended
        case Manner.AMENDMENT:
            if how.first is not None:
                _check_first_day(how.first, _place(own.manifest), base, bag)
            older = base.amended or Amended(base.id, (), {})
            name = text_at(own.manifest.get("id")) or own.folder.name
            later = (*older.later, (name, how.first or base.period[0]))
            return Amended(older.id, later, {**older.clauses, base.document: base.clauses})


def _place(manifest: Mapping) -> Span:
    """Return where a manifest says the first day of an amendment."""
    said = manifest.get("extends")
    day = said.get("from") if isinstance(said, Mapping) else None
    return manifest.span if day is None else day.span


def _check_first_day(day: date, span: Span, base: Rulebook, bag: Bag) -> None:
    first, last, said = *map(str, base.period), str(day)
    before = base.amended.later[-1] if base.amended and base.amended.later else None
    if not first <= said <= last:
        bag.add("K0552", span, at=_AT, name=base.id, day=said, first=first, last=last)
    elif before is not None and day <= before[1]:
        bag.add("K0553", span, at=_AT, name=base.id, day=said, before=str(before[1]))

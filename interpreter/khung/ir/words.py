"""Types said in the reader's words."""

from __future__ import annotations

from typing import assert_never

from khung.diagnostics.model import Word
from khung.ir import types as t


def type_word(ty: t.Type) -> Word:
    """Return the word for a type: `a number`, `a level of grade`."""
    match ty:
        case t.Boolean():
            return Word("type.boolean")
        case t.Number():
            return Word("type.number")
        case t.Fraction():
            return Word("type.fraction")
        case t.String():
            return Word("type.string")
        case t.Date():
            return Word("type.date")
        case t.Months():
            return Word("type.months")
        case t.Seconds():
            return Word("type.seconds")
        case t.Scale():
            return Word("type.scale", ty.name)
        case t.Enumeration():
            return Word("type.enumeration", ty.name)
        case t.Object():
            return Word("type.object", ty.name)
        case t.List():
            return Word("type.list")
        case t.Range():
            return Word("type.range")
        case t.Ballots():
            return Word("type.ballots", ty.scale)
        case t.Calendar():
            return Word("type.calendar")
        case t.Context():
            return Word("type.context")
        case t.Anything() | t.Bad():
            return Word("type.anything")
        case _:
            assert_never(ty)

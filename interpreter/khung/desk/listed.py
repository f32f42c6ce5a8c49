"""The subjects of a case beside its form: a page of them, or those that somebody looks for."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from khung.records import dataclass

if TYPE_CHECKING:
    from khung.desk.sheet import Sheet, Who

ON_A_PAGE = 100
"""Subjects that are shown at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Those that are shown.

    Attributes:
        subjects: In the order of the case.
        count: How many there are, on all pages.
        whole: How many the case has.
        page: Which page it is, from 1, of `pages`.
        find: What somebody looks for; empty for all.
    """

    subjects: tuple[Who, ...]
    count: int
    whole: int
    page: int
    pages: int
    find: str

    @classmethod
    def of(cls, sheet: Sheet, who: Who | None, find: str, page: str) -> Listed:
        """Return a page of the subjects of a case; unless one is asked for, that with `who` on it.

        Args:
            sheet: The case.
            who: Of whom the form is.
            find: Words that the name, the id or the type must have; accents do not matter.
            page: The number of the page, as it stands in an address.
        """
        every, words = sheet.subjects, _plain(find).split()
        found = tuple(one for one in every if _has(one, sheet, words)) if words else every
        pages = max(1, -(-len(found) // ON_A_PAGE))
        own = found.index(who) // ON_A_PAGE + 1 if who in found else 1
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else own  # noqa: PLR2004  # no number
        number = min(max(number, 1), pages)
        start = (number - 1) * ON_A_PAGE
        shown = found[start : start + ON_A_PAGE]
        return cls(shown, len(found), len(every), number, pages, " ".join(find.split()))


def _has(one: Who, sheet: Sheet, words: list[str]) -> bool:
    said = _plain(f"{sheet.called(one)} {sheet.called_type(one)}")
    return all(word in said for word in words)


def _plain(text: str) -> str:
    """Return a text in small letters without accents."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("\u0111", "d"))
    return "".join(c for c in apart if not unicodedata.combining(c))

"""Did you mean: the declared name that a mistyped one is closest to.

Reports: K0201.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from khung.diagnostics.model import Word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.diagnostics.bag import Bag
    from khung.text import Span

CLOSE_ENOUGH = 0.7
"""The share of equal letters, as difflib counts it, from which on a name may be meant."""

SLIP = 0.8  # the share from which on it hardly can be anything but a slip
_LONGEST = 64  # characters of a name: difflib is quadratic
_D_WITH_STROKE = "\u0111"  # Unicode does not take its stroke for an accent
_DIGIT = re.compile(r"\d")
_MOST = 500  # candidates looked at: advice must not take longer than the work


def nearest(name: str, candidates: Iterable[str], cutoff: float = CLOSE_ENOUGH) -> str | None:
    """Return the candidate that `name` was probably meant to be, or None.

    A candidate that differs only in accents, case, hyphens or blanks comes first. Of very many
    candidates only the first 500 are looked at.
    """
    from difflib import get_close_matches  # noqa: PLC0415  # only needed for advice

    by_form: dict[str, str] = {}
    for candidate in islice(candidates, _MOST):
        by_form.setdefault(bare(candidate), candidate)
    form = bare(name)
    if form in by_form:
        return by_form[form]
    close = get_close_matches(form[:_LONGEST], by_form, n=1, cutoff=cutoff)
    return by_form[close[0]] if close else None


def nearest_id(name: str, candidates: Iterable[str], cutoff: float = CLOSE_ENOUGH) -> str | None:
    """Return what `nearest` does, of ids: one with other digits is another one, not misspelt."""
    others = (other for other in candidates if _shape(other) != _shape(name))
    return nearest(name, others, cutoff)


def one_before(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate with other digits that comes next before: `2021` of `2022`, or None."""
    earlier = (c for c in candidates if _shape(c) == _shape(name) and c < name)
    return max(earlier, default=None)


def _shape(name: str) -> str:
    return _DIGIT.sub("0", name)


def bare(name: str) -> str:
    """Return `name` without accents, in lower case, blanks and hyphens turned into `_`."""
    letters = unicodedata.normalize("NFD", name.strip().casefold())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return kept.replace(_D_WITH_STROKE, "d").replace("-", "_").replace(" ", "_")


def listed(candidates: Iterable[str], limit: int = 5) -> tuple[str, ...]:
    """Return the first `limit` candidates, with an ellipsis last where there are more."""
    names = tuple(candidates)
    return names if len(names) <= limit else (*names[:limit], "…")


def unknown(  # noqa: PLR0913  # two of them are named, and few name both
    bag: Bag,
    kind: str,
    name: str,
    span: Span | None,
    candidates: Iterable[str],
    *,
    at: str = "",
    meant: str = "",
) -> None:
    """Report a name that nothing has, with the one that is `meant`, or the nearest there is."""
    names = tuple(dict.fromkeys(candidates))
    near = meant or nearest(name, names)
    if near:
        bag.add("K0201", span, help="near", at=at, kind=Word(kind), name=name, near=near)
    elif names:
        bag.add("K0201", span, help="known", at=at, kind=Word(kind), name=name, known=names[:8])
    else:
        bag.add("K0201", span, at=at, kind=Word(kind), name=name)

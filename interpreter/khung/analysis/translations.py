"""What the translations of a rulebook lack, and what they have for nothing.

Reports: K0740, K0741.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.diagnostics.suggest import listed, nearest

if TYPE_CHECKING:
    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Rulebook

_NAMED = 5
"""How many texts without translation are named."""


def check_translations(rulebook: Rulebook, bag: Bag) -> None:
    """Warn of texts without translation, once, and of each translation that no text uses."""
    found = rulebook.catalogue
    if found is None:
        return
    texts = [ref.name for ref in found.lacking]
    if texts:
        span, first = found.lacking[0].span, listed(texts, _NAMED)
        bag.add("K0740", span, help="", count=len(texts), first=first)
    for ref in found.idle:
        near = nearest(ref.name, texts) or ""
        help_ = "near" if near else ""
        bag.add("K0741", ref.span, help=help_, at="texts", text=ref.name, near=near)

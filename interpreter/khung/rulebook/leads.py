"""Where citations of earlier documents lead in the document of a rulebook.

In: what each clause carries, as addresses. Out: `Leads`, as full citations, over one step or many.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.rulebook.model import Leads


def with_headings(leads: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return where addresses lead, and where each heading does under which clauses stand.

    A heading, `A.1` of `A.1.b/2`, leads to where most of what is carried of it stands in the same
    order, if most does.
    """
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for old, all_new in leads.items():
        for heading in headings(old):
            below = old.removeprefix(heading)
            alike = (new.endswith(below) and new.removesuffix(below) for new in all_new)
            places[heading].update(place or "" for place in alike)
    found: dict[str, list[str]] = {}
    for heading, counted in places.items():
        ((place, count),) = counted.most_common(1)
        if place and count * 2 > counted.total():
            found[heading] = [place]
    return found | dict(leads)


def headings(address: str) -> Iterator[str]:
    """Yield what a clause stands under, the nearest last; nothing for a part of a clause."""
    if "#" not in address:
        yield from (address[:i] for i, sign in enumerate(address) if i and sign in "./")


def is_heading(address: str, clauses: Mapping[str, object]) -> bool:
    """Say whether clauses stand under an address."""
    return any(address in headings(clause) for clause in clauses)


def one_step(leads: Mapping[str, list[str]], before: str, after: str) -> Leads:
    """Return where addresses lead as full citations of the document before and the one after."""
    return {
        f"{before} {old}": tuple(f"{after} {new}" for new in all_new)
        for old, all_new in leads.items()
    }


def with_step(older: Leads, step: Leads) -> Leads:
    """Return where citations lead after one more step, those of the last document too."""
    found = {
        old: tuple(dict.fromkeys(new for way in ways for new in step.get(way, ())))
        for old, ways in older.items()
    }
    return {**{old: ways for old, ways in found.items() if ways}, **step}

"""The readings that a case asks for, checked before the rulebook is lowered under them.

Reports: K0503, K0504.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.diagnostics.suggest import listed, nearest
from khung.source.values import under

if TYPE_CHECKING:
    from collections.abc import Mapping

    from khung.casefile.model import CaseFile
    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Ref, Rulebook


class Choices(NamedTuple):
    """A reading: its options, and that which the rulebook chooses."""

    name: str
    options: tuple[str, ...]
    chosen: str


def choices_of(rulebook: Rulebook | None) -> dict[str, Choices]:
    """Return the readings of a rulebook by name."""
    return {
        r.head.id: Choices(r.head.id, tuple(o.head.id for o in r.options), r.chosen.name)
        for r in (rulebook.readings if rulebook else ())
    }


def chosen_readings(
    case_file: CaseFile, choices: Mapping[str, Choices], bag: Bag
) -> dict[str, str]:
    """Return the options that a case chooses, for `lower_rulebook`; wrong ones are left out."""
    options = {name: choice.options for name, choice in choices.items()}
    found: dict[str, str] = {}
    for reading, option in case_file.readings:
        if reading.name not in options:
            _unknown_reading(reading, tuple(options), bag)
        elif option.name not in options[reading.name]:
            _unknown_option(reading, option, options[reading.name], bag)
        else:
            found[reading.name] = option.name
    return found


def _unknown_reading(reading: Ref, names: tuple[str, ...], bag: Bag) -> None:
    name, near = reading.name, nearest(reading.name, names)
    advice, known = "near" if near else "", listed(names, 8)
    bag.add(
        "K0503",
        reading.span,
        help=advice,
        at="readings",
        name=name,
        near=near or "",
        known=known,
    )


def _unknown_option(reading: Ref, option: Ref, names: tuple[str, ...], bag: Bag) -> None:
    near = nearest(option.name, names)
    bag.add(
        "K0504",
        option.span,
        help="near" if near else "",
        at=under("readings", reading.name),
        reading=reading.name,
        name=option.name,
        near=near or "",
        known=listed(names, 8),
    )

"""What is an error only because something else is one, and is not said beside it.

An entry that could not be read is missing wherever it is named. What may not apply, and the order
of the stages, follow from conditions: as long as one of those is wrong, nobody can tell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from khung.diagnostics.codes import is_error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Set

    from khung.diagnostics.model import Diagnostic

_OF_SOUND_CONDITIONS = frozenset({"K0333", "K0441"})
_NAME = re.compile(r"[\w./-]+")


def without_follow_ups(
    diagnostics: Collection[Diagnostic], broken: Set[str]
) -> Iterator[Diagnostic]:
    """Yield diagnostics without those that follow from others.

    Args:
        diagnostics: What was found while names were looked up.
        broken: The entries that could not be read (`Rulebook.broken`).
    """
    first = [d for d in diagnostics if d.code not in _OF_SOUND_CONDITIONS]
    sound = not broken and not any(map(is_error, first))
    for diagnostic in diagnostics if sound else first:
        if not _mentions(diagnostic, broken):
            yield diagnostic


def _mentions(diagnostic: Diagnostic, names: Set[str]) -> bool:
    texts = [value for value in diagnostic.args.values() if isinstance(value, str)]
    if diagnostic.span is not None:
        texts.append(diagnostic.span.text)
    found = {name for text in texts for name in _NAME.findall(text)}
    steps = {step for name in found for step in name.split(".")}
    return not names.isdisjoint(found | steps)

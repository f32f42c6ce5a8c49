"""The program of a mutant under a choice of readings, made anew only as far as the change goes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.ir.from_rulebook import lower_rulebook, lowering_of
from khung.ir.memo import Memo

if TYPE_CHECKING:
    from tests.mutation.mutants import Mutant

    from khung.ir.program import Program
    from khung.rulebook.model import Rulebook

Readings = tuple[tuple[str, str], ...]


@dataclass
class Programs:
    """The programs of the sound rulebook, kept, and those of mutants, made of them."""

    rulebook: Rulebook
    _sound: dict[Readings, Program] = field(default_factory=dict)

    def sound(self, readings: Readings) -> Program:
        """Return the program of the rulebook as it is."""
        if readings not in self._sound:
            made = lower_rulebook(self.rulebook, dict(readings), Bag())
            assert made is not None, readings
            self._sound[readings] = made
        return self._sound[readings]

    def of(self, mutant: Mutant, changed: Rulebook, readings: Readings) -> Program | None:
        """Return the program of a mutant that is valid under the readings chosen.

        Only what the mutant's own subject holds is another; the rest names it, and is no copy.
        """
        bag = Bag()
        if not mutant.entry.owner:
            return lower_rulebook(changed, dict(readings), bag)
        base, owner = self.sound(readings), mutant.entry.owner
        lowering = lowering_of(changed, dict(readings), bag, Memo())
        one = lowering.object_type(lowering.declared.objects[owner])
        made = replace(base, objects={**base.objects, owner: one})
        return None if bag.has_errors else made

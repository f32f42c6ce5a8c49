"""Levels before the quota in openfisca-core, all members in one batch.

A quota ranks the members of a group among each other, which variables of one entity do not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.population.members import BEST, FLAGS, NOT_RANKED, NUMBERS, OPEN, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Formula = Callable[..., Any]

PERIOD = "2021"


def levels(columns: Mapping[str, Any]) -> Any:
    """Return the level of each member, by the columns of `members.columns`."""
    simulation = SimulationBuilder().build_default_simulation(_system(), len(columns["months"]))
    for name, values in columns.items():
        simulation.set_input(name, PERIOD, values)
    return simulation.calculate("level", PERIOD)


def _system() -> Any:
    entity = build_entity(key="member", plural="members", label="Member", is_person=True)
    system = TaxBenefitSystem([entity])
    for name, kind in (*((one, bool) for one in FLAGS), *((one, int) for one in NUMBERS)):
        system.add_variable(_variable(entity, name, kind))
    for name, kind, formula in VALUES:
        system.add_variable(_variable(entity, name, kind, formula))
    return system


def _ceiling(v: Formula) -> Any:
    failed = v("under_half") | (v("official") == 0) | v("disciplined") | (v("least") < 1)
    fair = (v("results") < 2) | (v("official") < 2)
    good = (v("results") < BEST) | (v("others") < 2) | (v("official") < BEST) | ~v("outstanding")
    level = np.select([failed, fair, good], [0, 1, 2], BEST)
    return np.where(v("ill") >= 3, np.minimum(level, 1), level)


def _winner(v: Formula) -> Any:
    won = [2 * v(f"votes_{level}") > v("base") for level in (3, 2, 1, 0)]
    return np.select(won, [3, 2, 1, 0], OPEN)


def _level(v: Formula) -> Any:
    by_vote = np.minimum(v("winner"), v("ceiling"))
    is_open = (v("deferred") | (v("winner") == OPEN)) & (v("ceiling") > 0)
    level = np.where(is_open, OPEN, np.where(v("winner") == OPEN, 0, by_vote))
    return np.select([v("out"), v("pending")], [NOT_RANKED, PENDING], level)


VALUES: tuple[tuple[str, type, Formula], ...] = (
    ("out", bool, lambda v: v("exempt") | v("suspended") | (v("months") < 6)),
    (
        "pending",
        bool,
        lambda v: (
            v("waiting")
            | (v("moved") & ~v("remark_before") & (v("months_before") >= 6))
            | (v("away") & ~v("remark_away"))
        ),
    ),
    ("under_half", bool, lambda v: (v("set") > 0) & (2 * v("done") < v("set"))),
    ("results", int, lambda v: np.minimum.reduce([v(f"result_{i}") for i in range(3)])),
    ("others", int, lambda v: np.minimum.reduce([v(f"other_{i}") for i in range(7)])),
    ("least", int, lambda v: np.minimum(v("results"), v("others"))),
    ("ceiling", int, _ceiling),
    ("winner", int, _winner),
    ("level", int, _level),
)


def _variable(entity: Any, name: str, kind: type, formula: Formula | None = None) -> Any:
    """Return a variable; its formula reads others by name alone, all in the same year."""
    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    if formula is not None:
        body["formula"] = lambda members, period: formula(lambda read: members(read, period))
    return type(name, (Variable,), body)

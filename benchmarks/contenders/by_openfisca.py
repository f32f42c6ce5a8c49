"""The rules as variables of openfisca-core, which works on whole columns.

Each rule is a variable of its own, as is each value that rules share; the level reads them. A
simulation keeps what each rule came to, which is the nearest to a reason that there is here.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.contenders.contender import Contender
from benchmarks.records import CRITERIA, GRADES, ON, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.records import Record

    Formula = Callable[..., Any]

WEAK, FAIR, GOOD, EXCELLENT = range(4)
NOT_RANKED, PENDING = -2, -1
NAMES = {NOT_RANKED: "not_ranked", PENDING: "pending", **dict(enumerate(GRADES))}
PERIOD = str(ON.year)
PENALTIES = ("none", "warning", "fine", "ban")
FLAGS = ("suspended", "audited", "recommended", "certified", "overdue_debt")
COUNTS = ("certificate", "orders", "orders_on_time", "complaints", "incidents", *CRITERIA)

RULES = (
    ("levels_excellent_recommended", GOOD, lambda v: ~v("recommended")),
    ("levels_excellent_delivery", GOOD, lambda v: v("delivery") < EXCELLENT),
    ("levels_excellent_conduct", GOOD, lambda v: v("least_conduct") < GOOD),
    (
        "levels_excellent_certificate",
        GOOD,
        lambda v: v("certified") & (v("certificate") < EXCELLENT),
    ),
    ("levels_excellent_punctual", GOOD, lambda v: v("punctuality") < 0.95),
    ("levels_good_delivery", FAIR, lambda v: v("delivery") < GOOD),
    ("levels_good_conduct", FAIR, lambda v: v("best_conduct") < GOOD),
    ("levels_good_certificate", FAIR, lambda v: v("certified") & (v("certificate") < GOOD)),
    ("levels_good_complaints", FAIR, lambda v: v("complaints") > 5),
    (
        "levels_fair_criteria",
        WEAK,
        lambda v: (v("delivery") < FAIR) | (v("least_conduct") < FAIR),
    ),
    ("levels_fair_punctual", WEAK, lambda v: v("punctuality") < 0.7),
    ("knockouts_late", WEAK, lambda v: v("punctuality") < 0.5),
    ("knockouts_banned", WEAK, lambda v: v("penalty") == PENALTIES.index("ban")),
    ("knockouts_accidents", WEAK, lambda v: v("incidents") >= 3),
    ("caps_debt", FAIR, lambda v: v("overdue_debt")),
    ("caps_complaints", GOOD, lambda v: v("complaints") >= 3),
    ("caps_fined", GOOD, lambda v: v("penalty") == PENALTIES.index("fine")),
    ("caps_incident", GOOD, lambda v: v("incidents") >= 1),
    ("caps_short_history", GOOD, lambda v: v("months") < 12),
    ("not_ranked_newcomer", NOT_RANKED, lambda v: v("months") < 6),
    ("not_ranked_suspended", NOT_RANKED, lambda v: v("suspended")),
    ("pending_no_audit", PENDING, lambda v: ~v("audited")),
)
"""Each rule with the level that it leaves at most."""


def contenders(records: Sequence[Record]) -> list[Contender]:
    run = _runner()
    one_by_one = [_columns([record]) for record in records]
    batch = [_columns(records)]
    return [
        Contender("openfisca-core, one at a time", one_by_one, run, _outcomes),
        Contender("openfisca-core, all in one batch", batch, run, _outcomes, len(records)),
    ]


def _columns(records: Sequence[Record]) -> dict[str, Any]:
    columns = {name: np.array([getattr(r, name) for r in records]) for name in (*FLAGS, *COUNTS)}
    columns["penalty"] = np.array([PENALTIES.index(r.penalty) for r in records])
    columns["first_order"] = np.array([r.first_order for r in records], "datetime64[D]")
    return columns


def _outcomes(levels: Any) -> list[Outcome]:
    return [Outcome(NAMES[level], None) for level in levels.tolist()]


def _runner() -> Callable[[dict[str, Any]], Any]:
    """Return what makes a simulation of some columns and works out the level."""
    system = _system()

    def run(columns: dict[str, Any]) -> Any:
        count = len(columns["first_order"])
        simulation = SimulationBuilder().build_default_simulation(system, count)
        for name, values in columns.items():
            simulation.set_input(name, PERIOD, values)
        return simulation.calculate("level", PERIOD)

    return run


def _system() -> Any:
    entity = build_entity(key="supplier", plural="suppliers", label="Supplier", is_person=True)
    system = TaxBenefitSystem([entity])
    for made in (*_inputs(entity), *_values(entity), *_rules(entity)):
        system.add_variable(made)
    return system


def _inputs(entity: Any) -> list[Any]:
    typed = [*((name, bool) for name in FLAGS), *((name, int) for name in COUNTS)]
    typed += [("penalty", int), ("first_order", date)]
    return [_variable(entity, name, kind) for name, kind in typed]


def _values(entity: Any) -> list[Any]:
    def least(v: Formula, *names: str) -> Any:
        return np.minimum.reduce([v(name) for name in names])

    def conduct(v: Formula, pick: Any) -> Any:
        three = pick.reduce([v("integrity"), v("cooperation"), v("training")])
        return np.where(v("certified"), pick(three, v("upkeep")), three)

    return [
        _variable(entity, "months", int, lambda v: _months(v("first_order"))),
        _variable(entity, "punctuality", float, lambda v: v("orders_on_time") / v("orders")),
        _variable(entity, "delivery", int, lambda v: least(v, "quality", "quantity", "packing")),
        _variable(entity, "least_conduct", int, lambda v: conduct(v, np.minimum)),
        _variable(entity, "best_conduct", int, lambda v: conduct(v, np.maximum)),
    ]


def _months(start: Any) -> Any:
    """Return whole months; the day of the ranking is not the last of its month."""
    months = start.astype("datetime64[M]")
    day = (start - months).astype(int) + 1
    return ON.year * 12 + ON.month - 1 - (months.astype(int) + 1970 * 12) - (day > ON.day)


def _rules(entity: Any) -> list[Any]:
    def level(v: Formula) -> Any:
        return np.minimum.reduce([np.where(v(name), most, EXCELLENT) for name, most, _ in RULES])

    rules = [_variable(entity, name, bool, formula) for name, _, formula in RULES]
    return [*rules, _variable(entity, "level", int, level)]


def _variable(entity: Any, name: str, kind: type, formula: Formula | None = None) -> Any:
    """Return a variable; its formula reads others by name alone, all in the same year."""

    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    if formula is not None:
        body["formula"] = lambda suppliers, period: formula(lambda read: suppliers(read, period))
    return type(name, (Variable,), body)

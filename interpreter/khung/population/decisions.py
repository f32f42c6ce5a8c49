"""What is left to a body of solved cases: which places, among whom, which levels may be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir.nodes import Literal
from khung.ir.result_schema import DECISION
from khung.ir.stages import names
from khung.population import statuses, steps
from khung.population.cells import scale_of
from khung.population.groups import contended, level_of
from khung.rulebook.model.rules import Stage
from khung.sql import quota_members
from khung.sql.lists.told import listed
from khung.sql.text import FALSE, NULL, TRUE, both, either, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import ObjectType
    from khung.population.run import Reading, Solved
    from khung.sql.table import Quoted, Table

MOST_CANDIDATES = 40
"""How many who contend for places are named at each of them."""

FINAL = f"{steps.STEP}{names.of_stage(Stage.QUOTA)}"


def quotas_of(solved: Solved, table: Table) -> list[Quoted]:
    """Return the quotas that may leave a choice to a body for objects of a table."""
    build, found = solved.compiled.build, []
    for need in solved.compiled.script.quotas:
        if need.subject == table.base:
            tables = quota_members.tables_in(build, need.subject, need.place)[need.part]
            found += [need] if table in tables else []
    return found


def joined_quotas(solved: Solved, quotas: list[Quoted]) -> str:
    """Return what is joined to the rows of results for the choices that quotas leave."""
    return "".join(
        f" LEFT JOIN {quoted(need.name + '.steps')} s{at} ON s{at}.rid = n.rid "
        f"LEFT JOIN ({contended(solved, need)}) g{at} ON g{at}.rid = n.rid"
        for at, need in enumerate(quotas)
    )


def decision_cells(
    solved: Solved, declared: ObjectType, found: Reading, quotas: list[Quoted]
) -> dict[str, str]:
    """Return the cells of the choice that is left open of each."""
    askers = steps.deciders(declared)
    if not askers:
        return {}
    code = found.columns[f"{FINAL}:decision"][0].low
    asked = f"{found.columns['r:status'][0].low} = {statuses.NEEDS_DECISION}"
    kinds = " ".join(f"WHEN {at} THEN '{one.kind}'" for at, one in enumerate(askers, 1))
    rules = " ".join(f"WHEN {at} THEN {literal(one.rule.id)}" for at, one in enumerate(askers, 1))
    ways = {at: _codes(declared, need) for at, need in enumerate(quotas)}

    def of_quotas(text: str, other: str) -> str:
        parts = [f"WHEN {code} IN ({ways[at]}) THEN {text.format(at=at)}" for at in ways]
        if not parts:
            return f"CASE WHEN {asked} THEN {other} END" if other != NULL else ""
        return f"CASE WHEN {asked} THEN CASE {' '.join(parts)} ELSE {other} END END"

    empty = listed([])
    few = f"CASE WHEN array_length(g{{at}}.ids) <= {MOST_CANDIDATES} THEN g{{at}}.ids ELSE {empty} END"
    beside = {
        "places": of_quotas("s{at}.decision_places", NULL),
        "candidates": of_quotas(few, empty),
        "group": of_quotas("g{at}.key", NULL),
    }
    options = " ".join(
        f"WHEN {at} THEN {text}" for at, text in _options(solved, declared, found, quotas)
    )
    return {
        DECISION: f"CASE WHEN {asked} THEN CASE {code} {kinds} END END",
        f"{DECISION}.rule": f"CASE WHEN {asked} THEN CASE {code} {rules} END END",
        **(
            {f"{DECISION}.options": f"CASE WHEN {asked} THEN CASE {code} {options} END END"}
            if options  # else nobody is asked
            else {}
        ),
        **{f"{DECISION}.{name}": text for name, text in beside.items() if text},
    }


def _codes(declared: ObjectType, need: Quoted) -> str:
    """Return the codes of the choices that a quota leaves."""
    rule = declared.quotas[need.place].head
    askers = enumerate(steps.deciders(declared), 1)
    return ", ".join(str(at) for at, one in askers if one.rule is rule)


def _options(
    solved: Solved, declared: ObjectType, found: Reading, quotas: list[Quoted]
) -> Iterator[tuple[int, str]]:
    """Yield by code which levels may be given, the best first."""
    levels = scale_of(solved.source.program, declared)
    low, high, out = (found.columns[f"{FINAL}:{part}"][0].low for part in ("low", "high", "out"))
    of_quota = {id(declared.quotas[need.place].head): need for need in quotas}
    for at, one in enumerate(steps.deciders(declared), 1):
        need = of_quota.get(id(one.rule))
        if need is not None:
            others = declared.quotas[need.place].others
            assert isinstance(others, Literal)  # noqa: S101  # it was compiled as a constant
            assert isinstance(others.value, int)  # noqa: S101  # a rank
            yield (
                at,
                listed(
                    [(TRUE, literal(x)) for x in (level_of(solved, need), levels[others.value])]
                ),
            )
        elif one.kind not in {"tie", "n_of_m"}:
            yield at, _listed(levels, low, high, out, _choosable(declared, found, one))


def _choosable(declared: ObjectType, found: Reading, one: steps.Decider) -> list[str]:
    """Return by rank whether a body may choose it, lowest first."""
    ranks = steps.ranks_of(declared)
    if one.kind != "deferred":
        return [TRUE for _ in ranks]
    choice = steps.choice_of(declared, one.rule)
    if choice.among is None:
        return [TRUE if rank in choice.ranks else FALSE for rank in ranks]
    place = next(at for at, each in enumerate(declared.defer) if each.head is one.rule)
    return [found.columns[f"{steps.AMONG}{place}:{rank}"][0].low for rank in ranks]


def _listed(levels: tuple[str, ...], low: str, high: str, out: str, ranks: list[str]) -> str:
    """Return the levels between two ends; what is above the higher one counts as that."""
    parts = []
    for rank in range(len(ranks) - 1, -1, -1):
        inside = both((ranks[rank], f"({rank} BETWEEN {low} AND {high})"))
        parts.append((either((inside, f"({rank} = {high})")), literal(levels[rank])))
    return listed([*parts, (both((TRUE, out)), "'not_ranked'")] if out != FALSE else parts)

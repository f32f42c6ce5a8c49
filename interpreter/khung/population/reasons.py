"""The rules that bind a result, as bits: which way it came about, and which rules are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.entries import stages_of
from khung.ir.enums import GivenPart
from khung.ir.program import ladder_of
from khung.ir.stages import names
from khung.population import steps
from khung.population.statuses import NOT_RANKED, PENDING, RANKED
from khung.rulebook.model.rules import Stage
from khung.sql.lists.told import as_bits
from khung.sql.text import FALSE, TRUE, both, chosen, either, negated
from khung.why.reasons import Probe, Reasons, lifted, requirements_of

if TYPE_CHECKING:
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType
    from khung.sql.writer import FullWriter

BITS = 60
"""How many rules stand in one column."""


class Told(NamedTuple):
    """A rule that may be told as a reason, and the stage at which it binds."""

    rule: Rule
    stage: str


def _declared_by(w: FullWriter) -> ObjectType:
    assert w.table.declared is not None  # noqa: S101  # it is ranked
    return w.table.declared


class Way(NamedTuple):
    """What may be told of results of one sort: by a mark, the rules in the order of the rulebook."""

    mark: int
    told: tuple[Told, ...]


OUT, WAITING, MET, BELOW = 0, 1, 2, 10
"""The marks of ways: outside, pending, the best level; `BELOW + rank` for what keeps below a rank."""


def ways_of(declared: ObjectType) -> dict[int, Way]:
    """Return all ways of a type, by mark."""
    reasons = Reasons({}, {})
    ladder = ladder_of(declared)
    found = {
        OUT: [Told(x.head, "scope") for x in declared.not_ranked],
        WAITING: [Told(x.head, "pending") for x in declared.pending],
        MET: [
            *(Told(x.rule, str(x.stage)) for x in requirements_of(declared)),
            *(Told(x.rule, str(x.stage)) for node in _after(declared) for x in _bodies(node)),
        ],
    }
    for level in ladder.levels[:-1]:
        probes = reasons.probed(declared, level.rank)
        found[BELOW + level.rank] = [told for probe in probes for told, _ in _told(probe)]
    lifting = [Told(x.rule, str(x.stage)) for _, _, x in _lifting(declared)]
    return {
        mark: Way(mark, (*told, *(lifting if mark not in (OUT, WAITING) else ())))
        for mark, told in found.items()
    }


def _after(declared: ObjectType) -> list[Node]:
    """Return what bodies give after a decision, as if the rules before them allowed all."""
    rank, reasons = ladder_of(declared).levels[0].rank + 1, Reasons({}, {})
    asked = ((Stage.VOTE, declared.votes), (Stage.DEFER, declared.defer))
    return [reasons.suppose(declared, stage, rank) for stage, there in asked if there]


def _lifting(declared: ObjectType) -> list[tuple[Stage, Node, n.Ruled]]:
    """Return the rules that lift a level, each with its stage and the level before."""
    return [
        (stage, node.operands[0], operand)
        for stage in stages_of(declared)
        if (node := lifted(declared, stage)) is not None
        for operand in node.operands[1:]
        if isinstance(operand, n.Ruled)
    ]


def _told(probe: Probe) -> list[tuple[Told, Node | None]]:
    """Return what one place may tell, with the node that says so; None for what the rest leaves."""
    if probe.asked is not None:
        found: list[tuple[Told, Node | None]] = [
            (Told(ruled.rule, str(ruled.stage)), ruled) for _, ruled in probe.asked
        ]
        if isinstance(probe.node, n.Ruled):
            found.append((Told(probe.node.rule, str(probe.node.stage)), None))
        return found
    if isinstance(probe.node, n.Ruled):
        return [(Told(probe.node.rule, str(probe.node.stage)), probe.node)]
    return [(Told(x.rule, str(x.stage)), x) for x in _bodies(probe.node)]


def _bodies(node: Node) -> list[n.Ruled]:
    found = []
    assert isinstance(node, n.If)  # noqa: S101  # first it is asked whether a step is missing
    way = node.no
    while isinstance(way, n.If):
        if isinstance(way.yes, n.Ruled):
            found.append(way.yes)
        way = way.no
    return found


def columns_of(declared: ObjectType) -> int:
    """Return how many columns of bits the reasons of a type take."""
    most = max(len(way.told) for way in ways_of(declared).values())
    return -(-most // BITS) or 1


def bits_of(declared: ObjectType) -> list[str]:
    """Return the columns that reasons are told from."""
    places = range(columns_of(declared))
    decision = f"{steps.STEP}{names.of_stage(Stage.QUOTA)}:decision"
    return ["r:status", "r:mark", decision, *(f"r:bits:{place}" for place in places)]


def bits(w: FullWriter, name: str) -> str:
    """Return the mark of the way, or a column of bits: `r:mark`, `r:bits:N`."""
    declared = _declared_by(w)
    status = w.own("r:status")[0].low
    level = w.own(f"={names.of_stage(Stage.QUOTA)}")[0]
    top = ladder_of(declared).levels[0].rank
    best = f"({level.high} >= {top})"
    if name == "r:mark":
        inner = chosen(best, str(MET), f"({BELOW + 1} + {level.high})")
        return chosen(
            f"({status} = {NOT_RANKED})",
            str(OUT),
            chosen(f"({status} = {PENDING})", str(WAITING), inner),
        )
    place = int(name.rpartition(":")[2])
    conditions = {
        mark: found[BITS * place : BITS * (place + 1)] for mark, found in _conditions(w).items()
    }
    texts = {mark: as_bits(found) for mark, found in conditions.items()}
    text = chosen(best, texts[MET], "0")
    for mark in sorted(x for x in texts if x >= BELOW):
        text = chosen(f"({level.high} = {mark - BELOW - 1})", texts[mark], text)
    text = chosen(f"({status} = {PENDING})", texts[WAITING], text)
    return chosen(f"({status} = {NOT_RANKED})", texts[OUT], text)


def _conditions(w: FullWriter) -> dict[int, list[str]]:
    """Return by mark when each rule is told."""
    declared, reasons = _declared_by(w), Reasons({}, {})
    found = {
        OUT: [_surely(w, x.head.when) for x in declared.not_ranked],
        WAITING: [_surely(w, x.head.when) for x in declared.pending],
        MET: [*_met(w), *_bodies_after(w)],
    }
    for level in ladder_of(declared).levels[:-1]:
        probes = reasons.probed(declared, level.rank)
        found[BELOW + level.rank] = [c for probe in probes for c in _binding(w, probe, level.rank)]
    for mark in found.keys() - {OUT, WAITING}:
        found[mark] += _lifts(w)
    return found


def _surely(w: FullWriter, when: Node | None) -> str:
    return TRUE if when is None else w.shared(when).low


def _given(w: FullWriter, part: GivenPart, stage: Stage | None = None) -> str:
    span = _declared_by(w).stages[names.RANKED].value.span
    return w.test(n.Given(part, t.BOOLEAN, span, stage)).low


def _is_ranked(w: FullWriter) -> str:
    return f"({w.own('r:status')[0].low} = {RANKED})"


def _met(w: FullWriter) -> list[str]:
    """Return of each requirement of the best level whether it holds a subject there."""
    declared = _declared_by(w)
    lifts = either(_lifts(w))
    where = both((_is_ranked(w), negated(_given(w, GivenPart.THERE)), negated(lifts)))
    best = requirements_of(declared)
    asked = (TRUE if x.rule.when is None else w.shared(x.rule.when).high for x in best)
    return [both((where, one)) for one in asked]


def _bodies_after(w: FullWriter) -> list[str]:
    """Return of each body whether it may have spoken after the decision of a subject at its best."""
    declared, found = _declared_by(w), list[str]()
    rank, there = ladder_of(declared).levels[0].rank + 1, _given(w, GivenPart.THERE)
    asked = [s for s, of in ((Stage.VOTE, declared.votes), (Stage.DEFER, declared.defer)) if of]
    for stage, node in zip(asked, _after(declared), strict=True):
        if there == FALSE:
            found += [FALSE for _ in _bodies(node)]
            continue
        where = both((there, negated(_given(w, GivenPart.STANDS, stage))))
        found += [both((where, spoken)) for spoken in _spoken(w, node, rank)]
    return found


def _lifts(w: FullWriter) -> list[str]:
    """Return of each rule that lifts whether it holds a subject that is ranked up at its level."""
    level, found = w.own(f"={names.of_stage(Stage.QUOTA)}")[0].low, []
    for stage, before, ruled in _lifting(_declared_by(w)):
        lower = f"({w.shared(before).low} < {level})"
        lifts = f"({w.shared(ruled).low} >= {level})"
        stands = _given(w, GivenPart.STANDS, stage)
        found.append(both((_is_ranked(w), negated(stands), lower, lifts)))
    return found


def _binding(w: FullWriter, probe: Probe, rank: int) -> list[str]:
    """Return for each rule of a place whether it binds there."""
    stands = negated(either(w.test(given).low for given in probe.unless))
    if probe.asked is not None:
        failed = [
            both((negated(w.shared(ruled).high), *(w.test(c).low for c in conditions)))
            for conditions, ruled in probe.asked
        ]
        rest = [either(failed)] if isinstance(probe.node, n.Ruled) else []
        return [both((stands, x)) for x in (*failed, *rest)]
    if not isinstance(probe.node, n.Ruled):
        return [both((stands, x)) for x in _spoken(w, probe.node, rank)]
    below = _below(w.shared(probe.node).high, rank)
    before = TRUE if probe.before is None else negated(_below(w.shared(probe.before).high, rank))
    return [both((stands, below, before))]


def _below(end: str, rank: int) -> str:
    if end.isdigit():
        return TRUE if int(end) < rank else FALSE
    return f"({end} < {rank})"


def _spoken(w: FullWriter, node: Node, rank: int) -> list[str]:
    """Return for each body whether it may have spoken, if together they keep below a rank."""
    binds = _below(w.shared(node).high, rank)
    assert isinstance(node, n.If)  # noqa: S101  # first it is asked whether a step is missing
    found, way, open_so_far = [], node.no, TRUE
    while isinstance(way, n.If):
        condition = w.shared(way.condition)
        if isinstance(way.yes, n.Ruled):
            found.append(both((binds, open_so_far, condition.high)))
        open_so_far = both((open_so_far, negated(condition.low)))
        way = way.no
    return found

"""The columns of a result: status, the choice left open, and the rules that bind, as bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.engine.steps import reached
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import GivenPart
from khung.ir.program import ladder_of
from khung.ir.rewrite import children
from khung.ir.stages import names
from khung.population import steps
from khung.rulebook.model.rules import Stage
from khung.sql.ends import UnsupportedError, same, truth
from khung.sql.lists.told import listed, told_list
from khung.sql.members import write_column
from khung.sql.table import Column, Quoted
from khung.sql.text import FALSE, TRUE, both, chosen, either, literal, negated, quoted
from khung.sql.writer import FullWriter
from khung.why.reasons import Probe, Reasons, requirements_of

if TYPE_CHECKING:
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType, Row
    from khung.ir.program import Table as DecisionTable
    from khung.sql.build import Build
    from khung.sql.table import Table

RANKED, NOT_RANKED, PENDING, UNDETERMINED, NEEDS_DECISION = range(5)
STATUSES = ("ranked", "not_ranked", "pending", "undetermined", "needs_decision")

BITS = 60
"""How many rules stand in one column."""


class Told(NamedTuple):
    """A rule that may be told as a reason, and the stage at which it binds."""

    rule: Rule
    stage: str


def result_column(build: Build, table: Table, name: str) -> Column:
    """Write a column of a result, or any other."""
    if name.startswith(steps.STEP):
        w = FullWriter(build, table)
        ty, ends = steps.part_of(w, name)
        return Column(table, name, ty, ends, needs=tuple(w.needs))
    if not name.startswith("r:"):
        return write_column(build, table, name)
    w = FullWriter(build, table)
    if name.startswith("r:list:"):
        return Column(
            table, name, t.STRING, same(_list(w, name[7:]), loose=True), needs=tuple(w.needs)
        )
    if name.startswith("r:ran:"):
        text = _ran(w, name.removeprefix("r:ran:"))
    elif name.startswith("r:unvoted:"):
        text = _unvoted(w, int(name.removeprefix("r:unvoted:")))
    elif name.startswith("r:check:"):
        text = _check(w, name.removeprefix("r:check:"))
    else:
        text = _status(w) if name == "r:status" else _bits(w, name)
    return Column(table, name, t.NUMBER, same(text), needs=tuple(w.needs))


def _declared(w: FullWriter) -> ObjectType:
    assert w.table.declared is not None  # noqa: S101  # it is ranked
    return w.table.declared


def _status(w: FullWriter) -> str:
    declared = _declared(w)
    out, pending = w.own(f"={names.OUT}")[0], w.own(f"={names.PENDING}")[0]
    final = steps.of_stage(w, names.of_stage(Stage.QUOTA))
    known = TRUE if final.level.single else f"({final.level.low} = {final.level.high})"
    leaves = either((final.leave, final.out))
    may_leave = either(
        TRUE if each.head.when is None else w.test(each.head.when).high
        for each in declared.defer
        if each.may_leave
    )
    decided = FALSE if final.decision == steps.NONE else f"({final.decision} <> 0)"
    ways = [
        (out.low, NOT_RANKED),
        (pending.low, PENDING),
        (either((out.high, pending.high)), UNDETERMINED),
        (both((known, negated(may_leave))), RANKED),
        (final.leave, UNDETERMINED),
        (decided, NEEDS_DECISION),
        (known, RANKED),
    ]
    del leaves
    text = str(UNDETERMINED)
    for condition, status in reversed(ways):
        text = chosen(condition, str(status), text)
    return text


NOT_APPLICABLE, MET_CHECK, VIOLATED, UNKNOWN = range(4)
CHECKS = ("not_applicable", "met", "violated", "unknown")


def _check(w: FullWriter, name: str) -> str:
    """Return what came of a check, as its place in `CHECKS`."""
    check = next(c for c in _declared(w).checks if c.head.name == name)
    when = truth(TRUE, TRUE) if check.head.when is None else w.shared(check.head.when)
    holds = w.shared(check.require)
    violated = both((when.low, negated(holds.high)))
    text = chosen(holds.low, str(MET_CHECK), chosen(violated, str(VIOLATED), str(UNKNOWN)))
    return chosen(when.high, text, str(NOT_APPLICABLE))


def _list(w: FullWriter, name: str) -> str:
    """Return an output that is a list, or the answers of a table that collects, as texts."""
    declared = _declared(w)
    if name in declared.definitions and not name.startswith("tables."):
        definition = declared.definition(name)
        text, known = told_list(w, definition.value)
        applies = truth(TRUE, TRUE) if definition.applies is None else w.test(definition.applies)
        return _where(both((applies.high, known)), text)
    table = declared.tables[name]
    applies = truth(TRUE, TRUE) if table.applies is None else w.test(table.applies)
    tests = [w.shared(row.condition) for row in table.rows]
    known = both(TRUE if x.single else either((x.low, negated(x.high))) for x in tests)
    text = listed((x.low, _row(w, table, row)) for x, row in zip(tests, table.rows, strict=True))
    return _where(both((applies.low, known)), text)


def _where(condition: str, text: str) -> str:
    return text if condition == TRUE else f"CASE WHEN {condition} THEN {text} END"


def _row(w: FullWriter, table: DecisionTable, row: Row) -> str:
    """Return what a row answers: of one output its text, of several JSON of all by name."""
    cells = {name: _json(w, row.then[name], output.ty) for name, output in table.outputs.items()}
    if len(cells) == 1:
        return next(iter(cells.values()))
    parts = [
        f"'{'{ ' if at == 0 else ', '}{_quote(name)}: {_quote_mark(table.outputs[name].ty)}' || {text} || '{_quote_mark(table.outputs[name].ty)}'"
        for at, (name, text) in enumerate(cells.items())
    ]
    return f"({' || '.join(parts)} || ' }}')"


def _quote(name: str) -> str:
    return f'"{name}"'


def _quote_mark(ty: t.Type) -> str:
    return '"' if isinstance(ty, t.Scale | t.Enumeration | t.String | t.Date) else ""


def _json(w: FullWriter, node: Node, ty: t.Type) -> str:
    found = w.shared(node)
    if not found.single or found.loose:
        raise UnsupportedError("an answer that may be open")
    match ty:
        case t.Enumeration():
            return found.low
        case t.Scale():
            levels = w.values[ty.name].values
            ways = " ".join(f"WHEN {at} THEN {literal(x)}" for at, x in enumerate(levels))
            return f"CASE {found.low} {ways} END"
        case t.Number() if found.low.strip("()-").isdigit():
            return f"CAST({found.low} AS VARCHAR)"
        case _:
            raise UnsupportedError("an answer of such a type")


def _ran(w: FullWriter, stage: str) -> str:
    """Return whether a stage is told: a body may have spoken, or a quota touches the subject."""
    declared = _declared(w)
    if stage != str(Stage.QUOTA):
        what = n.Winner if stage == str(Stage.VOTE) else n.Choice
        name = f"stages.{stage}"
        reached_by = reached(declared.definition(name).value, declared, name, what)
        return w.test(reached_by).high
    before, final = (w.own(f"={names.of_stage(s)}")[0] for s in (Stage.DEFER, Stage.QUOTA))
    moved = [f"{a} <> {b}" for a, b in zip(before[:2], final[:2], strict=True) if a != b]
    touched = []
    for place, _ in enumerate(declared.quotas):
        if w.quota(declared.name, place) is not None:
            need = next(x for x in w.needs if isinstance(x, Quoted) and x.place == place)
            touched.append(f"({quoted(need.name)}.rid IS NOT NULL)")
    given = n.Given(
        GivenPart.STANDS, t.BOOLEAN, declared.stages[names.RANKED].value.span, Stage.QUOTA
    )
    return either((*moved, both((negated(w.test(given).low), either(touched)))))


def _unvoted(w: FullWriter, place: int) -> str:
    """Return whether a vote that surely binds was not held, and none before it binds."""
    declared = _declared(w)
    span = declared.stages[names.RANKED].value.span
    given = n.Given(GivenPart.STANDS, t.BOOLEAN, span, Stage.VOTE)
    found = [negated(w.test(given).low), negated(w.own(f"={names.PENDING}")[0].high)]
    asked: list[Node] = []
    for at in range(place + 1):
        node = declared.definition(names.of_vote(at)).value
        assert isinstance(node, n.If)  # noqa: S101  # as votes are lowered
        found.append(negated(w.test(node.condition).high))
        asked = [part for part in children(node.condition) if not isinstance(part, n.There)]
    return both((*found, *(w.test(part).low for part in asked)))


# -- reasons --------------------------------------------------------------------------------------


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
        MET: [Told(x.rule, str(x.stage)) for x in requirements_of(declared)],
    }
    for level in ladder.levels[:-1]:
        probes = reasons.probed(declared, level.rank)
        found[BELOW + level.rank] = [told for probe in probes for told, _ in _told(probe)]
    return {mark: Way(mark, tuple(told)) for mark, told in found.items()}


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


def _bits(w: FullWriter, name: str) -> str:
    """Return the mark of the way, or a column of bits: `r:mark`, `r:bits:N`."""
    declared = _declared(w)
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
    texts = {mark: _sum_of_bits(found) for mark, found in conditions.items()}
    given = n.Given(GivenPart.THERE, t.BOOLEAN, declared.stages[names.RANKED].value.span)
    met = both((f"({status} = {RANKED})", negated(w.test(given).low)))
    ranked = chosen(met, texts[MET], "0")
    text = chosen(best, ranked, "0")
    for mark in sorted(x for x in texts if x >= BELOW):
        text = chosen(f"({level.high} = {mark - BELOW - 1})", texts[mark], text)
    text = chosen(f"({status} = {PENDING})", texts[WAITING], text)
    return chosen(f"({status} = {NOT_RANKED})", texts[OUT], text)


def _sum_of_bits(conditions: list[str]) -> str:
    found = [
        f"CASE WHEN {c} THEN {1 << at} ELSE 0 END" for at, c in enumerate(conditions) if c != FALSE
    ]
    return f"({' + '.join(found)})" if found else "0"


def _conditions(w: FullWriter) -> dict[int, list[str]]:
    declared, reasons = _declared(w), Reasons({}, {})
    best = requirements_of(declared)
    found = {
        OUT: [
            TRUE if x.head.when is None else w.shared(x.head.when).low for x in declared.not_ranked
        ],
        WAITING: [
            TRUE if x.head.when is None else w.shared(x.head.when).low for x in declared.pending
        ],
        MET: [TRUE if x.rule.when is None else w.shared(x.rule.when).high for x in best],
    }
    for level in ladder_of(declared).levels[:-1]:
        probes = reasons.probed(declared, level.rank)
        found[BELOW + level.rank] = [c for probe in probes for c in _binding(w, probe, level.rank)]
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

"""How each member of an object is found, and what is kept of it on its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.engine import members
from khung.engine.code_names import HIGH, LOW, VALUE
from khung.engine.values import MAYBE, Value, known
from khung.engine.worth import UNKNOWN, Open, OpenError, ends_of, from_value, of_type
from khung.ir import types as t
from khung.ir.enums import ResultOf, Stage
from khung.ir.stages import names as stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.engine.compiled import Compiled
    from khung.engine.solver import Held
    from khung.ir.program import ObjectType


def find_of(
    compiled: Compiled, declared: ObjectType, member: str, number: str
) -> Callable[[Held], None]:
    """Return what finds a member, by the name that `code_names` gives it."""
    if member.startswith("="):
        return _definition(compiled, declared, member[1:], number)
    sort, _, rest = member.partition(" ")
    match sort:
        case "level":
            return _level(declared, Stage(rest), number)
        case "state":
            return _state(ResultOf(rest), number)
        case "set":
            return _criteria_set(rest, number)
        case _:
            return _stated(declared, member, number)


def _keep(row: Held, number: str, value: Value, state: int = 2, ty: t.Type = t.ANYTHING) -> None:
    """Keep what is known of a member."""
    found = row.__dict__
    least, most = of_type(from_value(value), ty, row.run.values)
    if least is UNKNOWN or value.why or type(least) is Open:
        found[f"l{number}"], found[f"h{number}"] = least, most
    else:
        found[f"v{number}"] = least
    if state != 2:  # noqa: PLR2004  # surely
        found[f"t{number}"] = state


def _absent(row: Held, number: str, ty: t.Type) -> None:
    """Keep that a member does not apply: whoever reads it all the same learns nothing."""
    found = row.__dict__
    found[f"l{number}"], found[f"h{number}"] = ends_of(ty, row.run.values)
    found[f"t{number}"] = 0


def _stated(declared: ObjectType, member: str, number: str) -> Callable[[Held], None]:
    ty = members.type_of(declared, member)

    def find(row: Held) -> None:
        got = members.member(row.run, row, member, ty)
        if got is None:
            _absent(row, number, ty)
        else:
            _keep(row, number, got[0], 1 + got[1], ty)

    return find


def _criteria_set(name: str, number: str) -> Callable[[Held], None]:
    def find(row: Held) -> None:
        _keep(row, number, members.criteria_of(row.run, row, name))
        found = row.__dict__
        if f"v{number}" not in found:
            plain = [low for low, high, sure, _, _ in found[f"l{number}"] if sure and low == high]
            if len(plain) == len(found[f"l{number}"]):
                found[f"v{number}"] = tuple(plain)

    return find


def _state(what: ResultOf, number: str) -> Callable[[Held], None]:
    def find(row: Held) -> None:
        _keep(row, number, MAYBE if row.stranger else row.run.state(row, what))

    return find


def _level(declared: ObjectType, stage: Stage, number: str) -> Callable[[Held], None]:
    """Return what finds a level as others read it: its bounds where it may not apply."""
    ladder = declared.ladder
    assert ladder is not None  # noqa: S101  # nothing else has levels
    scale = t.Scale(ladder.scale)

    def find(row: Held) -> None:
        run = row.run
        if row.stranger:
            _keep(row, number, run.whole(scale), 1)
            return
        ranked = run.state(row, ResultOf.RANKED)
        if not ranked.most:
            _absent(row, number, scale)
        else:
            _keep(row, number, run.level(row, stage), 1 + bool(ranked.least))

    return find


_IN_RINGS = (stages.OUT, stages.PENDING, *(stages.of_stage(stage) for stage in Stage))


def _definition(
    compiled: Compiled, owner: ObjectType, name: str, number: str
) -> Callable[[Held], None]:
    declared, slots = owner.definition(name), {0: t.Object(owner.name)}
    plain_name, low_name, high_name = f"v{number}", f"l{number}", f"h{number}"
    applies, watched = declared.applies, name in _IN_RINGS
    ordered = t.is_ordered(declared.ty)
    plain: Any = None

    def work_out(row: Held) -> None:
        nonlocal plain
        found = row.__dict__
        if plain is None:
            plain = compiled.function(declared.value, VALUE, slots)
        try:
            found[plain_name] = plain(row)
        except OpenError:
            low = compiled.function(declared.value, LOW, slots)(row)
            high = compiled.function(declared.value, HIGH, slots)(row) if ordered else low
            if type(low) is Open or low is UNKNOWN or low != high:
                found[low_name], found[high_name] = low, high
            else:
                found[plain_name] = low

    def find(row: Held) -> None:
        if applies is not None:
            there = row.run.truth(applies, (known(row),))
            if not there.least:
                _absent(row, number, declared.ty)
                row.__dict__[f"t{number}"] = int(bool(there.most))
                return
        if watched:
            with row.run.at_work(row, name.removeprefix("stages.")):
                work_out(row)
        else:
            work_out(row)

    return find

"""A base and overlays of it as one program, in which each subject is under one of them.

In: programs that stand by themselves. Out: one with `parts`. An object has the type of the part
that it is under, and what is read of it is found by that. Each type holds what only another part
names, too: it applies nowhere, as a fact that does not apply is no news to whoever reads it.

Reports: K0674, K0675 and those of `overlaid_quotas`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.digests import sha256
from khung.ir.memo import is_same
from khung.ir.nodes import Defined, Literal, Variable
from khung.ir.order import path_of, sorted_work, waits_of
from khung.ir.overlaid_quotas import marks, united
from khung.ir.program import Criterion, CriterionSet, ObjectType, Part, Table
from khung.ir.stages import names
from khung.ir.types import BOOLEAN, Object
from khung.records import fields_of, replace
from khung.rulebook.model.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.program import Definition, Ladder, Program, Work
    from khung.text import Span

_MEMBERS = ("facts", "definitions", "criteria")
"""What a type holds that may apply nowhere."""


def under_overlays(
    base: Program, overlays: Mapping[str, tuple[Program, Span]], bag: Bag
) -> Program:
    """Return a base with overlays.

    Args:
        base: The program of the base.
        overlays: Programs of overlays of it by id, under the same readings, and where each is
            named.
        bag: Where to report what does not go together.
    """
    programs = {"": base, **{name: program for name, (program, _) in overlays.items()}}
    for name, (program, span) in overlays.items():
        _check_names(name, program, programs, span, bag)
    where = next(span for _, span in overlays.values())
    named = {name: _all_named(name, programs) for name in _types(programs)}
    differing = False
    for name in programs[""].objects:
        quotas, differ = united(name, programs, where, bag)
        named[name] = replace(named[name], quotas=quotas)
        differing = differing or differ
    if differing:
        named = {
            name: replace(one, definitions={**one.definitions, **marks("", programs, where)})
            for name, one in named.items()
        }
    order, ring = sorted_work(_waits(programs.values()))
    if ring:
        bag.add("K0675", where, at="overlays", path=path_of(ring))
    digests = " ".join(program.digest for program in programs.values())
    return replace(
        base,
        digest=f"sha256:{sha256(digests.encode()).hexdigest()}",
        values=_values(programs.values()),
        objects=named,
        dates=_dates(programs.values()),
        order=order,
        parts=_parts(programs, named, where if differing else None),
    )


def _types(programs: Mapping[str, Program]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for p in programs.values() for name in p.objects))


def _dates(programs: Iterable[Program]) -> dict[tuple[str, str], frozenset[Any]]:
    found: dict[tuple[str, str], frozenset[Any]] = {}
    for program in programs:
        for fact, by in program.dates.items():
            found[fact] = found.get(fact, frozenset()) | by
    return found


def _values(programs: Iterable[Program]) -> dict[str, Any]:
    """Return the values of all; an overlay may add some to an enumeration of the base."""
    found: dict[str, Any] = {}
    for program in programs:
        for name, values in program.values.items():
            known = found.setdefault(name, values)
            new = tuple(value for value in values.values if value not in known.values)
            if new:
                labels = {**values.labels, **known.labels}
                found[name] = replace(known, values=(*known.values, *new), labels=labels)
    return found


def _waits(programs: Iterable[Program]) -> dict[Work, tuple[Work, ...]]:
    """Return what work waits for under any part."""
    found: dict[Work, tuple[Work, ...]] = {}
    for program in programs:
        for work, by in waits_of(program).items():
            found[work] = tuple(dict.fromkeys((*found.get(work, ()), *by)))
    return found


# -- types ----------------------------------------------------------------------------------------


def _all_named(name: str, programs: Mapping[str, Program]) -> ObjectType:
    """Return a type with all that any part names of it, as the first says it that does."""
    found = [p.objects[name] for p in programs.values() if name in p.objects]
    first = found[0]
    held = {key: _united(getattr(one, key) for one in found) for key in (*_MEMBERS, "sets")}
    rules = {
        key: _each_once(entry for one in found for entry in getattr(one, key))
        for key in fields_of(Rules)
        if key != "ladder"
    }
    ladder = None if first.ladder is None else _ladder([one.ladder for one in found if one.ladder])
    tables = _united(one.tables for one in found)
    rows = {name: _rows(name, found) for name in tables}
    tables = {name: replace(table, rows=rows[name]) for name, table in tables.items()}
    return replace(first, **held, **rules, ladder=ladder, tables=tables)


def _united(held: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in held:
        found = {**found, **{k: v for k, v in one.items() if k not in found}}
    return found


def _each_once(entries: Iterable[Any]) -> tuple[Any, ...]:
    found: dict[str, Any] = {}
    for entry in entries:
        found.setdefault(entry.head.id, entry)
    return tuple(found.values())


def _ladder(ladders: list[Ladder]) -> Ladder:
    levels = tuple(
        replace(level, require=_each_once(r for one in ladders for r in one.levels[place].require))
        for place, level in enumerate(ladders[0].levels)
    )
    knockouts = _each_once(knockout for one in ladders for knockout in one.knockouts)
    return replace(ladders[0], levels=levels, knockouts=knockouts)


def _rows(name: str, types: list[ObjectType]) -> tuple[Any, ...]:
    tables: list[Table] = [one.tables[name] for one in types if name in one.tables]
    found: dict[str, Any] = {}
    for row in (row for table in tables for row in table.rows):
        found.setdefault(row.rule.id, row)
    return tuple(found.values())


def _parts(
    programs: Mapping[str, Program], named: Mapping[str, ObjectType], marked: Span | None
) -> dict[str, Part]:
    """Return the types of each part; one that is as in the base is the same.

    Args:
        programs: The parts, by themselves.
        named: The types with all that any part names.
        marked: Where overlays are named, if it is asked of objects under which they are.
    """
    found: dict[str, Part] = {}
    for part, program in programs.items():
        own = {} if marked is None else marks(part, programs, marked)
        objects = dict[str, ObjectType]()
        for name, declared in program.objects.items():
            base = programs[""].objects.get(name)
            alike = part and not own and base is not None and is_same(declared, base)
            whole = found[""].objects[name] if alike else _whole(declared, named[name])
            objects[name] = replace(whole, definitions={**whole.definitions, **own})
            if not own:
                objects[name] = whole
        found[part] = Part(program, objects)
    return found


def _whole(declared: ObjectType, named: ObjectType) -> ObjectType:
    """Return a type with what only others name of it, which applies nowhere."""
    held = {key: _with_foreign(getattr(declared, key), getattr(named, key)) for key in _MEMBERS}
    empty = {name: CriterionSet(name, ()) for name in named.sets if name not in declared.sets}
    stages = _with_stages(declared, named)
    is_whole = all(held[key] is getattr(declared, key) for key in _MEMBERS)
    if is_whole and not empty and stages is declared.stages and named.quotas == declared.quotas:
        return declared
    pairs = zip(named.quotas, declared.quotas, strict=True)
    quotas = tuple(replace(quota, head=own.head) for quota, own in pairs)
    sets = {**declared.sets, **empty}
    return replace(declared, **held, sets=sets, quotas=quotas, stages=stages)


def _with_stages(declared: ObjectType, named: ObjectType) -> Mapping[str, Definition]:
    """Return the stages of a type, with those that only others have: levels as before them."""
    found, before = dict(declared.stages), ""
    for name in (name for name in named.stages if name in names.ENDS):
        if name not in found:
            there, span = named.stages[name], named.stages[name].value.span
            own = Variable("self", 0, Object(declared.name), span)
            value = Defined(own, declared.name, before, there.ty, span)
            found[name] = replace(there, value=value)
        before = name
    return declared.stages if len(found) == len(declared.stages) else found


def _with_foreign(own: Mapping[str, Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
    foreign = {name: _nowhere(one) for name, one in named.items() if name not in own}
    return {**own, **foreign} if foreign else own


def _nowhere(member: Any) -> Any:
    """Return a fact, definition or criterion that applies nowhere."""
    span = member.value.span if hasattr(member, "value") else None
    never = Literal(value=False, ty=BOOLEAN, span=span)  # type: ignore[arg-type]  # never shown
    if isinstance(member, Criterion):
        return replace(member, applies=never)
    return replace(member, applies=never, **_unsaid(member))


def _unsaid(member: Any) -> dict[str, Any]:
    """Return what a member that applies nowhere says no more."""
    if hasattr(member, "default"):
        return {"default": None, "optional": False, "absent": False, "provisional": False}
    return {"output": False, "final": False}


# -- what does not go together --------------------------------------------------------------------


def _check_names(
    name: str, program: Program, programs: Mapping[str, Program], span: Span, bag: Bag
) -> None:
    """Report a name that an overlay before gives to something of another type (K0674)."""
    before = [n for n in programs if n][: [n for n in programs if n].index(name)]
    for owner, declared in program.objects.items():
        for other in before:
            there = programs[other].objects.get(owner)
            for key in _MEMBERS if there is not None else ():
                for member, one in getattr(declared, key).items():
                    two = getattr(there, key).get(member)
                    if two is not None and two.ty != one.ty:
                        bag.add(
                            "K0674",
                            span,
                            at="overlays",
                            name=f"{owner}.{member}",
                            one=other,
                            other=name,
                        )

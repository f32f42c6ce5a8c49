"""How each member of an object is found, and what is kept of it on its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from khung.engine import gathered, members, rings
from khung.engine.code_names import HIGH, LOW, VALUE
from khung.engine.facts import Stated
from khung.engine.worth import UNKNOWN, Open, OpenError, ends_of, from_value, of_type
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import ResultOf
from khung.ir.stages import names as stages
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.engine.solver import Held, Layout
    from khung.engine.values import Value
    from khung.engine.worth import Ends
    from khung.ir.nodes import Node
    from khung.ir.program import Criterion, Definition, Fact, Link, Values

    Find = Callable[[Held], None]


def find_of(layout: Layout, member: str, number: str) -> Find:
    """Return what finds a member, by the name that `code_names` gives it."""
    declared = layout.declared
    if member.startswith("="):
        return _definition(layout, declared.definition(member[1:]), number)
    sort, _, rest = member.partition(" ")
    match sort:
        case "level":
            return _level(layout, Stage(rest), number)
        case "state":
            return _state(layout, ResultOf(rest), number)
        case "set":
            return _criteria_set(layout, rest, number)
        case _ if member in declared.back_lists:
            return _back_list(member, number)
        case "owner":
            return lambda row: _keep_ends(row, number, _known(row.owner or UNKNOWN))
        case _ if member == declared.kind_field:
            return _kind(member, number)
        case _:
            form = _form(layout, member)
            find = _stated(form, number)
            if form.element is None:
                return find
            return _own_list(declared.facts[member], form.element, find, number)


def constant_of(node: Node | None) -> Any:
    """Return the value of a default that is the same for all; None of any other."""
    match node:
        case n.Literal():
            return node.value
        case n.Build(items=(), bounds=""):
            return ()
        case _:  # may hang on the object: worked out for each
            return None


# -- keeping --------------------------------------------------------------------------------------


def _keep_ends(row: Held, number: str, ends: Ends, state: int = 2) -> None:
    """Keep both ends of a member, or its plain value; 1 is the state of what may not apply."""
    found, (least, most) = row.__dict__, ends
    if least is UNKNOWN or type(least) is Open or least != most:
        found[f"l{number}"], found[f"h{number}"] = least, most
    else:
        found[f"v{number}"] = least
    if state != 2:  # noqa: PLR2004  # surely
        found[f"t{number}"] = state


def _keep_open(row: Held, number: str, ends: Ends, state: int) -> None:
    """Keep the ends of what does not surely apply, which is never plainly known."""
    found = row.__dict__
    found[f"l{number}"], found[f"h{number}"] = ends
    found[f"t{number}"] = state


def _known(found: Any) -> Ends:
    return found, found


# -- what is stated -------------------------------------------------------------------------------


class _Form(NamedTuple):
    """A fact, link or criterion: whether it applies, its default, what is known without a value.

    `there` tells whether it applies, None where it always does; `element` are the ends of an
    element of a list; `is_none` tells whether there is none where nothing is stated.
    """

    name: str
    ty: t.Type
    there: Callable[[Held], bool | None] | None
    whole: Ends
    element: Ends | None = None
    default: Callable[[Held], Ends] | None = None
    is_none: bool = False


def _form(layout: Layout, member: str) -> _Form:
    declared, values = layout.declared, layout.compiled.values
    if member in declared.facts:
        return _fact(layout, declared.facts[member], values)
    if member in declared.links:
        return _link(layout, declared.links[member])
    return _criterion(layout, declared.criteria[member.removeprefix("criteria.")], values)


def _fact(layout: Layout, fact: Fact, values: Mapping[str, Values]) -> _Form:
    is_list = isinstance(fact.ty, t.List)
    element = members.within(fact, fact.ty.element, values) if isinstance(fact.ty, t.List) else None
    return _Form(
        fact.name,
        fact.ty,
        _applying(layout, fact.applies, fact.name, optional=fact.optional),
        ends_of(fact.ty, values) if is_list else members.within(fact, fact.ty, values),
        element,
        None if fact.default is None else _both_ends(layout, fact.default, fact.ty),
        isinstance(fact.ty, t.Ballots),
    )


def _link(layout: Layout, link: Link) -> _Form:
    there = _applying(layout, link.applies, link.name, optional=link.optional)
    return _Form(link.name, link.ty, there, _known(UNKNOWN), is_none=link.absent)


def _criterion(layout: Layout, criterion: Criterion, values: Mapping[str, Values]) -> _Form:
    name = f"criteria.{criterion.id}"
    there = _applying(layout, criterion.applies, name, optional=False)
    is_bound = criterion.low is not None and criterion.high is not None
    whole = (criterion.low, criterion.high) if is_bound else ends_of(criterion.ty, values)
    return _Form(name, criterion.ty, there, whole)


def _applying(
    layout: Layout, condition: Node | None, name: str, *, optional: bool
) -> Callable[[Held], bool | None] | None:
    if condition is None:
        return None
    if optional:
        return lambda row: _truth(members.stated_there(row, name))
    return layout.tester(condition)


def _truth(value: Value) -> bool | None:
    return bool(value.least) if value.known else None


def _both_ends(layout: Layout, node: Node, ty: t.Type) -> Callable[[Held], Ends]:
    """Return what gives both ends of a default; a constant one is worked out already."""
    constant = constant_of(node)
    if constant is not None:
        return lambda _: (constant, constant)
    plain = layout.reader(node)

    def ends(row: Held) -> Ends:
        return of_type(plain(row), ty, layout.compiled.values)

    return ends


def _stated(form: _Form, number: str) -> Find:
    name, whole, there = form.name, form.whole, form.there

    def find(row: Held) -> None:
        applies = None if there is None else there(row)
        if there is not None and not applies:
            _keep_open(row, number, whole, 0 if applies is False else 1)
            return
        stated = row.facts.get(name)
        if stated is Stated.ABSENT:
            _keep_open(row, number, whole, 0)
        elif stated is not None:
            _keep_ends(row, number, whole if stated.why else _of_stated(stated, form))
        elif form.default is not None and row.assumes:
            _keep_ends(row, number, form.default(row))
        elif form.is_none and row.assumes:
            _keep_open(row, number, whole, 0)
        else:
            _keep_ends(row, number, whole)

    return find


def _kind(name: str, number: str) -> Find:
    def find(row: Held) -> None:
        stated = row.facts.get(name)
        is_stated = stated is not None and stated is not Stated.ABSENT
        _keep_ends(row, number, from_value(stated) if is_stated else _known(UNKNOWN))  # type: ignore[arg-type]

    return find


def _of_stated(stated: Value, form: _Form) -> Ends:
    ends = from_value(stated)
    if form.element is None or type(ends[0]) is not Open:
        return ends
    found = Open((*(form.element if x[0] is UNKNOWN else x[:2]), *x[2:]) for x in ends[0])
    return found, found


def _back_list(name: str, number: str) -> Find:
    def find(row: Held) -> None:
        found = gathered.elements_of(row.run, row, name)
        _keep_ends(row, number, (found, found))

    return find


def _own_list(fact: Fact, element: Ends, find: Find, number: str) -> Find:
    """Return what finds a list fact: what is written, and more where that is left open."""
    plain, low, high, state = f"v{number}", f"l{number}", f"h{number}", f"t{number}"

    def with_further(row: Held) -> None:
        find(row)
        known = row.__dict__
        written = known[plain] if plain in known else known[low]
        found = gathered.listed(row, fact, written, element)
        if found is not written and not row.stranger:
            for name in (plain, low, high):
                known.pop(name, None)
            _keep_ends(row, number, (found, found), known.get(state, 2))

    return with_further


class _Graded(NamedTuple):
    """A criterion of a set: its attributes on a row, its id, whether it is of the set."""

    plain: str
    low: str
    high: str
    state: str
    item: str
    test: Callable[[Held], bool | None] | None


def _graded(layout: Layout, name: str) -> list[_Graded]:
    of = layout.compiled.names.number
    asked = [
        (of(f"criteria.{item}"), item, None if when is None else layout.tester_of(when))
        for item, when in layout.declared.sets[name].members
    ]
    return [_Graded(f"v{n}", f"l{n}", f"h{n}", f"t{n}", item, test) for n, item, test in asked]


def _criteria_set(layout: Layout, name: str, number: str) -> Find:
    graded = _graded(layout, name)

    def find(row: Held) -> None:
        known, plain = row.__dict__, []
        for one in graded:
            taken = True if one.test is None else one.test(row)
            if taken is False or not (one.plain in known or getattr(row, one.state)):
                continue
            if taken is None or one.plain not in known or one.state in known:
                known[f"l{number}"] = known[f"h{number}"] = grades_of(row, graded)
                return
            plain.append(known[one.plain])
        known[f"v{number}"] = tuple(plain)

    return find


def grades(row: Held, name: str) -> Open:
    """Return the grades of a set of criteria, each with the id of its criterion."""
    return grades_of(row, _graded(row.layout, name))


def grades_of(row: Held, graded: list[_Graded]) -> Open:
    """Return the grades of some criteria; those that do not apply, or are not asked, are left out.

    A grade is in it for sure where it is known that its criterion applies and is of the set.
    """
    found = Open()
    for one in graded:
        taken = True if one.test is None else one.test(row)
        applies = 0 if taken is False else getattr(row, one.state)
        if applies:
            is_sure = taken is True and applies == 2  # noqa: PLR2004  # surely
            ends = getattr(row, one.low), getattr(row, one.high)
            found.append((*ends, is_sure, 1, one.item))
    return found


# -- results --------------------------------------------------------------------------------------


def _state(layout: Layout, what: ResultOf, number: str) -> Find:
    name = stages.RANKED if what is ResultOf.RANKED else stages.WAITING
    own = layout.compiled.names.number(f"={name}")

    def find(row: Held) -> None:
        if row.stranger or row.run.is_scope_hidden(row):
            _keep_ends(row, number, (False, True))
        else:
            _keep_ends(row, number, (getattr(row, f"l{own}"), getattr(row, f"h{own}")))

    return find


def _level(layout: Layout, stage: Stage, number: str) -> Find:
    """Return what finds a level as others read it: its bounds where it may not apply."""
    ladder = layout.declared.ladder
    assert ladder is not None  # noqa: S101  # nothing else has levels
    of = layout.compiled.names.number
    own, ranked = of(f"={stages.of_stage(stage)}"), of(f"state {ResultOf.RANKED.value}")
    whole = ends_of(t.Scale(ladder.scale.name), layout.compiled.values)

    def find(row: Held) -> None:
        if row.stranger:
            _keep_open(row, number, whole, 1)
            return
        surely, perhaps = getattr(row, f"l{ranked}"), getattr(row, f"h{ranked}")
        if not perhaps:
            _keep_open(row, number, whole, 0)
        elif row.run.is_level_hidden(row, stage):
            ends = ladder.levels[-1].rank, ladder.levels[0].rank
            _keep_ends(row, number, ends, 1 + surely)
        else:
            ends = getattr(row, f"l{own}"), getattr(row, f"h{own}")
            _keep_ends(row, number, ends, 1 + surely)

    return find


# -- definitions ----------------------------------------------------------------------------------

_IN_RINGS = (stages.OUT, stages.PENDING, *(stages.of_stage(stage) for stage in Stage))


def _definition(layout: Layout, declared: Definition, number: str) -> Find:
    work_out = _worked_out(layout, declared, number)
    stage = declared.name.removeprefix("stages.")
    whole = ends_of(declared.ty, layout.compiled.values)
    applies = None if declared.applies is None else layout.tester(declared.applies)

    def find(row: Held) -> None:
        there = applies is None or applies(row)
        if there:
            work_out(row)
        else:
            _keep_open(row, number, whole, 0 if there is False else 1)

    def watched(row: Held) -> None:
        found, stack = row.__dict__, row.run.working
        if number in found:
            raise rings.CircularRulesError(rings.path_of(stack, row, stage))
        found[number] = True
        stack.append((row, stage))
        try:
            work_out(row)
        finally:
            del found[number]
            stack.pop()

    return watched if declared.name in _IN_RINGS else work_out if applies is None else find


def _worked_out(layout: Layout, declared: Definition, number: str) -> Find:
    compiled, slots, node = layout.compiled, layout.slots, declared.value
    plain_name, low_name, high_name = f"v{number}", f"l{number}", f"h{number}"
    is_ordered = t.is_ordered(declared.ty)
    functions: list[Any] = []
    ends = (LOW, HIGH) if is_ordered else (LOW,)

    def work_out(row: Held) -> None:
        found = row.__dict__
        if not functions:
            functions.append(compiled.function(node, VALUE, slots))
        try:
            found[plain_name] = functions[0](row)
        except OpenError:
            if len(functions) == 1:  # most are never open
                functions.extend(compiled.function(node, m, slots) for m in ends)
            low = functions[1](row)
            high = functions[2](row) if is_ordered else low
            if type(low) is Open or low is UNKNOWN or low != high:
                found[low_name], found[high_name] = low, high
            else:
                found[plain_name] = low

    return work_out

"""The columns of what an object states: facts, links, criteria; and of its results as others read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.ir.stages import names as stages
from khung.records import dataclass, replace
from khung.rulebook.model.rules import Stage
from khung.sql import quota_members
from khung.sql.ends import ALWAYS, Ends, State, UnsupportedError, same, truth, whole_of
from khung.sql.failing import error_of
from khung.sql.lists.which import opening
from khung.sql.needs import reading
from khung.sql.rows import ID
from khung.sql.table import UNDECIDED, Column, Table
from khung.sql.text import FALSE, NULL, TRUE, both, chosen, either, literal, negated

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import Criterion, Fact, Link, ObjectType
    from khung.sql.writer import FullWriter

STATUS = "r:status"
"""The column of what can be said of a subject, as its place in `STATUSES`."""

STATUSES = ("ranked", "not_ranked", "pending", "undetermined", "needs_decision")

OPEN, NONE = "'?'", "'-'"
"""The marks of what is not known, and of what there is none of."""

NEVER, PERHAPS = State(FALSE, FALSE), State(FALSE, TRUE)


def write_column(w: FullWriter, name: str) -> Column:
    """Write a column of a table.

    Raises:
        UnsupportedError: SQL has no exact form for it.
    """
    found = _Members(w, name.removeprefix(UNDECIDED)).written()
    return replace(found, name=name)


@dataclass(slots=True)
class _Members:
    """Writes one member; `w` notes what it reads."""

    w: FullWriter
    name: str

    @property
    def table(self) -> Table:
        return self.w.table

    def written(self) -> Column:
        return reading(self.w.build, self._found(), self.w.needs)

    def _column(self, ty: t.Type, ends: Ends, state: State = ALWAYS) -> Column:
        return Column(self.table, self.name, ty, ends, state)

    def _found(self) -> Column:
        declared = self.table.declared
        if self.name.startswith("@") and self.name[1:].isdigit():
            return self._made(self.w.build.nodes[self.name])
        if self.name == "value" and declared is None:
            assert self.table.fact is not None  # noqa: S101  # a list of plain values
            assert isinstance(self.table.fact.ty, t.List)  # noqa: S101  # as above
            element = self.table.fact.ty.element
            loose = not t.is_ordered(element) or isinstance(element, t.Number)
            return self._stated_value(
                "value", element, whole_of(element, self.w.values), loose=loose
            )
        if self.table.links and self.name in dict(self.table.links):
            return self._column(t.ANYTHING, same(self.w.raw(self.name)))
        assert declared is not None, self.name  # noqa: S101  # of pairs only links are read
        if self.name.startswith(quota_members.PREFIX):
            return self._column(*quota_members.of_member(self.w, self.name))
        if " " in self.name:
            return self._asked(*self.name.split(" ", 1))
        return self._own(declared)

    def _asked(self, sort: str, rest: str) -> Column:
        """Return what is asked of a stage, of the object or of a list by a word before the name."""
        match sort:
            case "failed":
                assert self.table.declared is not None  # noqa: S101  # it has definitions
                found = error_of(self.w, self.table.declared.definition(rest[1:]).value)
                return self._column(t.BOOLEAN, truth(found, found))
            case "level":
                return self._level(Stage(rest))
            case "state":
                return self._state(rest)
            case "has":
                return self._has(rest)
            case "unknown":
                found = opening(self.w, rest)[0]
                return self._column(t.BOOLEAN, truth(found, found))
            case "may":
                found = opening(self.w, rest)[2]
                return self._column(t.BOOLEAN, truth(found, found))
            case "more":
                found = opening(self.w, rest)[1] or "0"
                return self._column(t.NUMBER, same(found, loose=True))
            case _:
                raise UnsupportedError(self.name)

    def _own(self, declared: ObjectType) -> Column:
        """Return what an object has by itself."""
        match self.name:
            case name if name == ID:
                return self._column(t.STRING, same(self.w.raw("id")))
            case name if name.startswith("="):
                return self._definition(name[1:])
            case name if name == declared.kind_field:
                return self._kind()
            case name if name in declared.facts:
                return self._fact(declared.facts[name])
            case name if name in declared.links:
                return self._link(declared.links[name])
            case name if name.startswith("criteria."):
                return self._criterion(declared.criteria[name.removeprefix("criteria.")])
            case "owner" if self.table.owner:
                return self._column(t.Object(self._owner().name), same(self.w.raw("owner")))
            case "owner":
                return self._column(t.ANYTHING, same("NULL::BIGINT", loose=True))
            case _:
                raise UnsupportedError(self.name)

    def _owner(self) -> t.Object:
        owner = self.w.build.tables[self.table.owner].declared
        assert owner is not None  # noqa: S101  # it has facts
        return t.Object(owner.name)

    # -- what is stated ----------------------------------------------------------------------

    def _fact(self, fact: Fact) -> Column:
        if isinstance(fact.ty, t.List | t.Ballots):
            raise UnsupportedError(f"{fact.name}: a list or ballots as one value")
        whole = whole_of(fact.ty, self.w.values)
        whole = Ends(
            whole.low if fact.low is None else literal(fact.low),
            whole.high if fact.high is None else literal(fact.high),
            whole.loose and (fact.low is None or fact.high is None),
        )
        state = self.applies(fact.applies, fact.name, optional=fact.optional)
        return self._stated(fact.ty, whole, state, fact.default)

    def _link(self, link: Link) -> Column:
        ty = t.Object(link.to)
        state = self.applies(link.applies, link.name, optional=link.optional)
        whole = whole_of(ty, self.w.values)
        return self._stated(ty, whole, state, None, is_none=link.absent)

    def _criterion(self, criterion: Criterion) -> Column:
        whole = whole_of(criterion.ty, self.w.values)
        if criterion.low is not None and criterion.high is not None:
            whole = Ends(literal(criterion.low), literal(criterion.high))
        state = self.applies(criterion.applies, self.name, optional=False)
        return self._stated(criterion.ty, whole, state, None)

    def _kind(self) -> Column:
        declared = self.table.declared
        assert declared is not None  # noqa: S101  # it has kinds
        ty = t.Enumeration(declared.kinds.name if declared.kinds else declared.name)
        if self.table.kind:
            return self._column(ty, same(literal(self.table.kind)))
        if self.table.stranger:
            return self._column(ty, whole_of(ty, self.w.values))
        found = self.w.profile(self.name)
        return self._column(ty, same(self.w.raw(self.name), loose=found.missing or found.unknown))

    def _stated(
        self, ty: t.Type, whole: Ends, state: State, default: Node | None, *, is_none: bool = False
    ) -> Column:
        """Write what is stated: the value, what a mark says, else the default or nothing."""
        if self.table.stranger:
            return self._column(ty, whole, state)
        inner, said = self._said(ty, whole, default, is_none=is_none), self._absent(is_none=is_none)
        low, high = (
            self._where(state.surely, a, b) for a, b in zip(inner[:2], whole[:2], strict=True)
        )
        loose = inner.loose or (whole.loose and state.surely != TRUE)
        there = State(both((state.surely, negated(said))), both((state.may, negated(said))))
        return self._column(ty, Ends(low, high, loose), there)

    def _where(self, condition: str, value: str, other: str) -> str:
        return chosen(condition, value, other)

    def _absent(self, *, is_none: bool) -> str:
        """Return the condition that there is said to be none."""
        found = self.w.profile(self.name)
        said = [f"{self.w.mark(self.name)} = {NONE}"] if found.absent else []
        if is_none and found.missing and not self.w.build.profile.bare:
            said.append(self.missing())
        return either(
            f"coalesce({part}, FALSE)" if part in said[:1] and found.absent else part
            for part in said
        )

    def missing(self) -> str:
        """Return the condition that nothing is stated."""
        found = self.w.profile(self.name)
        parts = [f"{self.w.raw(self.name)} IS NULL"] if found.given else []
        if found.unknown or found.absent:
            parts.append(f"{self.w.mark(self.name)} IS NULL")
        return both(parts)

    def _said(self, ty: t.Type, whole: Ends, default: Node | None, *, is_none: bool) -> Ends:
        found = self.w.profile(self.name)
        other = whole
        takes = default is not None and found.missing and not self.w.build.profile.bare
        if takes:
            assert default is not None  # noqa: S101  # as just asked
            given = self.w.ends(default)
            other = self.w.of_type(given, ty)
            if found.unknown or found.absent:
                nothing = f"{self.w.mark(self.name)} IS NULL"
                low, high = (
                    chosen(nothing, a, b) for a, b in zip(other[:2], whole[:2], strict=True)
                )
                other = Ends(low, high, other.loose or whole.loose)
        if not found.given:
            return other
        if not (found.missing or found.unknown or found.absent):
            return same(self.w.raw(self.name))
        value = self.w.raw(self.name)
        loose = other.loose and (is_none or found.missing or found.unknown or found.absent)
        if other.single and other.low.startswith((NULL, "CAST(NULL")):
            return same(value, loose=True)
        return Ends(self._first(value, other.low), self._first(value, other.high), loose)

    def _first(self, value: str, other: str) -> str:
        return value if other.startswith(NULL) else f"coalesce({value}, {other})"

    def _stated_value(self, name: str, ty: t.Type, whole: Ends, *, loose: bool) -> Column:
        found = self.w.profile(name)
        if not (found.missing or found.unknown):
            return self._column(ty, same(self.w.raw(name)))
        value = self.w.raw(name)
        if whole.single:
            return self._column(ty, same(value, loose=True))
        low, high = (f"coalesce({value}, {end})" for end in whole[:2])
        return self._column(ty, Ends(low, high, loose))

    # -- whether it applies ------------------------------------------------------------------

    def applies(self, condition: Node | None, name: str, *, optional: bool) -> State:
        """Return whether a fact, link or criterion applies, by its condition or as stated."""
        if condition is None:
            return ALWAYS
        if optional:
            return State(*self._stated_there(name))
        found = self.w.test(condition)
        return State(found.low, found.high)

    def _stated_there(self, name: str) -> tuple[str, str]:
        """Return whether a value, and not that there is none, is stated; else what the default says."""
        if self.table.stranger:
            return FALSE, TRUE
        declared, found = self.table.declared, self.w.profile(name)
        assert declared is not None  # noqa: S101  # it has members
        member = declared.facts.get(name) or declared.links.get(name)
        given = f"{self.w.raw(name)} IS NOT NULL" if found.given else FALSE
        if not (found.missing or found.unknown or found.absent):
            given = TRUE
        none = f"coalesce({self.w.mark(name)} = {NONE}, FALSE)" if found.absent else FALSE
        unsaid = FALSE
        if (
            member is not None
            and member.has_default
            and found.missing
            and not self.w.build.profile.bare
        ):
            marked = found.unknown or found.absent
            nothing = [f"{self.w.mark(name)} IS NULL"] if marked else []
            unsaid = both([f"{self.w.raw(name)} IS NULL", *nothing] if found.given else nothing)
        if member is not None and member.absent:
            return given, negated(either((none, unsaid)))
        return either((given, unsaid)), negated(none)

    def _has(self, name: str) -> Column:
        declared = self.table.declared
        assert declared is not None  # noqa: S101  # it has members
        member = declared.facts.get(name) or declared.links.get(name)
        if member is None:
            criterion = declared.criteria.get(name.removeprefix("criteria."))
            applies = criterion.applies if criterion else None
            found = truth(TRUE, TRUE) if applies is None else self.w.test(applies)
            return self._column(t.BOOLEAN, found)
        if isinstance(member.ty, t.List | t.Ballots):
            raise UnsupportedError(f"has {name}")
        if member.applies is None or member.optional:
            return self._column(t.BOOLEAN, truth(*self._stated_there(name)))
        return self._column(t.BOOLEAN, self.w.test(member.applies))

    # -- results -----------------------------------------------------------------------------

    def _level(self, stage: Stage) -> Column:
        declared = self.table.declared
        assert declared is not None  # noqa: S101  # it is ranked
        ladder = ladder_of(declared)
        ty = t.Scale(ladder.scale.name)
        whole = whole_of(ty, self.w.values)
        if self.table.stranger:
            return self._column(ty, whole, PERHAPS)
        own = self.w.own(f"={stages.of_stage(stage)}")[0]
        ranked = self.w.own("state ranked")[0]
        low, high = (chosen(ranked.high, a, b) for a, b in zip(own[:2], whole[:2], strict=True))
        return self._column(ty, Ends(low, high), State(ranked.low, ranked.high))

    def _state(self, what: str) -> Column:
        if what == "status":
            return self._status()
        if self.table.stranger:
            return self._column(t.BOOLEAN, truth(FALSE, TRUE))
        name = stages.RANKED if what == "ranked" else stages.WAITING
        return self._column(t.BOOLEAN, self.w.own(f"={name}")[0])

    def _status(self) -> Column:
        if self.table.stranger:
            return self._column(t.STRING, whole_of(t.STRING, self.w.values))
        status = self.w.own(STATUS)[0].low
        ways = " ".join(f"WHEN {at} THEN {literal(name)}" for at, name in enumerate(STATUSES))
        return self._column(t.STRING, same(f"CASE {status} {ways} END"))

    # -- definitions -------------------------------------------------------------------------

    def _definition(self, name: str) -> Column:
        declared = self.table.declared
        assert declared is not None  # noqa: S101  # it has definitions
        definition = declared.definition(name)
        found = self.w.of_type(self.w.ends(definition.value), definition.ty)
        if definition.applies is None:
            return self._column(definition.ty, found)
        there = self.w.test(definition.applies)
        whole = whole_of(definition.ty, self.w.values)
        low, high = (chosen(there.low, a, b) for a, b in zip(found[:2], whole[:2], strict=True))
        loose = found.loose or whole.loose
        return self._column(definition.ty, Ends(low, high, loose), State(there.low, there.high))

    def _made(self, node: Node) -> Column:
        found = self.w.of_type(self.w.ends(node), node.ty)
        return self._column(node.ty, found, self.w.there(node))

"""Nodes as SQL: the ends of each, with what of the object and of others they read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import GivenPart
from khung.records import dataclass
from khung.rulebook.model.rules import Stage
from khung.sql import calls, compare, tables, votes
from khung.sql.choices import either_of
from khung.sql.ends import (
    MAYBE,
    Ends,
    UnsupportedError,
    same,
    truth,
    whole_of,
)
from khung.sql.lists import passes
from khung.sql.reading import Reading
from khung.sql.table import SELF
from khung.sql.text import (
    DECIMALS,
    FALSE,
    NULL,
    SPLIT,
    TRUE,
    both,
    chosen,
    either,
    extreme,
    literal,
    negated,
    pair,
)

if TYPE_CHECKING:
    from khung.ir.nodes import Node


_Level = n.Least | n.Greatest | n.Limit | n.Winner | n.Choice | n.Kept

SHORT = 160
"""How long what is read several times may be before it is a column by itself."""


@dataclass(slots=True)
class FullWriter(Reading):
    """Writes all nodes."""

    def shared(self, node: Node) -> Ends:
        """Return the ends of a node that are read several times: a long one is a column by itself."""
        if self.bound or self.table.stranger:
            return self.ends(node)
        made = self.build.synthetic.get((self.table.base, node))
        if made is not None:
            return self.own(made)[0]
        inner = self.at(self.table)
        found = inner.ends(node)
        if len(found.low) + len(found.high) <= SHORT or SPLIT in found.low or node.ty == t.ANYTHING:
            self.needs |= inner.needs
            return found
        name = self.build.made(self.table, node)
        return self.own(name)[0]

    # -- nodes -------------------------------------------------------------------------------

    def test(self, node: Node) -> Ends:
        """Return a condition; a `null` of no type is an open one."""
        if isinstance(node.ty, t.Boolean):
            return self.ends(node)
        if isinstance(node, n.Unknown):
            return MAYBE
        raise UnsupportedError("a condition of no type")

    def of_type(self, ends: Ends, ty: t.Type) -> Ends:
        """Return ends, of what is of no type and wholly unknown those of a type."""
        return whole_of(ty, self.values) if ends == same(NULL, loose=True) else ends

    def ends(self, node: Node) -> Ends:  # one arm a node
        """Return both ends of a node.

        Raises:
            UnsupportedError: SQL has no exact form for it.
        """
        match node:
            case n.Literal():
                return _literal(node)
            case n.Unknown():
                return whole_of(node.ty, self.values)
            case n.Variable():
                return self._variable(node)
            case n.Field() | n.Defined() | n.LevelOf() | n.StateOf() | n.CriteriaSet():
                return self.read(node)[0]
            case n.Has():
                return self._has(node)
            case n.Attribute():
                return self._attribute(node)
            case n.Not():
                low, high, _ = self.test(node.operand)
                return truth(negated(high), negated(low))
            case n.AllOf() | n.AnyOf():
                return self._joined(node)
            case n.Compare():
                return compare.compared(self, node)
            case n.Arithmetic():
                return compare.reckoned(self, node)
            case n.If():
                return self._if(node)
            case n.Fold():
                return passes.folded(self, node)
            case n.Select() | n.Project() | n.Build():
                raise UnsupportedError(f"a list as a value: {type(node).__name__}")
            case n.Call():
                return calls.called(self, node)
            case n.Rows():
                return tables.answered(self, node)
            case n.Ruled():
                return self.ends(node.body)
            case n.There():
                state = self.there(node.body)
                return truth(state.surely, state.may)
            case n.Given():
                return self._given(node)
            case n.Least() | n.Greatest() | n.Limit() | n.Winner() | n.Choice() | n.Kept():
                return self._level(node)
            case n.Broken():
                raise AssertionError(node)
            case _:
                assert_never(node)

    def _joined(self, node: n.AllOf | n.AnyOf) -> Ends:
        found = [
            self.shared(part) if part.ty == t.BOOLEAN else self.test(part) for part in node.operands
        ]
        join = both if isinstance(node, n.AllOf) else either
        return truth(join(x.low for x in found), join(x.high for x in found))

    def _level(self, node: _Level) -> Ends:
        """Return both ends of what stands only among levels."""
        match node:
            case n.Least() | n.Greatest():
                found = [self.shared(part) for part in node.operands]
                pick = "least" if isinstance(node, n.Least) else "greatest"
                return Ends(
                    extreme(pick, (x.low for x in found)), extreme(pick, (x.high for x in found))
                )
            case n.Limit():
                return self._limit(node)
            case n.Winner():
                return votes.won(self, node)
            case n.Choice():
                return votes.chosen_level(self, node)
            case n.Kept():
                return self._kept(node)
            case _:
                assert_never(node)

    def _variable(self, node: n.Variable) -> Ends:
        if node.slot in self.bound:
            return self.bound[node.slot]
        if node.slot == 0:
            return same(f"{SELF}.rid")
        raise UnsupportedError("a variable of an outer pass")

    def _attribute(self, node: n.Attribute) -> Ends:
        kind = self.ends(node.kind)
        known = dict(node.values)
        for name, value in known.items():
            if kind.low == literal(name):
                return same(literal(value))
        values: dict[str, list[str]] = {}
        for name, value in known.items():
            values.setdefault(value, []).append(literal(name))
        ways = " ".join(
            f"WHEN {kind.low} IN ({', '.join(of)}) THEN {literal(value)}"
            for value, of in values.items()
        )
        other = f"WHEN {kind.low} IS NULL THEN NULL ELSE ''"
        text = f"CASE {ways} {other} END"
        if len(text) <= SHORT or self.bound or self.table.stranger or self.is_making(node):
            return same(text, loose=kind.loose)
        return self.own(self.build.made(self.table, node))[0]

    def is_making(self, node: Node) -> bool:
        """Whether a node is being written as a column by itself."""
        name = self.build.synthetic.get((self.table.base, node))
        return name is not None and (self.table.key, name) in self.build.working

    def _given(self, node: n.Given) -> Ends:
        """Return a part of the decision that is given of the object itself."""
        nothing = same(NULL, loose=True) if node.part is GivenPart.LEVEL else truth(FALSE, FALSE)
        is_decided = self.build.profile.is_decided(self.table.base)
        if self.table.stranger or self.undecided or not is_decided:
            return same("0") if node.part is GivenPart.LEVEL else nothing
        level, status = self.raw("given.level"), self.raw("given.status")
        match node.part:
            case GivenPart.LEVEL:
                return same(f"coalesce({level}, 0)")
            case GivenPart.THERE:
                found = f"({level} IS NOT NULL OR {status} IS NOT NULL)"
            case GivenPart.STANDS:
                assert node.stage is not None  # noqa: S101  # it is asked of a stage
                place = list(Stage).index(node.stage)
                found = f"({level} IS NOT NULL AND {self.raw('given.after')} >= {place})"
            case GivenPart.OUT | GivenPart.PENDING:
                found = f"coalesce({status} = {literal(node.part.value)}, FALSE)"
            case _:
                assert_never(node.part)
        return truth(found, found)

    def _limit(self, node: n.Limit) -> Ends:
        """Return a level that, where it may not apply, bounds only the least."""
        body, top, state = self.ends(node.body), self.ends(node.top), self.there(node.body)
        return Ends(chosen(state.may, body.low, top.low), chosen(state.surely, body.high, top.high))

    def _kept(self, node: n.Kept) -> Ends:
        before = self.ends(node.before)
        assert self.table.declared is not None  # noqa: S101  # it has quotas
        found = self.quota(self.table.declared.name, node.place)
        if found is None or self.table.stranger:
            return before
        low, high = (f"coalesce({a}, {b})" for a, b in zip(found, before[:2], strict=True))
        return Ends(low, high)

    # -- choosing ----------------------------------------------------------------------------

    def _if(self, node: n.If) -> Ends:
        if isinstance(node.condition, n.Literal):
            return self.ends(node.yes if node.condition.value else node.no)
        condition = self.shared(node.condition)
        if condition.single and condition.low in (TRUE, FALSE):
            return self.ends(node.yes if condition.low == TRUE else node.no)
        yes, no = (self.of_type(self.shared(way), node.ty) for way in (node.yes, node.no))
        return either_of(condition, yes, no, node.ty)


def _literal(node: n.Literal) -> Ends:
    value = node.value
    if isinstance(value, tuple) and len(value) == 2:  # noqa: PLR2004  # a ratio of whole numbers
        text = pair(str(value[0]), str(value[1]))
        return Ends(text, text)
    if isinstance(value, Fraction):
        text = pair(str(value.numerator), str(value.denominator))
        return Ends(text, text)
    if isinstance(value, Decimal) and -int(value.as_tuple().exponent) > DECIMALS:
        raise UnsupportedError("a constant of so many decimals")
    try:
        return same(literal(value))
    except TypeError as error:
        raise UnsupportedError(f"a constant of type {error}") from error

"""The rules of one subject: scope, ladder, caps, votes, deferrals, quotas, checks, each typed."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any

from khung.diagnostics.suggest import unknown
from khung.ir import ladders
from khung.ir import program as p
from khung.ir import types as t
from khung.ir.declare import cited
from khung.ir.enums import ResultOf
from khung.ir.nodes import Broken, Literal, Node, Rule, StateOf
from khung.ir.operators import as_threshold
from khung.ir.quotas import check_one_level, lower_quota
from khung.ir.rewrite import fold, walk
from khung.ir.settings import asks, closed_setting, setting
from khung.ir.stages import floor
from khung.records import dataclass, replace
from khung.rulebook import model as m
from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.ir.scope import Scope

    Ladder = m.Ladder[m.Head, ast.Expr, ast.Expr | None]
    Level = m.Level[m.Head, ast.Expr]
    Vote = m.Vote[m.Head, ast.Expr, ast.Expr | None]
    Quota = m.Quota[m.Head, ast.Expr, ast.Expr | None]
    Majority = m.Majority[ast.Expr]
    Majorities = tuple[tuple[m.Ref, m.Majority[Node]], ...]


@dataclass(frozen=True, slots=True)
class RuleMaker:
    """Makes the rules of the subject `owner`, whose expressions stand in `scope`."""

    owner: str
    scope: Scope
    model: Ladder | None

    # -- parts ------------------------------------------------------------------------------

    def _rule(self, group: str, head: m.Head, when: Node | None) -> Rule:
        declared = self.scope.declared
        sources = cited(declared, head.sources)
        name = f"{self.owner}.{group}.{head.id}"
        if not head.sources:
            declared.bag.add("K0505", head.span, name=name)
        return Rule(name, sources, head.label, when, head.span)

    def _when(self, head: m.Head) -> Node | None:
        return None if head.when is None else self.scope.lower(head.when, t.BOOLEAN)

    def _word(self, name: str, expr: ast.Expr | None, scope: Scope) -> Node:
        return closed_setting(name, expr, scope, self._self.span)

    @property
    def _self(self) -> Node:
        assert self.scope.self is not None  # noqa: S101  # rules stand on a subject
        return self.scope.self

    @property
    def _true(self) -> Node:
        return Literal(value=True, ty=t.BOOLEAN, span=self._self.span)

    @property
    def _level_type(self) -> t.Type:
        if self.model is None or self.model.scale.name not in self.scope.declared.values:
            return t.BAD
        return t.Scale(self.model.scale.name)

    # -- rules ------------------------------------------------------------------------------

    def rules(self, model: m.Subject) -> dict[str, Any]:
        """Return all rules of the subject, lowered, by their keys."""
        own: dict[str, Callable[[Any], Any]] = {
            "caps": self._cap,
            "votes": self._vote,
            "defer": self._defer,
            "checks": self._check,
        }
        levels = tuple(level.head.id for level in self.model.levels) if self.model else ()
        found: dict[str, Any] = {}
        for key in (part.name for part in fields(m.Rules)):
            held = getattr(model, key)
            lower = own.get(key) or partial(self._typed, key, self.scope.knowing(self._ranked))
            make: Callable[[], Any] = partial(_each, lower, held)
            if key in ("ladder", "quotas"):
                make = self._ladder if key == "ladder" else partial(self._quotas, held)
            of = (key, self.owner, id(held), self._level_type, levels)
            found[key] = self.scope.declared.tracer.once(of, make, held, in_parts=True)
        if found["ladder"] is not None:
            floor.check(found["floors"], found["ladder"], self.scope)
        return found

    @property
    def _ranked(self) -> Node:
        """What all rules know that are asked only of who is ranked; the same node for all."""
        ranked = partial(StateOf, self._self, ResultOf.RANKED, t.BOOLEAN, self._self.span)
        return self.scope.declared.tracer.once(("ranked", self._self), ranked)

    def _typed(self, group: str, scope: Scope, model: Any) -> Any:
        """Return a rule, each of its expressions of the type that its class says."""
        when = self._when(model.head)
        types, inner = {"level": self._level_type, "condition": t.BOOLEAN}, scope.knowing(when)
        made = {
            part.name: inner.lower(getattr(model, part.name), types[part.metadata["type"]])
            for part in fields(model)
            if "type" in part.metadata
        }
        return replace(model, head=self._rule(group, model.head, when), **made)

    def _ladder(self) -> p.Ladder | None:
        """Return the ladder, of which `ladders` says what is reported."""
        model = self.model
        if model is None or model.scale.name not in self.scope.declared.values:
            return None
        scale = self.scope.declared.values[model.scale.name]
        asked = replace(self.scope, required=True)
        lowered = ladders.Levels(self.owner, asked, scale, self._typed).of(model)
        plain = Literal(model.by is None, t.BOOLEAN, self._self.span)
        cumulative = plain if model.cumulative is None else self._boolean(model.cumulative)
        knockouts = (self._typed("knockouts", self.scope, knockout) for knockout in model.knockouts)
        return m.Ladder(
            model.scale,
            lowered,
            tuple(knockouts),
            cumulative,
            model.span,
            model.alias or scale.name,
            asks(model, "cumulative"),
        )

    def _boolean(self, expr: ast.Expr) -> Node:
        return setting(expr, self.scope, t.BOOLEAN)

    def _cap(self, model: m.Cap[m.Head, ast.Expr, ast.Binder]) -> p.Cap:
        """Return a cap; its level needs no guard: what does not apply is no cap."""
        when = self._when(model.head)
        inner = replace(self.scope.knowing(when), unguarded=True)
        rule = self._rule("caps", model.head, when)
        if model.each is None:
            return m.Cap(
                rule,
                inner.lower(model.at_most, self._level_type),
                None,
                None,
                model.last,
                model.local,
            )
        source = inner.lower(model.each.list)
        if not isinstance(source.ty, t.List):
            if source.ty != t.BAD:
                self.scope.bag.add("K0338", model.each.list.span, text=model.each.list.span.text)
            return m.Cap(rule, Broken(t.BAD, model.each.span))
        inner, variable = inner.bind(model.each.name, source.ty.element, model.each.name_span)
        where = None if model.where is None else inner.lower(model.where, t.BOOLEAN)
        at_most = inner.lower(model.at_most, self._level_type)
        return m.Cap(rule, at_most, p.Loop(variable, source), where, model.last, model.local)

    def _vote(self, model: Vote) -> p.Vote | None:
        """Return a vote.

        Reports: K0121 (one that may bind, without `base` or `wins`), K0327 (a majority that is not
        a fixed ratio).
        """
        when = self._when(model.head)
        inner = self.scope.knowing(when)
        rule = replace(self._rule("votes", model.head, when), decided_by=model.decided_by)
        ballots = inner.lower(model.ballots)
        if ballots.ty != t.BAD and not isinstance(ballots.ty, t.Ballots):
            inner.lower_with(model.ballots, inner, self._ballots_type)
        binding = self._true if model.binding is None else self._boolean(model.binding)
        self._check_binding(binding, model)
        base = None if model.base is None else inner.lower(model.base, t.NUMBER)
        wins = self._majorities(model, inner)
        if wins is None:
            return None
        return m.Vote(
            rule,
            binding,
            ballots,
            base,
            None,
            wins,
            self._word("above_ceiling", model.above_ceiling, inner),
            self._word("counting", model.counting, inner),
            model.decided_by,
            asks(model, "binding above_ceiling counting wins wins_at"),
        )

    def _check_binding(self, binding: Node, model: Vote) -> None:
        if isinstance(binding, Literal) and not binding.value:
            return
        said = {"base": model.base is not None, "wins": model.wins or model.wins_at}
        for key in (key for key, there in said.items() if not there):
            self.scope.bag.add("K0121", model.head.span, at=model.head.at, key=key)

    @property
    def _ballots_type(self) -> t.Type:
        level = self._level_type
        return t.Ballots(level.name) if isinstance(level, t.Scale) else t.BAD

    def _majorities(self, model: Vote, scope: Scope) -> Majorities | None:
        """Return the majority of each level, lowest first; of none where one has none."""
        level = self._level_type
        if not isinstance(level, t.Scale):
            return None
        names = scope.declared.values[level.name].values
        single = {ref.name: majority for ref, majority in model.wins_at}
        for ref, _ in model.wins_at:
            if ref.name not in names:
                unknown(scope.bag, "level", ref.name, ref.span, names)
        found = [(name, self._majority(single.get(name, model.wins), scope)) for name in names]
        made = tuple((m.Ref(name, one.span), one) for name, one in found if one is not None)
        return made if len(made) == len(found) else ()

    def _majority(self, model: Majority | None, scope: Scope) -> m.Majority[Node] | None:
        if model is None:
            return None
        found = scope.lower(model.share)
        limit = as_threshold(fold(found))
        if not isinstance(limit, Literal) or not isinstance(limit.value, tuple):
            if found.ty != t.BAD:
                scope.bag.add("K0327", model.span)
            return None
        numerator, denominator = limit.value
        if not 0 <= numerator <= denominator:
            scope.bag.add("K0328", model.span, text=model.share.span.text)
        return m.Majority(limit, model.strict, model.span)

    def _defer(self, model: m.Defer[m.Head, ast.Expr]) -> p.Defer:
        """Return a deferral: `among` is all levels, a list of them, or an expression of one."""
        when = self._when(model.head)
        rule = replace(self._rule("defer", model.head, when), decided_by=model.decided_by)
        among = model.among
        scale = self.model.scale.name if self.model else ""
        if isinstance(among, ast.Name) and among.name in ("all", scale):
            return m.Defer(rule, model.question, None, model.decided_by)
        leaves = False
        if isinstance(among, ast.ListLiteral):
            kept = tuple(i for i in among.items if not _is_name(i, "not_ranked"))
            leaves = len(kept) < len(among.items)
            among = replace(among, items=kept)
        inner = self.scope.knowing(when)
        node = None if among is None else inner.lower(among, t.List(self._level_type))
        return m.Defer(rule, model.question, node, model.decided_by, leaves)

    def _quotas(self, models: tuple[Quota, ...]) -> tuple[p.Quota, ...]:
        """Return the quotas, in order. Reports: K0727 (two of one level)."""
        found = tuple(map(self._quota, models))
        check_one_level(found, self.scope)
        return found

    def _quota(self, model: Quota) -> p.Quota:
        """Return a quota."""
        when = self._when(model.head)
        rule = replace(self._rule("quotas", model.head, when), decided_by=model.decided_by)
        return lower_quota(model, rule, self.scope.knowing(when), self.model, self._ranked)

    def _check(self, model: m.Check[m.Head, ast.Expr]) -> p.Check:
        """Return a check; as no level hangs on it, it may ask what is known.

        Reports: K0711 (a `require` that is always the same), K0712 (one that never applies).
        """
        free = replace(self.scope, lax=True)
        when = None if model.head.when is None else free.lower(model.head.when, t.BOOLEAN)
        require = free.knowing(when).lower(model.require, t.BOOLEAN)
        if _is_fixed(require):
            self.scope.bag.add("K0711", require.span, text=require.span.text)
        if when is not None and _is_fixed(when, never=True):
            self.scope.bag.add("K0712", when.span, name=model.head.id)
        return m.Check(self._rule("checks", model.head, when), require, model.severity)


def _is_fixed(node: Node, *, never: bool = False) -> bool:
    """Whether a condition is the same for all subjects, but for a reading that may be changed."""
    found = fold(node)
    if not isinstance(found, Literal) or any(_asks(part) for part in walk(node)):
        return False
    return found.value is False or not never


def _asks(node: Node) -> bool:
    return isinstance(node, Literal) and bool(node.reading)


def _is_name(expr: ast.Expr | None, name: str) -> bool:
    return isinstance(expr, ast.Name) and expr.name == name


def _each(lower: Callable[[Any], Any], models: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(rule for rule in map(lower, models) if rule is not None)

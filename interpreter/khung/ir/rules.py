"""The rules of one subject: scope, ladder, caps, votes, deferrals, quotas, checks, each typed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from khung.diagnostics.suggest import unknown
from khung.ir import program as p
from khung.ir import types as t
from khung.ir.enums import Asks, Majority, ResultOf
from khung.ir.nodes import Broken, Literal, Node, Rule, StateOf
from khung.ir.operators import as_threshold, has_order
from khung.ir.rewrite import fold, walk
from khung.ir.settings import asks, number_of_places, places, setting, share
from khung.ir.sources import cited
from khung.ir.words import type_word
from khung.records import dataclass
from khung.rulebook import model as m
from khung.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from khung.ir.scope import Scope

SETTINGS: dict[str, tuple[str, ...]] = {
    "rounding": ("floor", "half_up", "ceiling"),
    "ties": ("needs_decision", "all", "none"),
    "counting": ("exact", "cumulative"),
    "above_ceiling": ("ceiling", "wins"),
}
"""Closed settings, the default first."""


def decimal(end: Decimal | date | None) -> Decimal | None:
    """Return the end of a range of numbers."""
    return end if isinstance(end, Decimal) else None


@dataclass(frozen=True, slots=True)
class RuleMaker:
    """Makes the rules of the subject `owner`, whose expressions stand in `scope`."""

    owner: str
    scope: Scope
    model: m.Ladder | None

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

    def _setting(self, name: str, expr: ast.Expr | None, scope: Scope) -> Node:
        ty = t.Enumeration(f"settings.{name}")
        scope.declared.values.setdefault(
            ty.name, p.Values(ty.name, SETTINGS[name], {v: m.Label(v) for v in SETTINGS[name]})
        )
        if expr is None:
            return Literal(SETTINGS[name][0], ty, self._self.span)
        return setting(expr, scope, ty)

    def _number(self, expr: ast.Expr, scope: Scope) -> Node:
        return setting(expr, scope, t.NUMBER)

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

    def scope_rule(self, group: str, model: m.ScopeRule) -> Rule:
        """Return a rule of `not_ranked` or `pending`."""
        return self._rule(group, model.head, self._when(model.head))

    def ladder(self) -> p.Ladder | None:
        """Return the ladder.

        Reports: K0201 (no such level), K0431 (levels out of order), K0714 (a level left out).
        """
        model = self.model
        if model is None or model.scale.name not in self.scope.declared.values:
            return None
        scale = self.scope.declared.values[model.scale.name]
        levels = tuple(
            found for level in model.levels if (found := self._level(level, scale)) is not None
        )
        self._check_order(model, scale)
        self._check_gaps(model, scale)
        cumulative = self._true if model.cumulative is None else self._boolean(model.cumulative)
        return p.Ladder(
            scale.name,
            model.alias or scale.name,
            cumulative,
            levels,
            tuple(map(self._knockout, model.knockouts)),
            asks(cumulative=model.cumulative),
        )

    def _boolean(self, expr: ast.Expr) -> Node:
        return setting(expr, self.scope, t.BOOLEAN)

    def _level(self, model: m.Level, scale: p.Values) -> p.Level | None:
        name = model.head.id
        if name not in scale.values:
            unknown(self.scope.bag, "level", name, model.head.span, scale.values)
            return None
        rule = Rule(
            f"{self.owner}.levels.{name}",
            cited(self.scope.declared, model.head.sources),
            model.head.label or scale.labels[name],
            None,
            model.head.span,
        )
        require = tuple(self._requirement(name, r) for r in model.require)
        return p.Level(name, scale.rank(name), rule, require, model.otherwise)

    def _requirement(self, level: str, model: m.Requirement) -> p.Requirement:
        when = self._when(model.head)
        asked = replace(self.scope.knowing(when), required=True)
        that = asked.lower(model.that, t.BOOLEAN)
        return p.Requirement(self._rule(f"levels.{level}", model.head, when), that)

    def _check_order(self, model: m.Ladder, scale: p.Values) -> None:
        best = len(scale.values)
        for level in model.levels:
            if level.head.id not in scale.values:
                continue
            rank = scale.rank(level.head.id)
            if rank >= best:
                self.scope.bag.add("K0431", level.head.span, name=level.head.id, scale=scale.name)
            best = min(best, rank)

    def _check_gaps(self, model: m.Ladder, scale: p.Values) -> None:
        """Warn of levels between the best and the lowest that nobody reaches by the standards."""
        ranks = {scale.rank(x.head.id) for x in model.levels if x.head.id in scale.values}
        for rank in range(min(ranks, default=0), max(ranks, default=0)):
            if rank not in ranks:
                below = scale.values[max(r for r in ranks if r < rank)]
                span, name = model.scale.span, scale.values[rank]
                self.scope.bag.add("K0714", span, owner=self.owner, name=name, below=below)

    def _knockout(self, model: m.Knockout) -> p.Knockout:
        when = self._when(model.head)
        to = self.scope.knowing(when).lower(model.to, self._level_type)
        return p.Knockout(self._rule("knockouts", model.head, when), to)

    def floor(self, model: m.Floor) -> p.Floor:
        """Return a floor; it is asked only of who is ranked, so it may read what stands before."""
        when = self._when(model.head)
        ranked = StateOf(self._self, ResultOf.RANKED, t.BOOLEAN, self._self.span)
        at_least = self.scope.knowing(when, ranked).lower(model.at_least, self._level_type)
        return p.Floor(self._rule("floors", model.head, when), at_least, model.over_knockouts)

    def cap(self, model: m.Cap) -> p.Cap:
        """Return a cap; its level needs no guard: what does not apply is no cap."""
        when = self._when(model.head)
        inner = replace(self.scope.knowing(when), unguarded=True)
        rule = self._rule("caps", model.head, when)
        if model.each is None:
            return p.Cap(rule, inner.lower(model.at_most, self._level_type), last=model.last)
        source = inner.lower(model.each.list)
        if not isinstance(source.ty, t.List):
            if source.ty != t.BAD:
                self.scope.bag.add("K0338", model.each.list.span, text=model.each.list.span.text)
            return p.Cap(rule, Broken(t.BAD, model.each.span))
        inner, variable = inner.bind(model.each.name, source.ty.element, model.each.name_span)
        where = None if model.where is None else inner.lower(model.where, t.BOOLEAN)
        at_most = inner.lower(model.at_most, self._level_type)
        return p.Cap(rule, at_most, variable, source, where, model.last)

    def vote(self, model: m.Vote) -> p.Vote | None:
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
        return p.Vote(
            rule,
            binding,
            ballots,
            base,
            wins,
            self._setting("above_ceiling", model.above_ceiling, inner),
            self._setting("counting", model.counting, inner),
            asks(
                binding=model.binding,
                above_ceiling=model.above_ceiling,
                counting=model.counting,
                wins=[w.share for w in (model.wins, *(w for _, w in model.wins_at)) if w],
            ),
        )

    def _check_binding(self, binding: Node, model: m.Vote) -> None:
        if isinstance(binding, Literal) and not binding.value:
            return
        said = {"base": model.base is not None, "wins": model.wins or model.wins_at}
        for key in (key for key, there in said.items() if not there):
            self.scope.bag.add("K0121", model.head.span, at=model.head.at, key=key)

    @property
    def _ballots_type(self) -> t.Type:
        level = self._level_type
        return t.Ballots(level.name) if isinstance(level, t.Scale) else t.BAD

    def _majorities(self, model: m.Vote, scope: Scope) -> tuple[Majority, ...] | None:
        level = self._level_type
        if not isinstance(level, t.Scale):
            return None
        names = scope.declared.values[level.name].values
        single = {ref.name: majority for ref, majority in model.wins_at}
        for ref, _ in model.wins_at:
            if ref.name not in names:
                unknown(scope.bag, "level", ref.name, ref.span, names)
        found = [self._majority(single.get(name, model.wins), scope) for name in names]
        return tuple(x for x in found if x is not None) if all(found) else ()

    def _majority(self, model: m.Majority | None, scope: Scope) -> Majority | None:
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
        return Majority(numerator, denominator, model.strict)

    def defer(self, model: m.Defer) -> p.Defer:
        """Return a deferral: `among` is all levels, a list of them, or an expression of one."""
        when = self._when(model.head)
        rule = replace(self._rule("defer", model.head, when), decided_by=model.decided_by)
        among = model.among
        scale = self.model.scale.name if self.model else ""
        if isinstance(among, ast.Name) and among.name in ("all", scale):
            return p.Defer(rule, model.question, None)
        leaves = False
        if isinstance(among, ast.ListLiteral):
            kept = tuple(i for i in among.items if not _is_name(i, "not_ranked"))
            leaves = len(kept) < len(among.items)
            among = replace(among, items=kept)
        node = self.scope.knowing(when).lower(among, t.List(self._level_type))
        return p.Defer(rule, model.question, node, leaves)

    def quota(self, model: m.Quota) -> p.Quota:
        """Return a quota.

        Reports: K0433 (a level that the ladder does not have), K0323 (an order key of values that
        have no order), K0327 (a limit that is not a fixed ratio), K0344 (a setting that hangs on
        facts), K0345 (a limit that may differ within a group), K0346 (no number of places), K0713
        (a share of 1), K0715 (groups by lists).
        """
        when = self._when(model.head)
        inner = self.scope.knowing(when)
        free = replace(inner, unguarded=True)
        level = setting(model.level, inner, self._level_type)
        self._check_quota_level(level, model)
        per = tuple(self._key(key, free) for key in model.per)
        return p.Quota(
            replace(self._rule("quotas", model.head, when), decided_by=model.decided_by),
            level,
            per,
            self._true if model.counts is None else free.lower(model.counts, t.BOOLEAN),
            None if model.at_most is None else share(model.at_most, inner, per),
            None if model.places is None else places(model.places, inner, per),
            self._setting("rounding", model.rounding, inner),
            self._small_group(model.small_group, inner),
            self._order(model.order, free),
            self._setting("ties", model.ties, inner),
            setting(model.others, inner, self._level_type)
            if model.others is not None
            else Literal(max(0, _rank(level) - 1), self._level_type, self._self.span),
            _asked_of_quota(model),
        )

    def _key(self, expr: ast.Expr, scope: Scope) -> Node:
        found = fold(scope.lower(expr))
        if isinstance(found.ty, t.List):
            self.scope.bag.add("K0715", expr.span, text=expr.span.text)
        return found

    def _order(self, models: Iterable[m.OrderKey], scope: Scope) -> tuple[p.OrderKey, ...]:
        """Return the order keys; one that the chosen readings make a constant is none."""
        keys = (self._order_key(model, scope) for model in models)
        return tuple(key for key in keys if not isinstance(fold(key.value), Literal))

    def _order_key(self, model: m.OrderKey, scope: Scope) -> p.OrderKey:
        value = scope.lower(model.value)
        if not has_order(value.ty) and value.ty != t.BOOLEAN:
            op = "highest" if model.highest else "lowest"
            scope.bag.add("K0323", value.span, op=op, found=type_word(value.ty))
        return p.OrderKey(value, model.highest)

    def _check_quota_level(self, level: Node, model: m.Quota) -> None:
        if self.model is None or not isinstance(level, Literal):
            return
        scale = self.scope.declared.values.get(self.model.scale.name)
        names = {x.head.id for x in self.model.levels}
        if scale and isinstance(level.value, int) and scale.values[level.value] not in names:
            self.scope.bag.add(
                "K0433", model.level.span, name=scale.values[level.value], known=tuple(names)
            )

    def _small_group(self, model: m.SmallGroup | None, scope: Scope) -> p.SmallGroup | None:
        if model is None:
            return None
        when = None if model.when is None else setting(model.when, scope, t.BOOLEAN)
        none: Node = Literal(Decimal(0), t.NUMBER, model.span)
        return p.SmallGroup(
            self._number(model.fewer_than, scope),
            number_of_places(model.allow, scope),
            none if model.at_least is None else self._number(model.at_least, scope),
            cited(scope.declared, model.sources),
            when,
        )

    def check(self, model: m.Check) -> p.Check:
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
        return p.Check(self._rule("checks", model.head, when), require, model.severity)


def _asked_of_quota(model: m.Quota) -> Asks:
    small = model.small_group
    return asks(
        level=model.level,
        per=model.per,
        at_most=model.at_most,
        places=model.places,
        rounding=model.rounding,
        small_group=(small.fewer_than, small.allow, small.at_least, small.when) if small else None,
        order=[key.value for key in model.order],
        ties=model.ties,
        others=model.others,
    )


def _is_fixed(node: Node, *, never: bool = False) -> bool:
    """Whether a condition is the same for all subjects, but for a reading that may be changed."""
    found = fold(node)
    if not isinstance(found, Literal) or any(_asks(part) for part in walk(node)):
        return False
    return found.value is False or not never


def _asks(node: Node) -> bool:
    return isinstance(node, Literal) and bool(node.reading)


def _is_name(expr: ast.Expr, name: str) -> bool:
    return isinstance(expr, ast.Name) and expr.name == name


def _rank(level: Node) -> int:
    return level.value if isinstance(level, Literal) and isinstance(level.value, int) else 0

"""The levels of a ladder: what each asks for, or the points that each has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.diagnostics.suggest import unknown
from khung.ir import points
from khung.ir.declare import cited
from khung.ir.nodes import Rule
from khung.records import dataclass
from khung.rulebook import model as m

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.ir import program as p
    from khung.ir.scope import Scope
    from khung.syntax import ast

    Ladder = m.Ladder[m.Head, ast.Expr, ast.Expr | None]
    Level = m.Level[m.Head, ast.Expr]


@dataclass(frozen=True, slots=True)
class Levels:
    """Makes the levels of the subject `owner` on a scale; `typed` makes what one asks for."""

    owner: str
    scope: Scope
    scale: p.Values
    typed: Callable[[str, Scope, Any], Any]

    def of(self, model: Ladder) -> tuple[p.Level, ...]:
        """Return the levels of a ladder.

        Reports: K0201 (no such level), K0431 (levels out of order), K0714 (a level left out), and
        those of `points`.
        """
        read = [(level, self._level(level)) for level in model.levels]
        levels = tuple(found for _, found in read if found is not None)
        in_order = self._check_order(model)
        self._check_gaps(model)
        if model.by is None or len(levels) < len(read) or not in_order:
            return levels
        return points.with_points(model.by, model.levels, levels, self.scope)

    def _level(self, model: Level) -> p.Level | None:
        name, scale = model.head.id, self.scale
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
        require = tuple(self.typed(f"levels.{name}", self.scope, one) for one in model.require)
        return m.Level(rule, require, model.otherwise, scale.rank(name))

    def _check_order(self, model: Ladder) -> bool:
        """Report levels that do not come best first; return whether all do."""
        best, in_order = len(self.scale.values), True
        for level in (one for one in model.levels if one.head.id in self.scale.values):
            name, rank = level.head.id, self.scale.rank(level.head.id)
            if rank >= best:
                self.scope.bag.add("K0431", level.head.span, name=name, scale=self.scale.name)
                in_order = False
            best = min(best, rank)
        return in_order

    def _check_gaps(self, model: Ladder) -> None:
        """Warn of levels between those there are, all known, that no standard leads to."""
        scale = self.scale
        ranks = {scale.rank(x.head.id) for x in model.levels if x.head.id in scale.values}
        for rank in range(min(ranks), max(ranks)) if len(ranks) == len(model.levels) > 0 else ():
            if rank not in ranks:
                below = scale.values[max(r for r in ranks if r < rank)]
                span, name = model.scale.span, scale.values[rank]
                self.scope.bag.add("K0714", span, owner=self.owner, name=name, below=below)

"""How much of the rulebooks some test cases reach.

A condition is covered if it was seen both true and false. A rule is covered if the result of some
subject rests on it (it is among the reasons), or if its condition is covered; a row of a table,
if it surely answered for some subject. A clause is covered if a covered rule cites it; only clauses
that rules cite are counted. A check is a condition; one that was met or violated is covered as a
rule.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.engine import conditions
from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.engine.tables import answers
from khung.ir.entries import asked_by, entries_of, rules_of
from khung.ir.nodes import Literal
from khung.records import dataclass
from khung.rulebook.model.rules import Check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType, Program
    from khung.why.result import Result, Results

_BOTH = frozenset({True, False})


class Key(NamedTuple):
    """A rule, a clause or an outcome of a condition, of one rulebook."""

    rulebook: str
    name: str


class _Books:
    """Says of which rulebook a rule of a subject is: of its overlay only what that adds."""

    def __init__(self, results: Results) -> None:
        program = results.program
        self.base, self.under = program.rulebook, results.case.under
        parts = {name: part.program for name, part in program.parts.items()}
        self.parts: Mapping[str, Program] = parts or {"": program}
        declared = self.parts[""].subjects if parts else ()
        self.known = {rule.id for one in declared for rule in rules_of(one)}

    def part(self, entity: Entity) -> str:
        """Return the overlay of a subject; empty for the base."""
        return self.under.get((entity.type.name, entity.id), "")

    def of(self, part: str, name: str) -> str:
        """Return the rulebook of a rule, by its name, of those under an overlay."""
        return part if part and name not in self.known else self.base


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a kind are covered, and which are not."""

    covered: int
    total: int
    missing: tuple[str, ...]


@dataclass(slots=True)
class Coverage:
    """Gathers what cases reach."""

    _rules: dict[Key, bool] = field(default_factory=dict)
    _conditions: dict[Key, set[bool]] = field(default_factory=dict)
    _sources: dict[Key, tuple[str, ...]] = field(default_factory=dict)

    def add(self, results: Results) -> None:
        """Take in the results of one case."""
        books = _Books(results)
        for part, program in books.parts.items():
            for declared in program.subjects:
                for rule in rules_of(declared):
                    self._note_rule(books.of(part, rule.id), rule, covered=False)
                checks = (check.head.id for check in declared.checks)
                for name in (*(name for name, _ in _conditions(declared)), *checks):
                    self._conditions.setdefault(Key(books.of(part, name), name), set())
        for result in _each(results):
            part = books.part(result.entity)
            for reason in result.reasons:
                self._note_rule(books.of(part, reason.rule.id), reason.rule, covered=True)
            self._note_checks(books, result)
            self._note_conditions(books, result, results)
        self._note_tables(books, results)

    def _note_tables(self, books: _Books, results: Results) -> None:
        for of_type in results.case.entities.values():
            for entity in of_type.values():
                for answer in answers(results.run.evaluator, entity):
                    rules = [fired.row.rule for fired in answer.rows if fired.sure]
                    for rule in rules:
                        book = books.of(books.part(entity), rule.id)
                        self._note_rule(book, rule, covered=True)

    @property
    def rules(self) -> Count:
        """The rules on which results rest, or whose condition was seen both ways."""
        return _count(self._covered())

    @property
    def clauses(self) -> Count:
        """The clauses that rules cite."""
        found: dict[Key, bool] = {}
        for rule, covered in self._covered().items():
            for source in self._sources[rule]:
                key = Key(rule.rulebook, source)
                found[key] = found.get(key, False) or covered
        return _count(found)

    def _covered(self) -> dict[Key, bool]:
        both = {key for key, seen in self._conditions.items() if seen >= _BOTH}
        return {key: covered or key in both for key, covered in self._rules.items()}

    @property
    def conditions(self) -> Count:
        """The conditions; a missing one is named with the outcome that was not seen."""
        lacking = {
            Key(key.rulebook, f"{key.name} = {str(outcome).lower()}")
            for key, seen in self._conditions.items()
            for outcome in _BOTH - seen
        }
        covered = sum(seen >= _BOTH for seen in self._conditions.values())
        return Count(covered, len(self._conditions), _named(lacking, self._conditions))

    def _note_rule(self, book: str, rule: Rule, *, covered: bool) -> None:
        key = Key(book, rule.id)
        self._rules[key] = self._rules.get(key, False) or covered
        self._sources[key] = rule.sources

    def _note_checks(self, books: _Books, result: Result) -> None:
        part = books.part(result.entity)
        for check, state in result.checks:
            if state in (CheckState.MET, CheckState.VIOLATED):
                book = books.of(part, check.head.id)
                self._note_rule(book, check.head, covered=True)
                seen = self._conditions[Key(book, check.head.id)]
                seen.add(state is CheckState.MET)

    def _note_conditions(self, books: _Books, result: Result, results: Results) -> None:
        entity, evaluator = result.entity, results.run.evaluator
        if entity.given is not None:
            return
        env = evaluator.env(entity)
        for name, (when, that) in _conditions(entity.type):
            if result.status is Status.NOT_RANKED and ".not_ranked." not in name:
                continue
            applies = conditions.holds(when, env, evaluator)
            seen = self._conditions[Key(books.of(books.part(entity), name), name)]
            if that is None:
                seen.update({applies.least} if applies.known else ())
            elif applies.least:
                met = evaluator.truth(that, env)
                seen.update({met.least} if met.known else ())


def _each(results: Results) -> Iterator[Result]:
    for by_id in results.by_type.values():
        yield from by_id.values()


_Condition = tuple["Node | None", "Node | None"]


def _conditions(declared: ObjectType) -> Iterator[tuple[str, _Condition]]:
    """Yield what can be true or false: of a requirement what it asks, where it applies.

    Checks are not among them: results hold what came of each.
    """
    for entry in entries_of(declared):
        asked, when = asked_by(entry), entry.head.when
        if isinstance(entry, Check):
            continue
        if asked is not None or (when is not None and not isinstance(when, Literal)):
            yield entry.head.id, (when, asked)


def _count(found: Mapping[Key, bool]) -> Count:
    lacking = [key for key, covered in found.items() if not covered]
    return Count(len(found) - len(lacking), len(found), _named(lacking, found))


def _named(lacking: Iterable[Key], every: Iterable[Key]) -> tuple[str, ...]:
    """Return names in order; with the rulebook where there are several."""
    several = len({key.rulebook for key in every}) > 1
    return tuple(sorted(f"{key.rulebook} {key.name}" if several else key.name for key in lacking))

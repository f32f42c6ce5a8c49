"""What stands in tables of results in words: rules by id, facts by path, levels by name.

Nothing but the tables and the rulebook is asked, so that stored results are told as well.
"""

from __future__ import annotations

from dataclasses import field
from itertools import zip_longest
from typing import TYPE_CHECKING

from khung.engine.quotas import one_of
from khung.ir import types as t
from khung.ir.entries import rules_of
from khung.locale import phrase
from khung.records import dataclass
from khung.report.tables.derived import names_of
from khung.report.tables.from_results import BETWEEN
from khung.report.words.labels import Words
from khung.report.words.rules import RuleTeller

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType, Program
    from khung.report.tables.from_results import ResultTables
    from khung.rulebook.model import Label

_KEYS = {"*": "everyone", "?": "unknown"}

CODE = "#"
"""What stands before the code of a finding that is khung's own."""


@dataclass(frozen=True, slots=True)
class TableWords:
    """Says what tables of results hold.

    Attributes:
        words: Those of the rulebook, in a language.
        names: What subjects are called, by type and id, of those who have a name.
        rules: Every rule by its id, with its subject type.
    """

    words: Words
    names: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, tuple[Rule, ObjectType]]
    teller: RuleTeller
    _titles: dict[str, str] = field(default_factory=dict)
    _told: dict[Hashable, str] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        """The rulebook."""
        return self.words.program

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase about tables of results."""
        return phrase(self.words.lang, f"results.{key}", **args)

    def name(self, subject: str, key: str | None) -> str:
        """Return what a subject is called: its name, or its id."""
        return self.names.get(subject, {}).get(key or "", key or "")

    def group(self, rule: str, key: str) -> str:
        """Return what the members of a group of a quota have in common, by its key in one text."""
        parts = key.split(BETWEEN)
        types = next((own for own in self._keys(rule) if len(own) == len(parts)), ())
        told = (self._part(part, ty) for part, ty in zip_longest(parts, types) if part)
        return ", ".join(told)

    def _keys(self, rule: str) -> Iterator[list[t.Type]]:
        """Yield the types of what each grouping of a quota groups by."""
        declared = self.rules[rule][1] if rule in self.rules else None
        for quota in declared.quotas if declared else ():
            if quota.head.id == rule:
                for grouping in quota.groupings:
                    keys = map(one_of, grouping.keys) if grouping.each else grouping.keys
                    yield [key.ty for key in keys]

    def _part(self, name: str, ty: t.Type | None) -> str:
        if name in _KEYS:
            return self.words.say(_KEYS[name])
        match ty:
            case t.Object():
                return self.name(ty.name, name)
            case t.Enumeration() | t.Scale() if name in self.program.values[ty.name].values:
                return self.words.named(ty.name, name)
            case _:  # a text, or a number
                return name

    def rule(self, name: str) -> str:
        """Return what a rule says; of an id that is none, what it names."""
        if name not in self._titles:
            self._titles[name] = self._title(name)
        return self._titles[name]

    def _title(self, name: str) -> str:
        found = self.rules.get(name)
        if found is not None:
            return self.teller.title(*found)
        subject, _, member = name.partition(".")
        declared = self.program.objects.get(subject)
        return self.words.member(declared, member) if declared else name

    def once(self, key: Hashable, tell: Callable[[], str]) -> str:
        """Return what is told of many alike, told once."""
        if key not in self._told:
            self._told[key] = tell()
        return self._told[key]

    def reasons(self, names: Sequence[str]) -> str:
        """Return rules that decide a result with their clauses, a line each."""
        key = tuple(names)
        return self.once(key, lambda: "\n".join(dict.fromkeys(filter(None, map(self.reason, key)))))

    def reason(self, name: str) -> str:
        """Return what a rule that decides a result says, what it asks as not met, with clauses."""
        found = self.rules.get(name)
        return self._cited(name, self.teller.unmet(*found)) if found else self.rule(name)

    def cited(self, name: str) -> str:
        """Return what a rule says, with its clauses in short form."""
        return self._cited(name, self.rule(name))

    def _cited(self, name: str, said: str) -> str:
        found = self.rules.get(name)
        clauses = self.words.cited(found[0].sources) if found else ""
        return f"{said} ({clauses})" if clauses else said

    def finding(self, name: str) -> str:
        """Return a finding: what a check asks, or what khung found by itself."""
        rule, mark, code = name.partition(CODE)
        if mark:
            return self.words.say(f"finding.{code}", rule=self.rule(rule))
        return self.rule(rule)

    def path(self, path: str, subject: str, key: str) -> str:
        """Return what a path of `missing`, `assumed` or `provisional` leads to.

        Args:
            path: The path, or the id of a rule.
            subject: The type of the subject of whom it is told.
            key: Its id.
        """
        if path in self.rules:
            return self.rule(path)
        own = f"{subject}.{key}."
        if path.startswith(own):
            return self._member(self.program.objects[subject], path.removeprefix(own))
        return self._of_other(path)

    def _of_other(self, path: str) -> str:
        """Return what is meant of another subject: a fact of it, or its result."""
        subject, _, rest = path.partition(".")
        declared = self.program.objects.get(subject)
        if declared is None:
            return path
        key, dot, member = rest.rpartition(".")
        if dot and (key in self.names.get(subject, {}) or _has(declared, member)):
            what, whom = self._member(declared, member), self.name(subject, key)
            return self.words.say("of", what=what, whom=whom)
        return self.words.say("result_of", whom=self.name(subject, rest))

    def _member(self, declared: ObjectType, path: str) -> str:
        """Return what a member is called; of one of a record, the list that holds it."""
        if path.startswith("criteria."):
            return self.words.member(declared, path)
        return self.words.member(declared, path.partition(".")[0])

    def level(self, subject: str, level: str) -> str:
        """Return what a level of a subject type is called; or a status in its place."""
        ladder = self.program.objects[subject].ladder
        if ladder is not None and level in self.program.values[ladder.scale.name].values:
            return self.words.named(ladder.scale.name, level)
        return self.words.say(f"status.{level}")

    def kind(self, subject: str, kind: str | None) -> str:
        """Return what a kind is called."""
        kinds = self.program.objects[subject].kinds
        return self.words.label(kinds.labels.get(kind), kind) if kinds and kind else kind or ""


def _has(declared: ObjectType, member: str) -> bool:
    return member in declared.facts or member in declared.links


def words_of(
    program: Program, tables: ResultTables, lang: str, clauses: Mapping[str, Label]
) -> TableWords:
    """Return what says tables of results in a language."""
    words = Words(program, lang, clauses)
    rules = {
        rule.id: (rule, declared)
        for subject in program.subjects
        for declared in program.variants(subject.name)
        for rule in rules_of(declared)
    }
    return TableWords(words, names_of(tables), rules, RuleTeller(words))

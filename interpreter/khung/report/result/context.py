"""What every part of the text for people needs: the results, the words, the rules, the clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.records import dataclass
from khung.report.document.model import Line, Style
from khung.report.words.labels import Words
from khung.report.words.names import Clauses, Paths, listed
from khung.report.words.rules import RuleTeller, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.engine.facts import Entity
    from khung.engine.quotas import GroupResult
    from khung.ir.nodes import Rule
    from khung.rulebook.model import Label
    from khung.why.result import Results


@dataclass(frozen=True, slots=True)
class Context:
    """One evaluation, told in one language.

    Attributes:
        hints: Whether to say what to type, which is of use at a terminal and not on paper.
    """

    results: Results
    words: Words
    rules: RuleTeller
    clauses: Clauses
    paths: Paths
    hints: bool = True

    def clause_lines(self, sources: Iterable[str], indent: int, said: set[str]) -> Iterator[Line]:
        """Yield each clause in short form with its summary, unless that was `said` before."""
        for source in sources:
            cited, summary = self.clauses.cited((source,)), self.clauses.summary(source)
            if summary in said:
                summary = ""
            said.add(summary)
            text = f"{cited}: {summary}" if summary else cited
            yield Line(text, indent, style=Style.FAINT)

    def group_line(self, rule: Rule, entity: Entity) -> str:
        """Return the group of a quota that a subject is in; empty if it is in none."""
        if kind_of(rule) != "quotas":
            return ""
        for group in self.results.groups:
            if group.rule.rule.id == rule.id and entity in (*group.kept, *group.cut, *group.open):
                return self.group(group)
        return ""

    def group(self, group: GroupResult) -> str:
        """Return a group of a quota in words: the base, the places, who has them."""
        parts = [
            self.words.say(f"group.{name}", names=listed(e.id for e in entities))
            for name, entities in (("kept", group.kept), ("cut", group.cut), ("open", group.open))
            if entities
        ]
        key, base, places = self.group_key(group), ends(group.base), ends(group.places)
        head = self.words.say("group.head", key=key, base=base, places=places)
        return "; ".join([head, *parts])

    def group_key(self, group: GroupResult) -> str:
        """Return what the members of a group have in common; what says nothing is left out."""
        parts = zip(group.key, group.rule.per, strict=True)
        said = (self.words.value(value, node.ty) for value, node in parts)
        return ", ".join(part for part in said if part) or self.words.say("everyone")


def context_of(
    results: Results, lang: str, clauses: Mapping[str, Label] | None, *, hints: bool = True
) -> Context:
    """Return what is needed to tell an evaluation in a language; see `Context`."""
    words, cited = Words(results.program, lang), Clauses(lang, clauses or {})
    rules = RuleTeller(words, results, cited)
    return Context(results, words, rules, cited, Paths.of(results.case), hints)


def ends(numbers: tuple[int, int]) -> str:
    """Return the least and the most of a whole number: one number where they are equal."""
    least, most = (int(number) for number in numbers)
    return str(least) if least == most else f"{least}–{most}"

"""Where a case came out otherwise than it expects, in words: of whom, expected and found, and why.

Nothing is told by a code: a level, a rule, a fact is called as the rulebook calls it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from khung.casefile.model import LEVELS
from khung.diagnostics.render.columns import columns
from khung.engine.stages import Status
from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.locale import known, voice
from khung.report.document.model import Line, Style
from khung.report.encode import dumps
from khung.report.result.context import context_of, ends, question
from khung.report.result.subject import awaited_text, missing_text, standing
from khung.report.words.labels import listed
from khung.report.words.rules import telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from khung.casefile.compare import Difference
    from khung.driver import Evaluated
    from khung.engine.facts import Entity
    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType
    from khung.report.result.context import Context
    from khung.why.result import Result

_STANDING = ("status", *LEVELS)
_OF_GROUP = ("groups", "base", "places", "kept", "cut", "open")
_OPEN = (Status.UNDETERMINED, Status.NEEDS_DECISION)
_BESIDE = ("outputs.", "checks.", "findings", "assumed")  # differ without a word on the level
_UNRANKED = (Status.NOT_RANKED, Status.PENDING)  # no level is above these
_MOST_RULES = 2  # rules named behind a result
_MOST_MISSING = 4  # unknown facts named
_MOST_NAMES = 12  # subjects named of a group
_LONGEST = 200  # columns up to which what a rule found is said beside it


def difference_lines(
    found: Evaluated, differences: Iterable[Difference], lang: str, indent: int = 0
) -> Iterator[Line]:
    """Yield what differs, a few lines for each subject and group.

    Args:
        found: What came of the case, which is valid.
        differences: Those of one subject or group next to each other.
        lang: `vi` or `en`.
        indent: Columns before each subject.
    """
    teller = _Teller(found, lang, indent)
    for subject, own in groupby(differences, key=lambda d: d.subject):
        yield from teller.told(subject, tuple(own))


class _Teller:
    """Tells what differs in one case in one language."""

    def __init__(self, found: Evaluated, lang: str, indent: int) -> None:
        assert found.results is not None  # noqa: S101  # as the caller says
        self.results = found.results
        clauses = found.ready.clauses if found.ready else {}
        self.context: Context = context_of(found.results, lang, clauses, hints=False)
        self.say: Callable[..., str] = voice(lang, "cli.test")
        self.lang = lang
        self.indent = indent

    def told(self, subject: str, differences: tuple[Difference, ...]) -> Iterator[Line]:
        """Yield whom it is about, and below it what differs."""
        if not subject:
            yield from (self._said(d) for d in differences)
            return
        declared = self.results.program.objects[subject.partition(".")[0]]
        if differences[0].what in _OF_GROUP:
            rule = self.context.found(self.context.say("quotas"), self._rule(subject, declared))
            yield Line(rule, self.indent, style=Style.HEADING)
            for d in differences:
                yield self._pair(d.what, self._of_group(d.expected, d), self._of_group(d.actual, d))
            return
        entity = self.context.paths.objects.get(subject)
        name = self.context.words.entity(entity) if entity else subject
        yield Line(name, self.indent, style=Style.HEADING)
        result = self.results.by_type.get(declared.name, {}).get(entity.id) if entity else None
        yield from self._subject(differences, result, declared)

    def _said(self, d: Difference) -> Line:
        """Tell codes of diagnostics, by which people look them up."""
        sides = (", ".join(side) or self.say("nothing_said") for side in (d.expected, d.actual))
        return self._pair(d.what, *sides)

    def _line(self, key: str, **said: str) -> Line:
        return Line(self.say(key, **said), self.indent + 2, hang=2)

    def _pair(self, what: str, expected: str, actual: str) -> Line:
        name = known(self.lang, f"cli.test.what.{what}") or what
        return self._line("pair", what=name, expected=expected, actual=actual)

    # -- a subject ------------------------------------------------------------------------------

    def _subject(
        self, differences: tuple[Difference, ...], result: Result | None, declared: ObjectType
    ) -> Iterator[Line]:
        of_standing = [d for d in differences if d.what in _STANDING]
        if of_standing:
            expected = ", ".join(dict.fromkeys(self._expected(of_standing, declared)))
            yield self._line("expected", said=expected)
            actual = standing(result, self.context) if result else self.say("no_result")
            yield self._line("actual", said=actual)
        if result is None:
            return
        levels = [d.expected for d in of_standing if d.what in LEVELS and d.expected is not None]
        if all(d.what.startswith(_BESIDE) for d in differences):
            yield self._line("stands", said=standing(result, self.context))
        else:
            yield from self._why(result, self._highest(levels, declared))
        if result.provisional:
            told = (awaited_text(name, result, self.context) for name in result.provisional)
            yield self._line("awaits", said="; ".join(told))
        for d in (d for d in differences if d not in of_standing):
            yield self._other(d, result)

    def _expected(self, differences: Iterable[Difference], declared: ObjectType) -> Iterator[str]:
        """Yield the level that is expected, its ends, or the status where that says more."""
        by_name = {d.what: d.expected for d in differences}
        if by_name.get("level") is not None and by_name.get("status") == Status.RANKED.value:
            del by_name["status"]
        if "level" in by_name and by_name["level"] is None and len(by_name) > 1:
            del by_name["level"]
        for what, value in by_name.items():
            said = self._status(value) if what == "status" else self._level(value, declared)
            yield said if what in ("status", "level") else self.say(what, level=said)

    def _status(self, status: str) -> str:
        ranked = status == Status.RANKED.value
        return self.context.say("state.ranked" if ranked else f"status.{status}")

    def _level(self, name: str | None, declared: ObjectType) -> str:
        if name is None:
            return self.say("no_level")
        return self.context.words.named(ladder_of(declared).scale.name, name)

    # -- why ------------------------------------------------------------------------------------

    def _why(self, result: Result, expected: int | None) -> Iterator[Line]:
        """Yield the decision on file or to be taken, the rules behind a level, what is missing.

        Of a result that is open the rules are told only if they keep away the level `expected`.
        """
        if result.decision is not None:
            asked = question(result.decision, self.context, result.entity.type)
            yield self._line("to_decide", question=asked)
        best = result.at_best
        is_in_the_way = expected is not None and best is not None and expected > best
        if result.entity.given is not None:
            yield self._line("because", rules=self.context.say("because_given"))
        elif result.status not in _OPEN or is_in_the_way:
            yield from self._rules(result)
        if result.status is Status.UNDETERMINED:
            yield self._line("missing", missing=self._missing(result))
        if expected is not None and result.at_worst is not None and expected < result.at_worst:
            level = self.context.words.level(expected, result.entity.type)
            yield self._line("not_held", level=level)

    def _rules(self, result: Result) -> Iterator[Line]:
        """Yield the rules that keep the next level away, or those that gave the standing."""
        above = None if result.status in _UNRANKED else result.next_level
        met = above is None and result.status is Status.RANKED
        said = "; ".join(self._because(telling(result, self.context.rules), result, met=met))
        if above is not None:
            level = self.context.words.level(above, result.entity.type)
            yield self._line("why_not", level=level, rules=said)
        elif said:
            yield self._line("because", rules=said)

    def _highest(self, levels: Iterable[str], declared: ObjectType) -> int | None:
        """Return the rank of the highest of some levels, None of none."""
        names = self.results.program.values[ladder_of(declared).scale.name].values
        return max((names.index(level) for level in levels), default=None)

    def _because(self, rules: list[Rule], result: Result, *, met: bool = False) -> Iterator[str]:
        """Yield rules with what they found, unless that is `met` or long, and their clauses."""
        teller, entity = self.context.rules, result.entity
        for rule in rules[:_MOST_RULES]:
            title = teller.title(rule, entity.type)
            said = title if met else teller.sentence(rule, entity, result.next_level)
            said = said if columns(said) <= _LONGEST else title
            yield self.context.cited(said, rule.sources)
        if len(rules) > _MOST_RULES:
            yield self.say("more_rules", n=len(rules) - _MOST_RULES)

    def _missing(self, result: Result) -> str:
        own = result.entity
        named = [
            missing_text(path, own, self.context, hints=False)
            for path in result.missing[:_MOST_MISSING]
        ]
        left = len(result.missing) - len(named)
        return "; ".join([*named, self.say("more_facts", n=left)] if left else named)

    # -- what else is expected of a subject -------------------------------------------------------

    def _other(self, d: Difference, result: Result) -> Line:
        group, _, name = d.what.partition(".")
        declared = result.entity.type
        sides = (d.expected, d.actual)
        match group:
            case "outputs":
                expected, actual = (self._output(side, name, result) for side in sides)
                actual = self.say("absent") if d.absent else actual
                return self._pair(self._output_name(name, declared), expected, actual)
            case "checks":
                expected, actual = (self._check_state(side) for side in sides)
                return self._pair(
                    self._rule(f"{declared.name}.{d.what}", declared), expected, actual
                )
            case "stages":
                expected, actual = (self._stage(side, declared) for side in sides)
                return self._pair(d.what, expected, actual)
            case "reasons" | "findings" | "missing" | "assumed" | "provisional" | "readings":
                return self._list(d, result)
            case _:  # a word: of `scope`, `decision`
                expected, actual = (self._word(group, side) for side in sides)
                return self._pair(d.what, expected, actual)

    def _word(self, group: str, value: Any) -> str:
        return known(self.lang, f"cli.test.{group}.{value}") or self._as_written(value)

    def _check_state(self, state: str | None) -> str:
        return known(self.lang, f"diff.check.{state or 'absent'}") or self._as_written(state)

    def _stage(self, level: str | None, declared: ObjectType) -> str:
        return self.say("open") if level is None else self._level(level, declared)

    def _list(self, d: Difference, result: Result) -> Line:
        """Say what of a list is not there; where none is expected, what is."""
        if d.expected:
            lacking = "; ".join(self._item(d.what, item, result) for item in d.expected)
            return self._line("lacks", what=self.say(f"what.{d.what}"), expected=lacking)
        if d.what == "findings":
            told = (self.context.rules.finding(f, result.entity) for f in result.findings)
        else:
            told = (self._item(d.what, item, result) for item in d.actual)
        return self._pair(d.what, self.say("none"), "; ".join(dict.fromkeys(told)))

    def _item(self, group: str, item: str, result: Result) -> str:
        """Return a rule or a finding by its title, a fact by its label."""
        own = result.entity
        if group in ("reasons", "findings"):
            finding = known(self.lang, f"cli.test.finding.{item}")
            return finding or self._rule(f"{own.type.name}.{item}", own.type)
        if group == "readings":
            reading = self.results.program.readings.get(item)
            return reading.question.said(self.lang) if reading else item
        rule = self.context.rules.of(own.type).get(f"{own.type.name}.{item}")
        if rule is not None:
            return self.context.rules.title(rule.rule, own.type)
        for path in (item, f"{own.path}.{item}", f"{own.path}.criteria.{item}"):
            found = self.context.paths.located(path)
            if found is not None and (found[0] is not own or found[1] in _members(own)):
                return missing_text(path, own, self.context, hints=False)
        if self.context.paths.located(item) is not None:  # a part that it has not
            return item
        return missing_text(item, own, self.context, hints=False)

    def _rule(self, name: str, declared: ObjectType) -> str:
        """Return what the rule of an id says; the id, if it is no rule that is told."""
        test = self.context.rules.of(declared).get(name)
        return self.context.rules.title(test.rule, declared) if test else name

    # -- outputs ----------------------------------------------------------------------------------

    def _output_name(self, name: str, declared: ObjectType) -> str:
        table = declared.tables.get(name)
        if table is not None:
            return self.context.words.label(table.label, name)
        return self.context.words.member(declared, name)

    def _output(self, value: Any, name: str, result: Result) -> str:
        """Return a value of an output; an empty list and what is not known are not alike."""
        if value is None:
            return self.say("open")
        table = result.entity.type.tables.get(name)
        if table is None:
            definition = result.entity.type.definitions.get(name)
            return self._value(value, definition.ty if definition else None)
        rows = value if isinstance(value, list) else [value]
        types = {key: output.ty for key, output in table.outputs.items()}
        return "; ".join(self._row(row, types) for row in rows) or self.say("empty")

    def _row(self, row: Any, types: dict[str, t.Type]) -> str:
        """Return what a row of a table gives, its outputs in order."""
        if not isinstance(row, dict):
            return self._value(row, next(iter(types.values())))
        return " – ".join(self._value(value, types.get(key)) for key, value in row.items())

    def _value(self, value: Any, ty: t.Type | None) -> str:
        """Return a value, as a case writes it, in words."""
        words = self.context.words
        match value, ty:
            case None, _:
                return self.say("open")
            case bool(), _:
                return words.say("yes" if value else "no")
            case list(), _:
                inner = ty.element if isinstance(ty, t.List) else None
                return ", ".join(self._value(item, inner) for item in value) or self.say("empty")
            case str(), t.Scale() | t.Enumeration():
                return words.named(ty.name, value)
            case str(), t.Date():
                return words.date(date.fromisoformat(value))
            case str(), t.Object():
                found = self.context.paths.objects.get(f"{ty.name}.{value}")
                return words.entity(found) if found else value
            case Decimal() | int(), _:
                return words.number(Decimal(value))
            case _:
                return self._as_written(value)

    # -- groups -----------------------------------------------------------------------------------

    def _of_group(self, value: Any, d: Difference) -> str:
        """Return a count, its ends, or the names of the members of a group."""
        match value:
            case [int() as least, int() | None as most]:
                return ends((least, most), self.context)
            case list():
                declared = d.subject.partition(".")[0]
                objects = self.context.paths.objects
                found = (objects.get(f"{declared}.{name}") for name in value)
                names = zip(value, found, strict=True)
                words = self.context.words
                said = (words.name(entity) if entity else name for name, entity in names)
                return listed(said, _MOST_NAMES) or self.say("none")
            case dict():
                said = (f"{key}: {self._as_written(inner)}" for key, inner in value.items())
                return ", ".join(said) or self.say("none")
            case _:
                return self.say("none") if value is None else self._as_written(value)

    def _as_written(self, value: Any) -> str:
        if value is None:
            return self.say("none")
        return value if isinstance(value, str) else dumps(value).strip()


def _members(entity: Entity) -> set[str]:
    """Return what the facts, links, lists and criteria of a subject are called in a path."""
    declared = entity.type
    named = {*declared.facts, *declared.links, *declared.back_lists, declared.kind_field}
    return named | {f"criteria.{name}" for name in declared.criteria}

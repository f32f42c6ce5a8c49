"""A case file to fill in: every fact of a subject with its label, options, clause and default.

What has no default is `null`, not known; what has one is a comment, so that the default holds and
is said to be assumed until somebody states a value. Read back, the text gives no error.
"""

from __future__ import annotations

from textwrap import TextWrapper
from typing import TYPE_CHECKING

from khung.casefile.deciding import deciding
from khung.casefile.names import input_of, kind_fact
from khung.casefile.plain import plain
from khung.casefile.to_facts import NAME
from khung.casefile.usual import is_rare
from khung.engine.facts import Stated
from khung.engine.values import known
from khung.ir import types as t
from khung.ir.nodes import Build, Literal
from khung.ir.operators import type_word
from khung.ir.program import Fact, Link
from khung.locale import default as default_language
from khung.locale import phrase, table
from khung.records import dataclass
from khung.source.writing import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from decimal import Decimal

    from khung.ir.nodes import Node
    from khung.ir.program import Criterion, ObjectType, Program, Values
    from khung.rulebook.model import Label

_INDENT = "  "
_WRAPPER = TextWrapper(
    90,
    initial_indent="# ",
    subsequent_indent="#   ",
    break_long_words=False,
    break_on_hyphens=False,
)
_DEPTH = 3  # how deep the facts of a subject stand in a case file


def new_case(
    program: Program,
    subjects: Sequence[str],
    said: Callable[[Node], str],
    lang: str = default_language,
) -> str:
    """Return a case file with a subject of each type in which nothing is filled in.

    Args:
        program: The rulebook.
        subjects: The names of subject types.
        said: Says an expression of the rulebook in the language.
        lang: The language of the comments.

    Raises:
        KeyError: The rulebook has no such subject type.
    """
    asked = [program.objects[name] for name in dict.fromkeys(subjects)]
    writer = _Writer(program, lang, said, tuple(declared.name for declared in asked))
    lines = [*writer.head(asked)]
    for declared in asked:
        lines += writer.subject(declared)
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Writer:
    program: Program
    lang: str
    said: Callable[[Node], str]
    asked: tuple[str, ...]

    def say(self, key: str, **args: object) -> str:
        return phrase(self.lang, f"template.{key}", **args)

    # -- the head --------------------------------------------------------------------------

    def head(self, asked: Iterable[ObjectType]) -> Iterator[str]:
        """Yield the lines down to the subjects."""
        title = self._label(self.program.title, "")
        about = self.say("head", rulebook=self.program.rulebook, title=title)
        for text in (about, self.say("how"), self.say("defaults")):
            yield from _comment(text)
        name = ", ".join(self._label(declared.label, declared.name) for declared in asked)
        yield f"case: {{{default_language}: {quoted(name)}}}  # {self.say('title')}"
        yield f"rulebook: {quoted(self.program.rulebook)}"
        yield f"on: {self.program.period[1].isoformat()}  # {self.say('day')}"
        yield from _comment(self.say("complete"))
        yield "complete:"
        yield "subjects:"

    def subject(self, declared: ObjectType) -> Iterator[str]:
        """Yield one subject: what is stated each time, criteria and ballots, then all else."""
        placed = self._placed(declared)
        yield f"{_INDENT}{declared.name}:"
        yield from _indented(2, _comment(self.say("more")))
        yield f"{_INDENT * 2}{declared.name}_1:"
        if input_of(declared, NAME) is None:
            yield from _indented(_DEPTH, (*_comment(self.say("name")), f'# {NAME}: "…"'))
        yield from self.facts(placed["front"])
        yield from self.criteria(declared)
        yield from self.facts(placed["ballots"])
        for key in ("rare", "beside"):
            if placed[key]:
                yield ""
                yield from _indented(_DEPTH, _comment(f"-- {self.say(key)} --"))
            yield from self.facts(placed[key])

    def _placed(self, declared: ObjectType) -> dict[str, list[Fact | Link]]:
        """Return the links and facts of a subject by the part of it in which they stand."""
        decides = deciding(self.program)
        inputs: list[Fact | Link] = [kind_fact(declared)] if declared.kinds else []
        inputs += [*declared.links.values(), *declared.facts.values()]
        placed: dict[str, list[Fact | Link]] = {
            "front": [],
            "ballots": [],
            "rare": [],
            "beside": [],
        }
        for fact in inputs:
            if not _is_kind(fact) and (declared.name, fact.name) not in decides:
                key = "beside"
            elif isinstance(fact, Fact) and isinstance(fact.ty, t.Ballots):
                key = "ballots"
            else:
                key = "rare" if is_rare(fact, declared) else "front"
            placed[key].append(fact)
        return placed

    # -- facts -----------------------------------------------------------------------------

    def facts(self, inputs: Iterable[Fact | Link]) -> Iterator[str]:
        """Yield the lines of links and facts of a subject."""
        for fact in inputs:
            yield ""
            yield from _indented(_DEPTH, (*self._about(fact), *self._entry(fact)))

    def _about(self, fact: Fact | Link) -> Iterator[str]:
        """Yield what a reader must know: label and clauses, then what may be stated."""
        fallback = self.say("kind") if _is_kind(fact) else fact.name
        yield from _comment(self._label(fact.label, fallback) + _cited(_sources(fact)))
        yield from _comment("; ".join(self._hints(fact)))

    def _hints(self, fact: Fact | Link) -> Iterator[str]:
        if isinstance(fact, Link):
            yield self._link(fact.to)
        else:
            yield self._of_type(fact.ty)
            yield from self._limits(fact)
            if fact.default is not None:
                yield self._default(fact.default)
        if fact.absent:
            yield self.say("default", value=f'"{Stated.ABSENT.value}"')
        if fact.applies is not None and not fact.optional:
            yield self.say("applies", condition=self.said(fact.applies))

    def _default(self, node: Node) -> str:
        """Return a constant as it is written; of what is worked out, how."""
        if isinstance(node, Literal) or (isinstance(node, Build) and not node.items):
            return self.say("default", value=_one_line(node.span.text))
        return self.say("derived", value=self.said(node))

    def _of_type(self, ty: t.Type) -> str:
        match ty:
            case t.Scale() | t.Enumeration():
                return self.say("options", options=self._options(self.program.values[ty.name]))
            case t.Ballots():
                return self.say("ballots")
            case t.List(element=t.Scale() | t.Enumeration() as element):
                return f"{self.say('list')}; {self._of_type(element)}"
            case t.List():
                return self.say("list")
            case t.Object():
                return self._link(ty.name)
            case _:
                word = type_word(ty)
                key = "a_date" if isinstance(ty, t.Date) else word.key
                key = "a_boolean" if isinstance(ty, t.Boolean) else key
                return phrase(self.lang, f"word.{key}", name=word.name)

    def _link(self, name: str) -> str:
        return self.say(
            "link", name=name, label=self._label(self.program.objects[name].label, name)
        )

    def _options(self, values: Values) -> str:
        """Return all values with their labels, the best level first."""
        names = values.values[::-1] if values.ordered else values.values
        return ", ".join(f"{name} ({self._label(values.labels.get(name), name)})" for name in names)

    def _limits(self, fact: Fact | Criterion) -> Iterator[str]:
        low, high = _shown(fact.low), _shown(fact.high)
        if low and high:
            yield self.say("between", low=low, high=high)
        elif low or high:
            yield self.say("from", low=low) if low else self.say("to", high=high)
        unit = self._unit(fact.unit) if isinstance(fact, Fact) else ""
        if unit:
            yield self.say("unit", unit=unit)

    def _unit(self, unit: str) -> str:
        """Return the word for a unit, which may be empty; the unit itself where khung has none."""
        words = table(self.lang, "report").get(f"report.unit.{unit}.other", unit)
        return words.replace("{n}", "").strip()

    def _entry(self, fact: Fact | Link) -> Iterator[str]:
        """Yield the line to fill in; with a default it is a comment that shows how to state it."""
        if isinstance(fact, Link):
            linked = fact.to in self.asked and not fact.tree and not fact.optional
            mark = "# " if fact.absent else ""
            yield f"{mark}{fact.name}: {f'{fact.to}_1' if linked else 'null'}"
            return
        record = self._record_of(fact.ty)
        assumed = fact.has_default or isinstance(fact.ty, t.Ballots)
        if not assumed:
            yield f"{fact.name}: null"
        if record is not None:
            yield from self._records(fact.name, record)
        elif assumed:
            yield f"# {fact.name}: {self._example(fact)}"

    def _record_of(self, ty: t.Type) -> ObjectType | None:
        if not isinstance(ty, t.List) or not isinstance(ty.element, t.Object):
            return None
        found = self.program.objects[ty.element.name]
        return found if found.is_record else None

    def _records(self, name: str, record: ObjectType) -> Iterator[str]:
        """Yield one record as a comment; below it, fields with a default are comments too."""
        yield f"# {name}:"
        inputs: list[Fact | Link] = [*record.facts.values(), *record.links.values()]
        for number, fact in enumerate(inputs):
            mark = "- " if number == 0 else "  "
            about = "; ".join((self._label(fact.label, fact.name), *self._hints(fact)))
            *entry, last = self._entry(fact)
            lines = (*(f"  {line}" for line in (*_comment(about), *entry)), f"{mark}{last}")
            yield from (f"# {_INDENT}{line}" for line in lines)

    def _example(self, fact: Fact) -> str:
        if isinstance(fact.ty, t.Ballots):
            levels = self.program.values[fact.ty.scale].values[::-1]
            return "{" + ", ".join(f"{level}: 0" for level in levels) + "}"
        stated = fact.default
        if isinstance(stated, Build) and not stated.items:
            return "[]"
        if isinstance(stated, Literal) and stated.value is not None:
            return _scalar(plain(known(stated.value), fact.ty, self.program.values))
        return "null"

    # -- criteria --------------------------------------------------------------------------

    def criteria(self, declared: ObjectType) -> Iterator[str]:
        """Yield the lines of the criteria, group by group."""
        if not declared.criteria:
            return
        yield ""
        grade = next(iter(declared.criteria.values())).ty
        yield from _indented(_DEPTH, _comment(self._grades(grade)))
        yield f"{_INDENT * _DEPTH}criteria:"
        for item in declared.criteria.values():
            hints = "; ".join((self._label(item.label, item.id), *self._of_criterion(item)))
            lines = (*_comment(hints + _cited(item.sources)), f"{item.id}: null")
            yield from _indented(_DEPTH + 1, lines)

    def _grades(self, ty: t.Type) -> str:
        if not isinstance(ty, t.Scale):
            return self.say("points")
        return f"{self.say('criteria')}; {self._of_type(ty)}"

    def _of_criterion(self, item: Criterion) -> Iterator[str]:
        yield from self._limits(item)
        if item.applies is not None:
            yield self.say("applies", condition=self.said(item.applies))

    def _label(self, label: Label | None, fallback: str) -> str:
        return label.said(self.lang) if label else fallback


def _is_kind(fact: Fact | Link) -> bool:
    return isinstance(fact.ty, t.Enumeration) and fact.ty.name.endswith(f".{fact.name}")


def _sources(fact: Fact | Link) -> tuple[str, ...]:
    return fact.sources if isinstance(fact, Fact) else ()


def _indented(depth: int, lines: Iterable[str]) -> Iterator[str]:
    return (_INDENT * depth + line for line in lines)


def _comment(text: str) -> list[str]:
    """Return a text as the lines of a comment."""
    return _WRAPPER.wrap(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cited(sources: Iterable[str]) -> str:
    cited = ", ".join(sources)
    return f" [{cited}]" if cited else ""


def _shown(end: Decimal | date | None) -> str:
    return "" if end is None else str(end)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)

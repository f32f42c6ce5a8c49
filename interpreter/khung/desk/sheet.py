"""One subject of an open case: its form, what still matters first, and what was found of it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.ask.questions import open_questions
from khung.casefile.deciding import deciding
from khung.desk.decided import decided, is_of_decision
from khung.desk.edits import at, parsed
from khung.desk.fields import GIVEN, Maker
from khung.desk.told import said
from khung.records import dataclass
from khung.report.document.html import fragment
from khung.report.document.model import Style
from khung.report.result.context import context_of
from khung.report.result.subject import Subject, missing_text, standing
from khung.report.words.labels import Words
from khung.report.words.sentences import Sayer, sentence
from khung.source.nodes import Mapping, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.desk.edits import Path
    from khung.desk.fields import Field
    from khung.desk.told import Said
    from khung.driver import Evaluated
    from khung.engine.values import Value
    from khung.ir.program import ObjectType, Program
    from khung.report.document.model import Line
    from khung.report.result.context import Context
    from khung.source.nodes import Node
    from khung.why.result import Result

SUBJECTS = "subjects"
_MOST_REPEATED = 300  # of equal subjects that a link offers


class Who(NamedTuple):
    """A subject as the case writes it: its type and its key."""

    type: str
    key: str

    @property
    def path(self) -> Path:
        """Where it stands in the text."""
        return (SUBJECTS, self.type, self.key)

    @property
    def name(self) -> str:
        """What it is called in an address."""
        return f"{self.type}.{self.key}"


class Group(NamedTuple):
    """Fields that stand together; `key` says why."""

    key: str
    fields: tuple[Field, ...]
    is_open: bool


class Needed(NamedTuple):
    """Something that is not known and would settle a result.

    Attributes:
        who: Whose it is; None of what no form can state.
        field: The id of its field.
    """

    text: str
    who: Who | None
    field: str


class Step(NamedTuple):
    """A level of the scale, and whether the subject has it, may have it, or does not."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one subject.

    Attributes:
        standing: Its level, or what it may be.
        steps: The levels of its scale, the best first.
        told: Why, as HTML.
        needed: What is not known and matters, the next question first.
    """

    standing: str = ""
    steps: tuple[Step, ...] = ()
    told: str = ""
    needed: tuple[Needed, ...] = ()
    is_ranked: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open case, read and evaluated.

    Attributes:
        root: Its text as nodes; None where that cannot be read.
        program: Its rulebook; None where there is none.
        found: What came of it.
        context: What tells it; None where there are no results.
        ranked: Of subjects for whom that was asked, what is missing, by path, best asked first.
    """

    lang: str
    text: str
    root: Node | None
    found: Evaluated
    program: Program | None
    context: Context | None
    ranked: dict[Who, tuple[str, ...]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, text: str, found: Evaluated, lang: str) -> Sheet:
        """Return a case that was evaluated, as it is to be shown in a language."""
        ready = found.ready
        program = ready.program if ready else None
        context = None
        if found.results is not None and ready is not None:
            context = context_of(found.results, lang, ready.clauses)
        return cls(lang, text, parsed(text), found, program, context)

    @property
    def subjects(self) -> tuple[Who, ...]:
        """The subjects of the case in its order."""
        listed = at(self.root, (SUBJECTS,))
        types = listed.entries if isinstance(listed, Mapping) else ()
        return tuple(
            Who(ty.key, one.key)
            for ty in types
            if isinstance(ty.value, Mapping) and self._knows(ty.key)
            for one in ty.value.entries
        )

    def _knows(self, type_name: str) -> bool:
        found = self.program.objects.get(type_name) if self.program else None
        return found is not None and not found.is_record

    def declared(self, who: Who) -> ObjectType:
        """Return the type of a subject."""
        assert self.program is not None  # noqa: S101  # a subject is known by it
        return self.program.objects[who.type]

    def who(self, name: str) -> Who | None:
        """Return the subject that an address names, or else the first."""
        return next((one for one in self.subjects if one.name == name), None) or next(
            iter(self.subjects), None
        )

    def result(self, who: Who) -> Result | None:
        """Return the result of a subject, of several that one entry makes that of the first."""
        by_id = self.found.results.by_type.get(who.type, {}) if self.found.results else {}
        return by_id.get(who.key) or by_id.get(f"{who.key}_1")

    def standing(self, who: Who) -> str:
        """Return where a subject stands, in a few words; empty where it has no result."""
        result = self.result(who)
        return standing(result, self.context) if result and self.context else ""

    def notes(self, who: Who) -> Iterator[tuple[str, str]]:
        """Yield what an entry is besides one subject: a key of a phrase, and what fills it."""
        for key in ("like", "repeat"):
            node = at(self.root, (*who.path, key))
            if node is not None:
                yield key, str(to_plain(node))

    def called(self, who: Who) -> str:
        """Return what people call a subject."""
        name = at(self.root, (*who.path, "name"))
        said_name = to_plain(name) if name is not None else None
        return f"{said_name} ({who.key})" if isinstance(said_name, str) else who.key

    def called_type(self, who: Who) -> str:
        """Return what the type of a subject is called."""
        declared = self.declared(who)
        return declared.label.said(self.lang) if declared.label else who.type

    # -- the form -------------------------------------------------------------------------------

    def maker(self) -> Maker:
        """Return what makes the fields of the subjects."""
        assert self.program is not None  # noqa: S101  # asked where there is one
        clauses = self.found.ready.clauses if self.found.ready else {}
        words = Words(self.program, self.lang, clauses)
        ids: dict[str, tuple[str, ...]] = {}
        for who in self.subjects:
            ids[who.type] = (*ids.get(who.type, ()), *self._ids(who))
        return Maker(words, Sayer(words), self.root, ids)

    def _ids(self, who: Who) -> tuple[str, ...]:
        node = at(self.root, (*who.path, "repeat"))
        times = to_plain(node) if node is not None else None
        if not isinstance(times, int):
            return (who.key,)
        return tuple(f"{who.key}_{n}" for n in range(1, min(times, _MOST_REPEATED) + 1))

    def fields(self, who: Who) -> tuple[Field, ...]:
        """Return all fields of a subject."""
        maker, declared = self.maker(), self.declared(who)
        made = (maker.of_subject(declared, who.path), decided(declared, who.path, maker))
        return tuple(one for own in made for one in own)

    def groups(self, who: Who) -> tuple[Group, ...]:
        """Return the fields of a subject, those that can still matter first."""
        fields = self.fields(who)
        wanted = self._wanted(who)
        first = sorted(
            (f for f in fields if f.name in wanted), key=lambda one: wanted.index(one.name)
        )
        idle = self._idle(who)
        rest = [f for f in fields if f not in first]
        parts = (
            ("wanted", tuple(first), True),
            ("stated", tuple(f for f in rest if f.is_stated or is_of_decision(f)), True),
            ("assumed", tuple(self._assumed(who, rest)), True),
        )
        shown = {one.key for _, own, _ in parts for one in own}
        left = [f for f in rest if f.key not in shown]
        decides = deciding(self.program) if self.program else frozenset()
        later = {
            "others": [f for f in left if f.name not in idle and _decides(f, who, decides)],
            "idle": [f for f in left if f.name in idle],
            "beside": [f for f in left if f.name not in idle and not _decides(f, who, decides)],
        }
        found = [*parts, *((key, tuple(own), not wanted) for key, own in later.items())]
        return tuple(
            Group(key, own, is_open and key not in ("idle", "beside"))
            for key, own, is_open in found
            if own
        )

    def _wanted(self, who: Who) -> list[str]:
        """Return the names of the fields that would settle the result."""
        result = self.result(who)
        if result is None or self.context is None:
            return []
        found: list[str] = []
        for path in self.missing(who, result):
            located = self.context.paths.located(path)
            if located is not None and located[0] in (result.entity, *_holders(located[0])):
                found.append(_own_name(*located, result))
        return list(dict.fromkeys(name for name in found if name))

    def missing(self, who: Who, result: Result) -> tuple[str, ...]:
        """Return what is not known and matters: in the best order if that was asked."""
        return self.ranked.get(who, result.missing)

    def rank(self, who: Who) -> None:
        """Look for the order in which what is missing is best asked, which takes a moment."""
        result, results, case_file = self.result(who), self.found.results, self.found.case_file
        if who in self.ranked or result is None or results is None or case_file is None:
            return
        found = open_questions(results, case_file, result) if result.missing else None
        best = [one.asked.path for one in found.questions] if found else []
        own = [path for path in result.missing if path not in best]
        self.ranked[who] = (*best, *own)

    def _assumed(self, who: Who, fields: list[Field]) -> Iterator[Field]:
        result = self.result(who)
        taken = {path.rpartition(".")[2] for path in result.assumed} if result else set()
        yield from (f for f in fields if f.name in taken and not f.is_stated)

    def _idle(self, who: Who) -> set[str]:
        """Return the names of the facts that surely do not apply."""
        result, results = self.result(who), self.found.results
        if result is None or results is None:
            return set()
        evaluator, entity = results.run.evaluator, result.entity
        asked = [(one.name, one.applies) for one in entity.type.facts.values()]
        asked += [(one.name, one.applies) for one in entity.type.links.values()]
        asked += [(f"criteria.{c.id}", c.applies) for c in entity.type.criteria.values()]
        env = evaluator.env(entity)
        return {
            name
            for name, node in asked
            if node is not None
            and name not in entity.facts
            and _is_false(evaluator.evaluate(node, env))
        }

    # -- what was found -------------------------------------------------------------------------

    def told(self, who: Who) -> Found:
        """Return what was found of a subject, in words."""
        result, context = self.result(who), self.context
        if result is None or context is None:
            return Found(is_ranked=self.program is None or self.declared(who).ladder is not None)
        lines = fragment(_less_missing(Subject(result, context).brief(), context), 2)
        needed = tuple(self._needed(who, result, context))
        return Found(standing(result, context), tuple(self._steps(result)), lines, needed)

    def _steps(self, result: Result) -> Iterator[Step]:
        assert self.context is not None  # noqa: S101  # asked where there are results
        ladder = result.entity.type.ladder
        worst, best = result.at_worst, result.at_best
        for level in ladder.levels if ladder else ():
            label = self.context.words.level(level.rank, result.entity.type)
            if worst is None or best is None or not worst <= level.rank <= best:
                yield Step(label, "out")
            else:
                yield Step(label, "is" if worst == best else "may")

    def _needed(self, who: Who, result: Result, context: Context) -> Iterator[Needed]:
        for path in self.missing(who, result):
            text = sentence(missing_text(path, result.entity, context, hints=False))
            located = context.paths.located(path)
            if located is None:
                yield Needed(text, None, "")
                continue
            entity, name = located
            while entity.owner is not None:
                entity, name = entity.owner, entity.id.partition("[")[0]
            whose = self._entry_of(entity.type.name, entity.id)
            yield Needed(text, whose, f"f-{name.replace('.', '-')}" if name else "")

    def _entry_of(self, type_name: str, key: str) -> Who | None:
        own = {one.key for one in self.subjects if one.type == type_name}
        found = key if key in own else key.rpartition("_")[0]
        return Who(type_name, found) if found in own else None

    def said(self, who: Who | None) -> list[Said]:
        """Return what is said of the case, each with the field of the subject that it is about."""
        own = self.fields(who) if who is not None and self.program is not None else ()
        fields = [leaf for f in own for leaf in f.leaves()]
        placed = [(node.span, f.id) for f in fields if (node := at(self.root, f.path))]
        found = []
        for one in self.found.diagnostics:
            near = (
                key
                for span, key in placed
                if one.span is not None
                and span.start <= one.span.start < max(span.end, span.start + 1)
            )
            found.append(said(one, self.lang, next(near, "")))
        return list(dict.fromkeys(found))


def _less_missing(lines: Iterable[Line], context: Context) -> Iterator[Line]:
    """Yield lines without those of what is not known, which are told as links."""
    heading, inside = context.say("to_know"), False
    for line in lines:
        if line.style is Style.HEADING:
            inside = line.text == heading
        if not inside:
            yield line


def _holders(entity: object) -> tuple[object, ...]:
    """Return who holds a record, and who holds that."""
    found = []
    owner = getattr(entity, "owner", None)
    while owner is not None:
        found.append(owner)
        owner = owner.owner
    return tuple(found)


def _own_name(entity: object, name: str, result: Result) -> str:
    """Return the fact of the subject itself that a fact of it, or of a record of it, is in."""
    while entity is not result.entity:
        name, entity = entity.id.partition("[")[0], entity.owner  # type: ignore[attr-defined]  # a record
    return name


def _decides(one: Field, who: Who, decides: frozenset[tuple[str, str]]) -> bool:
    return one.name.startswith(("criteria.", f"{GIVEN}.")) or (who.type, one.name) in decides


def _is_false(value: Value) -> bool:
    return not value.why and value.most is False

"""What is asked about a case: for people, question by question, and as data, all that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.analysis.ask.questions import open_questions, open_results, sources_of
from khung.analysis.ask.values import asked_as
from khung.analysis.values import level
from khung.casefile.answer import options_of
from khung.engine.facts import Entity, Stated
from khung.engine.values import Elements, Value
from khung.ir import types as t
from khung.locale import known, voice
from khung.report.document.model import BLANK, Document, Line, Style
from khung.report.result.context import context_of
from khung.report.result.subject import list_name, missing_text, standing
from khung.report.words.labels import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from khung.analysis.ask.effects import Outcome
    from khung.analysis.ask.questions import Open, Question
    from khung.casefile.model import CaseFile
    from khung.engine.facts import Case
    from khung.rulebook.model import Label
    from khung.why.result import Result, Results

_MOST_NAMES = 12  # subjects or facts named in one line
_MOST_CLAUSES = 3
_INSIDE = 3  # columns before what belongs to a question


class Teller:
    """Tells of one case, as it is after an answer, in one language."""

    def __init__(self, results: Results, lang: str, clauses: Mapping[str, Label]) -> None:
        self.results, self.lang = results, lang
        self.context = context_of(results, lang, clauses=clauses)
        self.words, self.say = self.context.words, voice(lang, "ask")

    # -- a question -------------------------------------------------------------------------------

    def question(self, one: Question, result: Result, number: int) -> Document:
        """Return a question: what is asked, how to answer, and the clause behind it."""
        return Document("", self.lang, (BLANK, *self._lines(one, result, number)))

    def _lines(self, one: Question, result: Result, number: int) -> Iterator[Line]:
        what = self.what(one, None)
        yield Line(self.say("question", n=number, what=what), style=Style.HEADING)
        yield Line(one.asked.path, _INSIDE, style=Style.FAINT)
        sources = sources_of(one, result)[:_MOST_CLAUSES]
        yield from self.context.clause_lines(sources, result.entity, _INSIDE, set())
        for place, (_, label) in enumerate(self._options(one), 1):
            yield Line(self.say("option", n=place, label=label), _INSIDE)
        if one.shared:
            names = listed(one.shared, _MOST_NAMES)
            yield Line(self.say("shared", names=names), _INSIDE, style=Style.WARNING)
        if not one.alone:
            yield Line(self.say("together"), _INSIDE, style=Style.FAINT)
        yield Line(self._how(one), _INSIDE)
        if one.assumed:
            yield Line(self.say("default", value=self._now(one)), _INSIDE)

    def what(self, one: Question, own: Entity | None) -> str:
        """Return what is asked: a fact, and whose; or whether a list is whole."""
        if not one.is_whole:
            return self.words.of(*one.asked, own)
        whom = self.words.entity(one.asked.entity)
        return self.say("whole", what=list_name(*one.asked, self.context), whom=whom)

    def options(self, one: Question) -> list[str]:
        """Return the names that may be given."""
        entity, name = one.asked
        return [] if one.is_whole else options_of(entity.type, name, self.results.case)

    def _options(self, one: Question) -> list[tuple[str, str]]:
        """Return the names that may be given, with what each is called."""
        found = []
        for option in self.options(one):
            label = self._option(one, option)
            found.append((option, label if label == option else f"{label} ({option})"))
        return found

    def _option(self, one: Question, option: str) -> str:
        ty = getattr(asked_as(*one.asked), "ty", None)
        if isinstance(ty, t.Object):
            own = self.results.case.entities.get(ty.name, {})
            return self.words.name(own[option]) if option in own else option
        assert isinstance(ty, t.Scale | t.Enumeration)  # noqa: S101  # only these have options
        return self.words.label(self.results.program.values[ty.name].labels.get(option), option)

    def _how(self, one: Question) -> str:
        """Return how to answer, with the range and whether there may be none."""
        declared = asked_as(*one.asked)
        said = self._form(one)
        ends = {"low": getattr(declared, "low", None), "high": getattr(declared, "high", None)}
        told = {key: self._end(end) for key, end in ends.items() if end is not None}
        if told and declared is not None and not isinstance(declared.ty, t.List):
            key = "range" if len(told) > 1 else "from" if "low" in told else "to"
            said = self.say(key, what=said, **told)
        may_lack = any(tried.value is Stated.ABSENT for tried in one.tried)
        return self.say("may_lack", what=said) if may_lack else said

    def _end(self, end: Any) -> str:
        ty = t.DATE if hasattr(end, "isoformat") else t.NUMBER
        return self.words.known(end, ty)

    def _form(self, one: Question) -> str:
        declared = asked_as(*one.asked)
        assert declared is not None  # noqa: S101  # only what can be stated is asked
        match declared.ty:
            case t.Boolean():
                return self.say("boolean")
            case t.Number():
                unit = known(self.lang, f"report.unit.{getattr(declared, 'unit', '')}.other")
                named = unit.format(n="").strip() if unit else getattr(declared, "unit", "")
                return self.say("number_of", unit=named) if named else self.say("number")
            case t.Date():
                return self.say("date")
            case t.Scale() | t.Enumeration():
                return self.say("options")
            case t.Object():
                return self.say("link")
            case t.Ballots() as ty:
                best = self.results.program.values[ty.scale].values[-1]
                return self.say("ballots", level=self.words.named(ty.scale, best))
            case t.List() as ty:
                return self._list_form(ty.element, getattr(declared, "key", ""))
            case _:  # no other type has answers
                return self.say("text")

    def _list_form(self, element: t.Type, key: str) -> str:
        named = self.results.program.objects.get(getattr(element, "name", ""))
        if named is None or not named.is_record:
            return self.say("values")
        held = named.facts.get(key)
        if held is None or isinstance(held.ty, t.String | t.Number):
            return self.say("records")
        return self.say("keyed", key=self.words.member(named, key))

    def _now(self, one: Question) -> str:
        entity, name = one.asked
        declared = asked_as(entity, name)
        assert declared is not None  # noqa: S101  # as above
        read = self.results.run.evaluator.member(entity, name, declared.ty)
        return self.words.value(read[0], declared.ty) if read else self.words.say("none")

    # -- where the subject stands -----------------------------------------------------------------

    def now(self, result: Result) -> Line:
        """Return where a subject stands."""
        who = self.words.entity(result.entity)
        return Line(self.say("now", who=who, standing=standing(result, self.context)))

    def names(self, paths: Sequence[str], own: Entity) -> str:
        """Return what is missing, by its labels."""
        said = [missing_text(path, own, self.context, hints=False) for path in paths]
        said = list(dict.fromkeys(said))
        first = ", ".join(said[:_MOST_NAMES])
        left = len(said) - _MOST_NAMES
        return self.say("more", names=first, n=left) if left > 0 else first


# -- as data --------------------------------------------------------------------------------------


def as_json(
    results: Results,
    case_file: CaseFile,
    lang: str,
    clauses: Mapping[str, Label],
    only: frozenset[str],
    *,
    assumed: bool,
) -> list[dict[str, Any]]:
    """Return, of each subject that is open, the questions, the best first.

    Args:
        results: Of the case.
        case_file: The case as read.
        lang: `vi` or `en`, for labels.
        clauses: What clauses say.
        only: Paths of the subjects that are meant; all if there are none.
        assumed: Whether what was left to its default is asked, too.
    """
    told = Teller(results, lang, clauses)
    every = [one for own in results.by_type.values() for one in own.values()]
    asked = every if assumed else [*open_results(results)]
    found = []
    for result in asked:
        if not only or result.entity.path in only:
            opened = open_questions(results, case_file, result, assumed=assumed)
            if opened.questions or opened.left or only:
                found.append(_subject(opened, told))
    return found


def _subject(opened: Open, told: Teller) -> dict[str, Any]:
    result = opened.result
    return {
        "type": result.entity.type.name,
        "id": result.entity.id,
        **_outcome((result.status, result.at_worst, result.at_best), result.entity, told),
        "questions": [_question(one, result, told) for one in opened.questions],
        "left": list(opened.left),
    }


def _question(one: Question, result: Result, told: Teller) -> dict[str, Any]:
    declared = asked_as(*one.asked)
    assert declared is not None  # noqa: S101  # only what can be stated is asked
    options = told.options(one)
    return {
        "path": one.asked.path,
        "label": told.what(one, result.entity),
        "type": _kind(declared.ty),
        "unit": getattr(declared, "unit", "") or None,
        "options": [{"name": n, "label": told._option(one, n)} for n in options],  # noqa: SLF001  # of this module
        "sources": list(sources_of(one, result)),
        "alone": one.alone,
        "assumed": one.assumed,
        "shared": list(one.shared),
        "answers": [
            {
                "value": _answer(tried.value, declared.ty, told.results.case),
                **_outcome(tried.outcome, result.entity, told),
            }
            for tried in one.tried
        ],
    }


def _kind(ty: t.Type) -> str:
    """Return how an answer is written, by the name of the type."""
    return type(ty).__name__.lower()


def _outcome(
    found: Outcome | tuple[Any, int | None, int | None], entity: Entity, told: Teller
) -> dict[str, Any]:
    status, worst, best = found
    program = told.results.program
    ends = {"at_worst": worst, "at_best": best}
    levels = {key: level(rank, entity.type, program) for key, rank in ends.items()}
    return {"status": status.value, **levels}


def _answer(value: Value | Stated, ty: t.Type, case: Case) -> Any:
    if isinstance(value, Stated):
        return value.value
    if isinstance(value.least, Elements):
        return [None] * len(value.least.items)
    if isinstance(value.least, Entity):
        return value.least.id
    from khung.casefile.plain import plain  # noqa: PLC0415  # only where asked for

    return plain(value, ty, case.program.values)

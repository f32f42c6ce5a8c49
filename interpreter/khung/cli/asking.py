"""One question after another about a case, at a terminal; each answer becomes part of its text."""

from __future__ import annotations

import sys
from dataclasses import field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.ask.questions import missing_of, open_questions, open_results
from khung.casefile.answer import options_of, written
from khung.casefile.stating import place_of, with_stated, with_whole
from khung.cli import output, saving
from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.driver import evaluate_text
from khung.locale import voice
from khung.records import dataclass
from khung.report.ask import Teller
from khung.report.document.model import BLANK, Document, Line, Style
from khung.source.files import decode
from khung.source.from_text import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from khung.analysis.ask.questions import Question
    from khung.casefile.model import CaseFile
    from khung.driver import Evaluated, Ready, Shelf
    from khung.why.result import Result, Results

UNKNOWN, BACK, STOP = "?", "<", "."
"""What may be typed instead of an answer; nothing at all passes a question over."""


_MOST = 20
"""How many subjects that are still open are told at the end."""


class _Step(NamedTuple):
    """A question that was answered or passed over, and how things stood before."""

    text: str
    passed: frozenset[str]
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """How a case is run, and where the answers go.

    Attributes:
        path: The case file.
        shelf: Where rulebooks are kept.
        readings: Options to follow, before those that the case asks for.
        rulebooks: The folder of rulebooks that the user names, if any.
        only: Paths of the subjects that are meant; all if there are none.
        assumed: Whether defaults are asked about, too.
        to: The file to write, if any.
        lang: The language.
    """

    path: Path
    shelf: Shelf
    readings: Mapping[str, str]
    rulebooks: Path | None
    only: frozenset[str]
    assumed: bool
    to: Path | None
    lang: str


@dataclass(slots=True, eq=False)
class Dialogue:
    """Asks until nothing is left to ask, or somebody stops.

    Attributes:
        found: What came of the case as it is now.
        text: The case as it is now.
        passed: Paths that are not asked any more: nobody knows.
        said: What was answered, by path.
        steps: How things stood before each question.
    """

    setting: Setting
    found: Evaluated
    text: str
    passed: frozenset[str] = frozenset()
    said: tuple[tuple[str, str], ...] = ()
    steps: list[_Step] = field(default_factory=list)

    # -- what is there ----------------------------------------------------------------------------

    @property
    def results(self) -> Results:
        """The results of the case as it is now."""
        assert self.found.results is not None  # noqa: S101  # no answer is taken that is wrong
        return self.found.results

    @property
    def case_file(self) -> CaseFile:
        """The case as it is now."""
        assert self.found.case_file is not None  # noqa: S101  # as above
        return self.found.case_file

    def teller(self) -> Teller:
        """Return what tells of the case as it is now."""
        ready: Ready | None = self.found.ready
        return Teller(self.results, self.setting.lang, ready.clauses if ready else {})

    def meant(self) -> Iterator[Result]:
        """Yield the results that are asked about: those that are open first."""
        every = [one for own in self.results.by_type.values() for one in own.values()]
        for result in chain(open_results(self.results), every if self.setting.assumed else ()):
            if not self.setting.only or result.entity.path in self.setting.only:
                yield result

    def next(self) -> tuple[Question, Result] | None:
        """Return the question whose answer decides most, of the first subject that has one."""
        for assumed in (False, True) if self.setting.assumed else (False,):
            for result in self.meant():
                how = {"assumed": assumed, "first": True}
                opened = open_questions(self.results, self.case_file, result, self.passed, **how)
                if opened.questions:
                    return opened.questions[0], result
        return None

    # -- asking -----------------------------------------------------------------------------------

    def run(self) -> None:
        """Ask; what was answered is written after each answer."""
        say = voice(self.setting.lang, "ask")
        self._write(Line(say("how"), style=Style.FAINT))
        ended = False
        try:
            while not ended:
                found = self.next()
                ended = found is None
                if found is not None and not self._ask(*found):
                    break
        except KeyboardInterrupt:
            output.write("\n")
        self._close(ended=ended)

    def _ask(self, one: Question, result: Result) -> bool:
        """Ask one question until there is an answer. Returns whether to go on."""
        teller = self.teller()
        output.write_document(teller.question(one, result, len(self.steps) + 1))
        while True:
            output.write(teller.say("prompt"))
            line = sys.stdin.readline()
            answer = line.strip()
            if not line or answer == STOP:
                output.write("" if line else "\n")
                return False
            if answer == BACK and not self.steps:
                self._write(Line(teller.say("first")))
            elif answer == BACK:
                self._back()
                return True
            elif answer in ("", UNKNOWN):
                self._remember()
                self.passed |= {one.asked.path}
                return True
            elif self._answered(one, result, answer):
                return True

    def _answered(self, one: Question, result: Result, answer: str) -> bool:
        """Take an answer in, unless something is wrong with it, which is told."""
        bag, case = Bag(), self.results.case
        entity, name = one.asked
        options, whole = options_of(entity.type, name, case), one.is_whole
        said = written(answer, entity.type, name, case.program, bag, options, whole=whole)
        if whole and said == "false":  # what is lacking has to be written in the file
            self._remember()
            self.passed |= {one.asked.path}
            return True
        text = None if said is None else self._stated(one, said)
        found = None if text is None else self._evaluated(text)
        if said is None or text is None or found is None or found.results is None:
            output.report(found.diagnostics if found else bag.diagnostics, self.setting.lang)
            return False
        before = {(d.code, str(d.args)) for d in self.found.diagnostics}
        new = [d for d in found.diagnostics if (d.code, str(d.args)) not in before]
        output.report(new, self.setting.lang)
        self._remember()
        self.text, self.found = text, found
        self.said = (*self.said, (one.asked.path, said))
        self._save()
        now = found.results.by_type[result.entity.type.name][result.entity.id]
        self._write(self.teller().now(now))
        return True

    def _stated(self, one: Question, said: str) -> str | None:
        place = None if one.is_whole else place_of(self.case_file, *one.asked)
        file = decode(self.text.encode(), str(self.setting.path), Bag())
        root = None if file is None else parse_yaml(file, Bag())
        if root is None or place is None:
            return None if root is None else with_whole(root, one.asked.path)
        return with_stated(root, place, said)

    def _evaluated(self, text: str) -> Evaluated:
        how = self.setting
        name = str(how.path)
        return evaluate_text(text.encode(), name, how.shelf, how.readings, how.rulebooks)

    # -- back, and the end ------------------------------------------------------------------------

    def _remember(self) -> None:
        self.steps.append(_Step(self.text, self.passed, self.said))

    def _back(self) -> None:
        step = self.steps.pop()
        if step.text != self.text:
            self.found = self._evaluated(step.text)
        self.text, self.passed, self.said = step.text, step.passed, step.said
        self._save()

    def _save(self) -> None:
        if self.setting.to is not None:
            saving.save(self.text, self.setting.to)

    def _close(self, *, ended: bool) -> None:
        """Tell what is still open, and where the answers are."""
        teller = self.teller()
        lines = [BLANK, *self._left(teller, ended=ended)]
        if self.said and self.setting.to is not None:
            told = teller.say("saved", n=len(self.said), path=self.setting.to)
            lines.append(Line(told))
        elif self.said:
            lines.append(Line(teller.say("unsaved", n=len(self.said)), style=Style.WARNING))
            lines += [Line(teller.say("answer", path=p, said=s), 2) for p, s in self.said]
        self._write(*lines)

    def _left(self, teller: Teller, *, ended: bool) -> Iterator[Line]:
        """Yield where each open subject stands; if no question is left, what is missing of it."""
        if ended:
            yield Line(teller.say("nothing"))
        for result in [one for one in self.meant() if one.status.value == "undetermined"][:_MOST]:
            yield teller.now(result)
            paths = missing_of(self.results, result) if ended else ()
            skipped = [path for path in paths if path in self.passed]
            others = [path for path in paths if path not in self.passed]
            for key, named in (("skipped", skipped), ("left", others)):
                if named:
                    names = teller.names(named, result.entity)
                    yield Line(teller.say(key, names=names), 2)

    def _write(self, *lines: Line) -> None:
        output.write_document(Document("", self.setting.lang, lines))


def begun(setting: Setting, found: Evaluated) -> Dialogue | None:
    """Return the dialogue about a case that was run; None after its errors were told."""
    errors = [d for d in found.diagnostics if is_error(d)]
    file = found.case_file.on_span.file if found.case_file else None
    if found.results is None or file is None or errors:
        output.report(found.diagnostics, setting.lang)
        return None
    return Dialogue(setting, found, file.text)

"""Cases that come out differently, for people, under the changes that they come of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.diagnostics.render.sentences import message
from khung.report.diff.causes import Causes
from khung.report.diff.subjects import Teller, Told, is_of_level
from khung.report.document.model import BLANK, Line, Style
from khung.report.words.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from khung.analysis.compare_outcomes import Compared
    from khung.analysis.difference import Comparison

_MOST_CASES = 8
"""How many cases are told under one heading unless all are asked for."""

_MOST_FILES = 3
"""How many files are named in which the same differs beside the level."""


def case_lines(found: Comparison, lang: str, *, everything: bool) -> Iterator[Line]:
    """Yield the cases that come out differently, then those that do not run."""
    told = _Cases(found, lang, everything=everything)
    if found.differing:
        yield from told.title("cases", len(found.differing))
        for causes, cases in told.causes.sorted(found.differing):
            yield from told.under(causes, cases)
    if found.refused:
        yield from told.title("not_run", len(found.refused))
        yield from told.refused(found.refused)


class _Cases:
    def __init__(self, found: Comparison, lang: str, *, everything: bool) -> None:
        self.teller = Teller(lang)
        self.say = self.teller.say
        self.causes = Causes(found, lang)
        self.everything = everything

    def title(self, key: str, n: int) -> Iterator[Line]:
        yield BLANK
        yield Line(self.say("heading", heading=self.say(key), n=n), 0, "■", Style.TITLE)

    def under(self, causes: tuple[str, ...], cases: Sequence[Compared]) -> Iterator[Line]:
        """Yield the cases of some causes: each whose levels differ, then the others in short."""
        yield Line(self.causes.heading(causes, len(cases)), 2, "▸", Style.HEADING)
        of_level = [case for case in cases if any(map(is_of_level, case.differences))]
        beside = [case for case in cases if case not in of_level]
        shown = len(of_level) if self.everything else _MOST_CASES
        for case in of_level[:shown]:
            yield from self.case(case)
        if len(of_level) > shown:
            yield Line(self.say("more", n=len(of_level) - shown), 4)
        yield from self.beside(beside)

    # -- cases whose levels differ ----------------------------------------------------------------

    def case(self, case: Compared) -> Iterator[Line]:
        yield from self._head(case)
        whole = self.causes.of(case)
        alike: dict[tuple[Told, tuple[str, ...]], list[str]] = defaultdict(list)
        for one in case.differences:
            alike[self.teller.told(one), one.causes].append(one.id)
        for (told, causes), ids in alike.items():
            whom = self.say("named", part=told.type, label=listed(ids, 12))
            text = self.say("subject", whom=whom, standing=told.standing)
            yield Line(text, 6, style=Style.HEADING)
            yield from told.lines
            if causes != whole:
                yield Line(self.causes.said(causes), 8, style=Style.FAINT)

    def _head(self, case: Compared) -> Iterator[Line]:
        yield Line(self._title(case), 4, "•", Style.TITLE)
        yield Line(str(case.path), 6, style=Style.FAINT)

    def _title(self, case: Compared) -> str:
        return case.title.said(self.teller.lang) if case.title else case.path.stem

    # -- cases in which only what stands beside the levels differs --------------------------------

    def beside(self, cases: Sequence[Compared]) -> Iterator[Line]:
        """Yield what differs, once for all of whom it is said."""
        alike: dict[tuple[str, tuple[Line, ...]], dict[str, list[str]]] = defaultdict(dict)
        for case in cases:
            for one in case.differences:
                told = self.teller.told(one)
                alike[told.type, told.lines].setdefault(str(case.path), []).append(one.id)
        for (name, lines), by_path in alike.items():
            n = sum(map(len, by_path.values()))
            yield Line(self.say("beside", type=name, n=n, cases=len(by_path)), 4, "•", Style.TITLE)
            yield from lines
            yield from self._files(by_path, indent=6)

    def _files(self, by_path: dict[str, list[str]], indent: int) -> Iterator[Line]:
        shown = len(by_path) if self.everything else _MOST_FILES
        for path, ids in list(by_path.items())[:shown]:
            yield Line(
                self.say("found", what=path, value=listed(ids, 6)), indent, style=Style.FAINT
            )
        if len(by_path) > shown:
            yield Line(self.say("more_cases", n=len(by_path) - shown), indent, style=Style.FAINT)

    # -- cases that do not run --------------------------------------------------------------------

    def refused(self, cases: Sequence[Compared]) -> Iterator[Line]:
        """Yield why cases do not run, once for all of which it is said, and by which changes."""
        alike: dict[tuple[str, ...], list[Compared]] = defaultdict(list)
        for case in cases:
            alike[tuple(self._why(case))].append(case)
        for why, found in alike.items():
            for text in why:
                yield Line(text, 2, "•", Style.TITLE)
            causes = self.causes.of_refused(found[0])
            if causes:
                yield Line(self.causes.said(causes), 4)
            titles = {str(case.path): [self._title(case)] for case in found}
            yield from self._files(titles, indent=4)

    def _why(self, case: Compared) -> Iterator[str]:
        sides, lang = case.refused, self.teller.lang
        if len(sides) > 1 and sides["before"] == sides["after"]:
            yield self.say("refused.both", why=message(sides["before"], lang))
            return
        for side, diagnostic in sides.items():
            yield self.say(f"refused.{side}", why=message(diagnostic, lang))

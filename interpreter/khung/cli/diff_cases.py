"""Cases that come out differently, for people, under the changes that they come of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.cli.diff_causes import Causes
from khung.cli.diff_subjects import Teller, Told, is_of_level
from khung.diagnostics.render.sentences import message
from khung.report.layout import BLANK, Line, Style
from khung.report.names import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from khung.analysis.compare_outcomes import Compared
    from khung.analysis.difference import Comparison

_MOST_CASES = 8
"""How many cases are told under one heading unless all are asked for."""

_MOST_REFUSED = 40
"""How many cases that do not run are told."""

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
        yield from told.first(found.refused, _MOST_REFUSED, told.refused)


class _Cases:
    def __init__(self, found: Comparison, lang: str, *, everything: bool) -> None:
        self.teller = Teller(lang)
        self.say = self.teller.say
        self.causes = Causes(found, lang)
        self.everything = everything

    def title(self, key: str, n: int) -> Iterator[Line]:
        yield BLANK
        yield Line(self.say("heading", heading=self.say(key), n=n), 0, "■", Style.TITLE)

    def first(
        self, cases: Sequence[Compared], most: int, lines: Callable[[Compared], Iterator[Line]]
    ) -> Iterator[Line]:
        """Yield the lines of cases, up to so many of them."""
        shown = len(cases) if self.everything else most
        for case in cases[:shown]:
            yield from lines(case)
        if len(cases) > shown:
            yield Line(self.say("more", n=len(cases) - shown), 4)

    def under(self, causes: tuple[str, ...], cases: Sequence[Compared]) -> Iterator[Line]:
        """Yield the cases of some causes: each whose levels differ, then the others in short."""
        yield Line(self.causes.heading(causes, len(cases)), 2, "▸", Style.HEADING)
        of_level = [case for case in cases if any(map(is_of_level, case.differences))]
        beside = [case for case in cases if case not in of_level]
        yield from self.first(of_level, _MOST_CASES, self.case)
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
        title = case.title.said(self.teller.lang) if case.title else case.path.stem
        yield Line(title, 4, "•", Style.TITLE)
        yield Line(str(case.path), 6, style=Style.FAINT)

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
            yield from self._files(by_path)

    def _files(self, by_path: dict[str, list[str]]) -> Iterator[Line]:
        shown = len(by_path) if self.everything else _MOST_FILES
        for path, ids in list(by_path.items())[:shown]:
            yield Line(self.say("found", what=path, value=listed(ids, 6)), 6, style=Style.FAINT)
        if len(by_path) > shown:
            yield Line(self.say("more_cases", n=len(by_path) - shown), 6, style=Style.FAINT)

    # -- cases that do not run --------------------------------------------------------------------

    def refused(self, case: Compared) -> Iterator[Line]:
        yield from self._head(case)
        sides, lang = case.refused, self.teller.lang
        if len(sides) > 1 and sides["before"] == sides["after"]:
            yield Line(self.say("refused.both", why=message(sides["before"], lang)), 6)
            return
        for side, diagnostic in sides.items():
            yield Line(self.say(f"refused.{side}", why=message(diagnostic, lang)), 6)

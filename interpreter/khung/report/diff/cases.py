"""Cases that come out differently, for people, under the changes that they come of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.analysis.diff.changes import Kind
from khung.diagnostics.render.sentences import message
from khung.report.diff.subjects import Teller, Told
from khung.report.document.model import BLANK, Line, Style
from khung.report.words.labels import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from khung.analysis.diff.cases import Compared
    from khung.analysis.diff.changes import Change
    from khung.analysis.diff.comparison import Comparison
    from khung.analysis.diff.units import Unit
    from khung.diagnostics.model import Diagnostic
    from khung.report.diff.changes import Changes


_MOST_CASES = 8  # cases told under one heading unless all are asked for
_MOST_CHANGES = 3  # changes named of those that are made together
_MOST_FILES = 3  # files named in which the same differs beside the level


class Cases:
    """Tells the cases of one comparison in one language.

    Attributes:
        changes: Says what an entry is called.
        units: The changes that cases come of, by name.
        everything: Whether to tell of all cases, however many there are.
    """

    def __init__(self, found: Comparison, changes: Changes, lang: str, *, everything: bool) -> None:
        self.found = found
        self.changes = changes
        self.lang = lang
        self.everything = everything
        self.teller = Teller(lang)
        self.say = self.teller.say
        self.units = {unit.id: unit for unit in found.units}

    def lines(self) -> Iterator[Line]:
        """Yield the cases that come out differently, then those that do not run."""
        if self.found.differing:
            yield from self._heading("cases", len(self.found.differing))
            for causes, cases in self._sorted(self.found.differing):
                yield from self._under(causes, cases)
        yield from self._without()
        for key, refused in self._by_sides():
            yield from self._heading(key, len(refused))
            yield from self._refused(refused)

    def _without(self) -> Iterator[Line]:
        """Yield the cases that ran on a side without what it does not ask, by what that is."""
        for side in _MISSING_IN:
            alike: dict[tuple[str, ...], list[Compared]] = defaultdict(list)
            for case in self.found.cases:
                said = dict.fromkeys(self._unasked(side, d) for d in case.without.get(side, ()))
                alike[tuple(said)].append(case)
            alike.pop((), None)
            if alike:
                yield from self._heading(f"without.{side}", sum(map(len, alike.values())))
            for names, found in alike.items():
                yield Line("; ".join(names), 2, "•", Style.TITLE)
                yield from self._files({str(c.path): [self.title(c)] for c in found}, indent=4)

    def _unasked(self, side: str, diagnostic: Diagnostic) -> str:
        """Return what a side does not ask: an entry that it lacks, or what it says of a name."""
        lacking = next((change for _, change in self._lacking(side, diagnostic)), None)
        return self.changes.called(lacking) if lacking else message(diagnostic, self.lang)

    def _by_sides(self) -> Iterator[tuple[str, list[Compared]]]:
        """Yield the cases that run by one side alone, then those that run by neither."""
        for key, sides in (("one_side", 1), ("neither", 2)):
            found = [case for case in self.found.refused if len(case.refused) == sides]
            if found:
                yield key, found

    def _heading(self, key: str, n: int) -> Iterator[Line]:
        yield BLANK
        yield Line(self.say("heading", heading=self.say(key), n=n), 0, "■", Style.TITLE)

    def _under(self, causes: tuple[str, ...], cases: Sequence[Compared]) -> Iterator[Line]:
        """Yield the cases of some causes: each whose levels differ, then the others in short."""
        heading = self.say("heading", heading=self._said(causes), n=len(cases))
        yield Line(heading, 2, "▸", Style.HEADING)
        of_level = [case for case in cases if any(d.of_level for d in case.differences)]
        beside = [case for case in cases if case not in of_level]
        shown = len(of_level) if self.everything else _MOST_CASES
        for case in of_level[:shown]:
            yield from self._case(case)
        if len(of_level) > shown:
            yield Line(self.say("more", n=len(of_level) - shown), 4)
        yield from self._beside(beside)

    # -- cases whose levels differ ----------------------------------------------------------------

    def _case(self, case: Compared) -> Iterator[Line]:
        yield Line(self.title(case), 4, "•", Style.TITLE)
        yield Line(str(case.path), 6, style=Style.FAINT)
        whole = self._causes(case)
        alike: dict[tuple[Told, tuple[str, ...]], list[str]] = defaultdict(list)
        for one in case.differences:
            alike[self.teller.told(one), one.causes].append(self.teller.name(one))
        for (told, causes), ids in alike.items():
            whom = self.say("named", part=told.type, label=listed(ids, 12))
            text = self.say("subject", whom=whom, standing=told.standing)
            yield Line(text, 6, style=Style.HEADING)
            yield from told.lines
            if causes != whole:
                yield Line(self._said(causes), 8, style=Style.FAINT)

    def title(self, case: Compared) -> str:
        """Return what a case is called."""
        return case.title.said(self.lang) if case.title else case.path.stem

    # -- cases in which only what stands beside the levels differs --------------------------------

    def _beside(self, cases: Sequence[Compared]) -> Iterator[Line]:
        """Yield what differs, once for all of whom it is said."""
        alike: dict[tuple[str, tuple[Line, ...]], dict[str, list[str]]] = defaultdict(dict)
        for case in cases:
            for one in case.differences:
                told = self.teller.told(one)
                named = alike[told.type, told.lines].setdefault(str(case.path), [])
                named.append(self.teller.name(one))
        for (name, lines), by_path in alike.items():
            n = sum(map(len, by_path.values()))
            yield Line(self.say("beside", type=name, n=n, cases=len(by_path)), 4, "•", Style.TITLE)
            yield from lines
            yield from self._files(by_path, indent=6)

    def _files(self, by_path: dict[str, list[str]], indent: int) -> Iterator[Line]:
        shown = len(by_path) if self.everything else _MOST_FILES
        for path, ids in list(by_path.items())[:shown]:
            said = self.say("found", what=path, value=listed(ids, 6))
            yield Line(said, indent, style=Style.FAINT)
        if len(by_path) > shown:
            yield Line(self.say("more_cases", n=len(by_path) - shown), indent, style=Style.FAINT)

    # -- cases that do not run --------------------------------------------------------------------

    def _refused(self, cases: Sequence[Compared]) -> Iterator[Line]:
        """Yield why cases do not run, once for all of which it is said, and by which changes."""
        alike: dict[tuple[str, ...], list[Compared]] = defaultdict(list)
        for case in cases:
            alike[tuple(self._why(case))].append(case)
        for why, found in alike.items():
            for text in why:
                yield Line(text, 2, "•", Style.TITLE)
            causes = self._causes_of_refused(found[0])
            if causes:
                yield Line(self._said(causes), 4)
            titles = {str(case.path): [self.title(case)] for case in found}
            yield from self._files(titles, indent=4)

    def _why(self, case: Compared) -> Iterator[str]:
        sides, lang = case.refused, self.lang
        if len(sides) > 1 and sides["before"] == sides["after"]:
            yield self.say("refused.both", why=message(sides["before"], lang))
            return
        for side, diagnostic in sides.items():
            lacking = next((c for _, c in self._lacking(side, diagnostic)), None)
            what = self.changes.called(lacking) if lacking else ""
            why = self.say("lacks", what=what) if what else message(diagnostic, lang)
            yield self.say(f"refused.{side}", why=why)

    # -- the changes behind -----------------------------------------------------------------------

    def _causes(self, case: Compared) -> tuple[str, ...]:
        """Return the causes of all that differs in a case, in the order of the changes."""
        found = {name for one in case.differences for name in one.causes}
        return tuple(name for name in self.units if name in found)

    def _causes_of_refused(self, case: Compared) -> tuple[str, ...]:
        """Return the changes by which a side has not what a case names, if there are any."""
        refused = case.refused.items()
        found = {unit.id for side, said in refused for unit, _ in self._lacking(side, said)}
        return tuple(name for name in self.units if name in found)

    def _lacking(self, side: str, diagnostic: Diagnostic) -> Iterator[tuple[Unit, Change]]:
        """Yield the entries that a side lacks by which a case cannot run there, in their units."""
        for unit in self.found.units:
            for change in unit.changes:
                if change.kind is _MISSING_IN[side] and _is_named(change, diagnostic):
                    yield unit, change

    def _sorted(self, cases: Iterable[Compared]) -> list[tuple[tuple[str, ...], list[Compared]]]:
        """Return cases by their causes: what is not explained last."""
        places = {name: place for place, name in enumerate(self.units)}
        found: dict[tuple[str, ...], list[Compared]] = defaultdict(list)
        for case in cases:
            found[self._causes(case)].append(case)
        order = sorted(found, key=lambda names: (not names, [places[name] for name in names]))
        return [(names, found[names]) for names in order]

    def _said(self, causes: tuple[str, ...]) -> str:
        """Return of which changes something comes, or that this was not found."""
        if not causes:
            return self.say("cause.unknown")
        *most, last = map(self._named, causes)
        changes = self.say("cause.and", most=", ".join(most), last=last) if most else last
        return self.say("cause", changes=changes)

    def causes_said(self, causes: tuple[str, ...]) -> str:
        """Return of which changes something comes, or that this was not found."""
        return self._said(causes)

    def count(self, name: str) -> int:
        """Return how many cases come out differently by a unit of changes."""
        return sum(name in self._causes(case) for case in self.found.differing)

    def _named(self, name: str) -> str:
        """Return what a unit of changes is called: a group, or the entries that differ."""
        if name in self.found.groups:
            return self.say("cause.group", label=self.found.groups[name].label.said(self.lang))
        changes = self._telling(self.units[name])
        said = [self._entry(change) for change in changes[:_MOST_CHANGES]]
        left = len(changes) - _MOST_CHANGES
        return ", ".join([*said, self.say("cause.more", n=left)] if left > 0 else said)

    def _telling(self, unit: Unit) -> list[Change]:
        """Return changes without those of a part of another one that is named anyway."""
        paths = [change.path for change in unit.changes]
        return [c for c in unit.changes if not any(c.path.startswith(f"{p}.") for p in paths)]

    def _entry(self, change: Change) -> str:
        return self.changes.called(change)


_NO_SUCH_FACT = "K0610"

_MISSING_IN = {"before": Kind.ADDED, "after": Kind.REMOVED}
"""The kind of change by which a side has not what the other has."""


def _is_named(change: Change, diagnostic: Diagnostic) -> bool:
    """Say whether a diagnostic names an entry; of a fact it says who has none of that name."""
    owner = diagnostic.args["type"] if diagnostic.code == _NO_SUCH_FACT else ""
    is_owned = not owner or f".{owner}." in f".{change.path}"
    return is_owned and change.item.id in diagnostic.args.values()

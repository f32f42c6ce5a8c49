"""The results of a case for people: as a text for a terminal, as a page to print, as Markdown.

All are made of the same parts. It is brief unless all is asked for: of a few subjects what must be
known to sign; of many a summary with what is in the way, then a line for each.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.progress import Phase, advancing
from khung.records import dataclass, replace
from khung.report.document import model as d
from khung.report.document.terminal import to_terminal
from khung.report.result import groups as g
from khung.report.result import overview as o
from khung.report.result.annex import basis_lines, whole_lines
from khung.report.result.context import Context, context_of
from khung.report.result.in_the_way import MOST_LABELS, unchecked, undescribed
from khung.report.result.levels import levels_by_kind
from khung.report.result.rows import rows
from khung.report.result.subject import Subject, awaits_list, is_decided, standing
from khung.report.result.summary import beside, decided, summary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from khung.rulebook.model import Label
    from khung.why.result import Result, Results

_FEW = 3  # subjects up to which each is told by itself; chapters up to which nothing leads to them
_MANY = 12  # subjects from which on a summary stands before all that is told of each


@dataclass(frozen=True, slots=True)
class Manner:
    """How much to tell.

    Attributes:
        with_next: Whether to look for the smallest change that lifts a level, which takes time.
        full: Whether to tell all, with what it rests on in an annex.
        only: The paths of the subjects to tell; of none all.
    """

    with_next: bool = False
    full: bool = False
    only: Collection[str] = ()


BRIEF = Manner()


def results_text(  # noqa: PLR0913  # how to show it is by keyword only
    results: Results,
    lang: str,
    manner: Manner = BRIEF,
    *,
    width: int = 100,
    color: bool = False,
    folder: str = "",
    clauses: Mapping[str, Label] | None = None,
) -> str:
    """Return the results of a case in words.

    Args:
        results: What was found.
        lang: `vi` or `en`.
        manner: How much to tell.
        width: Columns of the terminal, at least `terminal.NARROWEST`.
        color: Whether to colour for a terminal.
        folder: The folder of the rulebook, to be named.
        clauses: The summary of each clause by its full address, see `driver.summaries`.
    """
    told = _Told.of(results, lang, manner, clauses, on_paper=False)
    blocks = (*told.head(folder), *told.summary(), *told.rest(), *told.annex())
    return to_terminal(d.Document(told.title, lang, blocks), width=width, color=color)


def results_html(
    results: Results,
    lang: str,
    manner: Manner = BRIEF,
    *,
    clauses: Mapping[str, Label] | None = None,
) -> str:
    """Return the results of a case as an HTML document that can be printed on A4.

    See `results_text`.
    """
    from khung.report.document.html import to_html  # noqa: PLC0415  # only where asked for

    return to_html(on_paper(results, lang, manner, clauses))


def results_markdown(
    results: Results,
    lang: str,
    manner: Manner = BRIEF,
    *,
    clauses: Mapping[str, Label] | None = None,
) -> str:
    """Return the results of a case as Markdown; see `results_text`."""
    from khung.report.document.markdown import to_markdown  # noqa: PLC0415  # only where asked for

    return to_markdown(on_paper(results, lang, manner, clauses))


def on_paper(
    results: Results, lang: str, manner: Manner, clauses: Mapping[str, Label] | None
) -> d.Document:
    """Return the results as sheets: a summary on one of its own, where there is one, then the rest.

    There is one place to sign, what it rests on stands behind it, and the digest comes last.
    """
    told = _Told.of(results, lang, manner, clauses, on_paper=True)
    say = told.context.say
    people = tuple(say(f"sign.{who}") for who in ("author", "approver"))
    signed = d.Signatures(say("sign.day"), people, say("sign.note"))
    head, first, rest, annex = (*told.head(),), (*told.summary(),), (*told.rest(),), told.annex()
    found = _contents((*first, *rest, *annex), told.context) if first else ()
    parts = ((*head, *found, *first), (*rest, signed)) if first else ((*head, *rest, signed),)
    sheets = [d.Section(blocks) for blocks in (*parts, annex) if blocks]
    digest = say("digest", digest=results.program.digest)
    footer = d.Section((d.Paragraph((digest,), "meta"),), kind="footer")
    return d.Document(told.title, lang, (*sheets, footer), sheets=True)


def _contents(blocks: Sequence[d.Block], context: Context) -> tuple[d.Block, ...]:
    """Return what leads to the chapters of a document, where they are more than a few."""
    listing = d.contents(blocks)
    if len(listing.items) <= _FEW:
        return ()
    title = context.say("contents")
    return (d.Section((d.Paragraph((title,), "meta"), listing), kind="contents", label=title),)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told, and to whom: `told` at length, `untold` by name alone, each by type."""

    context: Context
    manner: Manner
    told: o.Told
    untold: o.Told
    on_paper: bool

    @classmethod
    def of(
        cls,
        results: Results,
        lang: str,
        manner: Manner,
        clauses: Mapping[str, Label] | None,
        *,
        on_paper: bool,
    ) -> _Told:
        """Return what is to be told of an evaluation."""
        told, untold = o.split(results)
        if manner.only:
            own = (list(by_id.values()) for by_id in results.by_type.values())
            told = [[r for r in some if r.entity.path in manner.only] for some in own]
            untold = []
        hints = manner.full and not on_paper
        lifted = told if manner.with_next else ()
        context = context_of(results, lang, clauses, lifted, hints=hints)
        return cls(context, manner, told, untold, on_paper)

    @property
    def title(self) -> str:
        """What the document is called."""
        program = self.context.results.program
        return self.context.words.label(program.title, program.rulebook)

    @property
    def _every(self) -> list[Result]:
        return [result for own in self.told for result in own]

    @property
    def _asked(self) -> list[Result]:
        """Those of whom there is something to say: whose level is given only if all are so."""
        every = self._every
        open_ones = [result for result in every if not is_decided(result)]
        return every if self.manner.only else open_ones or every

    @property
    def _has_summary(self) -> bool:
        if self.manner.only:
            return False
        if not self.manner.full:
            return len(self._asked) > _FEW
        return len(self._every) > (_FEW if self.on_paper else _MANY)

    def head(self, folder: str = "") -> Iterator[d.Block]:
        """Yield what the case is called, its day and its rulebook."""
        results, say = self.context.results, self.context.say
        yield d.Heading(1, self.title)
        if results.case.title:
            yield d.Paragraph((results.case.title.said(self.context.words.lang),))
        key, day = "head" if folder else "head_without_folder", results.case.on
        said = say(
            key,
            id=results.program.id_for(results.case.named),
            day=self.context.words.date(day),
            folder=folder,
        )
        yield d.Paragraph((said,), "meta")
        for name, first in results.program.later[-1:]:
            since = self.context.words.date(first)
            yield d.Paragraph((say("amended", name=name, day=since),), "meta")
        for name in filter(None, results.program.parts):
            title = self.context.overlay_title(name)
            yield d.Paragraph((say("with_overlay", id=name, title=title),), "meta")
        if results.case.bare:
            yield d.Paragraph((say("nothing_assumed"),))

    def summary(self) -> Iterator[d.Block]:
        """Yield the case at a glance; nothing of a few subjects, who are told themselves."""
        if self._has_summary:
            told, untold = self.told, self.untold
            yield from summary(told, untold, self.context, on_paper=self.on_paper)

    def rest(self) -> Iterator[d.Block]:
        """Yield what is said of each."""
        if self._has_summary:
            yield from beside(self.told, self.context)
        yield from self._all() if self.manner.full else self._brief()

    def annex(self) -> tuple[d.Block, ...]:
        """Return what the results rest on: nothing in brief."""
        if not self.manner.full:
            return ()
        lines = tuple(basis_lines([own for own in self.told if own], self.context))
        return (d.Heading(2, self.context.say("annex"), "annex"), *lines) if lines else ()

    # -- in brief -------------------------------------------------------------------------------

    def _brief(self) -> Iterator[d.Block]:
        asked, every = self._asked, self._every
        if self._has_summary:
            yield from self._rows(asked)
            yield from self._open()
            yield from self._groups()
        else:
            yield from self._each(asked, {})
        if len(asked) < len(every):
            yield from decided([r for r in every if is_decided(r)], self.context)
        if not self._has_summary:
            yield from self._untold()
        yield from self._closing(asked)

    def _rows(self, asked: Sequence[Result]) -> Iterator[d.Block]:
        """Yield a table of the subjects of each type."""
        for name, own in _by_type(asked).items():
            title = self.context.words.type(own[0].entity.type)
            yield d.Heading(2, title, d.anchor("type", name))
            yield from self._kinds(name)
            yield rows(own, self.context, on_paper=self.on_paper)

    def _kinds(self, name: str) -> Iterator[d.Block]:
        """Yield how many of each kind of a type stand where, where the summary has no room."""
        told = [own for own in self.told if own] if self.on_paper else []
        for own in told:
            if own[0].entity.type.name == name:
                yield from levels_by_kind(own, told, self.context)

    def _groups(self) -> Iterator[d.Block]:
        """Yield who is in the groups of quotas, where the summary shows their numbers alone."""
        groups = g.concerned(self.told, self.context) if self.on_paper else []
        if not groups:
            return
        yield d.Heading(2, self.context.say("quotas"), "quotas")
        if len(groups) > g.MOST_SHOWN:
            yield g.gauges(groups, self.context)
        yield from (replace(grid, caption="") for grid in g.named(self.told, self.context))

    def _open(self) -> Iterator[d.Block]:
        """Yield every decision on a sheet of its own, where the summary has no room for them."""
        grids = (*o.decisions(self.told, self.context),) if self.on_paper else ()
        if any(len(grid.rows) > MOST_LABELS for grid in grids):
            yield d.Heading(2, self.context.say("still_to_decide"), "decisions")
            yield from (replace(grid, caption="") for grid in grids)

    def _untold(self) -> Iterator[d.Block]:
        for line in undescribed(self.untold, self.context):
            yield from (d.BLANK, line)

    def _closing(self, asked: Sequence[Result]) -> Iterator[d.Block]:
        yield from whole_lines(self.context)
        left = () if self._has_summary else (*unchecked(asked, self.context),)
        if left or not self.on_paper:
            yield from (d.BLANK, *left)
        if not self.on_paper:
            if any(awaits_list(result, self.context) for result in asked):
                yield d.Line(self.context.say("say_whole"), style=d.Style.FAINT)
            more = "see_full_of_one" if self.manner.only else "see_full"
            yield d.Line(self.context.say(more), style=d.Style.FAINT)

    # -- in full --------------------------------------------------------------------------------

    def _all(self) -> Iterator[d.Block]:
        every = sorted(self._every, key=is_decided)
        anchors = {r.entity.path: f"s{n}" for n, r in enumerate(every, 1)} if self.on_paper else {}
        if self._has_summary:
            yield from self._chapters(every, anchors)
            yield from self._open()
            yield from self._groups()
            return
        if len(every) > 1:
            yield from (o.standings(own, anchors, self.context) for own in self.told if own)
            yield from o.checks(self.told, self.context)
        yield from self._each(every, anchors)
        yield from self._untold()
        yield from g.named(self.told, self.context)
        yield from o.decisions(self.told, self.context)

    def _chapters(self, every: Sequence[Result], anchors: Mapping[str, str]) -> Iterator[d.Block]:
        """Yield a chapter of each type: who stands where, then each."""
        for name, own in _by_type(every).items():
            title = self.context.words.type(own[0].entity.type)
            said = self.context.say("table", type=title, n=len(own))
            yield d.Heading(2, said, d.anchor("type", name))
            yield from self._kinds(name)
            yield o.standings(own, anchors, self.context, titled=False)
            yield from self._each(own, anchors, 3)

    def _each(
        self, results: Sequence[Result], anchors: Mapping[str, str], level: int = 2
    ) -> Iterator[d.Block]:
        """Yield what is said of each below a heading; those of whom the same is said share one."""
        alike: dict[tuple[str, str, tuple[d.Line, ...]], list[Result]] = defaultdict(list)
        for result in advancing(results, len(results), Phase.TELLING):
            subject = Subject(result, self.context)
            said = tuple(subject.lines() if self.manner.full else subject.brief())
            alike[result.entity.type.name, standing(result, self.context), said].append(result)
        for (_, stands, lines), members in alike.items():
            yield from self._heading(level, stands, members, anchors)
            yield from lines

    def _heading(
        self, level: int, stands: str, members: list[Result], anchors: Mapping[str, str]
    ) -> Iterator[d.Block]:
        entities = [member.entity for member in members]
        most = len(entities) if self.on_paper else o.MOST_NAMES
        who = self.context.words.entities(entities, most)
        places = [anchors[one.path] for one in entities if one.path in anchors]
        if places:
            yield d.Paragraph(tuple(map(d.Anchor, places[1:])))
        yield d.Heading(level, self.context.say("title", who=who, level=stands), *places[:1])


def _by_type(results: Iterable[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        found[result.entity.type.name].append(result)
    return found

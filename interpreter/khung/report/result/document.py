"""The results of a case for people: as a text for a terminal, as a page to print, as Markdown.

All are made of the same parts. It is brief unless all is asked for: of a few subjects what must be
known to sign; of many a summary, a line for each, and what is in the way.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from khung.engine.progress import Phase, advancing
from khung.records import dataclass
from khung.report.document import model as d
from khung.report.document.terminal import to_terminal
from khung.report.result import overview as o
from khung.report.result.annex import basis_lines, whole_lines
from khung.report.result.context import Context, context_of
from khung.report.result.subject import Subject, is_decided, standing
from khung.report.result.summary import decided, summary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from khung.rulebook.model import Label
    from khung.why.result import Result, Results

_FEW = 3  # subjects up to which each is told by itself
_MOST_BLOCKS = 200  # different results explained; the JSON output has them all


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
    blocks = (*told.body(folder), *told.annex())
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

    return to_html(_on_paper(results, lang, manner, clauses))


def results_markdown(
    results: Results,
    lang: str,
    manner: Manner = BRIEF,
    *,
    clauses: Mapping[str, Label] | None = None,
) -> str:
    """Return the results of a case as Markdown; see `results_text`."""
    from khung.report.document.markdown import to_markdown  # noqa: PLC0415  # only where asked for

    return to_markdown(_on_paper(results, lang, manner, clauses))


def _on_paper(
    results: Results, lang: str, manner: Manner, clauses: Mapping[str, Label] | None
) -> d.Document:
    """Return the document with one place to sign, what it rests on behind it, the digest last."""
    told = _Told.of(results, lang, manner, clauses, on_paper=True)
    say, annex = told.context.say, told.annex()
    people = tuple(say(f"sign.{who}") for who in ("author", "approver"))
    signed = d.Signatures(say("sign.day"), people, say("sign.note"))
    sheets = [d.Section((*told.body(), signed))]
    if annex:
        sheets.append(d.Section(annex))
    digest = say("digest", digest=results.program.digest)
    footer = d.Section((d.Paragraph((digest,), "meta"),), kind="footer")
    return d.Document(told.title, lang, (*sheets, footer), sheets=True)


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

    def body(self, folder: str = "") -> tuple[d.Block, ...]:
        """Return the document without its annex."""
        return (*self._head(folder), *(self._all() if self.manner.full else self._brief()))

    def annex(self) -> tuple[d.Block, ...]:
        """Return what the results rest on: nothing in brief."""
        if not self.manner.full:
            return ()
        lines = tuple(basis_lines([own for own in self.told if own], self.context))
        return (d.Heading(2, self.context.say("annex")), *lines) if lines else ()

    def _head(self, folder: str) -> Iterator[d.Block]:
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

    # -- in brief -------------------------------------------------------------------------------

    def _brief(self) -> Iterator[d.Block]:
        every = [result for own in self.told for result in own]
        open_ones = [result for result in every if not is_decided(result)]
        asked = every if self.manner.only else open_ones or every
        if self.manner.only or len(asked) <= _FEW:
            yield from self._each(asked, {})
        else:
            yield from summary(self.told, self.context)
        if asked is not every:
            yield from decided([r for r in every if is_decided(r)], self.context)
        yield from self._untold()
        yield from self._closing(asked)

    def _untold(self) -> Iterator[d.Block]:
        for results in filter(None, self.untold):
            who = self.context.words.entities([r.entity for r in results], o.MOST_NAMES)
            least = min(len(result.missing) for result in results)
            yield d.BLANK
            yield d.Line(self.context.say("blank", who=who, n=least))

    def _closing(self, asked: Sequence[Result]) -> Iterator[d.Block]:
        yield from whole_lines(self.context)
        unchecked = o.unchecked(asked)
        if unchecked or not self.on_paper:
            yield d.BLANK
        if unchecked:
            yield d.Line(self.context.say("unchecked", n=self.context.words.count(unchecked)))
        if not self.on_paper:
            yield d.Line(self.context.say("see_full"), style=d.Style.FAINT)

    # -- in full --------------------------------------------------------------------------------

    def _all(self) -> Iterator[d.Block]:
        every = [result for own in self.told for result in own]
        every = sorted(every, key=is_decided)
        anchors = {r.entity.path: f"s{n}" for n, r in enumerate(every, 1)} if self.on_paper else {}
        if len(every) > 1:
            yield from (o.standings(own, anchors, self.context) for own in self.told if own)
            yield from o.checks(self.told, self.context)
        yield from self._each(every, anchors)
        yield from self._untold()
        yield from o.quotas(self.told, self.context)
        yield from o.decisions(self.told, self.context)

    def _each(self, results: Sequence[Result], anchors: Mapping[str, str]) -> Iterator[d.Block]:
        """Yield what is said of each; those of whom the same is said share a heading."""
        alike: dict[tuple[str, str, tuple[d.Line, ...]], list[Result]] = defaultdict(list)
        for result in advancing(results, len(results), Phase.TELLING):
            subject = Subject(result, self.context)
            said = tuple(subject.lines() if self.manner.full else subject.brief())
            alike[result.entity.type.name, standing(result, self.context), said].append(result)
        for (_, level, lines), members in list(alike.items())[:_MOST_BLOCKS]:
            yield from self._heading(level, members, anchors)
            yield from lines
        if len(alike) > _MOST_BLOCKS:
            left = len(alike) - _MOST_BLOCKS
            yield from (d.BLANK, d.Line(self.context.say("more", n=left)))

    def _heading(
        self, level: str, members: list[Result], anchors: Mapping[str, str]
    ) -> Iterator[d.Block]:
        entities = [member.entity for member in members]
        most = len(entities) if self.on_paper else o.MOST_NAMES
        who = self.context.words.entities(entities, most)
        places = [anchors[one.path] for one in entities if one.path in anchors]
        if places:
            yield d.Paragraph(tuple(map(d.Anchor, places[1:])))
        yield d.Heading(2, self.context.say("title", who=who, level=level), *places[:1])

"""Draws as written → draws of a kind, with all names looked up.

In: a node, and what is due of it. Out: a draw; None after a diagnostic.

Reports: K0121, K0123, K0127, K0201, K0425, K0580 and those of `scalars`.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from khung.analysis.population import scalars
from khung.analysis.population.draws import (
    Chance,
    Constant,
    Copied,
    Counted,
    Interval,
    Kind,
    Marked,
    Picked,
    Portion,
    Switch,
    Text,
    Votes,
    Weighted,
    column,
)
from khung.analysis.population.scalars import Due
from khung.casefile.tables.layout import NONE, UNKNOWN
from khung.diagnostics.model import Word
from khung.diagnostics.suggest import unknown
from khung.records import dataclass
from khung.source.nodes import Entry, Mapping, Scalar, Sequence
from khung.source.shape import Fields
from khung.source.values import as_integer, as_mapping, as_texts, as_word, head_of, under

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as SequenceOf

    from khung.analysis.population.draws import Drawn
    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Draw
    from khung.source.nodes import Node
    from khung.text import Span

ALL = "all"
"""Of a count: the whole population."""

MARKS = (UNKNOWN, NONE)
_FORMS: dict[str, tuple[str, ...]] = {
    "by": (),
    "count": ("count", "where", "of"),
    "pick": ("pick", "of"),
    "share": ("share", "of", "to"),
}
"""The keys of a mapping by the one that tells what it is; with `by` any value may be a key."""

_TELLING = (*_FORMS, "of")


@dataclass(frozen=True, slots=True)
class Names:
    """What a draw may name.

    Attributes:
        column: Returns what the column that a path leads to takes; None if there is none.
        columns: The columns of the row, and of what it lies in behind `in.`.
        strata: The names of strata.
        below: Returns what columns a stratum has, by name.
        has_ids: Says whether the rows of a stratum are subjects, which have ids.
        words: The names of lists of words.
    """

    column: Callable[[str], Due | None]
    columns: Callable[[], SequenceOf[str]]
    strata: tuple[str, ...]
    below: Callable[[str], dict[str, Due]]
    has_ids: Callable[[str], bool]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the draws of one stratum; `votes` are the names of its ballots."""

    names: Names
    bag: Bag

    def column(self, draw: Draw, due: Due, *, ballots: bool = False) -> Drawn | None:
        """Return the draw of a column."""
        if ballots:
            return self._votes(draw.node, due, draw.at)
        return self.draw(draw.node, due, draw.at)

    def draw(self, node: Node, due: Due, at: str) -> Drawn | None:
        """Return the draw that a node is."""
        if isinstance(node, Scalar):
            return self._scalar(node, due, at)
        found = as_mapping(node, self.bag, at)
        if found is None:
            return None
        form = next((key for key in _TELLING if found.get(key) is not None), "")
        match form:
            case "by":
                return self._switch(found, due, at, self.draw)
            case "count":
                return self._count(found, due, at)
            case "pick":
                return self._pick(found, due, at)
            case "share" | "of":
                return self._portion(found, due, at)
            case _:
                return self._weighted(found, due, at)

    # -- scalars ------------------------------------------------------------------------------

    def _scalar(self, node: Scalar, due: Due, at: str) -> Drawn | None:
        text = as_word(node, self.bag, at)
        if text is None:
            return None
        if text in MARKS:
            return self._marked(text, due, node.span, at)
        share = scalars.share_of(text) if due.kind is Kind.BOOLEAN else None
        if share is not None:
            return Chance(share)
        if self._is_path(text, due):
            return self._copied(text, due, node.span, at)
        if due.kind is Kind.TEXT and not due.options:
            return self._text(text, node.span, at)
        return scalars.one_or_range(text, due, node.span, self.bag, at)

    def _marked(self, mark: str, due: Due, span: Span, at: str) -> Drawn | None:
        """Return that there is no value; report that a fact cannot be stated to have none."""
        if mark == UNKNOWN or due.optional:
            return Marked(mark)
        self.bag.add("K0580", span, at=at, text=mark, expected=Word(due.kind.value))
        return None

    def _is_path(self, text: str, due: Due) -> bool:
        if text == "in" or text.startswith("in."):
            return due.kind is not Kind.TEXT or bool(due.options) or " " not in text
        named = self.names.column(text) if text not in due.options else None
        return named is not None and (due.kind is not Kind.TEXT or bool(due.options))

    def _copied(self, text: str, due: Due, span: Span, at: str) -> Drawn | None:
        path = f"{text}.id" if due.kind is Kind.LINK else text
        other = self.path(path, span, at)
        if other is None:
            return None
        if other.kind is not due.kind and due.kind is not Kind.LINK:
            self.bag.add("K0580", span, at=at, text=text, expected=Word(due.kind.value))
            return None
        return Copied(column(path))

    def _text(self, text: str, span: Span, at: str) -> Drawn | None:
        made = scalars.text_of(text)
        for name in made.parts[1::2]:
            if name not in self.names.words and self.path(name, span, at) is None:
                return None
        inside = (n if n in self.names.words else column(n) for n in made.parts[1::2])
        both = zip_longest(made.parts[::2], inside, fillvalue="")
        return Text(tuple(one for pair in both for one in pair)[: len(made.parts)])

    def path(self, path: str, span: Span, at: str) -> Due | None:
        """Return what a column takes that a draw names; report that there is none."""
        found = self.names.column(path)
        if found is None:
            known = (*self.names.columns(), *sorted(self.names.words))
            unknown(self.bag, "column", path, span, known, at=at)
        return found

    # -- mappings -----------------------------------------------------------------------------

    def _weighted(self, node: Mapping, due: Due, at: str) -> Drawn | None:
        if not node.entries:
            self.bag.add("K0425", node.span, at=at, key=at.rpartition(".")[2])
            return None
        read = [self._choice(entry, due, at) for entry in node.entries]
        return None if None in read else Weighted(tuple(one for one in read if one is not None))

    def _choice(self, entry: Entry, due: Due, at: str) -> tuple[Drawn, int] | None:
        path = under(at, entry.key)
        drawn = self._key(entry, due, path)
        weight = as_integer(entry.value, self.bag, path)
        if weight is not None and not 0 < weight < 1_000_000:  # noqa: PLR2004  # said in the page
            self.bag.add("K0580", entry.value.span, at=path, text=str(weight), expected=_WEIGHT)
            return None
        return None if drawn is None or weight is None else (drawn, weight)

    def _key(self, entry: Entry, due: Due, at: str) -> Drawn | None:
        if entry.key in MARKS:
            return self._marked(entry.key, due, entry.key_span, at)
        if due.kind is Kind.TEXT and not due.options:
            return self._text(entry.key, entry.key_span, at)
        return scalars.one_or_range(entry.key, due, entry.key_span, self.bag, at)

    def _switch(
        self, node: Mapping, due: Due, at: str, read: Callable[[Node, Due, str], Drawn | None]
    ) -> Drawn | None:
        by = next(entry for entry in node.entries if entry.key == "by")
        path = as_word(by.value, self.bag, under(at, "by"))
        tested = None if path is None else self.path(path, by.value.span, under(at, "by"))
        if path is None or tested is None:
            return None
        other, cases, tests = None, [], Due(tested.kind, tested.options)
        for entry in (one for one in node.entries if one.key != "by"):
            here = under(at, entry.key)
            drawn = read(entry.value, due, here)
            if entry.key == "else":
                other = drawn
                continue
            test = scalars.one_or_range(entry.key, tests, entry.key_span, self.bag, here)
            if test is None or drawn is None:
                return None
            cases.append((test, drawn))
        return Switch(column(path), tuple(cases), other)

    def _count(self, node: Mapping, due: Due, at: str) -> Drawn | None:
        fields = Fields(node, _FORMS["count"], self.bag, at)
        counted = fields.entry("count")
        said = as_texts(counted.value, self.bag, fields.path("count")) if counted else None
        if said is None or not self._due(Kind.NUMBER, due, node, at):
            return None
        strata = tuple(text.text for text in said)
        for name in strata:
            self._stratum(name, fields.span("count"), fields.path("count"))
        if not set(strata) <= set(self.names.strata):
            return None
        where = fields.node_at("where")
        tests = () if where is None else self._where(where, strata, fields.path("where"))
        of = self._of(fields, "")
        return None if tests is None or of is None else Counted(strata, tests, of)

    def _where(
        self, node: Node, strata: tuple[str, ...], at: str
    ) -> tuple[tuple[str, Constant | Interval], ...] | None:
        found, read = as_mapping(node, self.bag, at), []
        first, *others = (self.names.below(one) for one in strata)
        known = {key: due for key, due in first.items() if all(key in one for one in others)}
        for entry in found.entries if found else ():
            text = as_word(entry.value, self.bag, under(at, entry.key))
            if entry.key not in known:
                unknown(self.bag, "column", entry.key, entry.key_span, known, at=at)
            if entry.key not in known or text is None:
                return None
            here, due = under(at, entry.key), known[entry.key]
            test = scalars.one_or_range(text, due, entry.value.span, self.bag, here)
            if test is None:
                return None
            read.append((column(entry.key), test))
        return tuple(read)

    def _pick(self, node: Mapping, due: Due, at: str) -> Drawn | None:
        fields = Fields(node, _FORMS["pick"], self.bag, at)
        name, of = fields.name("pick"), self._of(fields, "in")
        if name is None or of is None or not self._due(Kind.LINK, due, node, at):
            return None
        known = tuple(one for one in self.names.strata if self.names.has_ids(one))
        if name not in known or of == ALL:
            unknown(self.bag, "stratum", name, fields.span("pick"), known, at=fields.path("pick"))
            return None
        return Picked(name, of)

    def _of(self, fields: Fields, default: str) -> str | None:
        said = fields.written("of") if "of" in fields else default
        if said is None or said in (ALL, ""):
            return said
        if set(said.split(".")) == {"in"}:
            if self.names.column(f"{said}.k") is not None:
                return said
            span = fields.span("of") if "of" in fields else head_of(fields.node)
            unknown(self.bag, "stratum", said, span, self.names.strata, at=fields.at)
            return None
        self.bag.add("K0580", fields.span("of"), at=fields.path("of"), text=said, expected=_WITHIN)
        return None

    def _stratum(self, name: str, span: Span, at: str) -> None:
        if name not in self.names.strata:
            unknown(self.bag, "stratum", name, span, self.names.strata, at=at)

    def _portion(self, node: Mapping, due: Due, at: str) -> Portion | None:
        fields = Fields(node, _FORMS["share"], self.bag, at)
        if not self._due(Kind.NUMBER, due, node, at) or not fields.require("share", "of"):
            return None
        of, text = fields.node_at("of"), fields.written("share") or ""
        ends = scalars.shares_of(text)
        if ends is None:
            self.bag.add(
                "K0580", fields.span("share"), at=fields.path("share"), text=text, expected=_SHARE
            )
        drawn = None if of is None else self.draw(of, Due(Kind.NUMBER), fields.path("of"))
        return None if drawn is None or ends is None else Portion(drawn, *ends)

    def _votes(self, node: Node, due: Due, at: str) -> Drawn | None:
        """Return the draw of ballots; `due` is that of a level."""
        if isinstance(node, Scalar) and node.text.text in MARKS:
            return self._marked(node.text.text, due, node.span, at)
        found = as_mapping(node, self.bag, at)
        if found is None:
            return None
        if found.get("by") is not None:
            return self._switch(found, due, at, self._votes)
        fields = Fields(found, _FORMS["share"], self.bag, at)
        fields.require("to")
        to = fields.node_at("to")
        portion = self._portion(found, Due(Kind.NUMBER), at)
        level = None if to is None else self.draw(to, due, fields.path("to"))
        return None if portion is None or level is None else Votes(portion, level)

    def _due(self, kind: Kind, due: Due, node: Node, at: str) -> bool:
        if due.kind is kind:
            return True
        text = node.span.text.splitlines()[0]
        self.bag.add("K0580", node.span, at=at, text=text, expected=Word(due.kind.value))
        return False


_WEIGHT, _SHARE, _WITHIN = Word("a_weight"), Word("a_share"), Word("a_place")


# -- what is hidden says itself what it is --------------------------------------------------------


def kind_of(node: Node, known: Callable[[str], Due | None]) -> Due:
    """Return what a hidden column holds, as what is drawn for it shows.

    Args:
        node: How it is drawn.
        known: Returns what another column takes, by its path.
    """
    match node:
        case Scalar(value=bool()):
            return Due(Kind.BOOLEAN)
        case Scalar():
            return _kind_of_text(node.text.text, known)
        case Mapping():
            return _kind_of_mapping(node, known)
        case Sequence():
            return Due(Kind.TEXT)


def _kind_of_mapping(node: Mapping, known: Callable[[str], Due | None]) -> Due:
    if node.get("by") is not None:
        inner = [e.value for e in node.entries if e.key != "by"]
        return kind_of(inner[0], known) if inner else Due(Kind.TEXT)
    if any(node.get(key) is not None for key in ("count", "share")):
        return Due(Kind.NUMBER)
    keys = [entry.key for entry in node.entries if entry.key not in MARKS]
    return _kind_of_text(keys[0], known) if keys else Due(Kind.TEXT)


def _kind_of_text(text: str, known: Callable[[str], Due | None]) -> Due:
    ends = scalars.RANGE.fullmatch(text)
    first = ends[1] if ends else text
    if scalars.SHARE.fullmatch(text) or text in ("true", "false"):
        return Due(Kind.BOOLEAN)
    if scalars.WHOLE.fullmatch(first):
        return Due(Kind.NUMBER)
    if len(first) == len("2021-12-31") and first[4:5] == first[7:8] == "-":
        return Due(Kind.DATE)
    named = known(text)
    return Due(Kind.TEXT) if named is None else Due(named.kind, named.options)

"""The strata of a population with their names looked up: what is drawn for each row, and where.

In: a `Population` and the program of its rulebook. Out: a `Layer` for each stratum.

Reports: K0121, K0127, K0201, K0580, K0582-K0584 and those of `reading`.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from khung.analysis.population import scalars
from khung.analysis.population.columns import columns_of, sheet_of, tables_of
from khung.analysis.population.draws import Constant, Kind, Text, column
from khung.analysis.population.reading import Names, Reader, kind_of
from khung.analysis.population.scalars import Due
from khung.diagnostics.bag import Bag
from khung.diagnostics.suggest import unknown
from khung.records import dataclass
from khung.source.nodes import Mapping, Scalar
from khung.source.values import as_integer, as_texts, under

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from khung.analysis.population.columns import Given
    from khung.analysis.population.draws import Drawn
    from khung.casefile.tables.layout import Sheet
    from khung.ir.program import Program
    from khung.rulebook import model as m

OTHERS = "others"
"""Of criteria: those that are not named."""

NAME = "name"
_ONE = Constant(1)
_OWN = {"n": Due(Kind.NUMBER), "k": Due(Kind.NUMBER), "id": Due(Kind.TEXT)}
"""What every row has: its number in the stratum, that where it lies, its id."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A stratum that can be made.

    Attributes:
        name: What it is called.
        sheet: The table of its rows.
        parents: The strata that it lies in, each with the draw of a weight.
        one_for: For how many of the population there is one; None where `number` says how many.
        number: The draw of how many there are in each that it lies in.
        id: The pattern of ids; None for elements of a list, which have none.
        columns: What is drawn, by column.
        ballots: The columns that hold ballots.
        known: Columns that are never made unknown.
        label: Where to report what is wrong with all of it.
    """

    name: str
    sheet: Sheet
    parents: tuple[tuple[str, Drawn], ...]
    one_for: int | None
    number: Drawn
    id: Text | None
    columns: MappingOf[str, Drawn]
    ballots: frozenset[str]
    known: frozenset[str]
    ref: m.Ref = field(compare=False, repr=False)


def layers_of(population: m.Population, program: Program, bag: Bag) -> tuple[Layer, ...]:
    """Return the strata of a population, those that can be read."""
    builder = _Builder(population, program, bag)
    made = tuple(layer for one in population.strata if (layer := builder.layer(one)) is not None)
    if population.size.name not in builder.merged:
        unknown(bag, "stratum", population.size.name, population.size.span, builder.merged)
    return made


Draws = tuple[tuple["m.Ref", "m.Draw"], ...]


def _over(base: Draws, own: Draws) -> Draws:
    """Return draws by name, those of `own` in place of those of the base."""
    return tuple({ref.name: (ref, draw) for ref, draw in (*base, *own)}.values())


class _Builder:
    """Reads strata in turn; each knows those before it, by name."""

    def __init__(self, population: m.Population, program: Program, bag: Bag) -> None:
        self._tables, self._bag = tables_of(program), bag
        self._words = frozenset(ref.name for ref, _ in population.words)
        self._asked: set[tuple[str, str]] = set()
        self._given: dict[str, MappingOf[str, Given]] = {}
        self.merged: dict[str, m.Stratum] = {}
        for stratum in population.strata:
            self.merged[stratum.ref.name] = self._with_like(stratum)
        for name, stratum in self.merged.items():
            sheet = sheet_of(stratum, self._tables, Bag())
            self._given[name] = {} if sheet is None else columns_of(sheet, program)

    def _with_like(self, stratum: m.Stratum) -> m.Stratum:
        """Return a stratum with what it takes over from an earlier one."""
        if stratum.like is None:
            return stratum
        base = self.merged.get(stratum.like.name)
        if base is None:
            at = f"strata.{stratum.ref.name}.like"
            unknown(self._bag, "stratum", stratum.like.name, stratum.like.span, self.merged, at=at)
            return stratum
        return replace(
            stratum,
            subject=stratum.subject or base.subject,
            list=stratum.list or base.list,
            inside=stratum.inside or base.inside,
            one_for=stratum.one_for or base.one_for,
            number=stratum.number or base.number,
            pattern=stratum.pattern or base.pattern,
            name=stratum.name or base.name,
            hidden=_over(base.hidden, stratum.hidden),
            facts=_over(base.facts, stratum.facts),
            criteria=_over(base.criteria, stratum.criteria),
            given=_over(base.given, stratum.given),
            known=(*base.known, *stratum.known),
        )

    # -- what a column takes ------------------------------------------------------------------

    def _column(self, name: str, path: str) -> Due | None:
        """Return what the column takes that a path leads to from a stratum."""
        head, _, rest = path.partition(".")
        if head == "in":
            parents = (parent for parent, _ in self._inside(name))
            found = (self._column(parent, rest or "id") for parent in parents)
            return next((due for due in found if due is not None), None)
        if path in _OWN:
            is_there = path != "id" or self.merged[name].list is None
            return _OWN[path] if is_there else None
        if path == NAME and NAME not in self._given[name]:
            return None if self.merged[name].name is None else Due(Kind.TEXT)
        if path not in self._made(name):
            return None
        given = self._given[name].get(path)
        return self._hidden(name, path) if given is None else given.due

    def _made(self, name: str) -> frozenset[str]:
        """Return the names of the columns that a stratum draws, and that may be asked for."""
        stratum = self.merged[name]
        return frozenset(ref.name for ref, _ in _stated((*stratum.hidden, *stratum.facts)))

    def _hidden(self, name: str, path: str) -> Due | None:
        draw = next((d for ref, d in self.merged[name].hidden if ref.name == path), None)
        if draw is None or (name, path) in self._asked:
            return None
        self._asked.add((name, path))
        try:
            return kind_of(draw.node, lambda other: self._column(name, other))
        finally:
            self._asked.discard((name, path))

    def _columns(self, name: str) -> list[str]:
        stratum = self.merged[name]
        own = [ref.name for part in (stratum.hidden, stratum.facts) for ref, _ in part]
        return [*own, *(f"in.{one}" for parent, _ in self._inside(name) for one in _OWN)]

    def _inside(self, name: str) -> list[tuple[str, m.Draw | None]]:
        """Return the strata that one lies in, with their weights as written, without a word."""
        draw = self.merged[name].inside
        found: list[tuple[str, m.Draw | None]] = []
        if draw is None:
            return found
        if isinstance(draw.node, Mapping):
            entries = draw.node.entries
            made = type(draw)
            found += [(e.key, made(e.value, under(draw.at, e.key), e.key_span)) for e in entries]
        else:
            texts = as_texts(draw.node, Bag(), draw.at) or ()
            found += [(text.text, None) for text in texts]
        earlier = list(self.merged)[: list(self.merged).index(name)]
        return [(parent, weight) for parent, weight in found if parent in earlier]

    # -- a stratum ----------------------------------------------------------------------------

    def layer(self, written: m.Stratum) -> Layer | None:
        """Return a stratum with its names looked up; None after a diagnostic."""
        name = written.ref.name
        stratum, at = self.merged[name], f"strata.{name}"
        is_lost = stratum.like is not None and stratum.like.name not in self.merged
        sheet = None if is_lost else sheet_of(stratum, self._tables, self._bag)
        if sheet is None:
            return None
        names = Names(
            lambda path: self._column(name, path),
            lambda: self._columns(name),
            tuple(self.merged),
            self._dues,
            lambda other: self.merged[other].list is None,
            self._words,
        )
        reader = Reader(names, self._bag)
        return Layer(
            name,
            sheet,
            self._parents(name, reader, at),
            self._one_for(stratum),
            self._number(stratum, reader),
            self._id(stratum, sheet, at),
            self._drawn(stratum, reader),
            frozenset(column(n) for n, one in self._given[name].items() if one.is_ballots),
            self._known(stratum, at),
            stratum.ref,
        )

    def _dues(self, name: str) -> dict[str, Due]:
        stratum = self.merged[name]
        hidden = {ref.name: self._hidden(name, ref.name) for ref, _ in stratum.hidden}
        given = {key: one.due for key, one in self._given[name].items()}
        both = {**given, **{key: due for key, due in hidden.items() if due is not None}}
        return {key: due for key, due in both.items() if key in self._made(name)}

    def _parents(self, name: str, reader: Reader, at: str) -> tuple[tuple[str, Drawn], ...]:
        self._check_parents(name, at)
        found = []
        for parent, weight in self._inside(name):
            drawn = None if weight is None else reader.column(weight, Due(Kind.NUMBER))
            found.append((parent, _ONE if drawn is None else drawn))
        return tuple(found)

    def _check_parents(self, name: str, at: str) -> None:
        """Report strata that there are not, and those that come later."""
        stratum = self.merged[name]
        if stratum.inside is None:
            if stratum.one_for is None:
                self._bag.add("K0121", stratum.ref.span, at=at, key="in")
            return
        node, here = stratum.inside.node, stratum.inside.at
        if isinstance(node, Mapping):
            named = [(entry.key, entry.key_span) for entry in node.entries]
        else:
            texts = as_texts(node, self._bag, here) or ()
            named = [(text.text, text.span(0, len(text.text))) for text in texts]
        known = [parent for parent, _ in self._inside(name)]
        earlier = list(self.merged)[: list(self.merged).index(name)]
        for parent, span in named:
            if parent not in known and parent in self.merged:
                self._bag.add("K0582", span, at=here, name=parent, by=name)
            elif parent not in known:
                unknown(self._bag, "stratum", parent, span, earlier, at=here)

    def _one_for(self, stratum: m.Stratum) -> int | None:
        draw = stratum.one_for
        if draw is None:
            return None
        found = as_integer(draw.node, self._bag, draw.at)
        if found is not None and found < 1:
            self._bag.add("K0127", draw.node.span, at=draw.at, value=str(found), low="1", high="")
            return 1
        return found

    def _number(self, stratum: m.Stratum, reader: Reader) -> Drawn:
        draw = stratum.number
        found = None if draw is None else reader.column(draw, Due(Kind.NUMBER))
        return _ONE if found is None else found

    def _id(self, stratum: m.Stratum, sheet: Sheet, at: str) -> Text | None:
        if sheet.fact is not None:
            return None
        made = scalars.text_of(stratum.pattern)
        if set(made.parts[1::2]) != {"n"}:
            self._bag.add("K0583", stratum.ref.span, at=f"{at}.id", name=stratum.ref.name)
        return made

    def _known(self, stratum: m.Stratum, at: str) -> frozenset[str]:
        columns = self._given[stratum.ref.name]
        for ref in stratum.known:
            if ref.name not in columns:
                unknown(self._bag, "column", ref.name, ref.span, columns, at=f"{at}.known")
        return frozenset(ref.name for ref in stratum.known)

    # -- columns ------------------------------------------------------------------------------

    def _drawn(self, stratum: m.Stratum, reader: Reader) -> dict[str, Drawn]:
        """Return the draws of a stratum, of hidden columns first."""
        name, found = stratum.ref.name, {}
        for ref, draw in _stated(stratum.hidden):
            drawn = reader.column(draw, self._hidden(name, ref.name) or Due(Kind.TEXT))
            found[ref.name] = drawn
        if stratum.name is not None:
            found[NAME] = reader.column(stratum.name, Due(Kind.TEXT))
        for ref, draw in _stated(stratum.facts):
            found[ref.name] = self._fact(name, ref, draw, reader)
        found |= self._criteria(stratum, reader)
        for ref, draw in _stated(stratum.given):
            key = f"given.{ref.name}"
            found[key] = self._fact(name, replace(ref, name=key), draw, reader)
        return {column(key): drawn for key, drawn in found.items() if drawn is not None}

    def _fact(self, name: str, ref: m.Ref, draw: m.Draw, reader: Reader) -> Drawn | None:
        given = self._given[name].get(ref.name)
        if given is None:
            known = [key for key in self._given[name] if "." not in key]
            unknown(self._bag, "fact", ref.name, ref.span, known, at=draw.at)
            return None
        return reader.column(draw, given.due, ballots=given.is_ballots)

    def _criteria(self, stratum: m.Stratum, reader: Reader) -> dict[str, Drawn | None]:
        """Return the draws of criteria; `-` leaves one out, and `others` stands for the rest."""
        name = stratum.ref.name
        said = {ref.name: (ref, draw) for ref, draw in stratum.criteria}
        items = [key for key in self._given[name] if key.startswith("criteria.")]
        for key, (ref, draw) in said.items():
            if key != OTHERS and f"criteria.{key}" not in items:
                known = [item.partition(".")[2] for item in items]
                unknown(self._bag, "criterion", key, ref.span, known, at=draw.at)
        found = {}
        for item in items:
            entry = said.get(item.partition(".")[2], said.get(OTHERS))
            if entry is not None and not _is_none(entry[1]):
                found[item] = reader.column(entry[1], self._given[name][item].due)
        return found


def _stated(draws: Draws) -> Draws:
    """Return draws without those that take back what was taken over."""
    return tuple((ref, draw) for ref, draw in draws if not _is_none(draw))


def _is_none(draw: m.Draw) -> bool:
    return isinstance(draw.node, Scalar) and draw.node.text.text == "-"

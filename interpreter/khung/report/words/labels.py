"""Names and values in words: facts by their label, numbers with their unit, many names in few.

Everything is said in the labels of the rulebook; where it gives none, by the name it uses itself.
"""

from __future__ import annotations

from dataclasses import field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, assert_never

from khung.engine.texts import WIDE, number_text, seconds_text
from khung.ir import types as t
from khung.ir.dates import DAY
from khung.locale import known, phrase
from khung.patterns import pattern
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from khung.engine.facts import Case, Entity
    from khung.engine.values import Elements, Value
    from khung.ir.program import ObjectType, Program, Reading
    from khung.rulebook.model import Label

PERCENT = "%"  # the unit of a number that its author compares with a percentage
PLAIN_MONTH = 3  # months before it may be written otherwise, so that no digit can be put before
_PLACES = 4  # decimals of a number for people, 2 of a percentage; the JSON output has all


@dataclass(frozen=True, slots=True)
class Words:
    """Says things of one rulebook in one language.

    Attributes:
        summaries: What clauses say, by their full address, see `driver.Ready`; those of the first
            document stand first.
        shared: Names that several subjects have, who are told with their ids.
    """

    program: Program
    lang: str
    summaries: Mapping[str, Label] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    def say(self, key: str, /, **args: object) -> str:
        """Return a phrase of khung's own, such as `because`."""
        return phrase(self.lang, f"report.{key}", **args)

    def label(self, label: Label | None, name: str) -> str:
        """Return a label, or the name of what has none."""
        return label.said(self.lang) if label else name

    # -- names ----------------------------------------------------------------------------------

    def type(self, declared: ObjectType) -> str:
        """Return what the objects of a type are called."""
        return self.label(declared.label, declared.name)

    def name(self, entity: Entity) -> str:
        """Return what people call an object: its name, with its id if others are called so too."""
        if not entity.name:
            return self._key(entity)
        if entity.name not in self.shared:
            return entity.name
        return self.say("of", what=entity.name, whom=entity.id)

    def _key(self, entity: Entity) -> str:
        """Return the id of an object, of a record its key: a value of an enumeration as called."""
        key, holder = key_of(entity), entity.owner
        fact = holder.type.facts.get(entity.id.partition("[")[0]) if holder else None
        by = entity.type.facts.get(fact.key) if fact is not None else None
        if by is None or not isinstance(by.ty, t.Enumeration):
            return key
        values = self.program.values[by.ty.name].values
        return self.named(by.ty.name, key) if key in values else key

    def names(self, entities: Sequence[Entity], most: int = 40) -> str:
        """Return what some objects are called in one line: of many the first, and how many more."""
        said, left = counted(map(self.name, entities), most)
        if left:
            noun = self.plural(noun_of(self.type(entities[-1].type)))
            return self.say("and_others", names=", ".join(said), n=left, what=noun)
        return self.joined(said)

    def cut(self, names: Sequence[str], most: int) -> str:
        """Return the first names, and how many more there are."""
        left = len(names) - most
        if left <= 0:
            return self.joined(names)
        return self.say("and_more", names=", ".join(names[:most]), n=left)

    def joined(self, names: Sequence[str]) -> str:
        """Return names in one line, the last after `and`."""
        *first, last = names or ("",)
        return self.say("and", names=", ".join(first), last=last) if first else last

    def entity(self, entity: Entity, own: Entity | None = None) -> str:
        """Return how an object is called: by its name, or its type and id.

        A record is told with its owner, unless that is `own`.
        """
        name = self.name(entity)
        called = name if entity.name else f"{self.type(entity.type)} {name}"
        if entity.owner is None or entity.owner is own:
            return called
        return self.say("found", what=self.entity(entity.owner), value=called)

    def entities(self, entities: Sequence[Entity], most: int = 40) -> str:
        """Return how objects of one type are called together."""
        names = self.names(entities, most)
        named = any(entity.name for entity in entities)
        return names if named else f"{self.type(entities[0].type)} {names}"

    def member(self, declared: ObjectType, name: str) -> str:
        """Return what a fact, link, definition, criterion or list of a type is called.

        An element of a list is called as that, with its place.
        """
        whole, bracket, place = name.partition("[")
        if bracket:
            return f"{self.member(declared, whole)} {place.removesuffix(']')}"
        criterion = declared.criteria.get(name.removeprefix("criteria."))
        if name.startswith("criteria.") and criterion is not None:
            return self.label(criterion.label, criterion.id)
        found = declared.facts.get(name) or declared.links.get(name)
        if found is not None:
            return self.label(found.label, name)
        defined = declared.definitions.get(name)
        if defined is not None:
            return self.label(defined.label, name)
        back = declared.back_lists.get(name)
        return self.type(self.program.objects[back.holder]) if back else name

    def of(self, entity: Entity, name: str, own: Entity | None = None) -> str:
        """Return what a member of an object is called; whose it is, unless that is `own`."""
        what = self.member(entity.type, name)
        return what if entity is own else self.say("of", what=what, whom=self.entity(entity, own))

    def level(self, rank: int, declared: ObjectType) -> str:
        """Return what a level of a ranked type is called."""
        assert declared.ladder is not None  # noqa: S101  # only ranked types have levels
        return self.named(declared.ladder.scale.name, rank)

    def named(self, scale: str, value: int | str) -> str:
        """Return what a value of a scale, by rank, or of an enumeration, by name, is called."""
        values = self.program.values[scale]
        name = values.values[value] if isinstance(value, int) else value
        return self.label(values.labels.get(name), name)

    def scale(self, ty: t.Type | None, name: str = "") -> str:
        """Return what a scale or an enumeration is called; `name` or its own if it has no label."""
        own = ty.name if isinstance(ty, t.Scale | t.Enumeration) else ""
        values = self.program.values.get(own)
        return self.label(values.label if values else None, name or own)

    def option(self, reading: Reading, option: str = "") -> str:
        """Return what an option of a reading is called, if none is named the one chosen."""
        name = option or reading.chosen
        return self.label(reading.options.labels.get(name), name)

    # -- clauses --------------------------------------------------------------------------------

    def cited(self, sources: Iterable[str]) -> str:
        """Return citations in short form: `5.2/1, UR-8 4`.

        The rulebook's own document is not named, of one that was amended that of its first text,
        nor what the rulebook calls a part of a clause.
        """
        clauses = (source.partition("#")[0] for source in sources)
        own = f"{next(iter(self.summaries), '').partition(' ')[0]} "
        said = (c.removeprefix(own) if c in self.summaries else c for c in clauses)
        return ", ".join(dict.fromkeys(said))

    def summary(self, source: str, under: str = "") -> str:
        """Return what a clause says, under an overlay; empty if nothing is known of it."""
        clause = source.partition("#")[0]
        label = self.summaries.get(f"{under} {clause}") or self.summaries.get(clause)
        return label.said(self.lang) if label else ""

    # -- values ---------------------------------------------------------------------------------

    def value(self, value: Value, ty: t.Type, unit: str = "") -> str:
        """Return what is known of a value."""
        if not value.why and value.least is not None:
            return self.known(value.least, ty, unit)
        least, most = value.least, value.most
        if not self._says_something(value, ty):
            return self.say("unknown")
        ends = (self.known(least, ty, unit), self.known(most, ty, unit))
        return self.say("between", least=ends[0], most=ends[1])

    def _says_something(self, value: Value, ty: t.Type) -> bool:
        """Whether the ends of what is not known are narrower than its type."""
        if isinstance(ty, t.Scale):
            top = len(self.program.values[ty.name].values) - 1
            return value.least is not None and (value.least, value.most) != (0, top)
        ends = (value.least, value.most)
        return isinstance(ty, t.Number) and all(e is not None and e.is_finite() for e in ends)

    def known(self, value: Any, ty: t.Type, unit: str = "") -> str:
        """Return a known value, which is of the run-time form of its type."""
        match ty:
            case t.Boolean():
                return self.say("yes" if value else "no")
            case t.Number():
                return self.number(Decimal(value), unit)
            case t.Fraction():
                return self.say("share", part=value[0], whole=value[1])
            case t.Ratio():
                share = Decimal(value.numerator) / Decimal(value.denominator)
                return self.number(share, PERCENT, about=False)
            case t.Scale() | t.Enumeration():
                return self.named(ty.name, value)
            case t.Date():
                return self.date(value)
            case t.Months():
                return self.number(Decimal(value), "month")
            case t.Seconds():
                return self._seconds(value)
            case t.Object():
                return self.entity(value, value.owner)
            case t.List():
                return self._list(value, ty.element)
            case t.Ballots():
                return self._ballots(value, ty.scale)
            case t.Calendar():
                return str(value.label.said(self.lang)) if value.label else value.name
            case t.String() if not value:
                return self.say("no_text")
            case t.String() | t.Range() | t.Context() | t.Anything() | t.Bad():
                return str(value)
            case _:
                assert_never(ty)

    def number(self, value: Decimal, unit: str = "", *, about: bool = True) -> str:
        """Return a number with its unit, rounded for people, who are told so if `about`."""
        shown = WIDE.multiply(value, Decimal(100)) if unit == PERCENT else value
        places = _PLACES - 2 * (unit == PERCENT)
        rounded = shown.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=WIDE)
        sign = "≈ " if about and rounded != shown else ""
        digits = sign + number_text(rounded).replace(".", self.say("decimal_point"))
        if unit == PERCENT:
            return self.percent(digits)
        if not unit:
            return digits
        form = "one" if shown == 1 else "other"
        said = known(self.lang, f"report.unit.{unit}.{form}")
        return said.format(n=digits) if said else f"{digits} {unit}"

    def ratio(self, part: int, whole: int) -> str:
        """Return a ratio of whole numbers: as a percentage if that is exact and whole."""
        exact = part * 100 % whole == 0
        return self.percent(str(part * 100 // whole)) if exact else f"{part}/{whole}"

    def percent(self, digits: str) -> str:
        """Return a percentage."""
        return self.say("percent", n=digits)

    def plural(self, noun: str) -> str:
        """Return what several are called of whom one is a noun, if that is of this language."""
        if self.lang == "en" and not noun.isascii():
            return noun
        form = known(self.lang, f"report.plural.{noun[-1:]}")
        return form.format(stem=noun[:-1]) if form else self.say("plural", x=noun)

    def count(self, number: int) -> str:
        """Return a number of people or things."""
        return self.say("count", n=number)

    def date(self, day: date) -> str:
        """Return a day as it is written in the language."""
        key = "date.early" if day.month < PLAIN_MONTH else "date"
        return self.say(key, day=day.day, month=day.month, year=day.year)

    def _seconds(self, value: Decimal) -> str:
        return seconds_text(value) if value % DAY else self.number(value / DAY, "day")

    def _list(self, elements: Elements, ty: t.Type) -> str:
        if not elements.settled:
            return self.say("unknown")
        said = [self.value(item.value, ty) for item in elements.items]
        return ", ".join(said) if said else self.say("none")

    def _ballots(self, counts: Any, scale: str) -> str:
        given = [(rank, n) for rank, n in enumerate(counts) if n]
        said = [self.say("ballots", level=self.named(scale, r), n=int(n)) for r, n in given[::-1]]
        return ", ".join(said) if said else self.say("none")


def key_of(entity: Entity) -> str:
    """Return the id of an object; of a record `list[key]` the key."""
    if entity.owner is None:
        return entity.id
    return entity.id.partition("[")[2].removesuffix("]") or entity.id


def noun_of(label: str) -> str:
    """Return a label as it stands inside a sentence; initials stay as they are."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"


# -- many names in few words: series shortened, long lists cut -------------------------------------


_NUMBERED = pattern(r"(.*?)(\d+)")
_SHORTEST_SERIES = 3

_FEW_FACTS = 2  # facts that others may need of a subject that is itself given


def listed(ids: Iterable[str], limit: int = 40) -> str:
    """Return ids in one line: a series as `a_1 … a_9`, and `…` after `limit` of them."""
    said, left = counted(ids, limit)
    return ", ".join([*said, "…"] if left else said)


def counted(ids: Iterable[str], limit: int) -> tuple[list[str], int]:
    """Return at most `limit` ids, where a series is one of them, and how many ids are left."""
    parts = _parts(tuple(ids))
    return [text for text, _ in parts[:limit]], sum(size for _, size in parts[limit:])


def is_bare(entity: Entity) -> bool:
    """Whether a case says of a subject its level, and hardly more than its kind and links."""
    named = {entity.type.kind_field, *entity.type.links}
    return entity.given is not None and len(entity.facts.keys() - named) <= _FEW_FACTS


@dataclass(frozen=True, slots=True)
class Paths:
    """Leads paths such as `TYPE.ID.FACT` back to what they name."""

    objects: Mapping[str, Entity]

    @classmethod
    def of(cls, case: Case) -> Paths:
        """Return the paths of all subjects and records of a case."""
        subjects = (e for own in case.entities.values() for e in own.values())
        return cls({entity.path: entity for entity in (*subjects, *case.records)})

    def located(self, path: str) -> tuple[Entity, str] | None:
        """Return whose fact a path names, and its name; empty for the path of an object itself.

        The longest object counts, for an id may hold points itself. None where there is none.
        """
        prefix = path
        while prefix:
            if prefix in self.objects:
                return self.objects[prefix], path[len(prefix) + 1 :]
            prefix = prefix.rpartition(".")[0]
        return None


@lru_cache(maxsize=32)
def _parts(ids: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Return ids as series: of those who contend for places each is told the same."""
    return tuple(_series(ids))


def _series(ids: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield each id, or `a_1 … a_9` for a series, with how many ids that is."""
    start = 0
    while start < len(ids):
        end = start + 1
        while end < len(ids) and _follows(ids[end - 1], ids[end]):
            end += 1
        if end - start >= _SHORTEST_SERIES:
            yield f"{ids[start]} … {ids[end - 1]}", end - start
        else:
            yield from ((key, 1) for key in ids[start:end])
        start = end


def _follows(one: str, other: str) -> bool:
    a, b = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    if a is None or b is None or a[1] != b[1]:
        return False
    return int(b[2]) == int(a[2]) + 1

"""A rulebook as a tree of what its author wrote, entry by entry, to be compared with another.

It is made from what was loaded, so that it does not matter in which file a thing stands. Every
value is plain data, as JSON could hold it; an expression is its text with one spacing and the
fewest brackets, so that two of them are equal if they were parsed alike.
"""

from __future__ import annotations

from dataclasses import field, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.uses import Mention, mentions
from khung.records import dataclass
from khung.rulebook import model as m
from khung.rulebook.forms import WEEK
from khung.rulebook.model.parts import ABSENT
from khung.surfaces import ENGLISH, surface
from khung.syntax.ast import Binder, Cell, Expr, UnaryTest
from khung.syntax.respell import as_read
from khung.syntax.unparse import surface_of, unparse, unparse_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Texts(dict[str, str]):
    """The texts of a label as they are written, and as they are said with values in them.

    They are the same if they are written alike, whatever values they say: a changed parameter is a
    change of its own. They are, too, if they say the same.
    """

    __slots__ = ("shown",)
    __hash__ = None  # as of any mapping

    def __init__(self, label: m.Label) -> None:
        super().__init__(label.texts)
        self.shown = {lang: label.said(lang) for lang in label.texts}

    def __eq__(self, other: object) -> bool:
        return dict(self) == other or (isinstance(other, Texts) and self.shown == other.shown)

    def __ne__(self, other: object) -> bool:
        return not self == other


class Code(str):
    """An expression as it is shown, in the words of its file; equal to all that are parsed alike.

    `english` is the same in English words, by which it is compared.
    """

    __slots__ = ("english",)
    english: str

    def __new__(cls, shown: str, english: str) -> Code:
        """Return what shows as `shown`."""
        made = super().__new__(cls, shown)
        made.english = english
        return made

    def read_in(self, lang: str) -> str:
        """Return it in the words of a language, as a page shows it."""
        return as_read(self.english, ENGLISH, lang)

    def __eq__(self, other: object) -> bool:
        return self.english == (other.english if isinstance(other, Code) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.english)


CONTAINERS = (m.Kinds, m.Criteria, m.Ladder)
"""Parts without a head that hold entries: they stand in the tree under their own key."""

_ORDERED = {"values", "levels", "votes", "defer", "quotas", "rows"}
"""Lists of entries whose order says something."""

_SILENT = {"require", "rows"}
"""Keys that the id of a rule leaves out."""

_UNORDERED = (m.Enumeration,)
_ASKING = (m.Reading, m.Defer)
_SKIPPED = {"head", "ref", "span", "at", "rank", "thresholds"}


@dataclass(frozen=True, slots=True)
class Item:
    """An entry.

    Attributes:
        path: As in `lecturer.ladder.levels.good.require.score`, `parameters.share`.
        part: The key under which such entries stand: `caps`, `require`, `values`.
        rule: The id of what is made of it: `lecturer.caps.absent`; empty of what no subject holds.
        sources: What it cites itself, in full.
        keys: What is written in it, by key; entries in it are `children`.
        order: The order of its entries by key, where that says something.
        mentions: The names that it reads.
    """

    path: str
    part: str
    id: str
    label: m.Label | None = None
    rule: str = ""
    sources: tuple[str, ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mentions: frozenset[Mention] = frozenset()
    children: tuple[Item, ...] = ()

    @property
    def whole(self) -> dict[str, Any]:
        """What is written in the entry and in the entries below it."""
        inner: dict[str, dict[str, Any]] = {}
        for child in self.children:
            if child.part == child.id:
                inner[child.part] = child.whole
            else:
                inner.setdefault(child.part, {})[child.id] = child.whole
        return {**self.keys, **inner}


def items(rulebook: m.Rulebook) -> tuple[Item, ...]:
    """Return the entries of a rulebook, in the order of the model."""
    return tuple(_Writer(rulebook).root())


def every(found: tuple[Item, ...]) -> Iterator[Item]:
    """Yield items with all that are below them."""
    for item in found:
        yield item
        yield from every(item.children)


def path_of(node: Any, owner: str) -> str:
    """Return where an entry with a head stands; `owner` is what is before paths in a file."""
    head: m.Head = node.head
    return head.id if isinstance(node, m.Subject) else f"{owner}{head.at or head.id}"


@dataclass(frozen=True, slots=True)
class _Owner:
    """What entries stand in: what is before their paths, and before the ids of their rules."""

    path: str = ""
    rule: str = ""

    def of(self, part: str, name: str) -> _Owner:
        """Return an entry of it as the owner of what is in that."""
        if not self.rule:
            return self
        inside = name if part in _SILENT else f"{part}.{name}"
        return _Owner(self.path, f"{self.rule}.{inside}")


@dataclass(frozen=True, slots=True)
class _Writer:
    rulebook: m.Rulebook

    def root(self) -> Iterator[Item]:
        first, last = map(self.plain, self.rulebook.period)
        about = {"title": self.plain(self.rulebook.title), "document": self.rulebook.document}
        yield Item("period", "period", "period", keys={"from": first, "to": last})
        for name, value in about.items():
            yield Item(name, name, name, keys={"value": value} if value else {})
        for part in fields(self.rulebook):
            for node in _tuple(getattr(self.rulebook, part.name)):
                if isinstance(node, m.Clause):
                    continue
                if hasattr(node, "head"):
                    yield self.entry(node, part.name, _Owner())
        yield from self.clauses()

    def clauses(self) -> Iterator[Item]:
        """Yield the clauses: of one that was amended those of the year first."""
        amended = self.rulebook.amended.clauses if self.rulebook.amended else {}
        documents = {**amended, self.rulebook.document: self.rulebook.clauses}
        first = next(iter(documents))
        for document, held in documents.items():
            for node in held:
                full = f"{document} {node.address}"
                yield self.clause(node, node.address if document == first else full, full)

    def clause(self, node: m.Clause, name: str, source: str) -> Item:
        keys = dict(self.keys(node))
        keys.pop("address")
        return Item(f"clauses.{name}", "clauses", name, node.summary, "", (source,), keys)

    def entry(self, node: Any, part: str, owner: _Owner) -> Item:
        """Return an entry with a head."""
        head: m.Head = node.head
        is_subject = isinstance(node, m.Subject)
        path = path_of(node, owner.path)
        inside = _Owner(f"{head.id}.", head.id) if is_subject else owner.of(part, head.id)
        return Item(
            path,
            part,
            head.id,
            head.label or (node.question if isinstance(node, _ASKING) else None),
            inside.rule,
            tuple(citation.full(self.rulebook.document) for citation in head.cited),
            {**self.head(head), **dict(self.keys(node))},
            _orders(node),
            mentions(_own(node)) | mentions([head.when]),
            tuple(self.children(node, inside)),
        )

    def container(self, node: Any, part: str, owner: _Owner) -> Item:
        own, path = dict(self.keys(node)), f"{owner.path}{part}"
        inner = tuple(self.children(node, owner))
        read = mentions(_own(node))
        rule = owner.rule and f"{owner.rule}.{part}"
        return Item(path, part, part, None, rule, (), own, _orders(node), read, inner)

    def children(self, node: Any, owner: _Owner) -> Iterator[Item]:
        for part in m.fields_of(type(node)):
            value = getattr(node, part.name)
            if isinstance(value, CONTAINERS):
                yield self.container(value, part.name, owner)
            for inner in _tuple(value):
                if hasattr(inner, "head"):
                    yield self.entry(inner, _under(inner, part.name), owner)

    # -- values ---------------------------------------------------------------------------------

    def head(self, head: m.Head) -> dict[str, Any]:
        basis = None if head.derived or head.basis is m.Basis.TEXT else head.basis
        values = {"label": head.label, "source": head.cited, "when": head.when, "basis": basis}
        return {key: self.plain(value) for key, value in values.items() if value}

    def keys(self, node: Any) -> Iterator[tuple[str, Any]]:
        """Yield what is written in a node itself, what is as it is by default left out."""
        for name, value in _written(node):
            yield key_of(node, name), self.plain(value)

    def plain(self, value: Any) -> Any:
        """Return a value of the model as plain data."""
        match value:
            case m.Label():
                return Texts(value)
            case m.Ref():
                return value.name
            case m.TypeRef():
                return value.text
            case m.Citation():
                return value.full(self.rulebook.document)
            case Binder():
                return _binder(value)
            case date():
                return value.isoformat()
            case Enum():
                return value.value
            case frozenset():
                return [WEEK[day - 1] for day in sorted(value)]
            case tuple():
                return self.several(value)
            case Cell():
                return Code(unparse_cell(value), unparse_cell(value, ENGLISH))
            case m.Absent():
                return ABSENT
            case _ if isinstance(value, Expr | UnaryTest):
                return Code(unparse(value), unparse(value, ENGLISH))
            case _:
                return self.record(value) if is_dataclass(value) else value

    def several(self, values: tuple[Any, ...]) -> Any:
        """Return a list, or a mapping where each value has a name."""
        if values and all(isinstance(v, m.CalendarDay) for v in values):
            return {self.plain(value.day): self.plain(value.label) for value in values}
        if values and all(isinstance(v, m.Output) for v in values):
            return {value.ref.name: self.record(value) for value in values}
        if values and all(isinstance(v, tuple) and len(v) == 2 for v in values):  # noqa: PLR2004  # a pair
            return {self.plain(name): self.plain(value) for name, value in values}
        return [self.plain(value) for value in values]

    def record(self, node: Any) -> Any:
        """Return a part without an entry of its own, as it is written."""
        match node:
            case m.Majority():
                return {"more_than" if node.strict else "at_least": self.plain(node.share)}
            case m.OrderKey():
                return {"highest" if node.highest else "lowest": self.plain(node.value)}
            case m.Range():
                ends = ("" if end is None else str(end) for end in (node.low, node.high))
                return "..".join(ends)
            case m.Everything():
                return "all"
            case m.Takes():
                return [self.plain(take) for take in node.takes]
            case m.Take():
                item = f".{node.item.name}" if node.item else ""
                when = {} if node.when is None else {"when": self.plain(node.when)}
                return {"take": f"{node.group.name}{item}", **when}
            case m.Except():
                return {"except": node.set.name}
            case _:
                return dict(self.keys(node))


# -- the parts of a node ------------------------------------------------------------------------


def _written(node: Any) -> Iterator[tuple[str, Any]]:
    for part in fields(node):
        value = getattr(node, part.name)
        empty = value is None or value is False or value in ((), "")
        if part.name not in _SKIPPED and not empty and not _is_inner(value):
            yield part.name, value


def _own(node: Any) -> list[Any]:
    return [value for _, value in _written(node)]


def _binder(node: Binder) -> Code:
    own, english = (
        f"{node.name} {surface(name).words['IN']} {unparse(node.list, name)}"
        for name in (surface_of(node.list), ENGLISH)
    )
    return Code(own, english)


def _is_inner(value: Any) -> bool:
    """Whether a value is told by items of its own."""
    return isinstance(value, CONTAINERS) or any(hasattr(v, "head") for v in _tuple(value))


def _orders(node: Any) -> dict[str, tuple[str, ...]]:
    if isinstance(node, _UNORDERED):
        return {}
    return {
        part.name: tuple(inner.head.id for inner in getattr(node, part.name))
        for part in fields(node)
        if part.name in _ORDERED and _is_inner(getattr(node, part.name))
    }


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def key_of(node: Any, name: str) -> str:
    """Return the key of YAML that a field of the model was read from."""
    if isinstance(node, m.Definition) and name == "value":
        return "is"
    if isinstance(node, m.Row) and name == "tests":
        return "if"
    if isinstance(node, m.Calendar):
        return {"first": "from", "last": "to"}.get(name, name)
    if isinstance(node, m.Quota):  # one value for all groups and one for each grouping
        return name.removesuffix("_by") if name != "decided_by" else name
    return {"sources": "source", "alias": "as"}.get(name, name)


def _under(node: Any, name: str) -> str:
    """Return the key of YAML under which an entry stands."""
    of_record = isinstance(node, m.Fact | m.Link) and node.head.at.startswith("records.")
    return "fields" if of_record else name

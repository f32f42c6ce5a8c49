"""Which clause of a new document repeats which of the old one, and citations moved along.

In: the clauses of both, as nodes. Out: `Carriers`, the new clauses with what they take over, and
the entries taken over with their citations turned into those of the new document; `Leads`, where
full citations lead, over one step or many.

Reports: K0121, K0531, K0532, K0538 and those of `ranges`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

from khung.diagnostics.suggest import listed, nearest_id
from khung.records import dataclass
from khung.rulebook.entries import carried_address, is_open, items_of
from khung.rulebook.folder import text_at, without
from khung.rulebook.keeping import kept_while
from khung.rulebook.model import Basis
from khung.rulebook.versions.matrices import cells_of_row, each_cell
from khung.rulebook.versions.merge import every_scalar, scalars_in
from khung.rulebook.versions.ranges import CARRIES, spread
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence
from khung.source.values import under
from khung.text import PlacedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.rulebook.folder import Written
    from khung.rulebook.model import Leads
    from khung.text import Span

SOURCES = frozenset({"source", "sources"})
"""The keys under which entries cite clauses."""

BASIS = "basis"
"""The key that says how sure an entry is."""

_TAKEN_OVER = ("summary", "parts", "kind", "because")
_NAMED = 4  # entries named in one diagnostic


@dataclass(slots=True)
class Carriers:
    """Where each citation of the old document leads in the new one.

    Attributes:
        document: The id of the old document; what nothing carries keeps citing it.
        clauses: The clauses of the new document, with what they take over from those they carry.
        leads: An address, `ADDRESS#PART` or a heading, full if it is of a document that amended
            the old one, to those of the new document that carry it.
        confirms: Whether what was known through another text only is said by the new document, if
            that carries it.
    """

    document: str
    clauses: Mapping
    leads: dict[str, list[str]] = field(default_factory=dict)
    confirms: bool = True


@dataclass(frozen=True, slots=True)
class Old:
    """The document of the base: its id and clauses, and where to say that one is left behind."""

    document: str
    clauses: Mapping
    place: Span


def carriers(document: str, old: Mapping, new: Mapping, bag: Bag) -> Carriers:
    """Return who carries what.

    Args:
        document: The id of the old document.
        old: The clauses of the old document, by address.
        new: Those of the new one.
        bag: Where to report an address that the old document lacks (K0532), and clauses that
            nobody has looked at yet (K0538).
    """
    new = spread(new, document, old, bag)
    found = Carriers(document, new)
    filled: list[Entry] = []
    for entry in new.entries:
        carried = _carried(entry, document, old, bag)
        whole = [old.get(address) for address in carried if "#" not in address]
        clause = _filled(entry, whole, bag) if carried else entry
        filled.append(clause)
        for address in carried:
            _lead(found, clause, address, old)
    found.clauses, found.leads = Mapping(tuple(filled), new.span), with_headings(found.leads)
    return found


def _carried(entry: Entry, document: str, old: Mapping, bag: Bag) -> list[str]:
    """Return the addresses of the old document that a clause carries."""
    node = entry.value.get(CARRIES) if isinstance(entry.value, Mapping) else None
    found: list[str] = []
    for item in items_of(node):
        if is_open(item):
            bag.add("K0538", entry.key_span, address=entry.key)
        said = carried_address(item, entry.key)  # None is reported where the clause is read
        address = (said or entry.key).removeprefix(f"{document} ")
        if _has(old, address):
            found.append(address)
        elif said is not None and not is_open(item):
            _report_unknown(address, document, old, (item.span, entry.key), bag)
    if node is not None and not found and _has(old, entry.key):
        return [entry.key]  # what is wrong is told: nothing else should follow from it
    return list(dict.fromkeys(found))


def _has(clauses: Mapping, cited: str) -> bool:
    address, _, part = cited.partition("#")
    clause = clauses.get(address)
    return clause is not None and (not part or part in _parts(clause))


def _parts(clause: Node | None) -> list[str]:
    node = clause.get("parts") if isinstance(clause, Mapping) else None
    if isinstance(node, Mapping):
        return [entry.key for entry in node.entries]
    return [text_at(item) for item in node.items] if isinstance(node, Sequence) else []


def _report_unknown(
    address: str, document: str, old: Mapping, place: tuple[Span, str], bag: Bag
) -> None:
    span, clause = place
    near = nearest_id(address, [entry.key for entry in old.entries])
    advice, at = "near" if near else "", f"clauses.{clause}.{CARRIES}"
    bag.add("K0532", span, help=advice, at=at, address=address, document=document, near=near or "")


# -- what a clause takes over -----------------------------------------------------------------


def _filled(entry: Entry, carried: list[Node | None], bag: Bag) -> Entry:
    """Return a clause with what it does not say itself, from the clauses that it carries.

    From a whole one it takes all; from several the parts, as nothing else is surely its own.
    Reports: K0121 (a summary is due).
    """
    clauses = [clause for clause in carried if isinstance(clause, Mapping)]
    if not isinstance(entry.value, Mapping):
        return entry
    keys = _TAKEN_OVER if len(clauses) == 1 else ("summary", "parts")
    if len(clauses) != 1 and entry.value.get("summary") is None:
        at = under("clauses", entry.key)
        bag.add("K0121", entry.value.entries[0].key_span, at=at, key="summary")
    taken: dict[str, Entry] = {}
    for other in (e for clause in clauses for e in clause.entries):
        if other.key in keys and entry.value.get(other.key) is None:
            taken[other.key] = _joined(taken.get(other.key), other)
    whole = Mapping((*entry.value.entries, *taken.values()), entry.value.span)
    return Entry(entry.key, whole, entry.key_span)


def _joined(one: Entry | None, other: Entry) -> Entry:
    if one is not None and Mapping in (type(one.value), type(other.value)):
        said = _with_texts(one.value)
        more = (e for e in _with_texts(other.value) if e.key not in {own.key for own in said})
        return Entry(one.key, Mapping((*said, *more), one.value.span), one.key_span)
    if one is None or not (isinstance(one.value, Sequence) and isinstance(other.value, Sequence)):
        return other
    items = (*one.value.items, *(i for i in other.value.items if i not in one.value.items))
    return Entry(one.key, Sequence(items, one.value.span), one.key_span)


def _with_texts(parts: Node) -> tuple[Entry, ...]:
    """Return parts as entries; those of a list have no text."""
    match parts:
        case Mapping():
            return parts.entries
        case Sequence():
            return tuple(Entry(text_at(i), Mapping((), i.span), i.span) for i in parts.items)
        case Scalar():
            return ()


def _lead(found: Carriers, clause: Entry, carried: str, old: Mapping) -> None:
    """Note that a clause carries an address, or one part of it."""
    parts = _parts(clause.value)
    address, _, part = carried.partition("#")
    if part:
        new = f"{clause.key}#{part}" if part in parts else clause.key
        found.leads.setdefault(carried, []).append(new)
        return
    found.leads.setdefault(address, []).append(clause.key)
    for name in _parts(old.get(address)):
        if name in parts:
            found.leads.setdefault(f"{address}#{name}", []).append(f"{clause.key}#{name}")


# -- citations --------------------------------------------------------------------------------


def recited_once(
    manifest: Mapping, subjects: Mapping, lead: Carriers, base: Written
) -> tuple[Mapping, Mapping]:
    """Return manifest and subjects of a base as `recited` does."""
    how = (lead.document, lead.leads, lead.confirms)
    return kept_while(
        f"recited {base.folder}",
        (base, how),
        lambda: (recited(manifest, lead), recited(subjects, lead)),
    )


def recited(node: Mapping, lead: Carriers) -> Mapping:
    """Return a mapping with the citations in it turned into those of the new document."""
    cells = cells_of_row(node)
    read = (_recited_entry(entry, lead, cells) for entry in node.entries)
    whole = Mapping(tuple(read), node.span)
    return without(whole, BASIS) if _is_confirmed(whole, lead) else whole


def _is_confirmed(node: Mapping, lead: Carriers) -> bool:
    cited = [scalar for key in SOURCES for scalar in scalars_in(node.get(key))]
    behind = f"{lead.document} "
    return (
        lead.confirms
        and text_at(node.get(BASIS)) == Basis.SECONDARY.value
        and bool(cited)
        and not any(scalar.text.text.startswith(behind) for scalar in cited)
    )


def _recited_entry(entry: Entry, lead: Carriers, cells: int | None) -> Entry:
    match entry.value:
        case Mapping():
            return Entry(entry.key, recited(entry.value, lead), entry.key_span)
        case (Scalar() | Sequence()) as node if entry.key in SOURCES:
            turn = partial(_recited_sources, lead=lead)
            turned = turn(node) if cells is None else each_cell(node, cells, turn)
            return Entry(entry.key, turned, entry.key_span)
        case _:
            return entry


def _recited_sources(node: Node, lead: Carriers) -> Node:
    items = node.items if isinstance(node, Sequence) else (node,)
    turned = [turned for item in items for turned in _recited_one(item, lead)]
    kept = tuple(item for i, item in enumerate(turned) if item not in turned[:i])
    return kept[0] if isinstance(node, Scalar) and len(kept) == 1 else Sequence(kept, node.span)


def _recited_one(node: Node, lead: Carriers) -> Iterable[Node]:
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return (node,)
    document, _, address = node.value.rpartition(" ")
    full = f"{lead.document} {address}".strip() if document in ("", lead.document) else node.value
    new = lead.leads.get(address if document in ("", lead.document) else full) or [full]
    return tuple(_said_anew(node, text) for text in new)


def _said_anew(node: Scalar, text: str) -> Scalar:
    """Return a scalar with another text, which stands where the one that it replaces stands."""
    start, end = node.span.start, node.span.end
    offsets = (*(start for _ in text[1:]), end - 1, end)
    placed = PlacedText(text, node.span.file, start, offsets)
    return Scalar(text, placed, node.span, quoted=True)


def report_left_behind(
    roots: Iterable[tuple[str, Mapping]], old: Old, new: Mapping, own: frozenset[str], bag: Bag
) -> None:
    """Report each clause of the old document that entries taken over still cite.

    Args:
        roots: The merged mappings, each with its path.
        old: The old document.
        new: The clauses of the new one.
        own: The names of the files that may cite it, as they say so themselves.
        bag: Where to report (K0531).
    """
    citing: dict[str, list[tuple[str, Span]]] = {}
    for at, root in roots:
        for path, scalar in every_scalar(root, SOURCES, at):
            cited, _, address = scalar.text.text.rpartition(" ")
            if cited == old.document and scalar.span.file.name not in own:
                citing.setdefault(address, []).append((path, scalar.span))
    said_anew = {e.key: e.key_span for e in new.entries if not _carries(e.value)}
    for address, found in _by_clause(citing).items():
        paths = tuple(dict.fromkeys(path for path, _ in found))
        clause = address.partition("#")[0]
        bag.add(
            "K0531",
            said_anew.get(clause, old.place),
            help="anew" if clause in said_anew else _advice(address, old.clauses),
            related=tuple(place for _, place in found[:_NAMED]),
            address=address,
            document=old.document,
            entries=listed(paths, _NAMED),
            count=len(paths),
        )


def _by_clause(citing: dict[str, list[tuple[str, Span]]]) -> dict[str, list[tuple[str, Span]]]:
    """Return what cites each clause, of which several parts are as good as the whole."""
    parts: dict[str, list[str]] = defaultdict(list)
    for address in citing:
        parts[address.partition("#")[0]].append(address)
    return {
        clause if len(own) > 1 else own[0]: [found for address in own for found in citing[address]]
        for clause, own in parts.items()
    }


def _carries(clause: Node) -> bool:
    return isinstance(clause, Mapping) and clause.get(CARRIES) is not None


def _advice(address: str, clauses: Mapping) -> str:
    known = {entry.key: None for entry in clauses.entries}
    return "heading" if address not in known and is_heading(address, known) else ""


# -- where addresses lead ---------------------------------------------------------------------


def with_headings(leads: MappingOf[str, list[str]]) -> dict[str, list[str]]:
    """Return where addresses lead, and where each heading does under which clauses stand.

    A heading, `A.1` of `A.1.b/2`, leads to where most of what is carried of it stands in the same
    order, if most does.
    """
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for old, all_new in leads.items():
        for heading in headings(old):
            below = old.removeprefix(heading)
            alike = (new.endswith(below) and new.removesuffix(below) for new in all_new)
            places[heading].update(place or "" for place in alike)
    found: dict[str, list[str]] = {}
    for heading, counted in places.items():
        ((place, count),) = counted.most_common(1)
        if place and count * 2 > counted.total():
            found[heading] = [place]
    return found | dict(leads)


def with_new_addresses(named: Mapping, lead: Carriers) -> Mapping:
    """Return what the old document calls its parts, at the addresses that carry them."""
    found = {new: entry.value for entry in named.entries for new in lead.leads.get(entry.key, ())}
    spans = {entry.value.span: entry.key_span for entry in named.entries}
    moved = (Entry(address, node, spans[node.span]) for address, node in found.items())
    return Mapping(tuple(moved), named.span)


def headings(address: str) -> Iterator[str]:
    """Yield what a clause stands under, the nearest last; nothing for a part of a clause."""
    if "#" not in address:
        yield from (address[:i] for i, sign in enumerate(address) if i and sign in "./")


def is_heading(address: str, clauses: MappingOf[str, object]) -> bool:
    """Say whether clauses stand under an address."""
    return any(address in headings(clause) for clause in clauses)


def one_step(leads: MappingOf[str, list[str]], before: str, after: str) -> Leads:
    """Return where addresses lead as full citations of the document before and the one after."""
    return {
        old if " " in old else f"{before} {old}": tuple(f"{after} {new}" for new in all_new)
        for old, all_new in leads.items()
    }


def with_step(older: Leads, step: Leads) -> Leads:
    """Return where citations lead after one more step, those of the last document too."""
    found = {
        old: tuple(dict.fromkeys(new for way in ways for new in step.get(way, ())))
        for old, ways in older.items()
    }
    return {**{old: ways for old, ways in found.items() if ways}, **step}

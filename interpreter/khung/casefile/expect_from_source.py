"""The `expect` of a case file: its shape, no name looked up.

Reports: K0624 and those of `source.shape`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.model import (
    CHECKS,
    DECISIONS,
    LEVELS,
    SCOPES,
    STAGES,
    STATUSES,
    Expect,
    Expected,
    ExpectedGroup,
    Wanted,
)
from khung.rulebook.model import Ref
from khung.source.meant import day_in, number_said, serial_day, share_in
from khung.source.nodes import Scalar, Sequence, to_plain
from khung.source.scalars import was_refused
from khung.source.shape import Fields, named_entries
from khung.source.values import (
    as_date,
    as_integer,
    as_mapping,
    as_number,
    is_day,
    under,
    wrong_shape,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from decimal import Decimal
    from typing import Any

    from khung.casefile.model import Ends, Members
    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Entry, Node
    from khung.text import Span

_LISTS = ("reasons", "findings", "missing", "assumed", "provisional", "readings")
_OF_SUBJECT = ("status", "scope", *LEVELS, "stages", "decision", "outputs", "checks", *_LISTS)
_OF_GROUP = ("rule", "key", "base", "places", "kept", "cut", "open")
_GROUPS, _DIAGNOSTICS = "groups", "diagnostics"


def expect(fields: Fields, bag: Bag) -> Expect | None:
    """Read what a case expects."""
    node = fields.mapping("expect")
    if node is None:
        return None
    head = (_GROUPS, _DIAGNOSTICS)
    types = [e for e in named_entries(node, bag, "expect") if e.key not in head]
    whole = Fields(node, (entry.key for entry in node.entries), bag, "expect")
    groups, codes = whole.sequence(_GROUPS), _refs(whole, _DIAGNOSTICS)
    subjects = (e for entry in types for e in _of_type(entry, bag))
    return Expect(tuple(subjects), () if groups is None else _groups(groups, bag), codes)


# -- subjects -------------------------------------------------------------------------------


def _of_type(entry: Entry, bag: Bag) -> tuple[Expected, ...]:
    at = under("expect", entry.key)
    node = as_mapping(entry.value, bag, at)
    of_type = Ref(entry.key, entry.key_span)
    found = (_expected(of_type, e, bag, under(at, e.key)) for e in (node.entries if node else ()))
    return tuple(e for e in found if e is not None)


def _expected(of_type: Ref, entry: Entry, bag: Bag, at: str) -> Expected | None:
    fields = Fields.of(entry.value, _OF_SUBJECT, bag, at)
    if fields is None:
        return None
    single = (*_words(fields, entry.key_span), *_values(fields, bag))
    lists = {key: refs for key in _LISTS if (refs := _refs(fields, key)) is not None}
    return Expected(of_type, Ref(entry.key, entry.key_span), single, lists)


def _words(fields: Fields, span: Span) -> Iterator[Wanted]:
    for key, words in (("status", STATUSES), ("scope", SCOPES)):
        word = fields.choice(key, words)
        if word is not None:
            yield Wanted(key, word, span)


def _values(fields: Fields, bag: Bag) -> Iterator[Wanted]:
    for key in LEVELS:
        yield from _or_none(fields, key, fields.text)
    stages = fields.fields("stages", STAGES)
    if stages is not None:
        for stage in STAGES:
            yield from _or_none(stages, stage, stages.text, "stages.")
    yield from _or_none(fields, "decision", lambda key: fields.choice(key, DECISIONS))
    for entry in fields.named("outputs"):
        yield Wanted(f"outputs.{entry.key}", to_plain(entry.value), entry.key_span)
    checks = fields.mapping("checks")
    if checks is not None:
        inner = Fields(checks, (e.key for e in checks.entries), bag, fields.path("checks"))
        for entry in checks.entries:
            state = inner.choice(entry.key, CHECKS)
            if state is not None:
                yield Wanted(f"checks.{entry.key}", state, entry.key_span)


def _or_none(
    fields: Fields, key: str, read: Callable[[str], str | None], within: str = ""
) -> Iterator[Wanted]:
    """Yield the word under a key; None for an explicit `null`, nothing where there is none."""
    node = fields.node_at(key)
    is_null = isinstance(node, Scalar) and node.value is None
    word = None if is_null else read(key)
    if is_null or word is not None:
        yield Wanted(within + key, word or None, fields.span(key))


def _refs(fields: Fields, key: str) -> tuple[Ref, ...] | None:
    """Return a list of rule ids or paths; a single text is no list."""
    if fields.sequence(key) is None:
        return None
    return tuple(Ref(text.text, text.span(0, len(text.text))) for text in fields.texts(key))


# -- groups ---------------------------------------------------------------------------------


def _groups(node: Sequence, bag: Bag) -> tuple[ExpectedGroup, ...]:
    at = under("expect", _GROUPS)
    found = (_group(item, bag, under(at, i)) for i, item in enumerate(node.items))
    return tuple(group for group in found if group is not None)


def _group(node: Node, bag: Bag, at: str) -> ExpectedGroup | None:
    fields = Fields.of(node, _OF_GROUP, bag, at)
    if fields is None or not fields.require("rule"):
        return None
    rule = name_at(fields, "rule")
    if rule is None:
        return None
    return ExpectedGroup(
        rule,
        _key(fields, bag),
        _ends(fields, "base", bag),
        _ends(fields, "places", bag),
        _members(fields, "kept", bag),
        _members(fields, "cut", bag),
        _members(fields, "open", bag),
    )


def _key(fields: Fields, bag: Bag) -> tuple[tuple[str, Any], ...] | None:
    node = fields.mapping("key")
    for entry in node.entries if node else ():
        if not isinstance(entry.value, Scalar):
            wrong_shape(entry.value, "a_text", bag, under(fields.path("key"), entry.key))
    return None if node is None else tuple((e.key, to_plain(e.value)) for e in node.entries)


def _ends(fields: Fields, key: str, bag: Bag) -> Ends | None:
    """Return the ends of a count: one number, or a list of its least and most, null for none."""
    node, at = fields.node_at(key), fields.path(key)
    if node is None:
        return None
    items = node.items if isinstance(node, Sequence) else (node,)
    match items:
        case (first, Scalar(value=None)):
            least = as_integer(first, bag, at)
            return None if least is None else (least, None)
        case _:
            pass
    counts = [as_integer(item, bag, at) for item in items]
    match [count for count in counts if count is not None]:
        case [one] if isinstance(node, Scalar):
            return one, one
        case [least, most] if len(items) == 2:  # noqa: PLR2004  # a least and a most
            return least, most
        case found if len(found) == len(items):
            bag.add("K0624", node.span, at=at, key=key)
    return None


def _members(fields: Fields, key: str, bag: Bag) -> Members | None:
    """Return a count, or the ids of a list."""
    node, at = fields.node_at(key), fields.path(key)
    if not isinstance(node, Sequence):
        return fields.integer(key)
    found = (id_of(item, bag, under(at, i)) for i, item in enumerate(node.items))
    return tuple(ref for ref in found if ref is not None)


def id_of(node: Node, bag: Bag, at: str) -> Ref | None:
    """Return an id as written: a text, or a number such as `101`."""
    match node:
        case Scalar(value=bool() | None):
            pass
        case Scalar():
            return Ref(node.text.text, node.span)
        case _:
            pass
    wrong_shape(node, "a_text", bag, at)
    return None


def ref_at(fields: Fields, key: str, bag: Bag) -> Ref | None:
    """Return the id under a key; None where the key is not there."""
    node = fields.node_at(key)
    return None if node is None else id_of(node, bag, fields.path(key))


def name_at(fields: Fields, key: str) -> Ref | None:
    """Return the name under a key, which is a text; None where the key is not there."""
    name = fields.text(key)
    return None if name is None else Ref(name, fields.span(key))


def date_at(fields: Fields, key: str, bag: Bag) -> date | None:
    """Return the date under a key; None where the key is not there."""
    node = fields.node_at(key)
    return None if node is None else date_of(node, bag, fields.path(key))


def date_of(node: Node, bag: Bag, at: str) -> date | None:
    """Return a date; one written in another order or by a spreadsheet gets its form as advice."""
    if isinstance(node, Scalar) and isinstance(node.value, str | int) and not is_day(node):
        meant = day_in(node.text.text)
        if meant is not None:
            advice = "serial" if serial_day(node.text.text) else ""
            iso = meant.isoformat()
            bag.add("K0616", node.span, help=advice, at=at, value=node.text.text, iso=iso)
            return None
    return as_date(node, bag, at)


def number_of(node: Node, bag: Bag, at: str, *, is_share: bool = False) -> Decimal | None:
    """Return a number; one with a unit, a percent sign or a comma gets its plain form as advice.

    Where a share is due, a percentage is one.
    """
    if isinstance(node, Scalar) and isinstance(node.value, str) and not was_refused(node):
        share = share_in(node.value) if is_share else None
        if share is not None:
            return share
        meant = number_said(node.value)
        number = "" if meant is None else format(meant.normalize(), "f")
        if number and number != node.value:
            bag.add("K0629", node.span, at=at, value=node.value, number=number)
            return None
    return as_number(node, bag, at)

"""One entry read by its form: which keys it has, which must be there, what is made of them.

In: an entry and the `Form` that `reader` has made of a schema and a class. Out: an object of the
class, or None after a diagnostic. All mistakes of an entry are found in one run; an entry that
lacks what its class cannot do without is left out.

Reports: K0120, K0121, K0123, K0125, K0126, K0408, K0415, K0416 and those of the readers in
the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.records import dataclass, replace
from khung.rulebook import parts
from khung.rulebook.by_reading import choices, is_by_reading
from khung.rulebook.model import CalendarDay, Majority, OrderKey, Ref
from khung.rulebook.parts import at_key, each, exactly_one, expression, label
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.source.shape import Fields, named_entries
from khung.source.values import as_choice, as_mapping, as_sequence, date_in, under
from khung.surfaces import surface
from khung.text import PlacedText

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as MappingOf
    from datetime import date

    from khung.rulebook.parts import Context, Reader
    from khung.source.nodes import Entry, Node
    from khung.source.shape import PlaceOf
    from khung.syntax.ast import Expr

Found = dict[str, Any]
"""The attributes of an object that is being read."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Which keys must be there.

    Attributes:
        required: Those that always must.
        one_of: Those of which exactly one must.
        any_of: Those of which one must; the first is asked for.
        needs: By key, those that must be there with it.
        at_will: Those that may be left out, but then there is no object where they are not read.
    """

    required: tuple[str, ...]
    one_of: tuple[str, ...]
    any_of: tuple[str, ...]
    needs: MappingOf[str, tuple[str, ...]]
    at_will: frozenset[str]


@dataclass(frozen=True, slots=True)
class Form:
    """How a mapping is read as an object of a class.

    Attributes:
        made: The class.
        keys: All keys that it may have.
        presence: Which of them must be there.
        identity: Attributes that the key of the entry gives, with how.
        values: Attributes with their keys, and how these are read.
        start: What attributes without a default are where nothing is said of them.
        essential: Attributes without which there is no object.
        needs_one: Whether there is none, either, without any key of which one must be there.
        finish: Sets what no schema says, and checks what holds between keys.
        place_of: Returns where in the file a key belongs that is not known here.
    """

    made: type
    keys: tuple[str, ...]
    presence: Presence
    identity: tuple[tuple[str, Callable[[Entry, Fields, Context], Any]], ...]
    values: tuple[tuple[str, str, Reader], ...]
    start: MappingOf[str, Any]
    essential: tuple[str, ...]
    needs_one: bool
    finish: Callable[[Found, Fields, Context], None] | None
    place_of: PlaceOf | None = None


def read(form: Form, entry: Entry, ctx: Context, at: str) -> Any:
    """Return the object that an entry holds, or None after a diagnostic."""
    fields = Fields.of(entry.value, form.keys, ctx.bag, at, form.place_of)
    if fields is None:
        return None
    found, due = _read_fields(form, entry, fields, ctx)
    return None if _lacks(form, found, fields, due) else form.made(**found)


def read_fields(form: Form, entry: Entry, fields: Fields, ctx: Context) -> Found:
    """Return the attributes of the object that an entry holds, without those not read."""
    return _read_fields(form, entry, fields, ctx)[0]


def _read_fields(form: Form, entry: Entry, fields: Fields, ctx: Context) -> tuple[Found, set[str]]:
    due = _check_presence(form, fields, ctx)
    found = {**form.start, **{n: made(entry, fields, ctx) for n, made in form.identity}}
    for name, key, reader in form.values:
        value = parts.at_key(fields, key, reader, ctx)
        if value is not None:
            found[name] = value
    if form.finish is not None:
        form.finish(found, fields, ctx)
    return found, due


def _check_presence(form: Form, fields: Fields, ctx: Context) -> set[str]:
    """Report which keys are missing or too many; return those that had to be there."""
    presence = form.presence
    due = set(presence.required)
    if presence.any_of and not any(key in fields for key in presence.any_of):
        due.add(presence.any_of[0])
    chosen = parts.exactly_one(fields, presence.one_of, ctx) if presence.one_of else None
    if presence.needs:
        _check_needs(form, fields, chosen, due, ctx)
    fields.require(*(key for key in form.keys if key in due))
    return due


def _check_needs(
    form: Form, fields: Fields, chosen: str | None, due: set[str], ctx: Context
) -> None:
    """Add what those that are there need; report those that do not go with the one chosen."""
    presence = form.presence
    waiting = [key for key in form.keys if key in fields or key in due]
    for key in waiting:
        for other in presence.needs.get(key, ()):
            if other in presence.one_of:
                if chosen not in (None, other):
                    keys = (str(chosen), key)
                    ctx.bag.add("K0416", fields.key_span(key), at=fields.at, keys=keys)
            elif other not in due:
                due.add(other)
                waiting.append(other)


def _lacks(form: Form, found: MappingOf[str, Any], fields: Fields, due: set[str]) -> bool:
    """Say whether there is no object: something that it cannot do without was not read."""
    presence = form.presence
    if any(found.get(name) is None for name in form.essential):
        return True
    if "when" in presence.required and found["head"].when is None:
        return True
    if not form.needs_one and not presence.at_will:
        return False
    read = {key for name, key, _ in form.values if found.get(name) is not None}
    unread = {key for _, key, _ in form.values} - read
    if form.needs_one and unread.issuperset(presence.one_of):
        return True
    return any(key in due or key in fields for key in unread & presence.at_will)


Days = tuple[CalendarDay, ...]

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


# -- days -----------------------------------------------------------------------------------


def period(entry: Entry, ctx: Context, at: str) -> tuple[date, date] | None:
    """Return the first and the last day that a rulebook is for."""
    fields = Fields.of(entry.value, ("from", "to"), ctx.bag, at)
    if fields is None or not fields.require("from", "to"):
        return None
    first, last = fields.date("from"), fields.date("to")
    if first is None or last is None:
        return None
    if first > last:
        ctx.bag.add("K0408", fields.span("to"), at=at, first=str(first), last=str(last))
        return None
    return first, last


def days(entry: Entry, ctx: Context, at: str) -> Days | None:
    """Return the days of a mapping from dates to labels."""
    node = as_mapping(entry.value, ctx.bag, at)
    if node is None:
        return None
    read = (_calendar_day(e, ctx, under(at, e.key)) for e in node.entries)
    return tuple(day for day in read if day is not None)


def _calendar_day(entry: Entry, ctx: Context, at: str) -> CalendarDay | None:
    found, said = date_in(entry.key, entry.key_span, ctx.bag, at), label(entry, ctx, at)
    return None if found is None or said is None else CalendarDay(found, said, span=entry.key_span)


def weekend(entry: Entry, ctx: Context, at: str) -> frozenset[int] | None:
    """Return days of the week, 1 for Monday; None if any of them cannot be read."""
    node = as_sequence(entry.value, ctx.bag, at)
    read = [] if node is None else each(node, _weekday, ctx, at)
    return None if node is None or None in read else frozenset(read)


def _weekday(entry: Entry, ctx: Context, at: str) -> int | None:
    word = as_choice(entry.value, WEEK, ctx.bag, at)
    return None if word is None else WEEK.index(word) + 1


# -- what holds of groups -------------------------------------------------------------------


def keys(entry: Entry, ctx: Context, at: str) -> tuple[Expr, ...] | None:
    """Return the keys of groups: expressions, each of which may be `each x in list of E`."""
    if is_by_reading(entry.value):
        return choices(entry.value, ctx, at, keys)
    if not isinstance(entry.value, Sequence):
        one = key(entry, ctx, at)
        return None if one is None else (one,)
    found = each(entry.value, key, ctx, at)
    return None if None in found else tuple(found)


def key(entry: Entry, ctx: Context, at: str) -> Expr | None:
    """Return an expression, or several values of one: `each x in list where C of E`.

    The latter is read as a sum, which has the same parts.
    """
    from khung.syntax import ast  # noqa: PLC0415  # cases have none

    node = entry.value
    if not isinstance(node, Scalar) or not _is_each(node.text):
        return expression(entry, ctx, at)
    known = ctx.parsed.get(id(node.text))
    if known is not None:
        return known[1]
    text = _as_sum(node.text)
    found = expression(replace(entry, value=replace(node, text=text)), ctx, at)
    ctx.parsed.pop(id(text), None)  # it stands in no file
    if not isinstance(found, ast.Aggregate):
        return found
    made = ast.Each(found.binder, found.where, found.body, found.span)
    ctx.parsed[id(node.text)] = node.text, made
    return made


def _is_each(text: PlacedText) -> bool:
    first, _, rest = text.text.lstrip().partition(surface(text.file.surface).phrases["each"])
    return not first and rest[:1].isspace()


def _as_sum(text: PlacedText) -> PlacedText:
    """Return a text with the word of a sum for the first one, each character at its place."""
    words = surface(text.file.surface)
    every, added = words.phrases["each"], words.words["SUM"]
    first = text.text.index(every)
    end = first + len(every)
    offsets = text.offsets or tuple(range(text.start, text.start + len(text.text) + 1))
    of_word = (*offsets[first:end], *[offsets[end - 1]] * len(added))[: len(added)]
    return PlacedText(added + text.text[end:], text.file, text.start, (*of_word, *offsets[end:]))


def for_all(entry: Entry, ctx: Context, at: str) -> Expr | None:
    """Return an expression that holds of all; None where one stands for each name."""
    return None if _is_by_name(entry.value) else expression(entry, ctx, at)


def by_name(entry: Entry, ctx: Context, at: str) -> tuple[tuple[Ref, Expr], ...] | None:
    """Return an expression for each name; None where one stands for all."""
    return named_keys(entry, ctx, at) if _is_by_name(entry.value) else None


def named_keys(entry: Entry, ctx: Context, at: str) -> tuple[tuple[Ref, Expr], ...] | None:
    """Return the keys of groups, each under the name of its grouping."""
    node = as_mapping(entry.value, ctx.bag, at)
    if node is None:
        return None
    if not node.entries:
        ctx.bag.add("K0425", node.span, at=at, key=entry.key)
    named = named_entries(node, ctx.bag, at)
    read = [(Ref(e.key, e.key_span), key(e, ctx, under(at, e.key))) for e in named]
    return tuple((name, found) for name, found in read if found is not None)


def _is_by_name(node: Node) -> bool:
    """Say whether a mapping has names of its own: one by a reading stands for one expression."""
    return isinstance(node, Mapping) and not is_by_reading(node)


# -- majorities and keys of an order --------------------------------------------------------

_MAJORITY = ("more_than", "at_least")
_ORDER = ("highest", "lowest")


def majority(entry: Entry, ctx: Context, at: str) -> Majority[Expr] | None:
    """Return the majority of a vote; of one for each level, the one by `default`."""
    node = as_mapping(entry.value, ctx.bag, at)
    if node is None or _is_majority(node):
        return None if node is None else _majority(entry, ctx, at)
    fields = Fields(node, (e.key for e in node.entries), ctx.bag, at)
    fields.require("default")
    return at_key(fields, "default", _majority, ctx)


def majorities(entry: Entry, ctx: Context, at: str) -> tuple[tuple[Ref, Majority[Expr]], ...]:
    """Return the majorities of single levels, all but the one by `default`."""
    node = as_mapping(entry.value, ctx.bag, at)
    if node is None or _is_majority(node):
        return ()
    others = [e for e in named_entries(node, ctx.bag, at) if e.key != "default"]
    read = [(Ref(e.key, e.key_span), _majority(e, ctx, under(at, e.key))) for e in others]
    return tuple((level, found) for level, found in read if found is not None)


def _is_majority(node: Mapping) -> bool:
    return any(entry.key in _MAJORITY for entry in node.entries)


def _majority(entry: Entry, ctx: Context, at: str) -> Majority[Expr] | None:
    key, share = _either(entry, _MAJORITY, ctx, at)
    return None if share is None else Majority(share, key == "more_than", entry.value.span)


def order_key(entry: Entry, ctx: Context, at: str) -> OrderKey[Expr] | None:
    """Return by what candidates are put in order."""
    key, value = _either(entry, _ORDER, ctx, at)
    return None if value is None else OrderKey(value, key == "highest")


def _either(
    entry: Entry, keys: tuple[str, ...], ctx: Context, at: str
) -> tuple[str | None, Expr | None]:
    fields = Fields.of(entry.value, keys, ctx.bag, at)
    key = None if fields is None else exactly_one(fields, keys, ctx)
    return key, None if fields is None or key is None else at_key(fields, key, expression, ctx)

"""One entry read by its form: which keys it has, which must be there, what is made of them.

In: an entry and the `Form` that `reader` has made of a schema and a class. Out: an object of the
class, or None after a diagnostic. All mistakes of an entry are found in one run; an entry that
lacks what its class cannot do without is left out.

Reports: K0120, K0121, K0123, K0415, K0416 and those of the readers in the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.records import dataclass
from khung.rulebook import parts
from khung.source.shape import Fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from khung.rulebook.parts import Context, Reader
    from khung.source.nodes import Entry

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
    needs: Mapping[str, tuple[str, ...]]
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
    """

    made: type
    keys: tuple[str, ...]
    presence: Presence
    identity: tuple[tuple[str, Callable[[Entry, Fields, Context], Any]], ...]
    values: tuple[tuple[str, str, Reader], ...]
    start: Mapping[str, Any]
    essential: tuple[str, ...]
    needs_one: bool
    finish: Callable[[Found, Fields, Context], None] | None


def read(form: Form, entry: Entry, ctx: Context, at: str) -> Any:
    """Return the object that an entry holds, or None after a diagnostic."""
    fields = Fields.of(entry.value, form.keys, ctx.bag, at)
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


def _lacks(form: Form, found: Mapping[str, Any], fields: Fields, due: set[str]) -> bool:
    """Say whether there is no object: something that it cannot do without was not read."""
    presence = form.presence
    if any(found.get(name) is None for name in form.essential):
        return True
    if "when" in presence.required and found["head"].when is None:
        return True
    if not form.needs_one and not presence.at_will:
        return False
    unread = {key for name, key, _ in form.values if found.get(name) is None}
    if form.needs_one and unread.issuperset(presence.one_of):
        return True
    return any(key in due or key in fields for key in unread & presence.at_will)

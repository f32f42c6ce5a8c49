"""The schemas and the classes of the model → forms, by which any entry of a rulebook is read.

A schema in `schemas/` says which keys a mapping has, which must be there, which go together, and
what stands under each; the class of the model says what becomes of it. From both a `Form` is made,
once for each class. What neither can say is in `special`.

Of JSON Schema, this is read: `$ref`, `properties`, `required`, `dependentRequired`, `enum`,
`const`, `type`, `items`, `propertyNames`, `additionalProperties`, `minProperties`, and
alternatives: of keys in `oneOf` and `anyOf`, of entries in `if`. The form of a text, which a
`pattern` tells to others, is known to the readers in `parts`.

Reports: K0122-K0126, K0402, K0425, K0426 and those of `parts` and `special`.
"""

from __future__ import annotations

import re
from dataclasses import MISSING
from dataclasses import fields as fields_of_class
from functools import partial
from typing import TYPE_CHECKING, Any

from khung.rulebook import conditions, forms, parts, shorts, special
from khung.rulebook import model as m
from khung.rulebook.between import range_of
from khung.rulebook.forms import Form, Presence, read
from khung.rulebook.keeping import entry_once
from khung.rulebook.names import check_taken, names_of
from khung.rulebook.places import place_of
from khung.source.nodes import Mapping
from khung.source.values import (
    as_boolean,
    as_choice,
    as_mapping,
    as_name,
    as_text,
    as_written,
    under,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import Field

    from khung.rulebook.parts import Context, Reader
    from khung.source.nodes import Entry, Node

Schema = dict[str, Any]

_IDENTITY: dict[str, Any] = {
    "head": conditions.head,
    "id": lambda entry, *_: entry.key,
    "address": lambda entry, *_: entry.key,
    "ref": lambda entry, *_: m.Ref(entry.key, entry.key_span),
    "span": lambda entry, *_: entry.key_span,
}
"""What becomes of the key of an entry and of its place, by attribute."""

_RENAMED = {
    "alias": "as",
    "at_most_by": "at_most",
    "cells": "row",
    "first": "from",
    "inside": "in",
    "last": "to",
    "links": "fields",
    "manner": "as",
    "pattern": "id",
    "places_by": "places",
    "size_by": "size",
    "sources": "source",
    "starts": "from",
    "subject": "for",
    "test": "is",
    "tests": "if",
    "value": "is",
    "wins_at": "wins",
}
"""The keys of attributes that are called otherwise, where no key is called as they are."""

_ENUMS = {kind.__name__: kind for kind in (m.Basis, m.Hit, m.Manner)}

_WRITTEN = {"B": "Binder", "E": "Expr", "H": "Head", "S": "Expr | None"}
"""What the parameters of a class are of what is written (`model.rules`)."""

_PARTS: dict[str, Reader] = {
    "Absent": parts.absent,
    "Binder": parts.binder,
    "ByName": forms.by_name,
    "Cell": parts.cell,
    "Expr | Absent": parts.default,
    "Keys": forms.named_keys,
    "Label": parts.label,
    "Length": parts.length,
    "Majority": forms.majority,
    "OrderKey": forms.order_key,
    "Range": range_of,
    "TypeRef": parts.type_ref,
    "date": parts.day,
    "frozenset[int]": forms.weekend,
    "tuple[CalendarDay, ...]": forms.days,
    "tuple[Citation, ...]": parts.sources,
    "tuple[Expr, ...]": forms.keys,
    "tuple[Node, ...]": shorts.cells,
    "tuple[date, date]": forms.period,
    "tuple[tuple[Ref, Majority], ...]": forms.majorities,
}
"""The readers of values, by the annotation of the attribute that holds them."""


# -- forms ----------------------------------------------------------------------------------

_FORMS: dict[tuple[type, int], Form] = {}


def form_of(made: type, root: Schema, part: Schema | None = None) -> Form:
    """Return how objects of a class are read.

    Args:
        made: A class of the model.
        root: The schema of a kind of file.
        part: The part of it that says how they are written; the whole if it is None.
    """
    whole = _mapping_of(root if part is None else part, root)
    key = made, id(whole)
    if key not in _FORMS:
        _FORMS[key] = _form(made, whole, root)
    return _FORMS[key]


def _form(made: type, part: Schema, root: Schema) -> Form:
    properties, own = part["properties"], special.SPECIAL.get(made, special.NOTHING)
    declared = [f for f in fields_of_class(made) if f.name not in own.by_hand]
    keys = {f.name: f.name if f.name in properties else _RENAMED.get(f.name, "") for f in declared}
    values = tuple(
        (f.name, key, reader_of(_hint(f).removesuffix(" | None"), properties[key], root))
        for f in declared
        if (key := keys[f.name]) in properties
    )
    needed = [f for f in fields_of_class(made) if f.default is f.default_factory is MISSING]
    presence = _presence(part, own)
    return Form(
        made,
        tuple(properties),
        presence,
        tuple((f.name, _identity(f.name, properties)) for f in declared if f.name in _IDENTITY),
        values,
        {f.name: None if "None" in _hint(f) else () for f in needed if _may_lack(_hint(f))},
        tuple(f.name for f in needed if "None" not in _hint(f)),
        any(keys[f.name] in presence.one_of for f in needed if f in declared),
        own.finish,
        partial(place_of, file=_file_of(root)),
    )


def _file_of(root: Schema) -> str:
    """Return the name of a schema, as `resources.schema` takes it."""
    return str(root["$id"]).rpartition("/")[2].partition(".")[0]


def _identity(name: str, properties: Schema) -> Any:
    return parts.plain_head if name == "head" and "when" not in properties else _IDENTITY[name]


def _hint(attribute: Field[Any]) -> str:
    """Return the annotation of an attribute as it is of what is written, such as `Expr`."""
    hint = re.sub(r"(?<=\w)\[(?:[A-Z], )*[A-Z]\]", "", str(attribute.type))
    return re.sub(r"\b[A-Z]\b", lambda found: _WRITTEN[found[0]], hint)


def _may_lack(hint: str) -> bool:
    """Say whether an attribute may be nothing: None, or of a list of entries no entry."""
    return "None" in hint or (hint.endswith(", ...]") and hint != "tuple[Expr, ...]")


def _presence(part: Schema, own: special.Special) -> Presence:
    one_of, any_of = (
        tuple(key for choice in part.get(word, ()) for key in choice.get("required", ()))
        for word in ("oneOf", "anyOf")
    )
    needs = part.get("dependentRequired", {}) if own.pairs else {}
    needed = {key for keys in needs.values() for key in keys}
    at_will = frozenset(needed.union(any_of).difference(one_of))
    return Presence(tuple(part.get("required", ())), one_of, any_of, needs, at_will)


def _mapping_of(part: Schema, root: Schema) -> Schema:
    """Return the schema of a mapping, which may be one of several forms, an expression none."""
    part, expression = _resolved(part, root), root["$defs"].get("expression")
    forms = (part, part.get("else"), part.get("then"), *part.get("anyOf", ()))
    found = (_resolved(form, root) for form in forms if form)
    return next(one for one in found if "properties" in one and one is not expression)


def _resolved(part: Schema, root: Schema) -> Schema:
    while "$ref" in part:
        part = root["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return part


# -- readers --------------------------------------------------------------------------------


def reader_of(hint: str, part: Schema, root: Schema) -> Reader:
    """Return the reader of a value.

    Args:
        hint: The annotation of the attribute that takes it, without `None`.
        part: The schema of the value.
        root: The schema that this is a part of.
    """
    whole = _resolved(part, root)
    if hint in _PARTS:
        return _PARTS[hint]
    if hint == "Expr":
        if part.get("$ref") == "#/$defs/condition":
            return conditions.condition
        return _expression(whole)
    if hint == "bool":
        return parts.only_true if "const" in whole else _of(as_boolean)
    if hint in _ENUMS:
        return _enum(_ENUMS[hint], tuple(whole["enum"]))
    if hint == "str":
        return _text(whole, root)
    if hint == "Ref":
        return _ref(whole)
    inner = hint.removeprefix("tuple[").removesuffix(", ...]")
    if inner == hint:
        return _object(getattr(m, hint), part, root)
    if whole["type"] == "array":
        return parts.items(reader_of(inner, whole["items"], root))
    return _entries(inner, whole, root)


def _expression(part: Schema) -> Reader:
    """Return the reader of an expression, which a list of them may be, or one for each name."""
    others = {form.get("type") for form in part.get("anyOf", ())}
    if "object" in others:
        return forms.for_all
    return parts.list_or_expression if "array" in others else parts.expression


def _of(read: Any) -> Reader:
    return lambda entry, ctx, at: read(entry.value, ctx.bag, at)


def _enum(kind: Any, words: tuple[str, ...]) -> Reader:
    def read(entry: Entry, ctx: Context, at: str) -> Any:
        word = as_choice(entry.value, words, ctx.bag, at)
        return None if word is None else kind(word)

    return read


def _text(part: Schema, root: Schema) -> Reader:
    if "enum" in part:
        words = tuple(part["enum"])
        return lambda entry, ctx, at: as_choice(entry.value, words, ctx.bag, at)
    if not _is_name(part):
        return _of(as_written if "number" in part["type"] else as_text)
    taken = _taken(part, root)

    def declared(entry: Entry, ctx: Context, at: str) -> str | None:
        name = as_name(entry.value, ctx.bag, at)
        check_taken(name or "", entry.value.span, taken, ctx.bag, at)
        return name

    return declared


def _ref(part: Schema) -> Reader:
    text = as_name if _is_name(part) else as_written if "number" in part["type"] else as_text

    def read(entry: Entry, ctx: Context, at: str) -> m.Ref | None:
        name = text(entry.value, ctx.bag, at)
        return None if name is None else m.Ref(name, entry.value.span)

    return read


def _is_name(part: Schema) -> bool:
    return "pattern" in part or "allOf" in part


def _taken(part: Schema, root: Schema) -> frozenset[str]:
    """Return the names that nothing may have which is declared here."""
    inner = (_taken(_resolved(choice, root), root) for choice in part.get("allOf", ()))
    return frozenset(part.get("not", {}).get("enum", ())).union(*inner)


def _object(made: type, part: Schema, root: Schema) -> Reader:
    own = special.SPECIAL.get(made, special.NOTHING)
    if own.whole is not None:
        return own.whole
    whole, short = partial(read, form_of(made, root, part)), own.short
    if short is None:
        return whole
    is_short, read_short = short
    return lambda entry, ctx, at: (read_short if is_short(entry.value) else whole)(entry, ctx, at)


def _entries(inner: str, part: Schema, root: Schema) -> Reader:
    """Return the reader of a mapping from names to objects, or to values: then as pairs."""
    value, is_pair = part["additionalProperties"], inner.startswith("tuple[Ref, ")
    if is_pair:
        inner = inner.removeprefix("tuple[Ref, ").removesuffix("]")
    value, is_meant = _branch(inner, value)
    read_one, keys = reader_of(inner, value, root), _keys(inner, part, root)

    def read_all(entry: Entry, ctx: Context, at: str) -> tuple[Any, ...] | None:
        node = as_mapping(entry.value, ctx.bag, at)
        if node is None:
            return None
        if not node.entries and "minProperties" in part:
            ctx.bag.add("K0425", node.span, at=at, key=entry.key)
        entries = [one for one in keys(node, ctx, at) if is_meant(one.value)]
        found = [
            (one, entry_once(one, ctx, under(at, one.key), inner, read_one)) for one in entries
        ]
        return tuple(
            (m.Ref(one.key, one.key_span), thing) if is_pair else thing
            for one, thing in found
            if thing is not None
        )

    return read_all


def _branch(inner: str, part: Schema) -> tuple[Schema, Callable[[Node], bool]]:
    """Return the schema of the entries of one class, where a key tells those of two apart."""
    if "if" not in part:
        return part, lambda _: True
    key, name = part["if"]["required"][0], f"#/$defs/{inner.lower()}"
    is_then = bool(part["then"]["$ref"] == name)

    def is_meant(node: Node) -> bool:
        has_it = isinstance(node, Mapping) and node.get(key) is not None
        return has_it is is_then

    return part["then" if is_then else "else"], is_meant


def _keys(inner: str, part: Schema, root: Schema) -> Callable[[Mapping, Context, str], Any]:
    """Return what checks the keys of a mapping, and gives the entries that can be read."""
    names = _resolved(part["propertyNames"], root)
    code = special.KEYS.get(inner)
    if code is None:
        taken = _taken(names, root)
        return lambda node, ctx, at: names_of(node, taken, ctx.bag, at)
    form = re.compile(names["pattern"])

    def any_text(node: Mapping, ctx: Context, at: str) -> tuple[Entry, ...]:
        for entry in node.entries:
            if not form.search(entry.key):
                code(entry, ctx, under(at, entry.key))
        return node.entries

    return any_text

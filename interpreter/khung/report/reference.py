"""The reference of the language: the keys of its files, its expressions, its diagnostics."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung import syntax
from khung.diagnostics.codes import all_codes, page
from khung.ir import builtins
from khung.ir import types as t
from khung.ir.operators import type_word
from khung.locale import phrase
from khung.report.document import model as d
from khung.report.document.yaml import to_yaml
from khung.resources import schema
from khung.surfaces import SURFACES, surface

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def reference(lang: str, codes: str) -> d.Document:
    """Return the reference in one language.

    Args:
        lang: `vi` or `en`.
        codes: Where the pages of the diagnostic codes are, from where the reference stands.
    """
    told = _Told(lang)
    title, made = told.say("title"), d.Paragraph((told.say("made"),))
    chapters = (*_files(told), *_expressions(told), *_codes(told, codes))
    front = (d.Heading(1, title), made, d.contents(chapters))
    return d.Document(title, lang, (*front, *chapters))


# -- keys ---------------------------------------------------------------------------------------


HAS = "has"
"""What asks whether a link or a fact is there: it takes a name, so that it has no signature."""

FILES = ("rulebook", "subject", "clauses", "translations", "case")
"""The schemas of what people write, in the order in which they are told."""

_KEY = "k"
_LOCAL = "#/$defs/"
_BRANCHES = ("then", "else")
_Schema = dict[str, Any]


@dataclass
class _Told:
    """What was told already: a part that two schemas share is told once."""

    lang: str
    places: dict[str, str] = field(default_factory=dict)

    def say(self, key: str, **args: object) -> str:
        return phrase(self.lang, f"language.{key}", **args)

    def chapter(self, name: str) -> tuple[d.Heading, d.Paragraph]:
        """Return the heading of a chapter, and what it is about."""
        place = d.anchor("part", name)
        return d.Heading(2, self.say(name), place), d.Paragraph(d.marked(self.say(f"{name}.about")))

    def grid(self, columns: str, rows: Iterable[tuple[d.Rich, ...]]) -> d.Grid:
        """Return a table of columns whose phrases are named."""
        return d.Grid(tuple(self.say(f"column.{name}") for name in columns.split()), tuple(rows))

    def half(self, text: str) -> str:
        """Return the half of a description in one language."""
        first, _, second = text.partition(" — ")
        return second if self.lang == "en" and second else first

    def prose(self, part: _Schema) -> d.Rich:
        """Return what a part of a schema is for."""
        return d.marked(self.half(str(part.get("description", ""))))


def _files(told: _Told) -> Iterator[d.Block]:
    """Yield a chapter for each kind of file."""
    whole = {name: schema(name) for name in FILES}
    for name, root in whole.items():
        for key, part in root.get("$defs", {}).items():
            told.places.setdefault(_same(key, part), d.anchor(_KEY, f"{name}.{key}"))
    for name, root in whole.items():
        yield from _file(name, root, told)


def _same(key: str, part: _Schema) -> str:
    return key + json.dumps(part, sort_keys=True)


def _file(name: str, root: _Schema, told: _Told) -> Iterator[d.Block]:
    yield d.Heading(2, told.half(str(root["title"])), d.anchor(_KEY, name))
    yield d.Paragraph(told.prose(root))
    yield from _keys(root, root, told)
    for key, part in root.get("$defs", {}).items():
        place = d.anchor(_KEY, f"{name}.{key}")
        if told.places[_same(key, part)] == place:
            yield d.Heading(3, told.half(str(part["title"])), place)
            yield from _part(part, root, told)


def _part(part: _Schema, root: _Schema, told: _Told) -> Iterator[d.Block]:
    yield d.Paragraph(told.prose(part))
    if "properties" not in part:
        yield d.Paragraph((f"{told.say('type')}: ", *_type(part, root, told)))
    yield from _keys(part, root, told)
    yield from (d.Sample(to_yaml(example), "yaml") for example in part.get("examples", ()))


# -- keys ----------------------------------------------------------------------------------------


def _keys(part: _Schema, root: _Schema, told: _Told) -> Iterator[d.Block]:
    rows = tuple(_rows(part, root, told, ""))
    if rows:
        yield told.grid("key type about", rows)
    for key, value in _each(part):
        for example in value.get("examples", ()):
            yield d.Sample(to_yaml({key: example}), "yaml")


def _each(part: _Schema) -> Iterator[tuple[str, _Schema]]:
    """Yield the keys of a mapping, and of those that are written in place in it."""
    for form in _forms(part):
        for key, value in form.get("properties", {}).items():
            yield key, value
            yield from _each(value)


def _rows(part: _Schema, root: _Schema, told: _Told, before: str) -> Iterator[tuple[d.Rich, ...]]:
    """Yield a row for each key; those of a mapping written in place follow it, `small.allow`."""
    for form in _forms(part):
        required = form.get("required", ())
        for key, value in form.get("properties", {}).items():
            name: d.Rich = (d.Code(f"{before}{key}"),)
            if key in required:
                name = (*name, " ", told.say("required"))
            yield (name, _type(value, root, told), told.prose(value))
            yield from _rows(value, root, told, f"{before}{key}.")


def _forms(part: _Schema) -> Iterator[_Schema]:
    """Yield a mapping and the other mappings that may stand in its place."""
    yield part
    for word in ("anyOf", "oneOf"):
        yield from (choice for choice in part.get(word, ()) if "properties" in choice)
    yield from (part[word] for word in _BRANCHES if "properties" in part.get(word, {}))


# -- types ---------------------------------------------------------------------------------------


def _type(part: _Schema, root: _Schema, told: _Told) -> d.Rich:
    """Return what may stand in a place."""
    if "$ref" in part:
        return (_link(part["$ref"], root, told),)
    if "const" in part:
        return (d.Code(json.dumps(part["const"])),)
    if "enum" in part:
        return d.joined([(d.Code(str(value)),) for value in part["enum"]], ", ")
    for word in ("anyOf", "oneOf"):
        if word in part and all(_is_type(choice) for choice in part[word]):
            choices = [_type(choice, root, told) for choice in part[word]]
            return d.joined(choices, told.say("or"))
    return _plain(part, root, told)


def _is_type(part: _Schema) -> bool:
    return bool({"$ref", "const", "enum", "type"} & set(part))


def _plain(part: _Schema, root: _Schema, told: _Told) -> d.Rich:
    if "type" not in part and any(word in part for word in _BRANCHES):
        branches = [_type(part[word], root, told) for word in _BRANCHES if word in part]
        return d.joined(branches, told.say("or"))
    names = part.get("type", "any")
    said = [_named(n, part, root, told) for n in ([names] if isinstance(names, str) else names)]
    return d.joined(said, told.say("or"))


def _named(name: str, part: _Schema, root: _Schema, told: _Told) -> d.Rich:
    if name == "array" and "items" in part:
        return (told.say("list_of"), " ", *_type(part["items"], root, told))
    inner = part.get("additionalProperties")
    if name == "object" and isinstance(inner, dict):
        return (told.say("mapping_of"), " ", *_type(inner, root, told))
    return (told.say(f"type.{name}"),)


def _link(ref: str, root: _Schema, told: _Told) -> d.Link:
    """Return a link to a part of a schema, or to the chapter of another file."""
    if ref.startswith(_LOCAL):
        key = ref.removeprefix(_LOCAL)
        part = root["$defs"][key]
        return d.Link(told.half(str(part["title"])), told.places[_same(key, part)])
    name = ref.partition(".")[0]
    return d.Link(told.half(str(schema(name)["title"])), d.anchor(_KEY, name))


# -- expressions and diagnostics ----------------------------------------------------------------


OPERATORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("choice", ("if a then b else c",)),
    ("quantifier", ("some x in l satisfies x > 1", "every x in l satisfies x > 1")),
    (
        "tally",
        (
            "count x in l satisfies x > 1",
            "share x in l where x > 0 satisfies x > 1",
            "share x in l satisfies x > 1 (empty: 0%)",
        ),
    ),
    (
        "aggregate",
        ("sum x in l of x", "average x in l of x", "lowest x in l of x", "highest x in l of x"),
    ),
    ("or", ("a or b",)),
    ("and", ("a and b",)),
    ("compare", ("a = b", "a != b", "a < b", "a <= b", "a > b", "a >= b")),
    ("between", ("a between 1 and 5", "a in [1..5]", "a in (1, 3, > 5)", "a in l")),
    ("add", ("a + b", "a - b")),
    ("multiply", ("a * b", "a / b")),
    ("power", ("a ** b",)),
    ("sign", ("-a",)),
    ("path", ("a.b", "l.below", "c.most", "l[item > 3]", "l[1]")),
    ("call", ("not(a)", "floor(a)", "floor(n: 1.5, scale: 1)")),
    ("literal", ("12", "80%", '"text"', '@"2021-12-15"', "true", "null", "[1, 2]", "[1..5)")),
)
"""The forms of expressions, those that bind loosest first, as `expr.lark` has them."""

_UNKNOWN = ("state", "logic", "compare", "arithmetic", "if", "fold", "call", "known", "never")


def _expressions(told: _Told) -> Iterator[d.Block]:
    yield from told.chapter("expressions")
    forms = [(_listed(forms), d.marked(told.say(f"op.{name}"))) for name, forms in OPERATORS]
    yield told.grid("form meaning", forms)
    yield from told.chapter("unknown")
    keys = [f"unknown.{name}" for name in _UNKNOWN]
    yield told.grid(
        "what gives", [((told.say(k),), d.marked(told.say(f"{k}.gives"))) for k in keys]
    )
    yield from told.chapter("builtins")
    found = [(_listed(forms), d.marked(told.say(f"builtin.{n}"))) for n, forms in calls(told.lang)]
    yield told.grid("call meaning", found)
    yield from told.chapter("surfaces")
    yield told.grid("in_english in_vietnamese", _in_both())
    yield from told.chapter("grammar")
    yield d.Sample((Path(syntax.__file__).parent / "expr.lark").read_text("utf-8"))


def _in_both() -> list[tuple[d.Rich, ...]]:
    """Return each word of expressions as both surfaces have it: in a form, alone, or as a call."""
    both = [surface(name) for name in SURFACES]
    english = both[0]
    in_forms = set(" ".join(english.forms.values()).split())
    alone = [kind for kind, word in english.words.items() if word not in in_forms]
    called = [name for name in builtins.SIGNATURES if name in both[1].names]
    rows = (
        *([own.forms[kind] for own in both] for kind in english.forms),
        *([own.words[kind] for own in both] for kind in alone),
        [f"({own.empty}: 0%)" for own in both],
        *([f"{own.function(name)}(…)" for own in both] for name in (*called, HAS)),
    )
    return [tuple((d.Code(said),) for said in row) for row in rows]


def _listed(forms: tuple[str, ...]) -> d.Rich:
    return d.joined([(d.Code(form),) for form in forms], d.Break())


def _codes(told: _Told, folder: str) -> Iterator[d.Block]:
    """Yield the table of diagnostic codes; their pages stand in `folder`."""
    yield from told.chapter("codes")
    rows: list[tuple[d.Rich, ...]] = []
    for code in all_codes():
        found = page(code)
        severity = phrase(told.lang, f"word.{found.severity.value}")
        link = d.Link(code, f"{folder}/{code}.md")
        rows.append(((link,), (severity,), d.marked(found.said[told.lang].message)))
    yield told.grid("code severity message", rows)


# -- the builtins: what they take and what they give ---------------------------------------------


_MARKS = {builtins.ITEM: "item", builtins.ORDERED: "ordered", builtins.LEVEL: "level"}


def calls(lang: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each builtin by name with its forms: `floor(n: number) → number`."""
    for name, signatures in builtins.SIGNATURES.items():
        yield name, tuple(_form(name, signature, lang) for signature in signatures)


def _form(name: str, signature: builtins.Signature, lang: str) -> str:
    return f"{name}({_parameters(signature, lang)}) → {_type_word(signature.result, lang)}"


def _parameters(signature: builtins.Signature, lang: str) -> str:
    said = []
    for parameter in signature.parameters:
        ty = _type_word(parameter.ty, lang)
        text = f"{parameter.name}: {ty}" if parameter.name else ty
        said.append(f"[{text}]" if parameter.optional else text)
    return ", ".join(said) + (", …" if signature.variadic else "")


def _type_word(ty: t.Type, lang: str) -> str:
    if ty in _MARKS:
        return phrase(lang, f"cli.explain.{_MARKS[ty]}")
    if isinstance(ty, t.List):
        return phrase(lang, "cli.explain.list", element=_type_word(ty.element, lang))
    word = type_word(ty)
    return phrase(lang, f"word.{word.key}", name=word.name)

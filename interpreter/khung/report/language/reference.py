"""The reference of the language: the keys of its files, its expressions, its diagnostics."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung import syntax
from khung.diagnostics.codes import all_codes, page
from khung.locale import phrase
from khung.report.document.model import (
    Block,
    Break,
    Code,
    Document,
    Grid,
    Heading,
    Link,
    Listing,
    Paragraph,
    Rich,
    Sample,
    anchor,
    joined,
)
from khung.report.language.functions import calls
from khung.resources import schema

if TYPE_CHECKING:
    from collections.abc import Iterator


def reference(lang: str, codes: str) -> Document:
    """Return the reference in one language.

    Args:
        lang: `vi` or `en`.
        codes: Where the pages of the diagnostic codes are, from where the reference stands.
    """
    title = phrase(lang, "language.title")
    chapters = (*key_blocks(lang), *expression_blocks(lang), *code_blocks(lang, codes))
    return Document(title, lang, (*_front(title, chapters, lang), *chapters))


def _front(title: str, chapters: tuple[Block, ...], lang: str) -> Iterator[Block]:
    yield Heading(1, title)
    yield Paragraph((phrase(lang, "language.made"),))
    found = (b for b in chapters if isinstance(b, Heading) and b.level == 2)  # noqa: PLR2004  # chapters
    yield Listing(tuple((Link(block.text, block.anchor),) for block in found))


# -- keys ---------------------------------------------------------------------------------------


FILES = ("rulebook", "subject", "clauses", "case")
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

    def half(self, text: str) -> str:
        """Return the half of a description in one language."""
        first, _, second = text.partition(" — ")
        return second if self.lang == "en" and second else first


def key_blocks(lang: str) -> Iterator[Block]:
    """Yield a chapter for each kind of file."""
    told = _Told(lang)
    whole = {name: schema(name) for name in FILES}
    for name, root in whole.items():
        for key, part in root.get("$defs", {}).items():
            told.places.setdefault(_same(key, part), anchor(_KEY, f"{name}.{key}"))
    for name, root in whole.items():
        yield from _file(name, root, told)


def _same(key: str, part: _Schema) -> str:
    return key + json.dumps(part, sort_keys=True)


def _file(name: str, root: _Schema, told: _Told) -> Iterator[Block]:
    yield Heading(2, told.half(str(root["title"])), anchor(_KEY, name))
    yield Paragraph((told.half(str(root["description"])),))
    yield from _keys(root, root, told)
    for key, part in root.get("$defs", {}).items():
        place = anchor(_KEY, f"{name}.{key}")
        if told.places[_same(key, part)] == place:
            yield Heading(3, told.half(str(part["title"])), place)
            yield from _part(part, root, told)


def _part(part: _Schema, root: _Schema, told: _Told) -> Iterator[Block]:
    yield Paragraph((told.half(str(part["description"])),))
    if "properties" not in part:
        yield Paragraph((f"{told.say('type')}: ", *_type(part, root, told)))
    yield from _keys(part, root, told)
    for example in part.get("examples", ()):
        yield Sample(json.dumps(example, ensure_ascii=False, indent=2), "json")


# -- keys ----------------------------------------------------------------------------------------


def _keys(part: _Schema, root: _Schema, told: _Told) -> Iterator[Block]:
    columns = tuple(told.say(f"column.{name}") for name in ("key", "type", "about"))
    rows = tuple(_rows(part, root, told, ""))
    if rows:
        yield Grid(columns, rows)


def _rows(part: _Schema, root: _Schema, told: _Told, before: str) -> Iterator[tuple[Rich, ...]]:
    """Yield a row for each key; those of a mapping written in place follow it, `small.allow`."""
    for form in _forms(part):
        required = form.get("required", ())
        for key, value in form.get("properties", {}).items():
            name: Rich = (Code(f"{before}{key}"),)
            if key in required:
                name = (*name, " ", told.say("required"))
            about = told.half(str(value.get("description", "")))
            yield (name, _type(value, root, told), (about,))
            yield from _rows(value, root, told, f"{before}{key}.")


def _forms(part: _Schema) -> Iterator[_Schema]:
    """Yield a mapping and the other mappings that may stand in its place."""
    yield part
    for word in ("anyOf", "oneOf"):
        yield from (choice for choice in part.get(word, ()) if "properties" in choice)
    yield from (part[word] for word in _BRANCHES if "properties" in part.get(word, {}))


# -- types ---------------------------------------------------------------------------------------


def _type(part: _Schema, root: _Schema, told: _Told) -> Rich:
    """Return what may stand in a place."""
    if "$ref" in part:
        return (_link(part["$ref"], root, told),)
    if "const" in part:
        return (Code(json.dumps(part["const"])),)
    if "enum" in part:
        return joined([(Code(str(value)),) for value in part["enum"]], ", ")
    for word in ("anyOf", "oneOf"):
        if word in part and all(_is_type(choice) for choice in part[word]):
            choices = [_type(choice, root, told) for choice in part[word]]
            return joined(choices, told.say("or"))
    return _plain(part, root, told)


def _is_type(part: _Schema) -> bool:
    return bool({"$ref", "const", "enum", "type"} & set(part))


def _plain(part: _Schema, root: _Schema, told: _Told) -> Rich:
    if "type" not in part and any(word in part for word in _BRANCHES):
        branches = [_type(part[word], root, told) for word in _BRANCHES if word in part]
        return joined(branches, told.say("or"))
    names = part.get("type", "any")
    said = [
        _named(name, part, root, told) for name in ([names] if isinstance(names, str) else names)
    ]
    return joined(said, told.say("or"))


def _named(name: str, part: _Schema, root: _Schema, told: _Told) -> Rich:
    if name == "array" and "items" in part:
        return (told.say("list_of"), " ", *_type(part["items"], root, told))
    inner = part.get("additionalProperties")
    if name == "object" and isinstance(inner, dict):
        return (told.say("mapping_of"), " ", *_type(inner, root, told))
    return (told.say(f"type.{name}"),)


def _link(ref: str, root: _Schema, told: _Told) -> Link:
    key = ref.removeprefix(_LOCAL)
    part = root["$defs"][key]
    return Link(told.half(str(part["title"])), told.places[_same(key, part)])


# -- expressions and diagnostics ----------------------------------------------------------------


OPERATORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("choice", ("if a then b else c",)),
    ("quantifier", ("some x in l satisfies x > 1", "every x in l satisfies x > 1")),
    ("tally", ("count x in l satisfies x > 1", "share x in l where x > 0 satisfies x > 1")),
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
    ("path", ("a.b", "l[item > 3]", "l[1]")),
    ("call", ("not(a)", "floor(a)", "floor(n: 1.5, scale: 1)")),
    ("literal", ("12", "80%", '"text"', '@"2021-12-15"', "true", "null", "[1, 2]", "[1..5)")),
)
"""The forms of expressions, those that bind loosest first, as `expr.lark` has them."""

_UNKNOWN = ("state", "logic", "compare", "arithmetic", "if", "fold", "call", "known", "never")


def expression_blocks(lang: str) -> Iterator[Block]:
    """Yield the chapters on expressions."""
    yield Heading(2, _say(lang, "expressions"), anchor("part", "expressions"))
    yield Paragraph((_say(lang, "expressions.about"),))
    yield _grid(lang, "form meaning", [(_codes(f), (_say(lang, f"op.{n}"),)) for n, f in OPERATORS])
    yield Heading(2, _say(lang, "unknown"), anchor("part", "unknown"))
    yield Paragraph((_say(lang, "unknown.about"),))
    yield _grid(lang, "what gives", [_unknown(lang, name) for name in _UNKNOWN])
    yield Heading(2, _say(lang, "builtins"), anchor("part", "builtins"))
    yield Paragraph((_say(lang, "builtins.about"),))
    yield _grid(lang, "call meaning", [_builtin(lang, *one) for one in calls(lang)])
    yield Heading(2, _say(lang, "grammar"), anchor("part", "grammar"))
    yield Paragraph((_say(lang, "grammar.about"),))
    yield Sample((Path(syntax.__file__).parent / "expr.lark").read_text("utf-8"))


def code_blocks(lang: str, folder: str) -> Iterator[Block]:
    """Yield the table of diagnostic codes; their pages stand in `folder`."""
    yield Heading(2, _say(lang, "codes"), anchor("part", "codes"))
    yield Paragraph((_say(lang, "codes.about"),))
    rows: list[tuple[Rich, ...]] = []
    for code in all_codes():
        found = page(code)
        severity = phrase(lang, f"word.{found.severity.value}")
        rows.append(
            ((Link(code, f"{folder}/{code}.md"),), (severity,), (found.said[lang].message,))
        )
    yield _grid(lang, "code severity message", rows)


def _say(lang: str, key: str) -> str:
    return phrase(lang, f"language.{key}")


def _grid(lang: str, columns: str, rows: list[tuple[Rich, ...]]) -> Grid:
    return Grid(tuple(_say(lang, f"column.{name}") for name in columns.split()), tuple(rows))


def _codes(forms: tuple[str, ...]) -> Rich:
    return joined([(Code(form),) for form in forms], Break())


def _unknown(lang: str, name: str) -> tuple[Rich, ...]:
    return ((_say(lang, f"unknown.{name}"),), (_say(lang, f"unknown.{name}.gives"),))


def _builtin(lang: str, name: str, forms: tuple[str, ...]) -> tuple[Rich, ...]:
    return (_codes(forms), (_say(lang, f"builtin.{name}"),))

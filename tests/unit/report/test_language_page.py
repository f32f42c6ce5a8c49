"""The reference of the language holds every key, operator, builtin and code; its links lead on."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from tests.support.schemas import schema
from tests.support.syntax import parsed

from khung.diagnostics.codes import all_codes
from khung.ir.builtins import SIGNATURES
from khung.locale import languages
from khung.report.document.markdown import to_markdown
from khung.report.document.model import Code, Grid, Heading, Link, Listing, Paragraph
from khung.report.reference import FILES, OPERATORS, reference
from khung.syntax import ast

CODES = "./codes"


@cache
def written(lang):
    return reference(lang, CODES)


def parts(document):
    for block in document.blocks:
        match block:
            case Paragraph():
                yield from block.text
            case Listing():
                yield from (part for item in block.items for part in item)
            case Grid():
                yield from (part for row in block.rows for cell in row for part in cell)


def keys_of(part):
    if isinstance(part, dict):
        properties = part.get("properties", {})
        yield from properties if isinstance(properties, dict) else ()
        for inner in part.values():
            yield from keys_of(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from keys_of(inner)


@pytest.mark.parametrize("name", FILES)
def test_every_key_is_told(name):
    told = {part.text.rpartition(".")[2] for part in parts(written("vi")) if isinstance(part, Code)}
    assert set(keys_of(schema(name))) - told == set()


@pytest.mark.parametrize("lang", languages)
def test_every_key_is_told_in_the_language(lang):
    for part in parts(written(lang)):
        if isinstance(part, str):
            assert " — " not in part


@pytest.mark.parametrize("lang", languages)
def test_every_builtin_is_told_with_what_it_takes(lang):
    forms = [part.text for part in parts(written(lang)) if isinstance(part, Code)]
    for name, signatures in SIGNATURES.items():
        assert sum(form.startswith(f"{name}(") for form in forms) >= len(signatures), name


@pytest.mark.parametrize("lang", languages)
def test_every_code_leads_to_its_page(lang):
    links = {part.to for part in parts(written(lang)) if isinstance(part, Link)}
    assert {f"{CODES}/{code}.md" for code in all_codes()} <= links


@pytest.mark.parametrize("lang", languages)
def test_every_link_leads_somewhere(lang):
    document = written(lang)
    places = [block.anchor for block in document.blocks if isinstance(block, Heading)]
    places = [place for place in places if place]
    assert sorted(places) == sorted(set(places))
    links = {part.to for part in parts(document) if isinstance(part, Link)}
    assert {to for to in links if not to.startswith(".")} - set(places) == set()


@pytest.mark.parametrize("form", [form for _, forms in OPERATORS for form in forms])
def test_every_form_is_one_of_the_language(form):
    assert parsed(form) is not None


INFIX = {"or": "or", "and": "and", "compare": "<", "add": "+", "multiply": "*", "power": "**"}


@pytest.mark.parametrize("pair", list(pairwise(k for k, _ in OPERATORS if k in INFIX)), ids=str)
def test_what_stands_above_binds_looser(pair):
    loose, tight = (INFIX[name] for name in pair)
    plain = parsed(f"a {loose} b {tight} c")
    assert plain == parsed(f"a {loose} (b {tight} c)")
    assert plain != parsed(f"(a {loose} b) {tight} c")


def test_the_grammar_stands_there_whole():
    grammar = (Path(ast.__file__).parent / "expr.lark").read_text("utf-8").rstrip()
    assert grammar in to_markdown(written("vi"))

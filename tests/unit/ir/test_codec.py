"""A program comes back from its text as it was: places and all, and what is shared stays so."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from tests.support.schemas import ROOT

from khung.driver import Shelf
from khung.ir import codec
from khung.ir import nodes as n
from khung.ir import types as t
from khung.text import SourceFile, Span

BOOKS = [
    folder
    for place in (ROOT / "rulebooks", ROOT / "tests" / "rulebooks")
    for folder in sorted(place.iterdir())
    if folder.is_dir()
]


def program_of(folder):
    return Shelf().ready(folder, {}).program


def told(program):
    """Return a program as text, with the texts of its files, and read back."""
    texts = {value.name: value.text for value in parts(program) if isinstance(value, SourceFile)}
    return read_back(program, texts)


def read_back(value, texts=None):
    """Return a value as text, and what is read of that."""
    text, _ = codec.encode(value, texts or ())
    return text, codec.decode(text, (texts or {}).get)[0]


def parts(value, seen=None):
    """Yield all that a value holds, itself first, each object once."""
    seen = {} if seen is None else seen
    if id(value) in seen:
        return
    seen[id(value)] = value
    yield value
    below = ()
    if is_dataclass(value):
        below = [getattr(value, one.name) for one in fields(value)]
    elif isinstance(value, dict):
        below = [one for entry in value.items() for one in entry]
    elif isinstance(value, tuple | frozenset):
        below = value
    for one in below:
        yield from parts(one, seen)


def nodes(value):
    """Return how often each class of the core stands in a value, each object counted once."""
    return sorted(type(one).__name__ for one in parts(value) if type(one).__module__ == NODES)


NODES = "khung.ir.nodes"


@pytest.mark.parametrize("folder", BOOKS, ids=lambda folder: folder.name)
def test_a_program_is_as_it_was(folder):
    program = program_of(folder)
    back = told(program)[1]
    assert back == program
    assert nodes(back) == nodes(program)  # one object in two places is one object still


def test_places_are_as_they_were():
    program = program_of(ROOT / "rulebooks" / "2021")
    back = told(program)[1]
    before = [one.text for one in parts(program) if isinstance(one, Span)]
    after = {one.text for one in parts(back) if isinstance(one, Span)}
    assert len(before) > 1000
    assert after == set(before)


def test_a_mapping_read_back_is_one_of_all_it_holds():
    plain = {"a": ("one",), "b": ("two",), "c": ("three",)}
    for asked in ({}, {"c"}, {"b", "a"}):
        back = read_back(plain)[1]
        for key in asked:
            assert back[key] == plain[key]
        assert "b" in back
        assert "d" not in back
        assert back.get("d", 7) == 7
        assert back.get("a") == ("one",)
        assert len(back) == 3
        assert list(back) == ["a", "b", "c"]
        assert {**back} == plain
        assert dict(back) == plain
        assert back == plain
        assert back | {"e": 1} == {**plain, "e": 1}
        with pytest.raises(KeyError):
            back["d"]


def test_what_is_shared_is_one_line():
    one = (("a", "b"),) * 3
    text, back = read_back(one)
    assert text.count('"a"') == 1
    assert back == one
    assert back[0] is back[2]


def test_an_object_is_filled_when_it_is_asked():
    node = n.Not(n.Literal(value=True, ty=t.BOOLEAN, span=SPAN), SPAN)
    for ask in (lambda x: x.operand, lambda x: x == node, lambda x: node == x, hash, repr):
        back = read_back(node)[1]
        assert isinstance(back, n.Not)
        assert type(back) is not n.Not
        ask(back)
        assert type(back) is n.Not
        assert back == node
        assert hash(back) == hash(node)
        assert repr(back) == repr(node)
        assert back.operand is back.operand
        with pytest.raises(AttributeError):
            _ = back.other


def test_two_that_are_not_filled_are_compared():
    node = n.Not(n.Literal(value=True, ty=t.BOOLEAN, span=SPAN), SPAN)
    assert read_back(node)[1] == read_back(node)[1]
    assert read_back(node)[1] != read_back(node.operand)[1]
    assert replace(read_back(node)[1], operand=node) == n.Not(node, SPAN)


def test_what_stands_beside_a_value_leads_to_its_parts():
    inner = n.Literal(value=True, ty=t.BOOLEAN, span=SPAN)
    node = n.Not(inner, SPAN)
    text, places = codec.encode(node, ())
    values = [inner, (inner, "a"), Decimal("1.50"), date(2021, 2, 3), {"k": node}, 7, None, 1.5]
    beside, parts_of = codec.encode_beside(values, places)
    assert parts_of[-1] is None
    back, there = codec.decode(text, str)
    of = codec.decode_beside(beside, there)
    found = [of(part) for part in parts_of[:-1]]
    assert found == values[:-1]
    assert found[0] is back.operand
    assert found[1][0] is back.operand
    assert found[4]["k"] is back
    assert there.number(back.operand) == places.number(inner)
    assert there.value(there.number(back.operand)) is back.operand
    assert there.number(object()) is None


SPAN = Span(SourceFile("a", "b"), 0, 1)


def test_only_data_of_the_core_is_kept():
    @dataclass
    class Other:
        a: int

    for value in (Other(1), 1.5, b"a", object(), {1, 2}, [1]):
        with pytest.raises(codec.UnstorableError):
            codec.encode((value,), ())


@pytest.mark.parametrize(
    "kind", ["os.system", "builtins.eval", "khung.ir.nodes.field", "khung.ir.program.asked", "x"]
)
def test_only_classes_of_the_core_are_made(kind):
    text = json.dumps({"kinds": [kind], "lines": "0", "files": []}) + '\n["a"]'
    with pytest.raises((ValueError, AttributeError)):
        codec.decode(text, str)

"""A program comes back from its text as it was: places and all, and what is shared stays so."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass

import pytest
from tests.support.schemas import ROOT

from khung.driver import Shelf
from khung.ir import codec
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
    text = codec.encode(program, texts)
    return text, codec.decode(text, texts.__getitem__)


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
        back = codec.decode(codec.encode(plain, ()), str)
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
    text, back = codec.encode(one, ()), codec.decode(codec.encode(one, ()), str)
    assert text.count('"a"') == 1
    assert back == one
    assert back[0] is back[2]


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
    text = json.dumps({"kinds": [kind], "files": []}) + '\n[0,"a"]'
    with pytest.raises((ValueError, AttributeError)):
        codec.decode(text, str)

"""Classes whose methods are written late are as `dataclasses` makes them in all that is used."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace
from threading import Thread

import pytest

from khung import records


def both(**how):
    """Return a class as each of the two makes it."""

    def made_by(decorator):
        @decorator(slots=True, **how)
        class Made:
            """Some attributes."""

            self: int
            b: str = "b"
            c: list[int] = field(default_factory=list, compare=False, repr=False)
            d: int = field(init=False, default=4)
            e: int = field(default=5, kw_only=True)

        return Made

    return made_by(dataclasses.dataclass), made_by(records.dataclass)


@pytest.mark.parametrize("how", [{"frozen": True}, {}, {"eq": False}])
def test_they_are_alike(how):
    library, ours = both(**how)
    for values, named in [((1,), {}), ((1, "x"), {"e": 7}), ((1, "x", [3]), {}), ((), {"self": 2})]:
        one, other = library(*values, **named), ours(*values, **named)
        assert repr(one) == repr(other)
        shown = [[getattr(x, f.name) for f in fields(x)] for x in (one, other)]
        assert shown[0] == shown[1]
        for x in (one, other):
            assert (x == copy.copy(x)) is (how != {"eq": False})
            assert replace(x, b="n", e=8).e == 8
            assert not hasattr(x, "__dict__")
            assert x != 3
    assert ours.__match_args__ == library.__match_args__
    assert is_dataclass(ours)


@pytest.mark.parametrize("call", [((), {}), ((1, 2, [], 4), {}), ((1,), {"f": 1})])
def test_wrong_arguments_are_told(call):
    for made in both(frozen=True):
        with pytest.raises(TypeError):
            made(*call[0], **call[1])


def test_what_was_found_on_the_way_is_not_taken_over():
    @records.dataclass(slots=True)
    class Made:
        """An object that notes what it found."""

        a: int
        known: list[int] = field(default_factory=list, init=False)
        times: int = field(default=0, init=False)

    one = Made(1)
    one.known.append(7)
    one.times = 2
    other = records.replace(one, a=3)
    assert (other.a, other.known, other.times) == (3, [], 0)
    assert (one.known, one.times) == ([7], 2)


def test_what_is_frozen_stays_and_has_a_hash():
    library, ours = both(frozen=True)
    assert len({ours(1), ours(1), ours(2), ours(1, "b", [9])}) == 2
    for made in (library(1), ours(1)):
        with pytest.raises(FrozenInstanceError):
            made.b = "c"
        with pytest.raises(FrozenInstanceError):
            del made.b
    with pytest.raises(TypeError):
        hash(both()[1](1))


def test_fields_are_known_before_there_is_an_object():
    ours = both(frozen=True)[1]
    assert [one.name for one in fields(ours)] == ["self", "b", "c", "d", "e"]


def test_defaults_and_methods_are_inherited():
    @records.dataclass(frozen=True, slots=True)
    class Base:
        """A base."""

        a: int = 1

        def twice(self):
            return 2 * self.a

    @records.dataclass(frozen=True, slots=True)
    class Below(Base):
        """With one more."""

        b: int = 2

        def __repr__(self):
            return "own"

    assert (Below().a, Below().b, Below(5).twice(), repr(Below())) == (1, 2, 10, "own")
    assert Below() != Base()


def test_many_may_ask_first():
    ours = both(frozen=True)[1]
    made = []
    threads = [Thread(target=lambda: made.append(ours(1))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [ours(1)] * 20


def test_attributes_are_found_by_a_mark():
    @records.dataclass(frozen=True, slots=True)
    class Marked:
        a: int = field(metadata={"sort": "x"})
        b: int = field(metadata={"sort": "y"})
        c: int = 0
        d: int = field(default=1, metadata={"sort": "x"})

    assert records.marked(Marked, "sort", "x") == ("a", "d")
    assert records.marked(Marked, "other", "x") == ()


def test_an_object_is_made_like_another():
    library, ours = both(frozen=True)
    for values in [(1,), (1, "x", [3])]:
        one, other = library(*values), ours(*values)
        expected = dataclasses.replace(one, b="n", e=8)
        found = records.replace(other, b="n", e=8)
        assert type(found) is ours
        assert [getattr(found, f.name) for f in fields(found)] == [
            getattr(expected, f.name) for f in fields(expected)
        ]
    with pytest.raises(TypeError):
        records.replace(ours(1), f=2)

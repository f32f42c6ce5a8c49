"""`dataclass` with slots, made with little: loading a module makes many, a command uses few.

The library's own writes and compiles up to seven functions a class, which was two thirds of the
time that loading took. Here methods are shared or of a few lines, `__init__` is written when the
first object is made, once for all classes of the same number and sorts of attributes, and what
`dataclasses.fields` tells is made when it is asked for. `fields`, `replace` and `field` hold; to a
type checker the two are one.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from operator import attrgetter
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  # others have it from here
    from types import CodeType
else:

    def dataclass(**how: Any) -> Callable[[type], type]:
        """Return a decorator; it takes what `dataclasses.dataclass` does, and `slots` is true."""
        assert how.pop("slots")  # noqa: S101  # who wants none takes the library's own
        return lambda cls: _with_slots(cls, **how)


T = TypeVar("T")

_FIELDS, _WRITTEN = "__dataclass_fields__", "__written__"
_MISSING = dataclasses.MISSING


def is_record(cls: type) -> bool:
    """Say whether a class is made here."""
    return _WRITTEN in cls.__dict__


def fields_of(cls: type) -> tuple[str, ...]:
    """Return the names of the attributes of such a class, those that it inherits first."""
    return tuple(cls.__dict__[_WRITTEN])


@cache
def marked(cls: type, key: str, value: str) -> tuple[str, ...]:
    """Return the names of the attributes of which the metadata has a value under a key."""
    written = _made_here(cls).__dict__[_WRITTEN].items()
    own = ((name, one) for name, one in written if isinstance(one, dataclasses.Field))
    return tuple(name for name, one in own if one.metadata.get(key) == value)


def replace(made: T, **changed: Any) -> T:
    """Return an object like one made here, with some attributes changed.

    As that of `dataclasses`, but that the slots are filled one by one: no `__init__` is called.
    What is no parameter of that, such as what was found on the way, is not taken over but made
    anew, where the class says how.
    """
    cls: Any = _made_here(type(made))
    new = object.__new__(cls)
    for name, put, fresh in _slots(cls):
        if name in changed:
            put(new, changed.pop(name))
        else:
            put(new, getattr(made, name) if fresh is None else fresh())
    if changed:
        raise TypeError(*changed)
    return new  # type: ignore[no-any-return]


@cache
def _slots(
    cls: type,
) -> tuple[tuple[str, Callable[[object, object], None], Callable[[], Any] | None], ...]:
    written = cls.__dict__[_WRITTEN].items()
    return tuple((name, getattr(cls, name).__set__, _fresh(one)) for name, one in written)


def _fresh(written: Any) -> Callable[[], Any] | None:
    """Return what makes an attribute that is no parameter anew; None for others."""
    default, make = _defaults(written)
    if _is(written, "init") or (make is _MISSING and default is _MISSING):
        return None
    return make if make is not _MISSING else lambda: default


def _with_slots(
    cls: type, *, eq: bool = True, frozen: bool = False, weakref_slot: bool = False
) -> type:
    """Return a class like `cls` of which the attributes are slots."""
    space = dict(cls.__dict__)
    del space["__dict__"], space["__weakref__"]
    told = space.get("__annotations__", {})
    own = {name: space.pop(name, _MISSING) for name, of in told.items() if "ClassVar" not in of}
    base = _BASES[eq, frozen]
    bases: tuple[type, ...] = cls.__bases__
    if bases == (object,):
        written, slots, bases = own, tuple(own), (base,)
    else:
        written = _inherited(cls) | own
        slots = tuple(name for name in own if name not in _inherited(cls))
        space = {**_METHODS[base], **space}
    if frozen and eq and space.get("__hash__", base) is None:  # as it says what is equal itself
        del space["__hash__"]
    space["__slots__"] = (*slots, "__weakref__") if weakref_slot else slots
    space[_WRITTEN] = written
    made = type(cls.__name__, bases, space)
    made.__qualname__ = cls.__qualname__
    return made


def _inherited(cls: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        found.update(base.__dict__.get(_WRITTEN, ()))
    return found


class _Fields:
    """Stands in a class for what `dataclasses` tells of it, until that is asked for."""

    def __get__(self, instance: object, owner: type) -> Any:
        """Return the fields of a class, or of the one that it inherits from."""
        cls: Any = _made_here(owner)
        types = {n: o for one in reversed(cls.__mro__) for n, o in _annotations(one).items()}
        written = cls.__dict__[_WRITTEN]
        space = {name: value for name, value in written.items() if value is not _MISSING}
        told = {name: types[name] for name in written}
        space["__doc__"] = ""  # else one is written, from a signature that takes 1 ms
        like: Any = type(cls.__name__, (), {"__annotations__": told, **space})
        dataclasses.dataclass(init=False, repr=False, eq=False)(like)
        setattr(cls, _FIELDS, like.__dataclass_fields__)
        return like.__dataclass_fields__


def _annotations(cls: type) -> dict[str, Any]:
    found: dict[str, Any] = vars(cls).get("__annotations__", {})  # `inspect` takes 5 ms to load
    return found


class _Positional:
    """Stands in a class for the names of the parameters that need no name."""

    def __get__(self, instance: object, owner: type) -> tuple[str, ...]:
        written = _made_here(owner).__dict__[_WRITTEN].items()
        return tuple(n for n, value in written if _is(value, "init") and not _is_named_only(value))


def _made_here(cls: type) -> type:
    return next(one for one in cls.__mro__ if is_record(one))


# -- the methods ----------------------------------------------------------------------------


class _Plain:
    """What all have in common. A method that hangs on the attributes is made at its first use."""

    __slots__ = ()
    __dataclass_fields__ = _Fields()
    __match_args__: Any = _Positional()

    def __init__(self, *values: Any, **named: Any) -> None:
        cls: Any = _made_here(type(self))
        cls.__init__ = _init(cls, cls.__dict__[_WRITTEN])
        cls.__init__(self, *values, **named)

    def __repr__(self) -> str:
        written = _made_here(type(self)).__dict__[_WRITTEN].items()
        shown = (name for name, value in written if _is(value, "repr"))
        of = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({of})"


class _Compared(_Plain):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        cls: Any = _made_here(type(self))
        written = cls.__dict__[_WRITTEN].items()
        of = _values_of([name for name, value in written if _is(value, "compare")])

        def equal(self: Any, other: Any) -> Any:
            return of(self) == of(other) if other.__class__ is cls else NotImplemented

        cls.__eq__ = equal
        return self == other

    __hash__ = None  # type: ignore[assignment]  # what changes has none


class _Frozen(_Plain):
    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(name)

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(name)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, name) for name in fields_of(type(self))]

    def __setstate__(self, state: list[Any]) -> None:
        for name, value in zip(fields_of(type(self)), state, strict=True):
            object.__setattr__(self, name, value)


class _ComparedFrozen(_Frozen, _Compared):
    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]  # as it does not change
        cls: Any = _made_here(type(self))
        written = cls.__dict__[_WRITTEN].items()
        of = _values_of([name for name, value in written if _is_hashed(value)])
        cls.__hash__ = lambda self: hash(of(self))
        return hash(self)


_BASES: dict[tuple[bool, bool], type] = {
    (False, False): _Plain,
    (True, False): _Compared,
    (False, True): _Frozen,
    (True, True): _ComparedFrozen,
}
"""By whether objects are compared, and whether they are frozen."""

_METHODS = {
    base: {
        "__init__": _Plain.__init__,
        "__match_args__": _Positional(),
        _FIELDS: _Fields(),
        **(
            {"__eq__": base.__eq__, "__hash__": base.__hash__}
            if issubclass(base, _Compared)
            else {}
        ),
    }
    for base in _BASES.values()
}
"""What a class that inherits from another made here needs of its own."""


def _values_of(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


def _is(value: Any, what: str) -> bool:
    """Whether an attribute is a parameter, or compared, or shown; all are that are not told so."""
    return not isinstance(value, dataclasses.Field) or getattr(value, what)


def _is_hashed(value: Any) -> bool:
    own = value.hash if isinstance(value, dataclasses.Field) else None
    return _is(value, "compare") if own is None else own


def _is_named_only(value: Any) -> bool:
    return isinstance(value, dataclasses.Field) and value.kw_only is True


# -- filling new objects -----------------------------------------------------------------------

_PLAIN, _MADE, _SET, _SET_MADE = "pmst"
"""A parameter; one for which a value is made; an attribute that is none, set or made."""


def _init(cls: type, written: dict[str, Any]) -> Callable[..., None]:
    """Return what fills the slots of a new object; no `__setattr__` is asked."""
    ordered = sorted(written.items(), key=lambda one: _is_named_only(one[1]))
    known: dict[str, Any] = {"MISSING": _MISSING}
    sorts, names, given, by_name = "", [], [], {}
    for place, (name, value) in enumerate(ordered):
        default, make = _defaults(value)
        known |= {f"s{place}": getattr(cls, name).__set__, f"d{place}": default, f"m{place}": make}
        is_made = make is not _MISSING
        if not _is(value, "init"):
            sorts += _SET_MADE if is_made else _SET if default is not _MISSING else " "
            continue
        named_only = _is_named_only(value)
        sort = _MADE if is_made else _PLAIN
        sorts += sort.upper() if named_only else sort
        names.append(name)
        if named_only and (is_made or default is not _MISSING):
            by_name[name] = default
        elif is_made or default is not _MISSING:
            given.append(default)
    code = _filling(sorts, then=hasattr(cls, "__post_init__"))
    code = code.replace(co_varnames=("_made", *names))
    made = FunctionType(code, known, "__init__", tuple(given))
    made.__kwdefaults__ = by_name
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _defaults(value: Any) -> tuple[Any, Any]:
    """Return the default of an attribute, and what makes one."""
    if isinstance(value, dataclasses.Field):
        return value.default, value.default_factory
    return value, _MISSING


@cache
def _filling(sorts: str, *, then: bool) -> CodeType:
    """Return the code of an `__init__` whose parameters are numbered, for attributes by sort."""
    heads, lines = ["_made"], []
    for place, sort in enumerate(sorts):
        if sort.isupper() and "*" not in heads:
            heads.append("*")
        if sort.lower() in (_PLAIN, _MADE):
            heads.append(f"p{place}")
        value = {
            _PLAIN: f"p{place}",
            _MADE: f"m{place}() if p{place} is MISSING else p{place}",
            _SET: f"d{place}",
            _SET_MADE: f"m{place}()",
        }.get(sort.lower())
        lines += [f" s{place}(_made, {value})"] if value else []
    lines += [" _made.__post_init__()"] if then else []
    space: dict[str, Any] = {}
    exec(f"def made({', '.join(heads)}):\n" + "\n".join(lines or [" pass"]), space)  # noqa: S102  # of nothing but numbers
    code: CodeType = space["made"].__code__
    return code

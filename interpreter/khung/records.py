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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  # others have it from here
    from types import CodeType
else:

    def dataclass(**how: Any) -> Callable[[type], type]:
        """Return a decorator; it takes what `dataclasses.dataclass` does, and `slots` is true."""
        assert how.pop("slots")  # noqa: S101  # who wants none takes the library's own
        return lambda cls: _with_slots(cls, **how)


_FIELDS, _WRITTEN = "__dataclass_fields__", "__written__"
_MISSING = dataclasses.MISSING


def is_record(cls: type) -> bool:
    """Say whether a class is made here."""
    return _WRITTEN in cls.__dict__


def fields_of(cls: type) -> tuple[str, ...]:
    """Return the names of the attributes of such a class, those that it inherits first."""
    return tuple(cls.__dict__[_WRITTEN])


def _with_slots(
    cls: type, *, eq: bool = True, frozen: bool = False, weakref_slot: bool = False
) -> type:
    """Return a class like `cls` of which the attributes are slots."""
    told = _annotations(cls)
    names = [name for name, of in told.items() if "ClassVar" not in of]
    space = {k: v for k, v in cls.__dict__.items() if k not in ("__dict__", "__weakref__")}
    own = {name: space.pop(name, _MISSING) for name in names}
    written, inherited = dict[str, Any](), set[str]()
    for base in reversed(cls.__mro__[1:]):
        written.update(base.__dict__.get(_WRITTEN, ()))
        inherited.update(base.__dict__.get("__slots__", ()))
    written.update(own)
    weak = ("__weakref__",) if weakref_slot else ()
    space["__slots__"] = (*(name for name in names if name not in inherited), *weak)
    space |= {_WRITTEN: written, _FIELDS: _Fields()}
    made: Any = type(cls)(cls.__name__, cls.__bases__, space)
    made.__qualname__ = cls.__qualname__
    for name, method in _methods(made, written, eq=eq, frozen=frozen).items():
        if space.get(name) is None:
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]


class _Fields:
    """Stands in a class for what `dataclasses` tells of it, until that is asked for."""

    def __get__(self, instance: object, owner: type) -> Any:
        """Return the fields of the class, or of one that inherits from it."""
        cls: Any = next(one for one in owner.__mro__ if is_record(one))
        types = {n: o for one in reversed(cls.__mro__) for n, o in _annotations(one).items()}
        written = cls.__dict__[_WRITTEN]
        space = {name: value for name, value in written.items() if value is not _MISSING}
        like: Any = type(
            cls.__name__, (), {"__annotations__": {n: types[n] for n in written}, **space}
        )
        dataclasses.dataclass(init=False, repr=False, eq=False)(like)
        setattr(cls, _FIELDS, like.__dataclass_fields__)
        return like.__dataclass_fields__


def _annotations(cls: type) -> dict[str, Any]:
    found: dict[str, Any] = vars(cls).get("__annotations__", {})  # `inspect` takes 5 ms to load
    return found


# -- the methods ----------------------------------------------------------------------------


def _methods(cls: Any, written: dict[str, Any], *, eq: bool, frozen: bool) -> dict[str, Any]:
    """Return the methods of a class, which do what those of `dataclasses` do."""
    taken = [name for name, value in written.items() if _is(value, "init")]
    made: dict[str, Any] = {"__init__": _first(cls, written), "__repr__": _repr}
    made["__match_args__"] = tuple(n for n in taken if not _is_named_only(written[n]))
    if frozen:
        made |= {"__setattr__": _frozen, "__delattr__": _frozen}
        made |= {"__getstate__": _state, "__setstate__": _set_state}
    if not eq:
        return made
    compared = _values_of([name for name, value in written.items() if _is(value, "compare")])
    hashed = _values_of([name for name, value in written.items() if _is_hashed(value)])

    def equal(self: Any, other: Any) -> Any:
        return compared(self) == compared(other) if other.__class__ is cls else NotImplemented

    made["__eq__"] = equal
    made["__hash__"] = (lambda self: hash(hashed(self))) if frozen else None
    return made


def _is(value: Any, what: str) -> bool:
    """Whether an attribute is a parameter, or compared, or shown; all are that are not told so."""
    return not isinstance(value, dataclasses.Field) or getattr(value, what)


def _is_hashed(value: Any) -> bool:
    own = value.hash if isinstance(value, dataclasses.Field) else None
    return _is(value, "compare") if own is None else own


def _is_named_only(value: Any) -> bool:
    return isinstance(value, dataclasses.Field) and value.kw_only is True


def _first(cls: Any, written: dict[str, Any]) -> Callable[..., None]:
    """Return what stands for `__init__` until the first object is made."""

    def first(made: Any, *values: Any, **named: Any) -> None:
        cls.__init__ = _init(cls, written)
        cls.__init__(made, *values, **named)

    return first


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


# -- the others ----------------------------------------------------------------------------------


def _values_of(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


def _written_of(made: Any) -> dict[str, Any]:
    found: dict[str, Any] = getattr(type(made), _WRITTEN)
    return found


def _repr(self: Any) -> str:
    shown = (name for name, value in _written_of(self).items() if _is(value, "repr"))
    of = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{type(self).__qualname__}({of})"


def _frozen(self: Any, name: str, *_: Any) -> None:  # noqa: ARG001  # as `__setattr__` is called
    raise dataclasses.FrozenInstanceError(name)


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in _written_of(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(_written_of(self), state, strict=True):
        object.__setattr__(self, name, value)

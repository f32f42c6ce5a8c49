"""`dataclass` with slots, of which the methods are written when the first object is made.

The library's own writes and compiles up to seven functions a class as soon as a module is loaded,
which was two thirds of the time that loading took; of most classes a command makes no object. Here
a class gets its slots at once, and its fields and methods when they are first needed. The fields
are those of `dataclasses`, so that `fields`, `replace` and `field` hold; to a type checker the two
are one.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  # others have it from here
else:

    def dataclass(**how: Any) -> Callable[[type], type]:
        """Return a decorator; it takes what `dataclasses.dataclass` does, and `slots` is true."""
        assert how.pop("slots")  # noqa: S101  # who wants none takes the library's own
        return lambda cls: _with_slots(cls, how)


_FIELDS = "__dataclass_fields__"
_LOCK = RLock()


def _with_slots(cls: type, how: dict[str, Any]) -> type:
    """Return a class like `cls` of which the attributes are slots."""
    told = vars(cls).get("__annotations__", {})  # `inspect` takes 5 ms to load
    names = [name for name, of in told.items() if "ClassVar" not in str(of)]
    space = {k: v for k, v in cls.__dict__.items() if k not in ("__dict__", "__weakref__")}
    defaults = {name: space.pop(name) for name in names if name in space}
    weak = ("__weakref__",) if how.pop("weakref_slot", False) else ()
    inherited = {slot for base in cls.__mro__ for slot in getattr(base, "__slots__", ())}
    made = type(cls)(
        cls.__name__,
        cls.__bases__,
        {**space, "__slots__": (*(name for name in names if name not in inherited), *weak)},
    )
    made.__qualname__ = cls.__qualname__
    later = _Later(made, defaults, how)
    setattr(made, _FIELDS, later)
    made.__init__ = later.first  # type: ignore[misc]
    if how.get("frozen"):
        made.__getstate__ = _state  # type: ignore[assignment]
        made.__setstate__ = _set_state  # type: ignore[attr-defined]
    return made


class _Later:
    """Stands in a class for its fields and its `__init__`, until one of them is asked for."""

    def __init__(self, cls: type, defaults: dict[str, Any], how: dict[str, Any]) -> None:
        self.cls = cls
        self.defaults = defaults
        self.how = how

        def first(made: Any, *values: Any, **named: Any) -> None:
            self.finish()
            made.__init__(*values, **named)

        self.first = first

    def __get__(self, instance: object, owner: type) -> Any:
        """Return the fields of the class, or of one that inherits from it."""
        self.finish()
        return getattr(self.cls, _FIELDS)

    def finish(self) -> None:
        """Have `dataclasses` write the methods, once."""
        with _LOCK:
            if self.cls.__dict__.get(_FIELDS) is self:
                self._finish(self.cls)

    def _finish(self, cls: Any) -> None:
        slots = {name: cls.__dict__[name] for name in self.defaults if name in cls.__dict__}
        delattr(cls, _FIELDS)
        del cls.__init__
        for name, value in self.defaults.items():  # where `dataclasses` looks for them
            setattr(cls, name, value)
        dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
        for name in self.defaults:
            if name in slots:
                setattr(cls, name, slots[name])
            elif name in cls.__dict__:
                delattr(cls, name)
        for name, method in _methods(cls, **self.how).items():
            if name not in cls.__dict__ or cls.__dict__[name] is None:
                setattr(cls, name, method)


# -- the methods ----------------------------------------------------------------------------


def _methods(cls: type, *, eq: bool = True, frozen: bool = False) -> dict[str, Any]:
    """Return the methods of a class, as `dataclasses` would write them."""
    fields = dataclasses.fields(cls)
    made = {"__init__": _init(cls, fields), "__repr__": _repr}
    if frozen:
        made |= {"__setattr__": _frozen, "__delattr__": _frozen}
    if not eq:
        return made
    compared = _values_of([one.name for one in fields if one.compare])
    hashed = _values_of(
        [one.name for one in fields if (one.compare if one.hash is None else one.hash)]
    )

    def equal(self: Any, other: Any) -> Any:
        return compared(self) == compared(other) if other.__class__ is cls else NotImplemented

    made["__eq__"] = equal
    made["__hash__"] = (lambda self: hash(hashed(self))) if frozen else None
    return made


def _init(cls: type, fields: tuple[dataclasses.Field[Any], ...]) -> Any:
    """Return what fills the slots of a new object; no `__setattr__` is asked."""
    known: dict[str, Any] = {"MISSING": dataclasses.MISSING}
    heads: list[str] = []
    lines: list[str] = []
    for one in sorted(fields, key=lambda one: one.kw_only is True):
        name = one.name
        known[f"set_{name}"] = getattr(cls, name).__set__
        known[f"default_{name}"] = one.default
        known[f"make_{name}"] = one.default_factory
        head, value = _argument(one)
        if head and one.kw_only is True and "*" not in heads:
            heads.append("*")
        heads += [head] if head else []
        lines += [f" set_{name}(_made, {value})"] if value else []
    if hasattr(cls, "__post_init__"):
        lines.append(" _made.__post_init__()")
    head, body = ", ".join(["_made", *heads]), "\n".join(lines or [" pass"])
    exec(f"def __init__({head}):\n{body}", known)  # noqa: S102  # of names of this program
    return known["__init__"]


def _argument(one: dataclasses.Field[Any]) -> tuple[str, str]:
    """Return the parameter for an attribute and what fills it; empty where there is none."""
    name, missing = one.name, dataclasses.MISSING
    if one.default_factory is not missing:
        if not one.init:
            return "", f"make_{name}()"
        return f"{name}=MISSING", f"make_{name}() if {name} is MISSING else {name}"
    if one.default is not missing:
        return (f"{name}=default_{name}", name) if one.init else ("", f"default_{name}")
    return (name, name) if one.init else ("", "")


def _values_of(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


def _repr(self: Any) -> str:
    shown = (one.name for one in dataclasses.fields(self) if one.repr)
    of = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{type(self).__qualname__}({of})"


def _frozen(self: Any, name: str, *_: Any) -> None:  # noqa: ARG001  # as `__setattr__` is called
    raise dataclasses.FrozenInstanceError(name)


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)

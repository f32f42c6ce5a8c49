"""Objects and mappings that are made when they are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.records import fields_of

if TYPE_CHECKING:
    from collections.abc import Callable


def empty(cls: Any, parts: Callable[[object], list[Any]]) -> type:
    """Return a class for objects that are empty still: looked at, they become those of `cls`.

    Args:
        cls: A class of `records`.
        parts: Returns the values of the attributes of such an object.
    """
    slots = [getattr(cls, name).__set__ for name in fields_of(cls)]
    become = object.__setattr__

    def fill(made: Any) -> None:
        for put, value in zip(slots, parts(made), strict=True):
            put(made, value)
        become(made, "__class__", cls)

    def attribute(made: Any, name: str) -> Any:
        fill(made)
        return getattr(made, name)

    def equal(made: Any, other: object) -> Any:
        fill(made)
        return made == other

    def hashed(made: Any) -> int:
        fill(made)
        return hash(made)

    own = {"__getattr__": attribute, "__eq__": equal, "__hash__": hashed}
    return type(cls.__name__, (cls,), {"__slots__": (), "__module__": cls.__module__, **own})


class Later(dict[Any, Any]):
    """A mapping of which each value is made when first asked for, all when it is gone through.

    A dict of what is made, so that asking again costs nothing more.
    """

    __slots__ = ("_filled", "_left", "_make")

    def __init__(self, make: Callable[[Any], Any], left: dict[Any, Any]) -> None:
        super().__init__()
        self._make = make
        self._left = left
        self._filled = False

    def __missing__(self, key: Any) -> Any:
        """Make a value."""
        made = self[key] = self._make(self._left[key])
        return made

    def __contains__(self, key: object) -> bool:
        """Say whether there is a value, made or not."""
        return key in self._left

    def __len__(self) -> int:
        """Return how many values there are, made or not."""
        return len(self._left)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return a value, or `default` where there is none."""
        return self[key] if key in self._left else default

    def fill(self) -> None:
        """Make what is not made yet, and put all in order."""
        if not self._filled:
            self._filled = True
            every = {key: self[key] for key in self._left}
            self.clear()
            self.update(every)


def _of_all(name: str) -> Callable[..., Any]:
    """Return a method of dict that looks at every entry."""
    of_dict = getattr(dict, name)

    def method(self: Later, *others: Any) -> Any:
        self.fill()
        return of_dict(self, *others)

    return method


for _name in ("__iter__", "__reversed__", "__eq__", "__ne__", "__or__", "__ror__", "__repr__"):
    setattr(Later, _name, _of_all(_name))
for _name in ("copy", "items", "keys", "values"):
    setattr(Later, _name, _of_all(_name))

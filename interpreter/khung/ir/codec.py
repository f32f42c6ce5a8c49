"""A program as text, and back: what the cache keeps of a rulebook.

A line is a value: JSON of a list, its kind first, then its parts. A part is a number, that of the
line of a value; a list, for a whole number or a place; or else itself. What is shared in a program
is one line and stays shared, as the engine knows nodes by their identity. The first line names the
kinds and files. Read back, an entry of a mapping is made when it is asked for: a case asks for few.

No code is kept: only the classes of the modules named here are made, of parts that are data.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from khung.ir import types
from khung.text import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

MODULES = (
    "khung.ir.calendars",
    "khung.ir.enums",
    "khung.ir.nodes",
    "khung.ir.program",
    "khung.ir.program_tables",
    "khung.ir.types",
    "khung.rulebook.model.label",
    "khung.rulebook.model.parts",
    "khung.rulebook.model.rules",
    "khung.rulebook.model.tables",
    "khung.syntax.operators",
)
"""Where the classes are of what a program holds."""

_TUPLE, _DICT, _SET = "tuple", "dict", "frozenset"
_NUMBER, _DATE = "Decimal", "date"


class UnstorableError(TypeError):
    """A value is of a kind that is not kept."""


# -- to text ------------------------------------------------------------------------------------


def encode(root: Any, known: Collection[str]) -> str:
    """Return a value as text.

    Args:
        root: A program, or a tuple of what goes with one.
        known: The names of the files of which the reader has the text.

    Raises:
        UnstorableError: Something in it is of a kind that is not kept.
    """
    writer = _Writer()
    writer.part(root)
    files = [(file.name, None if file.name in known else file.text) for file in writer.files]
    head = {"kinds": list(writer.kinds), "files": files}
    return "\n".join([_json(head), *writer.lines])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.kinds: dict[str, int] = {}
        self.files: dict[SourceFile, int] = {}
        self.numbers: dict[Any, int] = {}
        self.alive: list[Any] = []  # an identity is of one value only as long as that lives
        self.attributes: dict[type, tuple[str, ...]] = {}

    def part(self, value: Any) -> Any:
        """Return what stands for a value, its line written before."""
        match value:
            case Enum():
                return self._line(value, (value.name,))
            case None | bool() | str():
                return value
            case int():
                return [value]
            case Span():
                return [self._file(value.file), value.start, value.end]
            case _:
                return self._line(value, None)

    def _line(self, value: Any, parts: Iterable[Any] | None) -> int:
        by_value = isinstance(value, Enum | Decimal | date) or type(value).__module__ == _TYPES
        key = (type(value), str(value)) if by_value else id(value)
        if key not in self.numbers:
            self.alive.append(value)
            kind, of = self._parts(value)
            line = [self.kinds.setdefault(kind, len(self.kinds)), *(of if parts is None else parts)]
            self.lines.append(_json(line))
            self.numbers[key] = len(self.lines)
        return self.numbers[key]

    def _parts(self, value: Any) -> tuple[str, list[Any]]:
        match value:
            case tuple() if type(value) is tuple:
                return _TUPLE, [self.part(one) for one in value]
            case dict():
                return _DICT, [self.part(one) for entry in value.items() for one in entry]
            case frozenset():
                return _SET, [self.part(one) for one in sorted(value, key=str)]
            case Decimal():
                return _NUMBER, [str(value)]
            case date():
                return _DATE, [value.isoformat()]
            case _:
                return self._of_class(value)

    def _of_class(self, value: Any) -> tuple[str, list[Any]]:
        cls = type(value)
        known = is_dataclass(cls) or issubclass(cls, Enum | tuple)
        if cls.__module__ not in MODULES or not known:
            raise UnstorableError(cls)
        kind = f"{cls.__module__}.{cls.__name__}"
        if issubclass(cls, tuple):
            return kind, [self.part(one) for one in value]
        if issubclass(cls, Enum):
            return kind, []
        if cls not in self.attributes:
            self.attributes[cls] = tuple(one.name for one in fields(cls))
        return kind, [self.part(getattr(value, name)) for name in self.attributes[cls]]

    def _file(self, file: SourceFile) -> int:
        return self.files.setdefault(file, len(self.files))


_TYPES = types.__name__


# -- from text ----------------------------------------------------------------------------------


def decode(text: str, texts: Callable[[str], str]) -> Any:
    """Return the value that `encode` wrote.

    Args:
        text: What it wrote.
        texts: Returns the text of a file that was known then, by its name.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, IndexError: The text is not of `encode`.
    """
    lines = text.split("\n")
    head = json.loads(lines[0])
    return _Reader(lines, head["kinds"], head["files"], texts).value(len(lines) - 1)


class _Reader:
    def __init__(
        self,
        lines: list[str],
        kinds: list[str],
        files: list[tuple[str, str | None]],
        texts: Callable[[str], str],
    ) -> None:
        self.lines = lines
        self.made: list[Any] = [None] * len(lines)
        self.makers = [self._maker(kind) for kind in kinds]
        self.files = files
        self.texts = texts
        self.sources: dict[int, SourceFile] = {}
        self.scan = json.JSONDecoder().raw_decode

    def value(self, number: int) -> Any:
        """Return the value of a line."""
        found = self.made[number]
        if found is None:
            kind, *parts = self.scan(self.lines[number])[0]
            found = self.made[number] = self.makers[kind](parts)
        return found

    def part(self, part: Any) -> Any:
        """Return the value that a part stands for."""
        return self.parts([part])[0]

    def parts(self, parts: list[Any]) -> list[Any]:
        """Return the values that parts stand for."""
        made, value, short = self.made, self.value, self._short
        return [
            (made[part] or value(part))
            if type(part) is int
            else (short(part) if type(part) is list else part)
            for part in parts
        ]

    def _short(self, part: list[int]) -> Any:
        return part[0] if len(part) == 1 else Span(self._file(part[0]), part[1], part[2])

    def _file(self, number: int) -> SourceFile:
        if number not in self.sources:
            name, text = self.files[number]
            self.sources[number] = SourceFile(name, self.texts(name) if text is None else text)
        return self.sources[number]

    def _maker(self, kind: str) -> Callable[[list[Any]], Any]:
        """Return what makes values of a kind of the list of their parts."""
        of = self.parts
        match kind:
            case "tuple":
                return lambda parts: tuple(of(parts))
            case "frozenset":
                return lambda parts: frozenset(of(parts))
            case "dict":
                return lambda parts: Later(
                    self, dict(zip(of(parts[::2]), parts[1::2], strict=True))
                )
            case "Decimal":
                return lambda parts: Decimal(*parts)
            case "date":
                return lambda parts: date.fromisoformat(*parts)
            case _:
                return self._of_class(kind)

    def _of_class(self, kind: str) -> Callable[[list[Any]], Any]:
        module, _, name = kind.rpartition(".")
        if module not in MODULES:
            raise ValueError(kind)
        cls: Any = getattr(import_module(module), name)
        if not isinstance(cls, type) or cls.__module__ != module:
            raise ValueError(kind)
        if issubclass(cls, Enum):
            return lambda parts: cls[parts[0]]
        if not issubclass(cls, tuple) and "__dataclass_fields__" not in vars(
            cls
        ):  # asked so, none are written yet
            raise ValueError(kind)
        of, make = self.parts, cast("Callable[..., Any]", cls)
        return lambda parts: make(*of(parts))


class Later(dict[Any, Any]):
    """A mapping of which each value is made when first asked for, all when it is gone through.

    A dict of what is made, so that asking again costs nothing more.
    """

    __slots__ = ("_filled", "_left", "_reader")

    def __init__(self, reader: _Reader, left: dict[Any, Any]) -> None:
        super().__init__()
        self._reader = reader
        self._left = left
        self._filled = False

    def __missing__(self, key: Any) -> Any:
        """Make a value."""
        made = self[key] = self._reader.part(self._left[key])
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

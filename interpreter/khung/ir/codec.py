"""A program as text, and back: what the cache keeps of a rulebook.

A line is a value: JSON of the list of its parts. A part is a number, that of the line of a value;
a list, for a whole number or a place; or else itself. What is shared in a program is one line and
stays shared, as the engine knows nodes by their identity. The first line names the files, the
kinds, and which kind each line is of.

Read back, an object is empty at first: of a class below its own, which fills it and steps aside
when an attribute is asked for. So a case pays for the part of a program that it looks at.

No code is kept: only the classes of the modules named here are made, of parts that are data.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from khung.ir import types
from khung.ir.later import Later, empty
from khung.records import fields_of, is_record
from khung.text import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

MODULES = (
    "khung.ir.dates",
    "khung.ir.documents",
    "khung.ir.enums",
    "khung.ir.nodes",
    "khung.ir.program",
    "khung.ir.types",
    "khung.rulebook.model.parts",
    "khung.rulebook.model.rules",
    "khung.syntax.operators",
)
"""Where the classes are of what a program holds."""

_TUPLE, _DICT, _SET = "tuple", "dict", "frozenset"
_NUMBER, _DATE = "Decimal", "date"
_BESIDE = "beside"
_TYPES = types.__name__
_FIRST = 48  # the character of the first kind: `0`
_WORDS = {None: "null", True: "true", False: "false"}
_quoted = json.encoder.encode_basestring


class UnstorableError(TypeError):
    """A value is of a kind that is not kept."""


# -- to text ------------------------------------------------------------------------------------


def encode(root: Any, known: Collection[str]) -> tuple[str, Lines]:
    """Return a value as text, and where in it each part stands.

    Args:
        root: A program, or a tuple of what goes with one.
        known: The names of the files of which the reader has the text.

    Raises:
        UnstorableError: Something in it is of a kind that is not kept.
    """
    writer = _Writer(None)
    writer.part(root)
    places = Lines(writer.numbers, [None, *writer.alive])
    return _text(writer, known), places


def encode_beside(parts: Iterable[Any], places: Places) -> tuple[str, list[Any]]:
    """Return values as text, and what stands in it for each; None for one that is not kept.

    What is part of an encoded value stands for its place there.
    """
    writer, found = _Writer(places), list[Any]()
    for value in parts:
        try:
            found.append([json.loads(writer.part(value))])
        except UnstorableError:
            found.append(None)
    return _text(writer, ()), found


def _text(writer: _Writer, known: Collection[str]) -> str:
    files = [
        (file.name, None if file.name in known else file.text, file.surface)
        for file in writer.texts
    ]
    head = {"files": files, "kinds": list(writer.kinds), "lines": "".join(writer.of)}
    return "\n".join([json.dumps(head, ensure_ascii=False), *writer.lines])


class Places(Protocol):
    """Where the parts of an encoded value stand in it.

    It keeps them alive, as an identity is of one value only as long as that lives.
    """

    def number(self, value: object) -> int | None:
        """Return the line of a part, known by its identity; None for what is no part."""

    def value(self, number: int) -> Any:
        """Return the value of a line."""


class Lines:
    """Places by line: numbers by identity, and the value of each line from 1."""

    def __init__(self, numbers: dict[Any, int], made: list[Any]) -> None:
        self.numbers = numbers
        self.made = made

    def number(self, value: object) -> int | None:
        """Return the line of a part; None for what is no part."""
        return self.numbers.get(id(value))

    def value(self, number: int) -> Any:
        """Return the value of a line."""
        return self.made[number]

    def let_go(self, pair: tuple[Any, Any]) -> None:
        """Do not keep a pair that was encoded alive, nor the first of it."""
        self.made[self.numbers[id(pair[0])]] = None
        self.made[self.numbers.pop(id(pair))] = None


class _Writer:
    def __init__(self, beside: Places | None) -> None:
        self.beside = beside
        self.lines: list[str] = []
        self.of: list[str] = []
        self.kinds: dict[str, int] = {}
        self.files: dict[int, int] = {}
        self.texts: list[SourceFile] = []
        self.numbers: dict[Any, int] = {}
        self.alive: list[Any] = []
        self.names: dict[type, tuple[str, ...]] = {}

    def part(self, value: Any) -> str:
        """Return what stands for a value, as JSON, its line written before."""
        kind = type(value)
        if kind is str:
            return _quoted(value)
        if value is None or kind is bool:
            return _WORDS[value]
        if kind is int:
            return f"[{value}]"
        if kind is Span:
            return f"[{self._file(value.file)},{value.start},{value.end}]"
        return str(self._line(value, kind))

    def _line(self, value: Any, kind: type) -> int:
        key = self._key(value, kind)
        if key not in self.numbers:
            name, of = self._beside(value) or self._parts(value, kind)
            self.alive.append(value)
            self.lines.append(f"[{','.join(of)}]")
            self.of.append(chr(_FIRST + self.kinds.setdefault(name, len(self.kinds))))
            self.numbers[key] = len(self.lines)
        return self.numbers[key]

    def _key(self, value: Any, kind: type) -> Any:
        """Return what a value is known by: its identity, unless one of the same worth does."""
        if kind is Decimal or kind is date or issubclass(kind, Enum):
            return kind, str(value)
        return value if kind.__module__ == _TYPES else id(value)

    def _beside(self, value: Any) -> tuple[str, list[str]] | None:
        number = None if self.beside is None else self.beside.number(value)
        return None if number is None else (_BESIDE, [f"[{number}]"])

    def _parts(self, value: Any, kind: type) -> tuple[str, list[str]]:
        part = self.part
        if kind is tuple:
            return _TUPLE, [part(one) for one in value]
        if isinstance(value, dict):
            return _DICT, [part(one) for entry in value.items() for one in entry]
        if kind is frozenset:
            return _SET, [part(one) for one in sorted(value, key=str)]
        if kind is Decimal:
            return _NUMBER, [part(str(value))]
        if kind is date:
            return _DATE, [part(value.isoformat())]
        name = f"{kind.__module__}.{kind.__name__}"
        if kind.__module__ not in MODULES:
            raise UnstorableError(kind)
        if issubclass(kind, Enum):
            return name, [part(value.name)]
        if issubclass(kind, tuple):
            return name, [part(one) for one in value]
        return name, [part(getattr(value, attribute)) for attribute in self._attributes(kind)]

    def _attributes(self, kind: type) -> tuple[str, ...]:
        if kind not in self.names:
            if not is_record(kind):
                raise UnstorableError(kind)
            self.names[kind] = fields_of(kind)
        return self.names[kind]

    def _file(self, file: SourceFile) -> int:
        number = self.files.get(id(file))
        if number is None:
            number = self.files[id(file)] = len(self.texts)
            self.texts.append(file)
        return number


# -- from text ----------------------------------------------------------------------------------


def decode(text: str, texts: Callable[[str], str]) -> tuple[Any, Lines]:
    """Return the value that `encode` wrote, and where in the text each part of it stands.

    Args:
        text: What it wrote.
        texts: Returns the text of a file that was known then, by its name.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, IndexError: The text is not of `encode`.
    """
    reader = _Reader(text, texts, None)
    root = reader.value(len(reader.lines) - 1)
    return root, reader


def decode_beside(text: str, places: Places) -> Callable[[Any], Any]:
    """Return what gives each value that `encode_beside` wrote, by what stands for it."""
    reader = _Reader(text, _no_text, places)
    return lambda part: reader.part(part[0])


def _no_text(name: str) -> str:
    raise KeyError(name)


class _Reader(Lines):
    """Makes values of lines, each once; `numbers` has the lines of all that are made."""

    def __init__(self, text: str, texts: Callable[[str], str], beside: Places | None) -> None:
        self.lines = lines = text.split("\n")
        head = json.loads(lines[0])
        super().__init__({}, [None] * len(lines))
        self.beside = beside
        self.kinds: list[str] = head["kinds"]
        self.of = b"0" + head["lines"].encode("latin-1")
        self.makers: dict[int, Callable[[int], Any]] = {}
        self.files: list[tuple[str, str | None, str]] = head["files"]
        self.texts = texts
        self.sources: dict[int, SourceFile] = {}
        self.scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # of the C scanner

    def value(self, number: int) -> Any:
        """Return the value of a line."""
        found = self.made[number]
        if found is None:
            kind = self.of[number]
            make = self.makers.get(kind)
            if make is None:
                make = self.makers[kind] = self._maker(self.kinds[kind - _FIRST])
            found = self.made[number] = make(number)
            self.numbers[id(found)] = number
        return found

    def part(self, part: Any) -> Any:
        """Return the value that a part stands for."""
        if type(part) is int:
            return self.value(part)
        return self._short(part) if type(part) is list else part

    def parts(self, number: int) -> list[Any]:
        """Return the values of the parts of a line."""
        return self.values(self.scan(self.lines[number], 0)[0])

    def _parts_of(self, made: object) -> list[Any]:
        return self.values(self.scan(self.lines[self.numbers[id(made)]], 0)[0])

    def values(self, parts: list[Any]) -> list[Any]:
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
            name, known, surface = self.files[number]
            text = self.texts(name) if known is None else known
            self.sources[number] = SourceFile(name, text, surface=surface)
        return self.sources[number]

    def _maker(self, kind: str) -> Callable[[int], Any]:
        """Return what makes the value of a line of a kind."""
        parts = self.parts
        match kind:
            case "tuple":
                return lambda number: tuple(parts(number))
            case "frozenset":
                return lambda number: frozenset(parts(number))
            case "dict":
                return self._mapping
            case "Decimal":
                return lambda number: Decimal(*parts(number))
            case "beside" if self.beside is not None:
                of = self.beside.value
                return lambda number: of(*parts(number))
            case "date":
                return lambda number: date.fromisoformat(*parts(number))
            case _:
                return self._of_class(kind)

    def _mapping(self, number: int) -> Later:
        parts = self.scan(self.lines[number], 0)[0]
        return Later(self.part, dict(zip(self.values(parts[::2]), parts[1::2], strict=True)))

    def _of_class(self, kind: str) -> Callable[[int], Any]:
        module, _, name = kind.rpartition(".")
        if module not in MODULES:
            raise ValueError(kind)
        cls: Any = getattr(import_module(module), name)
        if not isinstance(cls, type) or cls.__module__ != module:
            raise ValueError(kind)
        parts = self.parts
        if issubclass(cls, Enum):
            return lambda number: cls[parts(number)[0]]
        if issubclass(cls, tuple) or module == _TYPES:
            return lambda number: cls(*parts(number))
        if not is_record(cls):
            raise ValueError(kind)
        made, new = empty(cls, self._parts_of), object.__new__
        return lambda _: new(made)

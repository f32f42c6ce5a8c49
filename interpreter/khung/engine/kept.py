"""What was made of a program as bytes, and back: the cache keeps it, so that none is made anew.

Each function is the code that Python made of what `engine.code` wrote, in Python's own form for
code (`marshal`), as in `__pycache__`: only bytes that are as safe as those may be given to `Kept`.
A function is known by the line of its node in the encoded program, and its mode; of a node that is
no part of the program, by its source. Beside them is kept what each node hangs on.
"""

from __future__ import annotations

import marshal
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.engine.code_names import HIGH, LOW, THERE, VALUE
from khung.engine.compiled import compiled
from khung.engine.worth import UNKNOWN
from khung.ir import codec
from khung.ir.hanging import Hangs, hanging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.code_names import Names
    from khung.ir.codec import Places
    from khung.ir.nodes import Node
    from khung.ir.program import Program

_MODES = {VALUE: 0, LOW: 1, HIGH: 2, THERE: 3}
_UNKNOWN = -1  # of no line


class _Data(NamedTuple):
    """What is kept.

    Attributes:
        members: The names of members, by number.
        text: The constants that functions see, as text; `constants` what stands there for each.
        places: Where in `codes` each function is, by line and mode; there, with its constants.
        sources: Where those are whose nodes have no line.
        hangs: What nodes hang on, by line.
    """

    members: tuple[str, ...]
    text: str
    constants: tuple[Any, ...]
    places: dict[int | None, int]
    sources: dict[str, int]
    codes: tuple[tuple[bytes, tuple[int, ...]], ...]
    hangs: dict[int | None, tuple[int, bool]]


_NOTHING = marshal.dumps(((), "", (), {}, {}, (), {}))


class Kept:
    """What is kept of a program; `added` is how many functions were made that are not kept yet."""

    def __init__(self, lines: Places, data: bytes | None = None) -> None:
        self.lines = _Lines(lines)
        self.data = _Data(*marshal.loads(data or _NOTHING))  # noqa: S302  # see above
        self.added = 0
        self._constant = codec.decode_beside(self.data.text, self.lines) if data else None

    def function(self, node: Node, mode: str, known: dict[str, Any]) -> Any:
        """Return the function of a node in a mode; None if it is not kept.

        Args:
            node: The node.
            mode: The mode, as in `engine.code`.
            known: What functions see; constants are put there that this one has.
        """
        place = self.data.places.get(self.key(node, mode))
        return None if place is None else self._made(place, known)

    def of_source(self, source: str, known: dict[str, Any]) -> Any:
        """Return the function of a source; None if it is not kept."""
        place = self.data.sources.get(source)
        return None if place is None else self._made(place, known)

    def hangs(self, node: Node) -> Hangs | None:
        """Return what a node hangs on; None if that is not kept."""
        found = self.data.hangs.get(self.lines.number(node))
        return None if found is None else Hangs(*found)

    def key(self, node: Node, mode: str) -> int | None:
        """Return what a function is known by; None where its node has no line."""
        line = self.lines.number(node)
        return None if line is None else line * len(_MODES) + _MODES[mode]

    def constant(self, number: int) -> Any:
        """Return the value of a constant."""
        assert self._constant is not None  # noqa: S101  # else there is none
        return self._constant(self.data.constants[number])

    def _made(self, place: int, known: dict[str, Any]) -> Any:
        data, constants = self.data.codes[place]
        code = marshal.loads(data)  # noqa: S302  # see above
        for number in constants:
            name = f"K{number}"
            if name not in known:
                known[name] = self.constant(number)
        return FunctionType(code, known, code.co_name, (None,) * code.co_argcount)


class _Lines:
    """The lines of a program, and one for what is not known."""

    def __init__(self, lines: Places) -> None:
        self._lines = lines

    def number(self, value: object) -> int | None:
        return _UNKNOWN if value is UNKNOWN else self._lines.number(value)

    def value(self, number: int) -> Any:
        return UNKNOWN if number == _UNKNOWN else self._lines.value(number)


def _constants(code: CodeType) -> Iterator[int]:
    """Yield the numbers of the constants that code sees."""
    yield from (int(name[1:]) for name in code.co_names if name[0] == "K")
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _constants(inner)


def take_over(program: Program, kept: Kept) -> None:
    """Let a program of which nothing was made have what is kept, and note what is made besides."""
    made = compiled(program)
    made.ahead = kept
    made.names.start(kept.data.members, len(kept.data.constants))
    hanging_of(program).kept = kept.hangs


# -- to bytes ----------------------------------------------------------------------------------


def kept_of(program: Program) -> Kept | None:
    """Return what is kept of a program that took it over."""
    found = compiled(program).ahead
    return found if isinstance(found, Kept) else None


def dump(program: Program, kept: Kept) -> bytes:
    """Return all that was made of a program and can be kept, with what was kept of it before."""
    made = compiled(program)
    names = made.names
    text, constants = codec.encode_beside(_values(names, kept), kept.lines)
    codes = _Codes(list(kept.data.codes), constants)
    places, sources = dict(kept.data.places), dict(kept.data.sources)
    for (_, mode), (node, function) in made.functions.items():
        key = kept.key(node, mode)
        if key is not None and key not in places and codes.may_keep(function.__code__):
            places[key] = codes.place(function.__code__)
    for source, function in made.by_source.items():
        if source not in sources and next(_constants(function.__code__), None) is None:
            sources[source] = codes.place(function.__code__)
    hanging, hangs = hanging_of(program), dict(kept.data.hangs)
    for node in hanging.nodes:
        if (line := kept.lines.number(node)) is not None:
            found = hanging.hangs(node)
            hangs[line] = (found.bits, found.results)
    members = tuple(names.numbers)
    return marshal.dumps(
        (members, text, tuple(constants), places, sources, tuple(codes.all), hangs)
    )


def _values(names: Names, kept: Kept) -> Iterator[Any]:
    for number in range(names.constants):
        name = f"K{number}"
        yield names.globals[name] if name in names.globals else kept.constant(number)


class _Codes:
    """Codes as bytes, each once; `constants` has None for what cannot be kept."""

    def __init__(self, codes: list[tuple[bytes, tuple[int, ...]]], constants: list[Any]) -> None:
        self.all = codes
        self._constants = constants
        self._places: dict[CodeType, int] = {}

    def may_keep(self, code: CodeType) -> bool:
        return all(self._constants[number] is not None for number in _constants(code))

    def place(self, code: CodeType) -> int:
        """Return the place of a code among all."""
        if code not in self._places:
            self._places[code] = len(self.all)
            self.all.append((marshal.dumps(code), tuple(_constants(code))))
        return self._places[code]

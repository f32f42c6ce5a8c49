"""A value by reading, `{by: READING, OPTION: value, …}`: a choice that says each option once.

In: the mapping, and what the values of its options were read as. Out: the expression that it
stands for, `if readings.READING = OPTION then … else …`, each part with the place of its own.

Reports: K0201 (no such reading or option), K0352 (an option left out), K0507 (an option without a
value beside others with one).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeGuard, TypeVar

from khung.diagnostics.suggest import unknown
from khung.source.nodes import Mapping
from khung.source.values import as_name, under

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Option
    from khung.source.nodes import Entry, Node
    from khung.syntax.ast import Expr
    from khung.text import Span

BY = "by"
"""The key that names the reading."""

Options = dict[str, tuple[str, ...]]
"""The options of each reading."""


class Surroundings(Protocol):
    """What is asked of where a choice stands."""

    @property
    def bag(self) -> Bag:
        """Where to report."""

    @property
    def readings(self) -> Options | None:
        """The options of each reading; None where nobody can tell."""


def is_by_reading(node: Node) -> TypeGuard[Mapping]:
    """Say whether a node is a choice by reading."""
    return isinstance(node, Mapping) and node.get(BY) is not None


def options_of(manifest: Mapping) -> Options:
    """Return the readings that a manifest declares, with their options."""
    readings = manifest.get("readings")
    entries = readings.entries if isinstance(readings, Mapping) else ()
    return {entry.key: _options(entry.value) for entry in entries}


def _options(reading: Node) -> tuple[str, ...]:
    options = reading.get("options") if isinstance(reading, Mapping) else None
    return tuple(e.key for e in options.entries) if isinstance(options, Mapping) else ()


def check_values(options: Sequence[Option], bag: Bag) -> None:
    """Report each option without a value where others have one."""
    first = next((option for option in options if option.value is not None), None)
    for option in options if first else ():
        if option.value is None and first is not None:
            head, related = option.head, (first.head.span,)
            bag.add("K0507", head.span, at=head.at, related=related, name=head.id)


C = TypeVar("C", bound=Surroundings)
T = TypeVar("T")


def choice(
    node: Mapping, ctx: C, at: str, read: Callable[[Entry, C, str], Expr | None]
) -> Expr | None:
    """Return the expression that takes the value of the option chosen; None after a diagnostic.

    Args:
        node: The mapping.
        ctx: What is known of readings, and where to report.
        at: The path of the mapping.
        read: Reads the value of an option.
    """
    found: tuple[str, list[Expr]] | None = _read(node, ctx, at, read)
    return None if found is None else _choice(node, *found)


def choices(
    node: Mapping, ctx: C, at: str, read: Callable[[Entry, C, str], tuple[Expr, ...] | None]
) -> tuple[Expr, ...] | None:
    """Return a list whose items are chosen one by one; a shorter one repeats its last."""
    found = _read(node, ctx, at, read)
    if found is None or not all(found[1]):
        return None
    reading, lists = found
    longest = max(map(len, lists))
    padded = [(*items, *items[-1:] * (longest - len(items))) for items in lists]
    return tuple(_choice(node, reading, column) for column in zip(*padded, strict=True))


def _read(
    node: Mapping, ctx: C, at: str, read: Callable[[Entry, C, str], T | None]
) -> tuple[str, list[T]] | None:
    """Return the name of the reading, and the value of each option."""
    reading = _reading(node, ctx, at)
    found = [read(entry, ctx, under(at, entry.key)) for entry in _values(node)]
    whole = [value for value in found if value is not None]
    return (reading, whole) if reading and whole and len(whole) == len(found) else None


def _reading(node: Mapping, ctx: Surroundings, at: str) -> str | None:
    (by,) = (entry for entry in node.entries if entry.key == BY)
    name, known = as_name(by.value, ctx.bag, under(at, BY)), ctx.readings
    if name is None or known is None:
        return name
    if name not in known:
        unknown(ctx.bag, "reading", name, by.value.span, known, at=under(at, BY))
        return None
    strange = [entry for entry in _values(node) if entry.key not in known[name]]
    left_out = tuple(option for option in known[name] if node.get(option) is None)
    for entry in strange:
        meant, place = left_out or known[name], under(at, entry.key)
        unknown(ctx.bag, "option", entry.key, entry.key_span, meant, at=place)
    if left_out and not strange:
        ctx.bag.add("K0352", by.value.span, at=at, reading=name, options=left_out)
    return None if strange or left_out else name


def _values(node: Mapping) -> tuple[Entry, ...]:
    """Return the entries that say a value: one an option."""
    return tuple(entry for entry in node.entries if entry.key != BY)


def _choice(node: Mapping, reading: str, found: Sequence[Expr]) -> Expr:
    from khung.syntax.ast import If  # noqa: PLC0415  # cases have none

    options, made, span = _values(node), found[-1], _place(node)
    for option, value in reversed(tuple(zip(options[:-1], found[:-1], strict=True))):
        made = If(_is_chosen(reading, option, span), value, made, span)
    return made


def _is_chosen(reading: str, option: Entry, by: Span) -> Expr:
    from khung.syntax.ast import Compare, Name, Path  # noqa: PLC0415  # as above
    from khung.syntax.operators import CompareOp  # noqa: PLC0415  # as above

    span = option.key_span
    asked = Path(Name("readings", by), reading, by, by)
    return Compare(CompareOp.EQ, asked, Name(option.key, span), span)


def _place(node: Mapping) -> Span:
    """Return the place of all of it if that is one line, else that of the name of the reading."""
    by = node.get(BY)
    assert by is not None  # noqa: S101  # the caller has looked
    return by.span if "\n" in node.span.text else node.span

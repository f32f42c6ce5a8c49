"""How far work on a large case is, told to whoever listens."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Listener = Callable[["Phase", int], None]

T = TypeVar("T")

LARGE = 2000
"""The number of things to do from which on it is told how many are done."""


class Phase(StrEnum):
    """What is going on."""

    SOLVING = "solving"
    TELLING = "telling"
    FILLING = "filling"


_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell a listener of each phase what percentage is done, of all that is done within."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


def advancing(items: Iterable[T], total: int, phase: Phase) -> Iterator[T]:
    """Pass on what is to be done, and tell how far it is whenever that is one hundredth more."""
    listener = _LISTENER.get()
    if listener is None or total < LARGE:
        yield from items
        return
    told = -1
    for done, item in enumerate(items):
        percent = 100 * done // total
        if percent != told:
            listener(phase, percent)
            told = percent
        yield item

"""Questions that know nothing of those before: so each is answered alike, whoever asks it when.

What z3 has made before bears on which of several cases it finds.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import z3

from khung.smt import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


def apart(asking: Iterator[T]) -> Iterator[T]:
    """Pass on what comes of questions, all of which are asked by themselves."""
    context = z3.Context()
    kinds.forget()
    while True:
        with _within(context):
            try:
                found = next(asking)
            except StopIteration:
                return
        yield found


@contextmanager
def _within(context: z3.Context) -> Iterator[None]:
    """Let terms be made in a context: z3 has one for all of which none is named."""
    before = z3.main_ctx()
    z3.z3._main_ctx = context  # noqa: SLF001  # there is no other way to choose it
    try:
        yield
    finally:
        z3.z3._main_ctx = before  # noqa: SLF001  # as above

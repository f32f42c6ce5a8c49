"""What a database says of a case that it finds no room for, or that it leaves to the reference."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from khung.cli.problems import UsageProblem
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator


def left(why: str, lang: str) -> str:
    """Return a line that a case is for the reference, and why."""
    from khung.report.words.left import left_in_words  # noqa: PLC0415  # rare

    return phrase(lang, "cli.eval.left", why=left_in_words(why, lang)) + "\n"


@contextmanager
def told_of_room() -> Iterator[None]:
    """Say to the user that a database found no room.

    Raises:
        UsageProblem: K0855 it did not.
    """
    from khung.population.populated import NoRoomError  # noqa: PLC0415  # not for the help

    try:
        yield
    except NoRoomError as error:
        advice = "disk" if error.on_disk else ""
        raise UsageProblem("K0855", help=advice, memory=error.memory) from error

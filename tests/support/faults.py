"""A file system that fails at one call: to see that a command says so, whichever call it is."""

from __future__ import annotations

import builtins
import io
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import EACCES
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS: tuple[tuple[Any, str], ...] = (
    *((os, name) for name in ("stat", "lstat", "listdir", "scandir", "open", "fdopen", "replace")),
    *((os, name) for name in ("rename", "unlink", "mkdir", "chmod", "getcwd", "fstat", "rmdir")),
    (io, "open"),
    (builtins, "open"),
)
"""What `pathlib` and khung ask of the system, each where it is looked up."""


@dataclass
class Faults:
    """Counts the calls about a folder and lets one of them fail.

    Attributes:
        below: Only what is asked of paths below this folder, or of no path, counts.
        number: Which call fails, from 1; 0 for none.
        made: The calls so far.
    """

    below: Path
    number: int = 0
    error: int = EACCES
    made: list[str] = field(default_factory=list)

    def wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a call that may fail."""

        def watched(*arguments: Any, **how: Any) -> Any:
            if self._counts(arguments):
                self.made.append(f"{name} {arguments[:1]}")
                if len(self.made) == self.number:
                    raise OSError(self.error, os.strerror(self.error), *map(str, arguments[:1]))
            return call(*arguments, **how)

        return watched

    def _counts(self, arguments: tuple[Any, ...]) -> bool:
        first = arguments[0] if arguments else "."
        if isinstance(first, int):
            return first > 2  # the console is not a file of the test
        path = os.fspath(first)
        return not Path(path).is_absolute() or path.startswith(str(self.below))


@contextmanager
def failing(faults: Faults) -> Iterator[Faults]:
    """Put the watched calls into the place of those of the system."""
    kept = [(home, name, getattr(home, name)) for home, name in CALLS]
    for home, name, call in kept:
        setattr(home, name, faults.wrap(name, call))
    try:
        yield faults
    finally:
        for home, name, call in kept:
            setattr(home, name, call)

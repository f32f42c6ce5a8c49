"""The exit codes of every command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ends."""

    DONE = 0
    """Yes, or done: also with findings, and `check` with warnings only."""

    NO = 1
    """The answer is no: a test failed."""

    USAGE = 2
    """The command line is wrong."""

    INVALID = 3
    """The rulebook or the case is invalid."""

    OPEN = 4
    """With `--strict`: a result is undetermined, pending or needs a decision."""

    DEFECT = 70
    """Khung ran into a defect of its own."""

    INTERRUPTED = 130
    """The user stopped it."""

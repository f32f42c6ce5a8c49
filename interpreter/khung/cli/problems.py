"""Mistakes in a command line, said as diagnostics.

Reports: K0801-K0807.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from khung.diagnostics.model import Diagnostic
from khung.diagnostics.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.diagnostics.model import Value


class UsageProblem(click.UsageError):
    """A mistake in the command line that khung found itself."""

    def __init__(self, code: str, *, help: str = "", **args: Value) -> None:  # noqa: A002  # as in Bag
        super().__init__(code)
        self.diagnostic = Diagnostic(code, None, args, help)


def unknown(code: str, name: str, known: Iterable[str], **args: Value) -> UsageProblem:
    """Return the problem that nothing is called `name`, with the nearest that something is."""
    names = tuple(known)
    near = nearest(name, names)
    advice = "near" if near else ""
    return UsageProblem(code, help=advice, name=name, near=near or "", known=names, **args)


def diagnostic_of(error: click.UsageError) -> Diagnostic:
    """Return what is to be said of a mistake in the command line."""
    match error:
        case UsageProblem():
            return error.diagnostic
        case click.NoSuchOption():
            command = error.ctx.command if error.ctx else None
            options = _options(command) if command else ()
            return unknown("K0802", error.option_name, options).diagnostic
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
            return Diagnostic("K0803", None, {"name": name})
        case click.BadOptionUsage():
            return Diagnostic("K0804", None, {"name": error.option_name})
        case _:
            return Diagnostic("K0807", None, {"what": error.format_message()})


def _options(command: click.Command) -> tuple[str, ...]:
    return tuple(opt for param in command.params for opt in param.opts if opt.startswith("--"))

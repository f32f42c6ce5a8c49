"""`khung completion SHELL`: the script by which a shell completes names when Tab is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    import click


def command(lang: str) -> click.Command:
    """Return the command."""
    from khung.cli.completion import SHELLS  # noqa: PLC0415  # no other command needs it

    shell = options.argument(lang, "shell", type=options.OneOf(*SHELLS))
    return Command("completion", lang, _completion, [shell, options.language(lang)])


def _completion(shell: str, **_: object) -> int:
    from khung.cli.completion import script  # noqa: PLC0415  # not for the help

    output.write(script(shell))
    return ExitCode.DONE

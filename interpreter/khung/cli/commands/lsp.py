"""`khung lsp`: what editors start to show errors while typing, names to choose and clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.cli import options
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    import click


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "lsp", lang, _lsp, [options.option(lang, "stdio", is_flag=True), options.language(lang)]
    )


def _lsp(*, stdio: bool, lang: str) -> int:  # noqa: ARG001  # editors say so; there is no other way
    from importlib.metadata import version  # noqa: PLC0415  # not for the help

    from khung.editor.server import serve  # noqa: PLC0415  # as above

    serve(lang, version("khung"))
    return ExitCode.DONE

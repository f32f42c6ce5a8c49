"""`khung serve [FOLDER]`: the desk, a page in the browser of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from khung import paths
from khung.cli import options, output, saving
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem
from khung.locale import phrase

if TYPE_CHECKING:
    from khung.diagnostics.model import Diagnostic

_LAST_PORT = 65_535


def command(lang: str) -> click.Command:
    """Return the command."""
    browser = phrase(lang, "cli.option.browser")
    return Command(
        "serve",
        lang,
        _serve,
        [
            options.argument(lang, "served", required=False),
            options.option(lang, "port", type=options.Whole(0, _LAST_PORT), default=0, metavar="N"),
            click.Option(["open_", "--open/--no-open"], default=True, help=browser),
            options.language(lang),
            options.rulebooks(lang),
        ],
    )


def _serve(served: str | None, port: int, lang: str, rulebooks: str | None, *, open_: bool) -> int:
    from khung.desk.server import PortTakenError, serve  # noqa: PLC0415  # not for the help

    folder = Path(served or ".")
    if not paths.is_folder(folder):
        raise UsageProblem("K0900", help="folder", name=str(folder))
    try:
        serve(
            paths.real(folder),
            port,
            lang,
            Path(rulebooks) if rulebooks else None,
            save=_saved,
            say=output.write,
            browser=open_,
        )
    except PortTakenError as error:
        raise UsageProblem("K0900", name=str(error.port)) from error
    return ExitCode.DONE


def _saved(text: str, path: Path) -> Diagnostic | None:
    """Write a file for the desk; return what is to be said where that cannot be."""
    try:
        saving.refuse_rulebook(path)
        saving.save(text, path)
    except UsageProblem as problem:
        return problem.diagnostic
    return None

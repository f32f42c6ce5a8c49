"""`khung init FOLDER`: a folder to work in, for who has installed khung and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung import paths
from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.locale import phrase

if TYPE_CHECKING:
    import click


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command("init", lang, _init, [options.argument(lang, "folder"), options.language(lang)])


def _init(folder: str, lang: str, **_: object) -> int:
    from khung.cli.folders import fill_folder  # noqa: PLC0415  # not for the help
    from khung.cli.start import put_start  # noqa: PLC0415  # as above

    target = Path(folder)
    with fill_folder(target) as part:
        made = put_start(part, lang)
    shown = str(paths.nearby(paths.absolute(target)))
    output.write(phrase(lang, "init.done", folder=shown) + "\n")
    output.write(made if target.name in ("", ".") else _into(shown, lang) + made)
    return ExitCode.DONE


def _into(shown: str, lang: str) -> str:
    """Return the line that leads into the new folder."""
    name = f'"{shown}"' if " " in shown else shown
    return phrase(lang, "init.go", folder=name) + "\n"

"""The command line: finds the language, runs the command, turns what goes wrong into words."""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import TYPE_CHECKING

import click

from khung.cli import options, output
from khung.cli.command import Root
from khung.cli.exit_codes import ExitCode
from khung.cli.language import language_of
from khung.cli.problems import diagnostic_of
from khung.diagnostics.model import Diagnostic
from khung.locale import phrase
from khung.processes import end_as_by_hand

if TYPE_CHECKING:
    from collections.abc import Sequence

DEBUG = "KHUNG_DEBUG"
"""Set in the environment, it lets a defect show where in the program it is."""

COMPLETE = "_KHUNG_COMPLETE"
"""Set in the environment by a shell that asks what may stand at the cursor."""

_GARBAGE = (
    500_000  # new objects before garbage is looked for: reading files makes many and drops few
)


class _LeftAlone:
    """Finds no module of what Arrow loads where it is installed, 0.25 s: no command asks for it."""

    names = frozenset(("numpy", "pandas"))

    @classmethod
    def find_spec(cls, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG003  # Python's
        """Say that there is no such module, or leave it to others to find it."""
        if name in cls.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


_NOT_OF_USE = ("K0813", "K0820")
"""What could not be written: the help of a command says nothing of that."""


_QUERY_INTERRUPTED = "Query interrupted"
"""What DuckDB raises, as a RuntimeError, where Ctrl+C comes while it works in the main thread."""


def main() -> None:
    """Run the command line of the process, and end the process."""
    gc.set_threshold(_GARBAGE)
    end_as_by_hand()
    output.prepare()
    sys.meta_path.insert(0, _LeftAlone)
    code = run(sys.argv[1:])
    gc.freeze()  # else Python looks through all that was made once more before it ends: 25 ms
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Nothing is raised."""
    lang = language_of(arguments)
    try:
        return _run(arguments, lang)
    except click.UsageError as error:
        _report_usage(error, lang)
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except Exception as error:  # the last resort: no traceback for office staff
        if str(error) == _QUERY_INTERRUPTED:
            return ExitCode.INTERRUPTED
        if os.environ.get(DEBUG):
            raise
        _report_defect(error, arguments, lang)
        return ExitCode.DEFECT


def _run(arguments: Sequence[str], lang: str) -> int:
    shared = [options.language(lang), options.rulebooks(lang), options.version(lang)]
    shared.append(options.option(lang, "format", metavar="text|json"))
    root = Root(lang, shared)
    if COMPLETE in os.environ:
        from khung.cli.completion import register  # noqa: PLC0415  # only for a shell

        register()
    code = root.main(list(arguments), prog_name="khung", standalone_mode=False)
    return code if isinstance(code, int) else ExitCode.DONE


def _report_usage(error: click.UsageError, lang: str) -> None:
    diagnostic = diagnostic_of(error)
    output.report([diagnostic], lang)
    if diagnostic.code in _NOT_OF_USE:
        return
    path = error.ctx.command_path if error.ctx else "khung"
    output.say(phrase(lang, "cli.see_help", command=path) + "\n")


def _report_defect(error: Exception, arguments: Sequence[str], lang: str) -> None:
    what = " ".join(f"{type(error).__name__}: {error}".split())
    diagnostic = Diagnostic("K0000", None, {"what": what})
    output.report([diagnostic], lang)
    if "json" in arguments or "--format=json" in arguments:
        document = {"diagnostics": output.as_json([diagnostic], lang)}
        output.write(json.dumps(document, ensure_ascii=False) + "\n")

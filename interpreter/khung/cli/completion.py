"""What a shell offers when Tab is pressed: the names that may stand where the cursor is.

Words, options and files are click's own; here is what a rulebook knows: rulebooks, readings with
their options, types of subject, codes. A name that cannot be worked out is not offered, and
nothing is ever said: a shell shows whatever is written as a name.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import BashComplete, CompletionItem, ShellComplete, add_completion_class

from khung import paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.casefile.checks import Choices
    from khung.ir.program import Program

SHELLS = ("bash", "zsh", "fish", "powershell")
"""The shells for which there is a script."""

_VARIABLE = "_KHUNG_COMPLETE"
_RULEBOOKS = ("rulebook", "before", "after", "from")
_FOLDERS = ("folder", "rulebooks", "out", "witnesses", "served", "to", "cases")
_NO_FILES = ("expression", "why", "only", "subject", "columns", "for", "open", "members", "seed")
_HEAD = 4096  # characters of a case file within which it names its rulebook
_NAMED = re.compile(r"^rulebook: *[\"']?([\w.-]+)", re.M)


def offered(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return what may stand for a parameter, given how it begins."""
    name = param.name or ""
    match name:
        case _ if name in _RULEBOOKS:
            return _beginning(begun, _rulebooks(ctx)) or _files("dir")
        case "reading":
            return _readings(ctx, begun)
        case "code":
            return _beginning(begun, _codes(ctx, begun))
        case "what":
            return _beginning(begun, ("case", "tables", "rulebook", *_rulebooks(ctx)))
        case "subjects":
            program = _program(ctx)
            return _beginning(begun, [one.name for one in program.subjects] if program else ())
        case "name":
            from khung.resources import schema_names  # noqa: PLC0415  # as other names, when asked

            return _beginning(begun, schema_names())
        case "shell":
            return _beginning(begun, SHELLS)
        case _:
            return [] if name in _NO_FILES else _files("dir" if name in _FOLDERS else "file")


def _beginning(begun: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(begun)]


def _files(kind: str) -> list[CompletionItem]:
    """Return what lets the shell offer files or folders itself."""
    return [CompletionItem("", type=kind)]


def _given(ctx: click.Context, name: str) -> Any:
    """Return what was given for a parameter, to the command or before it.

    While the last word is an option without its value, click has not told arguments apart.
    """
    arguments = [p.name for p in ctx.command.params if isinstance(p, click.Argument)]
    apart = dict(zip(arguments, ctx.args, strict=False))
    if ctx.params.get(name) is not None:
        return ctx.params[name]
    if name in apart:
        return apart[name]
    return None if ctx.parent is None else _given(ctx.parent, name)


def _folder_of_rulebooks(ctx: click.Context) -> Path | None:
    given = _given(ctx, "rulebooks")
    return Path(str(given)) if given else None


def _rulebooks(ctx: click.Context) -> tuple[str, ...]:
    from khung.casefile.find import known_rulebooks  # noqa: PLC0415  # as above

    return known_rulebooks(_folder_of_rulebooks(ctx))


def _place(ctx: click.Context) -> Path | None:
    """Return the folder of the rulebook that the command line names, if only through its case."""
    from khung.casefile.find import find_rulebook  # noqa: PLC0415  # as above
    from khung.diagnostics.bag import Bag  # noqa: PLC0415  # as above
    from khung.rulebook.folder import MANIFEST  # noqa: PLC0415  # as above

    named = next((_given(ctx, n) for n in ("after", "rulebook") if _given(ctx, n)), None)
    case = _given(ctx, "case")
    named = _named_in(Path(str(case))) if named is None and case else named
    if named is None:
        return None
    if paths.is_file(Path(str(named)) / MANIFEST):
        return Path(str(named))
    beside = Path(str(case)) if case else None
    return find_rulebook(str(named), beside, _folder_of_rulebooks(ctx), Bag())


def _named_in(case: Path) -> str | None:
    """Return the rulebook that a case file names on a line of its own."""
    try:
        with case.open(encoding="utf-8", errors="replace") as file:
            found = _NAMED.search(file.read(_HEAD))
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    return found[1] if found else None


def _program(ctx: click.Context) -> Program | None:
    from khung.driver import Shelf  # noqa: PLC0415  # as above

    place = _place(ctx)
    return None if place is None else Shelf(cached=True).ready(place, {}).program


def _choices(ctx: click.Context) -> Mapping[str, Choices]:
    from khung.driver import Shelf  # noqa: PLC0415  # as above

    place = _place(ctx)
    return {} if place is None else Shelf(cached=True).choices(place)


def _readings(ctx: click.Context, begun: str) -> list[CompletionItem]:
    """Return the readings, and once one is named its options."""
    name, sign, _ = begun.partition("=")
    choices = _choices(ctx)
    if sign:
        options = choices[name].options if name in choices else ()
        return _beginning(begun, [f"{name}={option}" for option in options])
    return _beginning(begun, [f"{one}=" for one in choices])


def _codes(ctx: click.Context, begun: str) -> Iterable[str]:
    """Return the codes; of what begins otherwise, the names of a rulebook too."""
    from khung.diagnostics.codes import all_codes  # noqa: PLC0415  # as above

    codes = (*all_codes(), "functions")
    if not begun or any(code.startswith(begun) for code in codes):
        return codes
    from khung.cli.rulebooks import newest, take_sound  # noqa: PLC0415  # reads a whole rulebook
    from khung.report.page.excerpt import names  # noqa: PLC0415  # as above

    given = _given(ctx, "rulebooks")
    taken = _given(ctx, "rulebook") or newest(given)
    program, ready, _ = take_sound(taken, given) if taken else (None, None, ())
    if program is None or ready is None or ready.loaded.rulebook is None:
        return ()
    return names(ready.loaded.rulebook, program)


# -- shells ---------------------------------------------------------------------------------------


class Bash(BashComplete):
    """Bash, which takes the sign in `NAME=OPTION` for the end of a word."""

    _joined = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor and the one at it, with what was torn put together."""
        args, begun = super().get_completion_args()
        if begun == "=" and args:
            args, begun = args[:-1], f"{args[-1]}="
            self._joined = begun
        elif len(args) > 1 and args[-1] == "=":
            args, begun = args[:-2], f"{args[-2]}={begun}"
            self._joined = begun[: begun.index("=") + 1]
        return args, begun

    def format_completion(self, item: CompletionItem) -> str:
        """Return an item as the script reads it: of a torn word what stands behind the sign."""
        return f"{item.type},{str(item.value).removeprefix(self._joined)}"


class PowerShell(ShellComplete):
    """PowerShell from 5.1 on. What it is given are the words up to the cursor, and the last one."""

    name = "powershell"
    source_template = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $cursor)
    $line = $ast.ToString()
    $line = $line.Substring(0, [Math]::Min($line.Length, $cursor - $ast.Extent.StartOffset))
    $before = [Console]::OutputEncoding
    [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
    $env:%(complete_var)s = 'powershell_complete'
    $env:PYTHONIOENCODING = 'utf-8'
    $env:COMP_WORDS = $line
    $env:COMP_CWORD = $word
    try {
        & %(prog_name)s | ForEach-Object {
            $kind, $value = $_ -split ',', 2
            if ($kind -eq 'plain') {
                [System.Management.Automation.CompletionResult]::new($value)
            }
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:PYTHONIOENCODING, Env:COMP_WORDS
        Remove-Item Env:COMP_CWORD -ErrorAction SilentlyContinue
        [Console]::OutputEncoding = $before
    }
}
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor and the one at it; a backslash is like any letter."""
        begun = os.environ.get("COMP_CWORD", "").strip("\"'")
        reader = shlex.shlex(os.environ.get("COMP_WORDS", ""), posix=True, punctuation_chars=False)
        reader.whitespace_split, reader.commenters, reader.escape = True, "", ""
        try:
            words = list(reader)[1:]
        except ValueError:  # a quote that is still open
            words = os.environ.get("COMP_WORDS", "").split()[1:]
        return (words[:-1] if begun and words else words), begun

    def format_completion(self, item: CompletionItem) -> str:
        """Return an item as the script reads it."""
        return f"{item.type},{item.value}"


def register() -> None:
    """Let click know the shells that are not as it has them."""
    add_completion_class(Bash)
    add_completion_class(PowerShell)


def script(shell: str) -> str:
    """Return the script that a shell is to run at its start.

    Raises:
        KeyError: There is none for that shell.
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415  # as above

    register()
    found = get_completion_class(shell)
    if found is None:
        raise KeyError(shell)
    asked = found(click.Group("khung"), {}, "khung", _VARIABLE)
    return ShellComplete.source(asked).lstrip("\n")  # bash would be asked for its version first

"""Commands whose help is khung's own, in the reader's language; click only parses."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from khung.cli import output
from khung.cli.problems import UsageProblem, unknown
from khung.diagnostics.render.columns import wrapped
from khung.locale import known, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS = (
    "eval",
    "ask",
    "test",
    "check",
    "verify",
    "cover",
    "diff",
    "show",
    "new",
    "init",
    "serve",
    "fix",
    "format",
    "expr",
    "explain",
    "schema",
    "lsp",
    "completion",
)
"""The commands, in the order in which somebody meets them; each has a file in `commands`."""


def _help_option() -> click.Option:
    """Return `--help` that writes as all else is written, also where the disk is full."""
    how: dict[str, Any] = {"is_flag": True, "is_eager": True, "expose_value": False}
    return click.Option(["--help", "-h"], callback=_show_help, **how)


def _show_help(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ARG001  # click's signature
    if value:
        output.write(ctx.get_help() + "\n")
        ctx.exit()


class Command(click.Command):
    """One command; its help is `cli.NAME.short` and `cli.NAME.long`."""

    def __init__(
        self,
        name: str,
        lang: str,
        callback: Callable[..., int],
        params: Sequence[click.Parameter],
    ) -> None:
        super().__init__(
            name,
            callback=callback,
            params=[*params, _help_option()],
            add_help_option=False,
            context_settings={"allow_extra_args": True},
        )
        self.lang = lang

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, unless the command line holds more than it takes."""
        if ctx.args:
            problem = UsageProblem("K0806", names=tuple(ctx.args))
            problem.ctx = ctx
            raise problem
        return super().invoke(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how to use the command."""
        usage = known(self.lang, f"cli.{self.name}.usage")
        usage = usage or " ".join((ctx.command_path, *_arguments(self, ctx)))
        _write_text(f"{phrase(self.lang, 'cli.usage')}: {usage}\n", formatter)
        _write_text(phrase(self.lang, f"cli.{self.name}.long"), formatter)
        _write_options(self, ctx, formatter, self.lang)


class Root(click.Group):
    """The command `khung`. A command's file is read when the command is asked for."""

    def __init__(self, lang: str, params: Sequence[click.Parameter]) -> None:
        super().__init__(
            "khung",
            callback=_pass_on,
            params=[*params, _help_option()],
            add_help_option=False,
            no_args_is_help=False,
            invoke_without_command=True,
        )
        self.lang = lang

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Return a command, made in the language that is spoken."""
        if cmd_name not in COMMANDS:
            return None
        made: click.Command = import_module(f"khung.cli.commands.{cmd_name}").command(self.lang)
        return made

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; report one that there is not."""
        if args[0] not in COMMANDS and ctx.resilient_parsing:  # a shell asks, and is told nothing
            return None, None, args
        if args[0] not in COMMANDS:
            raise unknown("K0801", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Return the commands that begin as what is typed, each with what it does."""
        if ctx.args or ctx._protected_args:  # noqa: SLF001  # something that is no command
            return []
        from click.shell_completion import CompletionItem  # noqa: PLC0415  # only for a shell

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        found = (name for name in COMMANDS if name.startswith(incomplete))
        return [CompletionItem(n, help=phrase(self.lang, f"cli.{n}.short")) for n in found]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is named; without one, show what there is."""
        if not ctx._protected_args and not ctx.args:  # noqa: SLF001  # click has no other name
            output.write(self.get_help(ctx) + "\n")
            return 0
        return super().invoke(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what khung is for and which commands there are."""
        _write_text(phrase(self.lang, "cli.about"), formatter)
        formatter.write("\n")
        formatter.write(f"{phrase(self.lang, 'cli.commands')}:\n")
        rows = [(name, phrase(self.lang, f"cli.{name}.short")) for name in COMMANDS]
        _write_rows(rows, formatter)
        _write_options(self, ctx, formatter, self.lang)
        formatter.write("\n")
        _write_text(phrase(self.lang, "cli.start"), formatter)


@click.pass_context
def _pass_on(ctx: click.Context, /, **given: Any) -> None:
    """Let the options before the command be its defaults."""
    kept = {name: value for name, value in given.items() if value is not None}
    ctx.default_map = dict.fromkeys(COMMANDS, kept)


def _arguments(command: click.Command, ctx: click.Context) -> list[str]:
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    return [p.make_metavar(ctx) for p in arguments]


def _write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, lang: str
) -> None:
    options = [p for p in command.params if isinstance(p, click.Option) and p.help]
    rows = [(_spelt(p, ctx), p.help or "") for p in options]
    rows.append(("--help", phrase(lang, "cli.option.help")))
    formatter.write(f"\n{phrase(lang, 'cli.options')}:\n")
    _write_rows(rows, formatter)


def _spelt(option: click.Option, ctx: click.Context) -> str:
    names = ", ".join((*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} {option.make_metavar(ctx)}"


def _write_rows(rows: list[tuple[str, str]], formatter: click.HelpFormatter) -> None:
    margin = max(len(name) for name, _ in rows) + 4
    for name, said in rows:
        first, *rest = wrapped(said, output.width() - margin, whole=True)
        formatter.write(f"  {name}".ljust(margin) + first + "\n")
        for line in rest:
            formatter.write(" " * margin + line + "\n")


def _write_text(text: str, formatter: click.HelpFormatter) -> None:
    """Write lines, each wrapped unless it is an example, which begins with blanks."""
    for line in text.split("\n"):
        shown = [line] if line.startswith(" ") else wrapped(line, output.width(), whole=True)
        formatter.write("\n".join(shown) + "\n")

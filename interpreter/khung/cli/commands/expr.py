"""`khung expr EXPRESSION`: the value of one expression."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.locale import phrase

if TYPE_CHECKING:
    import click


_NEGATIVE = re.compile(r"-(?!-)(?![A-Za-z]*$)")
"""A minus with anything behind it that no option has."""


def command(lang: str) -> click.Command:
    """Return the command."""
    return _Command(
        "expr",
        lang,
        _expr,
        [
            options.argument(lang, "expression"),
            options.option(lang, "given", metavar=phrase(lang, "cli.metavar.file")),
            options.form(lang, "text", "json"),
            options.language(lang),
        ],
    )


class _Command(Command):
    """Takes an expression that begins with a minus, as `-(1)`, for what it is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such an expression where no option can stand."""
        given = next((a for a in args if _NEGATIVE.match(a)), None)
        if given is not None and "--" not in args:
            args.remove(given)
            args += ["--", given]
        return super().parse_args(ctx, args)


def _expr(expression: str, given: str | None, lang: str, format: str) -> int:  # noqa: A002  # the option's name
    from khung.analysis.expressions import evaluate_text  # noqa: PLC0415  # not for the help
    from khung.report import expression as report  # noqa: PLC0415  # as above

    answer = evaluate_text(expression, Path(given) if given else None)
    if format == "json":
        output.write_json(report.as_json(answer, lang))
    else:
        output.report(answer.diagnostics, lang)
        output.write(report.text(answer, lang))
    return ExitCode.INVALID if answer.value is None else ExitCode.DONE

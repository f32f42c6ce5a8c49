"""`khung schema [NAME]`: the JSON Schema of a kind of file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import unknown

if TYPE_CHECKING:
    import click


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "schema",
        lang,
        _schema,
        [
            options.argument(lang, "name", required=False),
            options.form(lang, "text", "json"),
            options.language(lang),
        ],
    )


def _schema(name: str | None, lang: str, format: str) -> int:  # noqa: A002  # the option's name
    from khung.resources import schema, schema_names  # noqa: PLC0415  # not for the help

    names = schema_names()
    if name is None:
        titles = {n: _title(str(schema(n)["title"]), lang) for n in names}
        if format == "json":
            output.write_json(titles)
        else:
            widest = max(map(len, names))
            output.write("".join(f"{n.ljust(widest)}  {t}\n" for n, t in titles.items()))
        return ExitCode.DONE
    if name not in names:
        raise unknown("K0810", name, names)
    output.write_json(schema(name))
    return ExitCode.DONE


def _title(title: str, lang: str) -> str:
    """Return the half of a title in one language; schemas say both, Vietnamese first."""
    first, _, second = title.partition(" — ")
    return second if lang == "en" and second else first

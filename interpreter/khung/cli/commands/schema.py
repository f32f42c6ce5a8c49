"""`khung schema [NAME]`: the JSON Schema of a kind of file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem, unknown
from khung.locale import phrase

if TYPE_CHECKING:
    import click


_CASE = "case"


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "schema",
        lang,
        _schema,
        [
            options.argument(lang, "name", required=False),
            options.form(lang, "text", "json"),
            options.option(
                lang,
                "rulebook",
                help_key="rulebook_of_cases",
                metavar=phrase(lang, "cli.argument.rulebook"),
            ),
            options.language(lang),
            options.rulebooks(lang),
        ],
    )


def _schema(
    name: str | None,
    lang: str,
    format: str,  # noqa: A002  # the option's name
    rulebook: str | None,
    rulebooks: str | None,
) -> int:
    from khung.resources import schema, schema_names  # noqa: PLC0415  # not for the help

    if rulebook is not None:
        return _of_cases(name or _CASE, rulebook, rulebooks, lang)
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


def _of_cases(name: str, rulebook: str, rulebooks: str | None, lang: str) -> int:
    """Print the schema of cases under one rulebook."""
    from khung.analysis.case_schema import case_schema  # noqa: PLC0415  # only here
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # as above

    if name != _CASE:
        raise UsageProblem("K0812", name=name, other="--rulebook")
    program, _, said = take_sound(rulebook, rulebooks)
    if program is None:
        output.refuse(said, lang, as_data=True)
        return ExitCode.INVALID
    output.write_json(case_schema(program, lang))
    return ExitCode.DONE


def _title(title: str, lang: str) -> str:
    """Return the half of a title in one language; schemas say both, Vietnamese first."""
    first, _, second = title.partition(" — ")
    return second if lang == "en" and second else first

"""`khung show RULEBOOK`: an overview, what cases may state, or the whole in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem

if TYPE_CHECKING:
    import click


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "show",
        lang,
        _show,
        [
            options.argument(lang, "rulebook"),
            options.option(lang, "facts", is_flag=True),
            options.option(lang, "flat", is_flag=True),
            options.form(lang, "text", "json"),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
        ],
    )


def _show(
    rulebook: str,
    rulebooks: str | None,
    reading: tuple[tuple[str, str], ...],
    lang: str,
    **how: Any,
) -> int:
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # not for the help

    if how["facts"] and how["flat"]:
        raise UsageProblem("K0812", name="--facts", other="--flat")
    program, ready, said = take_sound(rulebook, rulebooks, dict(reading))
    as_data = how["format"] == "json" or how["facts"]
    if program is None or ready is None or ready.loaded.rulebook is None:
        output.refuse(said, lang, as_data=as_data)
        return ExitCode.INVALID
    if how["flat"]:
        from khung.analysis.flat import flat_json, flat_yaml  # noqa: PLC0415  # only here

        folder = ready.loaded.folder
        output.write_json(flat_json(folder)) if as_data else output.write(flat_yaml(folder))
    elif as_data:
        from khung.analysis.facts import facts_json  # noqa: PLC0415  # only here

        output.write_json(facts_json(ready.loaded.rulebook, program))
    else:
        from khung.cli.overview import overview  # noqa: PLC0415  # only here

        output.write(overview(ready, program, lang))
    return ExitCode.DONE

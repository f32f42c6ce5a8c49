"""`khung ask CASE`: the next question whose answer decides most, until the level is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.cli import options, output, saving
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem
from khung.locale import phrase

if TYPE_CHECKING:
    import click

    from khung.driver import Evaluated


def command(lang: str) -> click.Command:
    """Return the command."""
    file, subject = (phrase(lang, f"cli.metavar.{name}") for name in ("file", "subject"))
    return Command(
        "ask",
        lang,
        _ask,
        [
            options.argument(lang, "case"),
            options.form(lang, "text", "json"),
            options.option(lang, "output", help_key="output_of_ask", metavar=file),
            options.option(lang, "only", help_key="only_of_ask", multiple=True, metavar=subject),
            options.option(lang, "assumed", is_flag=True),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
        ],
    )


def _ask(case: str, rulebooks: str | None, reading: tuple[tuple[str, str], ...], **how: Any) -> int:
    from khung.casefile.tables.files import is_tables  # noqa: PLC0415  # not for the help
    from khung.driver import Shelf, evaluate_file  # noqa: PLC0415  # as above

    path, lang = Path(case), how["lang"]
    if case == "-" or is_tables(path):
        raise UsageProblem("K0895", help="typed" if case == "-" else "", path=case)
    to = Path(how["output"]) if how["output"] else None
    if to is not None:
        saving.refuse_rulebook(to)
    shelf, folder = Shelf(cached=True), Path(rulebooks) if rulebooks else None
    found = evaluate_file(path, shelf, dict(reading), folder)
    if how["format"] == "json":
        return _as_json(found, how)
    if found.results is None:
        output.report(found.diagnostics, lang)
        return ExitCode.INVALID
    from khung.cli.asking import Setting, begun  # noqa: PLC0415  # only where somebody answers

    only, assumed = _only(found, how), how["assumed"]
    setting = Setting(path, shelf, dict(reading), folder, only, assumed, to, lang)
    dialogue = begun(setting, found)
    if dialogue is None:
        raise UsageProblem("K0895", path=case)
    dialogue.run()
    shelf.keep_made()
    return ExitCode.DONE


def _only(found: Evaluated, how: dict[str, Any]) -> frozenset[str]:
    from khung.cli.commands.eval import named  # noqa: PLC0415  # not for the help

    assert found.results is not None  # noqa: S101  # the caller has looked
    return frozenset(path for name in how["only"] for path in named(name, found.results))


def _as_json(found: Evaluated, how: dict[str, Any]) -> int:
    """Write the open questions as data."""
    told: dict[str, Any] = {"diagnostics": output.as_json(found.diagnostics, how["lang"])}
    if found.results is not None and found.case_file is not None and found.ready is not None:
        from khung.report.ask import as_json  # noqa: PLC0415  # only where asked for

        only = _only(found, how)
        told["subjects"] = as_json(
            found.results,
            found.case_file,
            how["lang"],
            found.ready.clauses,
            only,
            assumed=how["assumed"],
        )
    output.write_json(told)
    return ExitCode.DONE if found.results is not None else ExitCode.INVALID

"""`khung eval CASE`: the result of every subject of a case, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.cli import options, output, saving
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    import click

    from khung.driver import Evaluated, Ready
    from khung.rulebook.model import Label
    from khung.why.result import Results

STANDARD_INPUT = "-"
"""What stands for a case that is typed, or comes out of another program."""

_OPEN = {"undetermined", "pending", "needs_decision"}


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "eval",
        lang,
        _eval,
        [
            options.argument(lang, "case"),
            options.form(lang, "text", "json", "html"),
            options.option(lang, "output", metavar=phrase(lang, "cli.metavar.file")),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
            options.option(lang, "strict", is_flag=True),
            options.option(lang, "next", is_flag=True),
        ],
    )


def _eval(
    case: str, rulebooks: str | None, reading: tuple[tuple[str, str], ...], **how: Any
) -> int:
    from khung.driver import (  # noqa: PLC0415  # not for the help
        Shelf,
        evaluate_file,
        evaluate_text,
    )

    if how["output"]:
        saving.refuse_same(Path(case), Path(how["output"]))
        saving.refuse_rulebook(Path(how["output"]))
    shelf = Shelf(cached=True)
    readings, folder = dict(reading), Path(rulebooks) if rulebooks else None
    with output.progress(how["lang"]):
        if case == STANDARD_INPUT:
            found = evaluate_text(output.typed(), "<stdin>", shelf, readings, folder)
        else:
            found = evaluate_file(Path(case), shelf, readings, folder)
        answer = _answer(found, **how)
    if how["output"] and answer:
        saving.save(answer, Path(how["output"]))
    else:
        output.write(answer)
    shelf.keep_made()
    return _exit_code(found, strict=how["strict"])


def _answer(found: Evaluated, **how: Any) -> str:
    """Return the results in the form asked for; what is said of the files goes to the console."""
    if how["format"] == "json":
        from khung.report.encode import dumps  # noqa: PLC0415  # only where asked for
        from khung.report.result.json import evaluated_json  # noqa: PLC0415  # as above

        return dumps(evaluated_json(found, how["lang"], with_next=how["next"]))
    output.report(found.diagnostics, how["lang"])
    if found.results is None or found.ready is None:
        return ""
    if how["format"] == "html":
        return _as_html(found, found.results, how["lang"], with_next=how["next"])
    return _as_text(found, found.results, found.ready, **how)


def _exit_code(found: Evaluated, *, strict: bool) -> ExitCode:
    if found.results is None:
        return ExitCode.INVALID
    results = (r for by_id in found.results.by_type.values() for r in by_id.values())
    if strict and any(result.status.value in _OPEN for result in results):
        return ExitCode.OPEN
    return ExitCode.DONE


def _as_html(found: Evaluated, results: Results, lang: str, *, with_next: bool) -> str:
    from khung.report.result.document import results_html  # noqa: PLC0415  # only where asked for

    return results_html(results, lang, clauses=_clauses(found), with_next=with_next)


def _as_text(found: Evaluated, results: Results, ready: Ready, **how: Any) -> str:
    from khung.report.result.document import results_text  # noqa: PLC0415  # only where asked for

    return results_text(
        results,
        how["lang"],
        width=output.width(),
        color=not how["output"] and output.colored(sys.stdout),
        folder=str(ready.folder),
        clauses=_clauses(found),
        with_next=how["next"],
    )


def _clauses(found: Evaluated) -> Mapping[str, Label] | None:
    return found.ready.clauses if found.ready else None

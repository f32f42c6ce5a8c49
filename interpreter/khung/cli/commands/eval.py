"""`khung eval CASE`: the result of every subject of a case, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    import click

    from khung.analysis.evaluation import Evaluated

_OPEN = {"undetermined", "pending", "needs_decision"}


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "eval",
        lang,
        _eval,
        [
            options.argument(lang, "case"),
            options.form(lang, "text", "json"),
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
    from khung.analysis.evaluation import evaluate_file  # noqa: PLC0415  # not for the help
    from khung.analysis.shelf import Shelf  # noqa: PLC0415  # as above

    folder = Path(rulebooks) if rulebooks else None
    found = evaluate_file(Path(case), Shelf(), dict(reading), folder)
    if how["format"] == "json":
        output.write_json(_as_json(found, how["lang"], with_next=how["next"]))
    else:
        _write_text(found, how["lang"])
    return _exit_code(found, strict=how["strict"])


def _exit_code(found: Evaluated, *, strict: bool) -> ExitCode:
    if found.results is None:
        return ExitCode.INVALID
    results = (r for by_id in found.results.by_type.values() for r in by_id.values())
    if strict and any(result.status.value in _OPEN for result in results):
        return ExitCode.OPEN
    return ExitCode.DONE


def _as_json(found: Evaluated, lang: str, *, with_next: bool) -> dict[str, Any]:
    from khung.report.json import head, results_json  # noqa: PLC0415  # only where asked for

    diagnostics = output.as_json(found.diagnostics, lang)
    if found.results is not None:
        return results_json(found.results, lang, diagnostics, with_next)
    program = found.ready.program if found.ready else None
    on = found.case_file.on if found.case_file else None
    return {
        **(head(program) if program else {"rulebook": None}),
        "on": on.isoformat() if on else None,
        "results": {},
        "groups": [],
        "diagnostics": diagnostics,
    }


def _write_text(found: Evaluated, lang: str) -> None:
    output.report(found.diagnostics, lang)
    if found.results is None or found.ready is None:
        return
    from khung.report.clauses import summaries  # noqa: PLC0415  # only where asked for
    from khung.report.text import results_text  # noqa: PLC0415  # only where asked for

    rulebook = found.ready.loaded.rulebook
    text = results_text(
        found.results,
        lang,
        width=output.width(),
        color=output.colored(sys.stdout),
        folder=str(found.ready.loaded.folder),
        clauses=summaries(rulebook) if rulebook else None,
    )
    output.write(text)

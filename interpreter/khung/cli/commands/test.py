"""`khung test [PATHS…]`: run cases, and say where results are not as expected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from khung.analysis.coverage import Coverage
    from khung.analysis.testing import CaseRun

DEFAULT = "cases"
"""Where cases are looked for."""


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "test",
        lang,
        _test,
        [
            options.argument(lang, "paths", nargs=-1),
            options.form(lang, "text", "json", "junit"),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
        ],
    )


def _test(
    paths: tuple[str, ...],
    rulebooks: str | None,
    reading: tuple[tuple[str, str], ...],
    lang: str,
    **how: Any,
) -> int:
    from khung.analysis.coverage import Coverage  # noqa: PLC0415  # not for the help
    from khung.analysis.testing import run_cases  # noqa: PLC0415  # as above
    from khung.cli.folders import cases_below  # noqa: PLC0415  # as above
    from khung.driver import Shelf  # noqa: PLC0415  # as above

    if "" in paths:
        raise UsageProblem("K0803", name=phrase(lang, "cli.argument.paths"))
    coverage, files = Coverage(), cases_below(map(Path, paths or (DEFAULT,)))
    folder = Path(rulebooks) if rulebooks else None
    shelf = Shelf(cached=True)
    running = run_cases(files, shelf, dict(reading), folder, coverage)
    runs = [run for run in output.watched(running, len(files), lang) if run is not None]
    if not runs:
        raise UsageProblem("K0811", path=", ".join(paths or (DEFAULT,)))
    _write(runs, coverage, lang, how["format"])
    shelf.keep_made()
    return _exit_code(runs)


def _write(runs: Sequence[CaseRun], coverage: Coverage, lang: str, form: str) -> None:

    from khung.report import tests  # noqa: PLC0415  # not for the help

    match form:
        case "json":
            output.write_json(tests.as_json(runs, coverage, lang))
        case "junit":
            output.write(tests.as_junit(runs, lang))
        case _:
            for head, diagnostics, differing in tests.told(runs, lang):
                output.write_document(head)
                output.report(diagnostics, lang)
                output.write_document(differing)
            output.write_document(tests.sums(runs, coverage, lang))


def _exit_code(runs: Sequence[CaseRun]) -> ExitCode:
    outcomes = {run.outcome.value for run in runs}
    if "invalid" in outcomes:
        return ExitCode.INVALID
    return ExitCode.NO if "failed" in outcomes else ExitCode.DONE

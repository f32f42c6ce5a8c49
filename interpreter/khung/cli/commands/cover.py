"""`khung cover RULEBOOK`: cases for the conditions of rules that no case makes matter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.cli import options, output, saving
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

    from khung.analysis.cover.run import Made, Step
    from khung.driver import Evaluated, Ready, Shelf

_LONGEST = 86_400  # seconds


def command(lang: str) -> click.Command:
    """Return the command."""
    folder = phrase(lang, "cli.metavar.folder")
    return Command(
        "cover",
        lang,
        _cover,
        [
            options.argument(lang, "rulebook"),
            options.form(lang, "text", "json", "markdown", "html"),
            options.option(lang, "cases", help_key="cases_of_cover", multiple=True, metavar=folder),
            options.option(lang, "to", help_key="to_of_cover", metavar=folder),
            options.option(lang, "seconds", type=options.Whole(1, _LONGEST), default=300),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
        ],
    )


def _cover(
    rulebook: str,
    rulebooks: str | None,
    reading: tuple[tuple[str, str], ...],
    lang: str,
    **how: Any,
) -> int:
    from khung.analysis.proof.solver import Budget  # noqa: PLC0415  # not for the help
    from khung.cli.rulebooks import take_to_prove  # noqa: PLC0415  # as above
    from khung.driver import Shelf  # noqa: PLC0415  # as above

    shelf, asked = Shelf(), {"lang": lang, "form": how["format"]}
    ready = take_to_prove(rulebook, rulebooks, dict(reading), shelf, **asked)
    if ready is None:
        return ExitCode.INVALID
    from khung.analysis.cover.run import cover  # noqa: PLC0415  # needs the solver

    to = _Folder(how["to"], ready)
    runs = _runs(how["cases"], ready, dict(reading), shelf)
    steps = cover(ready, dict(reading), runs, Budget.of(how["seconds"]))
    found, stopped = _found(steps, to, lang)
    _write(found, ready, lang, how, to, stopped=stopped)
    return ExitCode.DONE


def _runs(
    named: tuple[str, ...], ready: Ready, readings: dict[str, str], shelf: Shelf
) -> Iterator[Evaluated]:
    """Yield the cases that there are, run: of the folders named, or of that of the rulebook."""
    from khung import paths  # noqa: PLC0415  # not for the help
    from khung.cli.folders import cases_below  # noqa: PLC0415  # as above
    from khung.driver import evaluate_file  # noqa: PLC0415  # as above

    missing = [name for name in named if not (name and paths.exists(Path(name)))]
    if missing:
        raise UsageProblem("K0815", path=missing[0])
    own = ready.folder.parent.parent / "cases" / ready.folder.name
    folders = [Path(name) for name in named] or ([own] if paths.exists(own) else [])
    for path in cases_below(folders):
        yield evaluate_file(path, shelf, readings, ready.folder.parent)


class _Folder:
    """Where cases are written, each when it is found; what is there stays."""

    def __init__(self, named: str | None, ready: Ready) -> None:
        self.path, self.ready = Path(named) if named else None, ready
        self.names: dict[str, str] = {}
        if self.path is not None:
            saving.refuse_rulebook(self.path / "case.yaml")
            try:
                self.path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise saving.cannot_write(self.path, error) from error

    def take(self, made: Made) -> None:
        """Write a case, if that is asked for, under a name that no file has."""
        from khung.report.cover import case_text, file_name  # noqa: PLC0415  # not for the help

        if self.path is None:
            return
        name, number = file_name(made.case.target), 1
        path = self.path / f"{name}.yaml"
        while path.exists():
            number += 1
            path = self.path / f"{name}-{number}.yaml"
        saving.save(case_text(made, self.ready), path)
        self.names[made.case.target.name] = path.name


def _found(steps: Iterator[Step], to: _Folder, lang: str) -> tuple[list[Step], bool]:
    """Return what is found, each case written as it comes, and whether the user broke it off."""
    from khung.analysis.cover.run import Made  # noqa: PLC0415  # as above

    def kept() -> Iterator[Step]:
        for step in steps:
            if isinstance(step, Made):
                to.take(step)
            yield step

    def said(step: Step, n: int) -> str:
        target = step.case.target if isinstance(step, Made) else step.target
        return phrase(lang, "cli.cover.asking", n=n, what=target.name)

    return output.gathered(kept(), said)


def _write(
    found: list[Step],
    ready: Ready,
    lang: str,
    how: dict[str, Any],
    to: _Folder,
    *,
    stopped: bool,
) -> None:
    from khung.report import cover as report  # noqa: PLC0415  # not for the help

    if how["format"] == "json":
        output.write_json(report.as_json(found, ready, lang, to.names, stopped=stopped))
        return
    told = report.document(found, ready, lang, to.names, stopped=stopped)
    if how["format"] == "text":
        output.write_document(told)
        _say_where(found, to, lang)
        return
    from khung.report.document.html import to_html  # noqa: PLC0415  # only where asked for
    from khung.report.document.markdown import to_markdown  # noqa: PLC0415  # as above

    output.write(to_html(told) if how["format"] == "html" else to_markdown(told))


def _say_where(found: list[Step], to: _Folder, lang: str) -> None:
    from khung.analysis.cover.run import Made  # noqa: PLC0415  # as above

    if to.path is not None:
        folder, number = str(to.path), len(to.names)
        output.write("\n" + phrase(lang, "cover.written", n=number, folder=folder) + "\n")
    elif any(isinstance(step, Made) for step in found):
        output.write("\n" + phrase(lang, "cover.not_written") + "\n")

"""`khung check RULEBOOK`: errors, warnings and the state of the clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.diagnostics.codes import is_error
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from khung.analysis.checking import Checked
    from khung.analysis.clauses import Accounting
    from khung.analysis.shelf import Ready
    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.model import Rulebook

_FEW = 8  # how many clauses are named where not all are asked for
_FEW_PATHS = 3  # the same of what has a longer name


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "check",
        lang,
        _check,
        [
            options.argument(lang, "rulebook"),
            options.form(lang, "text", "json", "sarif", "github"),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
            options.option(lang, "clauses", is_flag=True),
        ],
    )


def _check(
    rulebook: str,
    rulebooks: str | None,
    reading: tuple[tuple[str, str], ...],
    lang: str,
    **how: Any,
) -> int:
    from khung.analysis.checking import Checked, check  # noqa: PLC0415  # not for the help
    from khung.cli.rulebooks import take  # noqa: PLC0415  # as above

    ready, said = take(rulebook, rulebooks, dict(reading))
    found = check(ready) if ready else Checked(said, None)
    _write(found, ready, lang, how["format"], every=how["clauses"])
    wrong = any(is_error(diagnostic) for diagnostic in found.diagnostics)
    return ExitCode.INVALID if wrong else ExitCode.DONE


def _write(found: Checked, ready: Ready | None, lang: str, form: str, *, every: bool) -> None:
    match form:
        case "json":
            output.write_json(_as_json(found, lang))
        case "sarif":
            from khung.diagnostics.render.sarif import render_sarif  # noqa: PLC0415  # as below

            output.write_json(render_sarif(found.diagnostics, lang))
        case "github":
            from khung.diagnostics.render.github import render_github  # noqa: PLC0415  # only here

            output.write(render_github(found.diagnostics, lang))
        case _:
            output.report(_told(found, every=every), lang)
            if ready is not None and found.clauses is not None:
                output.write("\n".join(_lines(found, ready, found.clauses, lang, every)) + "\n")


def _told(found: Checked, *, every: bool) -> list[Diagnostic]:
    """Return what is told in full: no questions, and of clauses that wait for a rule the first."""
    from khung.cli.worklist import is_open  # noqa: PLC0415  # only for people

    waiting = [d for d in found.diagnostics if d.code == "K0506"]
    left_out = () if every else waiting[_FEW:]
    return [d for d in found.diagnostics if not is_open(d) and d not in left_out]


def _as_json(found: Checked, lang: str) -> dict[str, Any]:
    diagnostics = output.as_json(found.diagnostics, lang)
    if found.clauses is None:
        return {"diagnostics": diagnostics}
    clauses = found.clauses
    return {
        "diagnostics": diagnostics,
        "clauses": {
            "total": clauses.total,
            "accounted": clauses.accounted,
            "missing": list(clauses.missing),
            "asserted_only": list(clauses.asserted_only),
        },
    }


def _lines(
    found: Checked,
    ready: Ready,
    clauses: Accounting,
    lang: str,
    every: bool,  # noqa: FBT001  # an option of the command
) -> list[str]:
    rulebook = ready.loaded.rulebook
    assert rulebook is not None  # noqa: S101  # there are clauses only where there is a rulebook
    lines = [
        phrase(lang, "cli.check.title", id=rulebook.id, title=rulebook.title.said(lang)),
        phrase(lang, "cli.check.folder", folder=ready.loaded.folder),
        _verdict(found, lang),
    ]
    lines += _open(found, rulebook, lang, every=every)
    if found.options:
        lines.append(phrase(lang, "cli.check.options", count=found.options))
    if clauses.total:
        accounted, total = clauses.accounted, clauses.total
        lines.append(phrase(lang, "cli.check.clauses", accounted=accounted, total=total))
    for key, named in (("missing", clauses.missing), ("asserted", clauses.asserted_only)):
        if named:
            listed = _listed(named, lang, every=every)
            lines.append("  " + phrase(lang, f"cli.check.{key}", count=len(named), listed=listed))
    if found.old_words:
        count, listed = (
            len(found.old_words),
            _listed(found.old_words, lang, _FEW_PATHS, every=every),
        )
        lines.append(phrase(lang, "cli.check.words", count=count, listed=listed))
    return lines


def _open(found: Checked, rulebook: Rulebook, lang: str, *, every: bool) -> list[str]:
    from khung.cli.worklist import worklist  # noqa: PLC0415  # only for people

    return worklist(found.diagnostics, rulebook, lang, output.width(), every=every)


def _verdict(found: Checked, lang: str) -> str:
    from khung.cli.worklist import is_open  # noqa: PLC0415  # only for people

    said = [diagnostic for diagnostic in found.diagnostics if not is_open(diagnostic)]
    errors = sum(map(is_error, said))
    warnings = len(said) - errors
    waits = len(said) < len(found.diagnostics)
    key = "errors" if errors else "waits" if waits else "warnings" if warnings else "sound"
    return phrase(lang, f"cli.check.{key}", errors=errors, warnings=warnings)


def _listed(named: Sequence[str], lang: str, few: int = _FEW, *, every: bool) -> str:
    if every or len(named) <= few:
        return ", ".join(named)
    return phrase(lang, "cli.check.more", listed=", ".join(named[:few]))

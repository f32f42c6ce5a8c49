"""`khung check RULEBOOK`: errors, warnings and the state of the clauses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.diagnostics.codes import is_error
from khung.locale import phrase
from khung.records import replace

if TYPE_CHECKING:
    import click

    from khung.analysis.checking import Checked
    from khung.driver import Ready
    from khung.ir.program import Program


_MARK = re.compile(r"=|r:list:|r:check:|r:")


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
            options.option(lang, "engine", help_key="check_engine", is_flag=True),
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
    from khung.driver import Shelf  # noqa: PLC0415  # as above

    ready, said = take(rulebook, rulebooks, dict(reading), Shelf())
    found = _with_forms(check(ready), ready, lang) if ready else Checked(said, None)
    _write(found, ready, lang, how["format"], every=how["clauses"])
    if how["engine"] and how["format"] == "text" and ready and ready.program:
        output.write(_engine(ready.program, lang) + "\n")
    wrong = any(is_error(diagnostic) for diagnostic in found.diagnostics)
    return ExitCode.INVALID if wrong else ExitCode.DONE


def _engine(program: Program, lang: str) -> str:
    """Return what of a rulebook is left to the reference when it is run as SQL."""
    from khung.population.run import left_by  # noqa: PLC0415  # only where asked for
    from khung.report.words.left import left_in_words  # noqa: PLC0415  # as above

    found = left_by(program)
    if not found:
        return phrase(lang, "cli.check.engine.nothing")
    left = {
        f"  {subject}.{_MARK.sub('', name)}: {left_in_words(why, lang)}"
        for (subject, name), why in found.items()
    }
    return "\n".join((phrase(lang, "cli.check.engine.left"), *sorted(left)))


def _with_forms(found: Checked, ready: Ready, lang: str) -> Checked:
    """Return what was found, with what is to be said of the templates of a sound rulebook."""
    if ready.program is None or not ready.program.forms:
        return found
    from khung.diagnostics.bag import Bag  # noqa: PLC0415  # few rulebooks have forms
    from khung.report.forms.templates import check_forms  # noqa: PLC0415  # as above

    bag = Bag()
    check_forms(ready, lang, bag)
    return replace(found, diagnostics=(*found.diagnostics, *bag.diagnostics))


def _write(found: Checked, ready: Ready | None, lang: str, form: str, *, every: bool) -> None:
    from khung.report import rulebooks as report  # noqa: PLC0415  # not for the help

    match form:
        case "json":
            output.write_json(report.as_json(found, lang))
        case "sarif":
            from khung.diagnostics.render.forms import render_sarif  # noqa: PLC0415  # as below

            output.write_json(render_sarif(found.diagnostics, lang))
        case "github":
            from khung.diagnostics.render.forms import render_github  # noqa: PLC0415  # only here

            output.write(render_github(found.diagnostics, lang), for_ci=True)
        case _:
            output.report(report.told(found, every=every), lang)
            if ready is not None:
                output.write_document(report.document(found, ready, lang, every=every))

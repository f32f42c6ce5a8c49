"""`khung show RULEBOOK`: an overview, what cases may state, all in one, a page; `show why …`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.cli import options, output, saving
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem, unknown
from khung.locale import phrase

if TYPE_CHECKING:
    import click

    from khung.driver import Ready
    from khung.ir.program import Program
    from khung.rulebook.folder import Written
    from khung.rulebook.model import Rulebook

WHY = "why"
"""What stands in the place of a rulebook where stored results are asked for."""

_PAGE_FORMS = ("markdown", "html")


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "show",
        lang,
        _show,
        [
            options.argument(lang, "rulebook"),
            options.argument(lang, "why", nargs=-1),
            options.option(lang, "facts", is_flag=True),
            options.option(lang, "flat", is_flag=True),
            options.option(lang, "page", is_flag=True),
            options.full(lang, "full_page"),
            options.option(lang, "fields", metavar=phrase(lang, "cli.metavar.form")),
            options.form(lang, "text", "json", *_PAGE_FORMS),
            options.option(lang, "output", metavar=phrase(lang, "cli.metavar.file")),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
        ],
    )


def _show(
    rulebook: str,
    why: tuple[str, ...],
    rulebooks: str | None,
    reading: tuple[tuple[str, str], ...],
    lang: str,
    **how: Any,
) -> int:
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # not for the help

    if why and rulebook == WHY:
        from khung.cli.commands import why as stored  # noqa: PLC0415  # only where asked for

        return stored.why(why, lang, rulebooks, full=how["full"])
    if why:
        raise UsageProblem("K0806", help="look_up", names=why)
    _refuse_both(how)
    _refuse_screens(rulebook, how)
    if how["output"]:
        saving.refuse_rulebook(Path(how["output"]))
    program, ready, said = take_sound(rulebook, rulebooks, dict(reading))
    as_data = how["format"] == "json" or how["facts"]
    if program is None or ready is None or ready.loaded.rulebook is None:
        output.refuse(said, lang, as_data=as_data)
        return ExitCode.INVALID
    answer = _answer(ready, ready.loaded.rulebook, program, lang, how)
    if how["output"]:
        saving.save(answer, Path(how["output"]))
    else:
        output.write(answer)
    return ExitCode.DONE


def _refuse_both(how: dict[str, Any]) -> None:
    """Refuse options of which each asks for another answer; a form of pages asks for the page."""
    page = "page" if how["page"] else "full"
    asked = [f"--{name}" for name in ("facts", "flat", page, "fields") if how[name]]
    form = how["format"]
    if form in _PAGE_FORMS and not how[page] and not how["fields"]:
        asked.append(f"--format {form}")
    if form == "json" and (how[page] or how["fields"]):
        asked.append("--format json")
    if len(asked) > 1:
        raise UsageProblem("K0812", name=asked[0], other=asked[1])


def _refuse_screens(rulebook: str, how: dict[str, Any]) -> None:
    """Refuse to print a page on a terminal, where only its end would be seen."""
    if (
        (how["page"] or how["full"])
        and not how["output"]
        and sys.stdout is not None
        and sys.stdout.isatty()
    ):
        ending = "html" if how["format"] == "html" else "md"
        raise UsageProblem("K0818", name=f"{Path(rulebook).name}.{ending}")


def _answer(
    ready: Ready, rulebook: Rulebook, program: Program, lang: str, how: dict[str, Any]
) -> str:
    if how["fields"]:
        return _fields(ready, program, lang, how["fields"], how["format"])
    if how["page"] or how["full"] or how["format"] in _PAGE_FORMS:
        return _page(rulebook, program, lang, how["format"], full=how["full"])
    if how["format"] == "json" or how["facts"]:
        return _data(ready, rulebook, program, flat=how["flat"])
    if how["flat"]:
        from khung.analysis.flat import flat_yaml  # noqa: PLC0415  # only here

        return flat_yaml(_written(ready))
    from khung.report.document.terminal import to_terminal  # noqa: PLC0415  # only here
    from khung.report.rulebooks import overview  # noqa: PLC0415  # as above

    return to_terminal(overview(ready, program, lang), width=output.width())


def _written(ready: Ready) -> Written:
    assert ready.loaded.written is not None  # noqa: S101  # a program was made of it
    return ready.loaded.written


def _fields(ready: Ready, program: Program, lang: str, name: str, form: str) -> str:
    """Return the fields of a form. Raises UsageProblem (K0851) where there is none of the name."""
    from khung.report.forms.listing import fields_of  # noqa: PLC0415  # only here

    known = {one.name: one for one in program.forms}
    if not known:
        raise UsageProblem("K0851", help="none", name=name, near="", known=())
    if name not in known:
        raise unknown("K0851", name, known)
    document = fields_of(known[name], ready, lang)
    match form:
        case "html":
            from khung.report.document.html import to_html  # noqa: PLC0415  # as above

            return to_html(document)
        case "markdown":
            from khung.report.document.markdown import to_markdown  # noqa: PLC0415  # as above

            return to_markdown(document)
        case _:
            from khung.report.document.terminal import to_terminal  # noqa: PLC0415  # as above

            return to_terminal(document, width=output.width())


def _page(rulebook: Rulebook, program: Program, lang: str, form: str, *, full: bool) -> str:
    from khung.report.document.html import to_html  # noqa: PLC0415  # as above
    from khung.report.document.markdown import to_markdown  # noqa: PLC0415  # as above
    from khung.report.page.from_rulebook import page  # noqa: PLC0415  # only here

    document = page(rulebook, program, lang, full=full)
    return to_html(document) if form == "html" else to_markdown(document)


def _data(ready: Ready, rulebook: Rulebook, program: Program, *, flat: bool) -> str:
    from khung.analysis.facts import facts_json  # noqa: PLC0415  # only here
    from khung.analysis.flat import flat_json  # noqa: PLC0415  # as above
    from khung.report.encode import dumps  # noqa: PLC0415  # as above

    return dumps(flat_json(_written(ready)) if flat else facts_json(rulebook, program))

"""`khung verify RULEBOOK`: what holds for every case, and what the text itself gets wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from khung.analysis.proof.properties import Finding
    from khung.driver import Ready


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "verify",
        lang,
        _verify,
        [
            options.argument(lang, "rulebook"),
            options.form(lang, "text", "json", "markdown", "html", "sarif", "github"),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
            options.option(lang, "seconds", type=options.Whole(1, 86400), default=120),
            options.full(lang, "full_of_verify"),
            options.option(lang, "witnesses", metavar=phrase(lang, "cli.metavar.folder")),
            options.option(lang, "page", is_flag=True, help_key="page_of_verify"),
        ],
    )


def _verify(
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
    from khung.analysis.proof.verify import verify  # noqa: PLC0415  # needs the solver

    budget = Budget.of(how["seconds"])
    asking = verify(ready, dict(reading), shelf, budget, full=how["full"])
    found, stopped = _found(asking, lang)
    if how["witnesses"]:
        from khung.cli import witnesses  # noqa: PLC0415  # only where asked for

        witnesses.save(_texts(found), how["witnesses"])
    _write(found, ready, lang, {**how, "reading": dict(reading)}, stopped=stopped)
    refuted = any(one.status.value == "refuted" for one in found)
    return ExitCode.NO if refuted else ExitCode.DONE


def _texts(found: list[Finding]) -> dict[str, str]:
    """Return the cases by names for files: what is asked, and of two cases which."""
    texts = {}
    for one in found:
        for number, case in enumerate(one.cases, 1):
            parts = (one.property, one.subject, one.kind, one.about.replace(".", "-"))
            name = "-".join(filter(None, parts))
            texts[name if len(one.cases) == 1 else f"{name}-{number}"] = case.text
    return texts


def _found(asking: Iterable[Finding], lang: str) -> tuple[list[Finding], bool]:
    """Return what is found, and whether the user broke it off."""

    def said(one: Finding, n: int) -> str:
        what = " ".join(filter(None, (one.subject, one.kind, one.property, one.about)))
        return phrase(lang, "cli.verify.asking", n=n, what=what)

    return output.gathered(asking, said)


def _write(
    found: list[Finding], ready: Ready, lang: str, how: dict[str, Any], *, stopped: bool
) -> None:
    from khung.report import verify as report  # noqa: PLC0415  # not for the help

    match how["format"]:
        case "json":
            output.write_json(report.as_json(found, stopped=stopped))
        case "sarif":
            output.write_json(report.as_sarif(found, ready, lang))
        case "github":
            output.write(report.as_github(found, ready, lang), for_ci=True)
        case form if how["page"]:
            from khung.report.defects import page  # noqa: PLC0415  # only where asked for

            _write_document(form, page(found, ready, how["reading"], lang))
        case form:
            told = report.document(found, ready, lang, full=how["full"], stopped=stopped)
            _write_document(form, told)


def _write_document(form: str, told: Any) -> None:
    from khung.report.document.html import to_html  # noqa: PLC0415  # only where asked for
    from khung.report.document.markdown import to_markdown  # noqa: PLC0415  # as above

    if form == "text":
        output.write_document(told)
    else:
        output.write(to_html(told) if form == "html" else to_markdown(told))

"""`khung explain [CODE]`: the page of a code, the list of codes, the functions of expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import unknown
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

    from khung.diagnostics.codes import Page

FUNCTIONS = "functions"
"""The page of the functions."""


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "explain",
        lang,
        _explain,
        [
            options.argument(lang, "code", required=False),
            options.form(lang, "text", "json"),
            options.language(lang),
        ],
    )


def _explain(code: str | None, lang: str, format: str) -> int:  # noqa: A002  # the option's name
    if code == FUNCTIONS:
        _write("\n".join(_functions(lang)) + "\n", format, FUNCTIONS)
    elif code is None:
        _write("".join(f"{p.code}  {p.said[lang].message}\n" for p in _pages()), format, "codes")
    else:
        found = _page(code)
        _write(_said(found, lang), format, found.code)
    return ExitCode.DONE


def _write(text: str, form: str, name: str) -> None:
    if form == "json":
        output.write_json({"page": name, "text": text})
    else:
        output.write(text)


def _pages() -> Iterator[Page]:
    from khung.diagnostics.codes import all_codes, page  # noqa: PLC0415  # not for the help

    return map(page, all_codes())


def _page(name: str) -> Page:
    """Return the page of a code or of its name, in capitals or not."""
    by_name = {key: found for found in _pages() for key in (found.code, found.slug)}
    for key in (name, name.upper(), name.lower()):
        if key in by_name:
            return by_name[key]
    raise unknown("K0809", name, (*by_name, FUNCTIONS))


def _said(page: Page, lang: str) -> str:
    said = page.said[lang]
    severity = phrase(lang, f"word.{page.severity.value}")
    lines = [f"{page.code} {page.slug} ({severity})", ""]
    lines.append(f"{phrase(lang, 'cli.explain.message')}: {said.message}")
    helps = [sentence for sentence in said.helps.values() if sentence]
    lines += [f"{phrase(lang, 'cli.explain.help')}: {sentence}" for sentence in helps]
    return "\n".join([*lines, "", said.body])


# -- functions --------------------------------------------------------------------------------


def _functions(lang: str) -> Iterator[str]:
    from khung.report.reference import calls  # noqa: PLC0415  # not for the help

    yield phrase(lang, "cli.explain.functions")
    for _, forms in calls(lang):
        yield ""
        yield from forms

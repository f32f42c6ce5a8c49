"""`khung explain [NAME]`: a code, the functions, or a clause, a fact, a rule of a rulebook."""

from __future__ import annotations

from functools import partial
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
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Ready
    from khung.ir.program import Program

    Taken = tuple[Program | None, Ready | None, tuple[Diagnostic, ...]]

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
            options.option(lang, "rulebook", metavar=phrase(lang, "cli.argument.rulebook")),
            options.form(lang, "text", "json"),
            options.language(lang),
            options.rulebooks(lang),
        ],
    )


def _explain(
    code: str | None,
    rulebook: str | None,
    rulebooks: str | None,
    lang: str,
    format: str,  # noqa: A002  # the option's name
) -> int:
    if code == FUNCTIONS:
        _write("\n".join(_functions(lang)) + "\n", format, FUNCTIONS)
    elif code is None:
        _write("".join(f"{p.code}  {p.said[lang].message}\n" for p in _pages()), format, "codes")
    elif rulebook is None and (found := _page(code)) is not None:
        _write(_said(found, lang), format, found.code)
    else:
        return _looked_up(code, rulebook, rulebooks, lang, format)
    return ExitCode.DONE


def _looked_up(name: str, rulebook: str | None, rulebooks: str | None, lang: str, form: str) -> int:
    """Tell what a rulebook says of a clause, an entry or a rule: the newest if none is named."""
    from khung.report.document.terminal import to_terminal  # noqa: PLC0415  # as above
    from khung.report.page.excerpt import excerpt, names  # noqa: PLC0415  # as above

    program, ready, said = _taken(name, rulebook, rulebooks)
    if program is None or ready is None or ready.loaded.rulebook is None:
        output.refuse(said, lang, as_data=form == "json")
        return ExitCode.INVALID
    told = excerpt(ready.loaded.rulebook, program, name, lang)
    if told is None:
        known = (*_codes(), *names(ready.loaded.rulebook, program))
        raise unknown("K0809", name, known, rulebook=ready.loaded.rulebook.id)
    text = phrase(lang, "cli.explain.of", name=name, rulebook=ready.loaded.rulebook.id) + "\n"
    _write(text + to_terminal(told, width=output.width()), form, name)
    return ExitCode.DONE


def _taken(name: str, rulebook: str | None, rulebooks: str | None) -> Taken:
    """Return the rulebook that is named; of none, the newest one that is finished.

    Raises:
        UsageProblem: There is none (K0809).
    """
    from khung.cli.rulebooks import by_period, take_sound  # noqa: PLC0415  # not for the help

    if rulebook is not None:
        return take_sound(rulebook, rulebooks)
    found = map(partial(take_sound, rulebooks=rulebooks), by_period(rulebooks))
    first = next(found, None)
    if first is None:
        raise unknown("K0809", name, _codes())
    return next((taken for taken in (first, *found) if taken[0] is not None), first)


def _write(text: str, form: str, name: str) -> None:
    if form == "json":
        output.write_json({"page": name, "text": text})
    else:
        output.write(text)


def _pages() -> Iterator[Page]:
    from khung.diagnostics.codes import all_codes, page  # noqa: PLC0415  # not for the help

    return map(page, all_codes())


def _page(name: str) -> Page | None:
    """Return the page of a code or of its name, in capitals or not."""
    by_name = {key: found for found in _pages() for key in (found.code, found.slug)}
    return next((by_name[k] for k in (name, name.upper(), name.lower()) if k in by_name), None)


def _codes() -> tuple[str, ...]:
    return (*(key for found in _pages() for key in (found.code, found.slug)), FUNCTIONS)


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
    from khung.surfaces import surface  # noqa: PLC0415  # likewise

    yield phrase(lang, "cli.explain.functions")
    for name, forms in calls(lang):
        own = surface(lang).function(name)
        yield ""
        yield name if own == name else f"{own} · {name}"
        yield f"  {phrase(lang, f'language.builtin.{name}')}"
        yield from (f"  {form}" for form in forms)

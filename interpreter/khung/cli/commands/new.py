"""`khung new case RULEBOOK SUBJECT`: a case file to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.diagnostics.bag import Bag

if TYPE_CHECKING:
    import click


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "new",
        lang,
        _new,
        [
            options.argument(lang, "what", type=options.OneOf("case")),
            options.argument(lang, "rulebook"),
            options.argument(lang, "subject"),
            options.language(lang),
            options.rulebooks(lang),
        ],
    )


def _new(what: str, rulebook: str, subject: str, lang: str, rulebooks: str | None) -> int:
    from khung.casefile.template import new_case  # noqa: PLC0415  # not for the help
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # as above
    from khung.ir.declare import unknown  # noqa: PLC0415  # as above

    del what  # there is only one kind of file to write so far
    program, _, said = take_sound(rulebook, rulebooks)
    if program is None:
        output.refuse(said, lang)
        return ExitCode.INVALID
    names = [declared.name for declared in program.subjects]
    if subject not in names:
        bag = Bag()
        unknown(bag, "subject", subject, None, names)
        output.refuse(bag.diagnostics, lang)
        return ExitCode.USAGE
    output.write(new_case(program, subject, lang))
    return ExitCode.DONE

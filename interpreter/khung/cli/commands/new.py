"""`khung new case RULEBOOK SUBJECT`, `khung new YEAR --from BASE`: files to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem, unknown
from khung.diagnostics.bag import Bag
from khung.locale import phrase

if TYPE_CHECKING:
    import click

CASE = "case"
_KNOWN = 8  # rulebooks named where it is not said from which


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "new",
        lang,
        _new,
        [
            options.argument(lang, "what"),
            options.argument(lang, "rulebook", required=False),
            options.argument(lang, "subject", required=False),
            options.option(lang, "from", metavar=phrase(lang, "cli.argument.rulebook")),
            options.folder(lang),
            options.language(lang),
            options.rulebooks(lang),
        ],
    )


def _new(
    what: str,
    rulebook: str | None,
    subject: str | None,
    lang: str,
    rulebooks: str | None,
    **how: str | None,
) -> int:
    base, folder = how["from"], how["output"]
    if base is not None:
        _refuse_more(rulebook, subject)
        return _new_rulebook(what, base, folder, lang, rulebooks)
    if what != CASE:
        raise _not_a_case(what, rulebook, lang, rulebooks)
    if folder is not None:
        raise UsageProblem("K0803", name="--from")
    for name, given in (("rulebook", rulebook), ("subject", subject)):
        if given is None:
            raise UsageProblem("K0803", name=phrase(lang, f"cli.argument.{name}"))
    return _new_case(rulebook or "", subject or "", lang, rulebooks)


def _not_a_case(what: str, more: str | None, lang: str, rulebooks: str | None) -> UsageProblem:
    from khung.casefile.find import known_rulebooks  # noqa: PLC0415  # only after a mistake
    from khung.diagnostics.suggest import listed, nearest, one_before  # noqa: PLC0415  # as above

    if more is not None or nearest(what, (CASE,)):
        return unknown("K0805", what, (CASE,), option=phrase(lang, "cli.argument.what"))
    known = known_rulebooks(Path(rulebooks) if rulebooks else None)
    before = one_before(what, known)
    advice = "before" if before else "known" if known else ""
    return UsageProblem(
        "K0834", help=advice, name=what, before=before or "", known=listed(known, _KNOWN)
    )


def _refuse_more(*arguments: str | None) -> None:
    given = tuple(argument for argument in arguments if argument is not None)
    if given:
        raise UsageProblem("K0806", names=given)


def _new_case(rulebook: str, subject: str, lang: str, rulebooks: str | None) -> int:
    from khung.casefile.template import new_case  # noqa: PLC0415  # not for the help
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # as above
    from khung.ir.declare import unknown as unknown_name  # noqa: PLC0415  # as above

    program, _, said = take_sound(rulebook, rulebooks)
    if program is None:
        output.refuse(said, lang)
        return ExitCode.INVALID
    names = [declared.name for declared in program.subjects]
    if subject not in names:
        bag = Bag()
        unknown_name(bag, "subject", subject, None, names)
        output.refuse(bag.diagnostics, lang)
        return ExitCode.USAGE
    output.write(new_case(program, subject, lang))
    return ExitCode.DONE


# -- a year -----------------------------------------------------------------------------------


def _new_rulebook(
    name: str, base: str, folder: str | None, lang: str, rulebooks: str | None
) -> int:
    from khung.analysis.skeleton import next_period, skeleton  # noqa: PLC0415  # not for the help
    from khung.cli.folders import check_target, save_folder  # noqa: PLC0415  # as above
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # as above

    _, ready, said = take_sound(base, rulebooks)
    if said or ready is None or ready.loaded.rulebook is None:
        output.refuse(said, lang)
        return ExitCode.INVALID
    rulebook, beside = ready.loaded.rulebook, ready.loaded.folder
    target = beside.absolute().parent / name if folder is None else Path(folder)
    check_target(name, target, beside)
    period = next_period(*rulebook.period)
    if period is None:
        raise UsageProblem("K0835", name=base, last=str(rulebook.period[1]))
    save_folder(skeleton(rulebook, period, beside.resolve().name, name, lang), target)
    shown, called = _shown(target, rulebooks)
    output.write(phrase(lang, "cli.new.written", folder=shown, name=called) + "\n")
    return ExitCode.DONE


def _shown(target: Path, rulebooks: str | None) -> tuple[str, str]:
    """Return a new folder as people would type it, and how commands may name its rulebook."""
    from khung.analysis.shelf import nearby  # noqa: PLC0415  # not for the help
    from khung.casefile.find import find_rulebook  # noqa: PLC0415  # as above

    shown, name = str(nearby(target.absolute())), target.name
    found = None if rulebooks else find_rulebook(name, None, None, Bag())
    return shown, name if found and found.samefile(target) else shown

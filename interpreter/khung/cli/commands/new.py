"""`khung new case RULEBOOK SUBJECT…`, `new tables RULEBOOK`, `new YEAR --from BASE`: to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung import paths
from khung.cli import options, output, populations, saving
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem, unknown
from khung.diagnostics.bag import Bag
from khung.locale import phrase
from khung.rulebook.model import Manner

if TYPE_CHECKING:
    import click

    from khung.ir.program import Program
    from khung.rulebook.model import Rulebook

CASE = "case"
TABLES = "tables"
RULEBOOK = "rulebook"
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
            options.argument(lang, "subjects", nargs=-1),
            options.option(lang, "from", metavar=phrase(lang, "cli.argument.rulebook")),
            options.option(
                lang, "for", metavar=phrase(lang, "cli.metavar.unit"), type=options.NameAndOption()
            ),
            options.option(lang, "as", type=options.OneOf(*(manner.value for manner in Manner))),
            options.folder(lang),
            *populations.own_options(lang),
            options.language(lang),
            options.rulebooks(lang),
        ],
    )


def _new(
    what: str,
    rulebook: str | None,
    subjects: tuple[str, ...],
    lang: str,
    rulebooks: str | None,
    **how: Any,
) -> int:
    if how["from"] is not None:
        _refuse_more(rulebook, *subjects)
        return _new_rulebook(what, lang, rulebooks, **how)
    if rulebook is not None and populations.is_meant(what, how):
        _refuse_more(*subjects)
        return populations.new(what, rulebook, lang, rulebooks, how)
    if what not in (CASE, TABLES, RULEBOOK):
        raise _not_a_case(what, rulebook, lang, rulebooks)
    if how["for"] is not None or how["as"] is not None:
        raise UsageProblem("K0803", name="--from")
    if what == RULEBOOK:
        _refuse_more(*subjects)
        return _new_small(rulebook, lang, how["output"])
    if rulebook is None:
        raise UsageProblem("K0803", name=phrase(lang, "cli.argument.rulebook"))
    if what == TABLES:
        return _new_tables(rulebook, subjects, lang, rulebooks, how["output"])
    return _new_case(rulebook, subjects, lang, rulebooks, how["output"])


def _not_a_case(what: str, more: str | None, lang: str, rulebooks: str | None) -> UsageProblem:
    from khung.casefile.find import known_rulebooks  # noqa: PLC0415  # only after a mistake
    from khung.diagnostics.suggest import listed, nearest, one_before  # noqa: PLC0415  # as above

    if more is not None or nearest(what, (CASE, TABLES)):
        return unknown("K0805", what, (CASE, TABLES), option=phrase(lang, "cli.argument.what"))
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


def _new_case(
    rulebook: str, subjects: tuple[str, ...], lang: str, rulebooks: str | None, target: str | None
) -> int:
    from khung.casefile.template import new_case  # noqa: PLC0415  # not for the help
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # as above
    from khung.report.words.labels import Words  # noqa: PLC0415  # as above
    from khung.report.words.sentences import Sayer  # noqa: PLC0415  # as above

    program, _, said = take_sound(rulebook, rulebooks)
    if program is None:
        output.refuse(said, lang)
        return ExitCode.INVALID
    if not subjects:
        raise _no_subject([declared.name for declared in program.subjects], lang)
    if not _are_subjects(subjects, program, lang):
        return ExitCode.USAGE
    text = new_case(program, subjects, Sayer(Words(program, lang)).say, lang)
    return _deliver(text, target)


def _new_tables(
    rulebook: str, subjects: tuple[str, ...], lang: str, rulebooks: str | None, target: str | None
) -> int:
    """Write the tables of a rulebook, or of some subjects of it, into a new file or folder."""
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # not for the help
    from khung.cli.tables import check_place, save_tables  # noqa: PLC0415  # as above

    if target is None:
        raise UsageProblem("K0803", name="--to")
    check_place(target)
    program, ready, said = take_sound(rulebook, rulebooks)
    if program is None or ready is None:
        output.refuse(said, lang)
        return ExitCode.INVALID
    if not _are_subjects(subjects, program, lang):
        return ExitCode.USAGE
    save_tables(ready, program, subjects, target, lang)
    output.write(phrase(lang, "cli.new.tables", path=target) + "\n")
    return ExitCode.DONE


def _no_subject(known: list[str], lang: str) -> UsageProblem:
    from khung.diagnostics.suggest import listed  # noqa: PLC0415  # only after a mistake

    name = phrase(lang, "cli.argument.subject")
    return UsageProblem("K0803", help="known", name=name, known=listed(known, _KNOWN))


def _deliver(text: str, target: str | None) -> int:
    """Write a case into a new file, or to the console; what somebody filled in is not lost."""
    if target is None:
        output.write(text)
        return ExitCode.DONE
    path = Path(target)
    saving.refuse_rulebook(path)
    if paths.exists(path):
        raise UsageProblem("K0819", path=target)
    saving.save(text, path)
    return ExitCode.DONE


def _are_subjects(names: tuple[str, ...], program: Program, lang: str) -> bool:
    """Say whether a rulebook has some subjects, and tell the user of each that it has not."""
    known = [declared.name for declared in program.subjects]
    found = [_is_subject(name, known, lang) for name in names]
    return all(found)


def _is_subject(name: str, known: list[str], lang: str) -> bool:
    """Say whether a rulebook has a subject, and if not, say so to the user."""
    from khung.diagnostics.suggest import unknown as unknown_name  # noqa: PLC0415  # not for the help

    bag = Bag()
    if name not in known:
        unknown_name(bag, "subject", name, None, known)
        output.refuse(bag.diagnostics, lang)
    return name in known


# -- a rulebook -------------------------------------------------------------------------------


def _new_small(name: str | None, lang: str, target: str | None) -> int:
    """Write the smallest rulebook there is into a new folder, or to the console."""
    from khung.analysis.skeleton import small_rulebook  # noqa: PLC0415  # not for the help
    from khung.cli.folders import check_name, check_new, save_folder  # noqa: PLC0415  # as above
    from khung.rulebook.folder import MANIFEST  # noqa: PLC0415  # as above

    if name is None:
        raise UsageProblem("K0803", name=phrase(lang, "cli.argument.new_id"))
    folder = Path(name if target is None else target)
    check_name(name, folder)
    text = small_rulebook(name, lang)
    if target is None:
        output.write(text)
        return ExitCode.DONE
    check_new(folder)
    save_folder({MANIFEST: text}, folder)
    shown, called = _shown(folder, None)
    output.write(phrase(lang, "cli.new.small", folder=shown, name=called) + "\n")
    return ExitCode.DONE


def _new_rulebook(name: str, lang: str, rulebooks: str | None, **how: Any) -> int:
    from khung.cli.folders import check_target, save_folder  # noqa: PLC0415  # not for the help
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # as above

    manner = _manner(**how)
    _, ready, said = take_sound(how["from"], rulebooks)
    if manner is Manner.AMENDMENT and ready is not None and not said:
        _, ready, said = take_sound(str(_last(ready.loaded.folder)), rulebooks)
    if said or ready is None or ready.loaded.rulebook is None:
        output.refuse(said, lang)
        return ExitCode.INVALID
    base, beside = ready.loaded.rulebook, ready.loaded.folder
    part = how["for"]
    if part and not _is_subject(part[0], [s.head.id for s in base.subjects], lang):
        return ExitCode.USAGE
    target = paths.absolute(beside).parent / name if how["output"] is None else Path(how["output"])
    check_target(name, target, beside)
    folder = paths.real(beside).name
    if manner is Manner.AMENDMENT:
        files = _amending(base, how["from"], folder, name, lang)
    else:
        files = _files(base, how["from"], folder, name, part, lang)
    save_folder(files, target)
    shown, called = _shown(target, rulebooks)
    output.write(phrase(lang, _WRITTEN[manner], folder=shown, name=called) + "\n")
    return ExitCode.DONE


_WRITTEN = {
    Manner.SUCCESSOR: "cli.new.written",
    Manner.OVERLAY: "cli.new.overlay",
    Manner.AMENDMENT: "cli.new.amendment",
}


def _manner(**how: Any) -> Manner:
    """Return how the new rulebook extends its base: an overlay is for a unit, nothing else is."""
    implied = Manner.OVERLAY if how["for"] else Manner.SUCCESSOR
    manner = Manner(how["as"]) if how["as"] else implied
    if how["for"] and manner is not Manner.OVERLAY:
        raise UsageProblem("K0806", names=("--for",))
    if manner is Manner.OVERLAY and not how["for"]:
        raise UsageProblem("K0803", name="--for")
    return manner


def _last(folder: Path) -> Path:
    """Return the last amendment of a rulebook, or the rulebook."""
    from khung.rulebook.amendments import amendments_beside, in_turn  # noqa: PLC0415  # as above

    turns = [found[0].folder for found in in_turn(folder, amendments_beside(folder))]
    return turns[-1] if turns else folder


def _amending(base: Rulebook, called: str, folder: str, name: str, lang: str) -> dict[str, str]:
    from khung.analysis.skeleton import amendment_skeleton  # noqa: PLC0415  # not for the help
    from khung.rulebook.from_source import base_name, is_overlay  # noqa: PLC0415  # as above

    if is_overlay(base):
        raise UsageProblem("K0548", help="amendment", name=called, base=base_name(base))
    return amendment_skeleton(base, folder, name, lang)


def _files(
    base: Rulebook, called: str, folder: str, name: str, part: tuple[str, str] | None, lang: str
) -> dict[str, str]:
    """Return the files of the new rulebook; `called` is what the user calls its base."""
    from khung.analysis.skeleton import (  # noqa: PLC0415  # not for the help
        overlay_skeleton,
        period_of,
        skeleton,
    )
    from khung.rulebook.from_source import base_name, is_overlay  # noqa: PLC0415  # as above

    if part:
        return overlay_skeleton(base, folder, name, part, lang)
    if is_overlay(base):
        raise UsageProblem("K0548", name=called, base=base_name(base))
    period = period_of(name, base)
    if period is None:
        raise UsageProblem("K0835", name=called, last=str(base.period[1]))
    return skeleton(base, period, folder, name, lang)


def _shown(target: Path, rulebooks: str | None) -> tuple[str, str]:
    """Return a new folder as people would type it, and how commands may name its rulebook."""
    from khung.casefile.find import find_rulebook  # noqa: PLC0415  # not for the help

    shown, name = str(paths.nearby(paths.absolute(target))), target.name
    found = None if rulebooks else find_rulebook(name, None, None, Bag())
    return shown, name if found and paths.same(found, target) else shown

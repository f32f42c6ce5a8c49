"""`khung eval CASE`: the result of every subject of a case, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from khung.cli import options, output, saving
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem, unknown
from khung.ir.result_schema import PARTS, Selection
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import click

    from khung.driver import Evaluated, Ready, Shelf
    from khung.report.result.document import Manner
    from khung.why.result import Results

STANDARD_INPUT = "-"
"""What stands for a case that is typed, or comes out of another program."""

_ONLY_WITH_OUT = ("force", "forms", "no_forms", "memory", "subject", "columns")

_LEVEL = "level"
"""The columns that are always told: status and level."""

_ALL = "all"
"""What stands for all forms."""

_OPEN = {"undetermined", "pending", "needs_decision"}


def command(lang: str) -> click.Command:
    """Return the command."""
    return Command(
        "eval",
        lang,
        _eval,
        [
            options.argument(lang, "case"),
            options.form(lang, "text", "json", "html", "markdown"),
            options.option(lang, "output", metavar=phrase(lang, "cli.metavar.file")),
            options.option(lang, "out", metavar=phrase(lang, "cli.metavar.folder")),
            options.option(lang, "force", is_flag=True),
            options.option(lang, "engine", type=options.OneOf("reference", "duckdb")),
            options.option(lang, "memory", type=options.Whole(*options.MEMORY), metavar="MB"),
            options.option(lang, "forms", multiple=True, metavar=phrase(lang, "cli.metavar.name")),
            options.option(lang, "no-forms", is_flag=True),
            options.option(
                lang, "subject", multiple=True, metavar=phrase(lang, "cli.metavar.subject")
            ),
            options.option(
                lang,
                "columns",
                multiple=True,
                type=options.OneOf(_LEVEL, *PARTS),
                metavar=phrase(lang, "cli.metavar.part"),
            ),
            options.option(
                lang, "decisions", multiple=True, metavar=phrase(lang, "cli.metavar.file")
            ),
            options.language(lang),
            options.reading(lang),
            options.rulebooks(lang),
            options.option(lang, "strict", is_flag=True),
            options.option(lang, "next", is_flag=True),
            options.option(lang, "assume", type=options.OneOf("none")),
            options.option(lang, "full", is_flag=True),
            options.option(
                lang, "only", multiple=True, metavar=phrase(lang, "cli.metavar.subject")
            ),
        ],
    )


def _eval(
    case: str, rulebooks: str | None, reading: tuple[tuple[str, str], ...], **how: Any
) -> int:
    from khung.diagnostics.bag import InvalidError  # noqa: PLC0415  # not for the help
    from khung.driver import (  # noqa: PLC0415  # as above
        Shelf,
        evaluate_file,
        evaluate_text,
    )

    _refuse_targets(case, how)
    shelf = Shelf(cached=True)
    readings, folder = dict(reading), Path(rulebooks) if rulebooks else None
    bare = how["assume"] is not None
    more: dict[str, Any] = {"bare": bare, "decisions": tuple(map(Path, how["decisions"]))}
    with output.progress(how["lang"]):
        said = _of_many(case, shelf, readings, folder, more, **how)
        if said is not None:
            output.write(said)
            shelf.keep_made()
            return ExitCode.DONE
        if case == STANDARD_INPUT:
            found = evaluate_text(output.typed(), "<stdin>", shelf, readings, folder, **more)
        else:
            found = evaluate_file(Path(case), shelf, readings, folder, **more)
        answer = _answer(found, **how)
        try:
            said = _written(found, case, **how) if how["out"] else ""
        except InvalidError as wrong:
            output.report(wrong.diagnostics, how["lang"])
            return ExitCode.INVALID
    if how["output"] and answer:
        saving.save(answer, Path(how["output"]))
    else:
        output.write(answer)
    output.write(said)
    shelf.keep_made()
    return _exit_code(found, strict=how["strict"])


def _of_many(
    case: str,
    shelf: Shelf,
    readings: Mapping[str, str],
    folder: Path | None,
    more: Mapping[str, Any],
    **how: Any,
) -> str | None:
    """Write the results of many subjects, solved by compiled rules; None if it is not for those."""
    if how["engine"] == "reference" or not how["out"] or how["forms"] or case == STANDARD_INPUT:
        return None
    if _is_asked(how) or not may_be_many(Path(case), asked=how["engine"]):
        return None
    from khung.cli.results import save_results  # noqa: PLC0415  # as above
    from khung.cli.room import left, told_of_room  # noqa: PLC0415  # as above
    from khung.many import UnknownSubjectError, populate_file  # noqa: PLC0415  # as above
    from khung.population.populated import least_for  # noqa: PLC0415  # as above
    from khung.report.tables.population import write_population  # noqa: PLC0415  # as above
    from khung.sql.ends import UnsupportedError  # noqa: PLC0415  # as above

    path, target, selection = Path(case), Path(how["out"]), _selection(how)
    least = 0 if how["engine"] else least_for(selection)
    try:
        settings = {**more, "least": least, "memory": how["memory"]}
        with told_of_room():
            made = populate_file(path, shelf, readings, folder, selection, **settings)
    except UnknownSubjectError as error:
        raise unknown("K0805", error.name, error.known, option="--subject") from error
    except UnsupportedError as error:
        output.say(left(str(error), how["lang"]))
        return None
    if made is None:
        return None
    ready, found, said = made
    output.report(said, how["lang"])

    def write(into: Path) -> str:
        return write_population(found, ready.clauses, into, path, target, how["lang"])

    with told_of_room():
        saved = save_results(write, target, force=how["force"])
    is_missed = selection.is_all and not how["no_forms"]
    return saved + (_no_forms(ready, how["lang"]) if is_missed else "")


def _no_forms(ready: Ready, lang: str) -> str:
    """Return what is said where compiled rules make no forms; nothing if there are none."""
    assert ready.program is not None  # noqa: S101  # the case ran under it
    names = ", ".join(form.name for form in ready.program.forms)
    return f"{phrase(lang, 'results.forms_unmade', names=names)}\n" if names else ""


def _selection(how: Mapping[str, Any]) -> Selection:
    """Return what of results is asked for; no forms are made of a part of them.

    Raises:
        UsageProblem: K0812 forms are asked for, too.
    """
    if (how["subject"] or how["columns"]) and how["forms"]:
        raise UsageProblem(
            "K0812", name="--forms", other="--subject" if how["subject"] else "--columns"
        )
    parts = frozenset(how["columns"]) - {_LEVEL} if how["columns"] else frozenset(PARTS)
    return Selection(frozenset(how["subject"]), parts)


def may_be_many(path: Path, *, asked: str | None) -> bool:
    """Whether a case may have so many subjects that compiled rules are worth it."""
    from khung import paths  # noqa: PLC0415  # one use

    if asked or paths.is_folder(path):
        return True
    return path.suffix.lower() in (".xlsx", ".xls", ".ods")


def _refuse_targets(case: str, how: dict[str, Any]) -> None:
    """Refuse places where nothing should be written, before anything is worked out."""
    if how["output"]:
        saving.refuse_same(Path(case), Path(how["output"]))
        saving.refuse_rulebook(Path(how["output"]))
    if how["out"]:
        from khung.cli.results import check_target  # noqa: PLC0415  # only where asked for

        read = (Path(case), *map(Path, how["decisions"]))
        check_target(Path(how["out"]), force=how["force"], read=read)
        return
    alone = next((name for name in _ONLY_WITH_OUT if how[name]), None)
    if alone is not None:
        raise UsageProblem("K0852", name=f"--{alone.replace('_', '-')}")


def _is_asked(how: dict[str, Any]) -> bool:
    """Whether results are wanted in words: beside a folder of results only where that is said."""
    return not how["out"] or bool(how["output"]) or how["format"] != "text" or bool(how["only"])


def _written(found: Evaluated, case: str, **how: Any) -> str:
    """Write the folder of results, and return what is said of it. Raises InvalidError of forms."""
    from khung.casefile.tables.case import path_of  # noqa: PLC0415  # only where asked for
    from khung.cli.results import save_results  # noqa: PLC0415  # as above
    from khung.report.tables.folder import Found, write_folder  # noqa: PLC0415  # as above

    if found.results is None or found.ready is None:
        return ""
    path = None if case == STANDARD_INPUT else path_of(found.case_file, Path(case))
    files = found.case_file.decisions if found.case_file else ()
    told = Found(found.results, found.ready.clauses, path, files, found.decided)
    selection, target = _selection(how), Path(how["out"])
    known = [declared.name for declared in found.results.program.subjects]
    for name in selection.subjects.difference(known):
        raise unknown("K0805", name, known, option="--subject")
    forms, left = _forms(found, **how) if selection.is_all else (None, "")

    def write(folder: Path) -> str:
        return write_folder(told, folder, target, how["lang"], forms, selection)

    return save_results(write, target, force=how["force"]) + left


def _forms(found: Evaluated, **how: Any) -> tuple[Callable[[Path], int] | None, str]:
    """Return what writes the forms that are asked for into a folder, or what is said instead.

    Where nobody names any, all are made if that are not very many documents.

    Raises:
        UsageProblem: K0851 the rulebook has no form of a name, K0812 both some and none are asked.
    """
    from khung.report.forms import write as w  # noqa: PLC0415  # as above

    if how["no_forms"] and how["forms"]:
        raise UsageProblem("K0812", name="--forms", other="--no-forms")
    known = w.form_names(found)
    for name in how["forms"]:
        if not known:
            raise UsageProblem("K0851", help="none", name=name, near="", known=())
        if name not in (*known, _ALL):
            raise unknown("K0851", name, (*known, _ALL))
    if how["no_forms"] or not known:
        return None, ""
    number = 0 if how["forms"] else sum(w.number_of_documents(found).values())
    if number > w.MOST_UNASKED:
        said = phrase(how["lang"], "results.forms_left", n=number, names=", ".join(known))
        return None, f"{said}\n"
    names = None if _ALL in how["forms"] else how["forms"] or None

    def write(folder: Path) -> int:
        return len(w.write_forms(found, folder, how["lang"], names))

    return write, ""


def _answer(found: Evaluated, **how: Any) -> str:
    """Return the results in the form asked for; what is said of the files goes to the console."""
    if how["format"] == "json":
        from khung.report.encode import dumps  # noqa: PLC0415  # only where asked for
        from khung.report.result.json import evaluated_json  # noqa: PLC0415  # as above

        return dumps(evaluated_json(found, how["lang"], with_next=how["next"]))
    output.report(found.diagnostics, how["lang"])
    if found.results is None or found.ready is None or not _is_asked(how):
        return ""
    from khung.report.result.document import Manner  # noqa: PLC0415  # only where asked for

    only = frozenset(path for name in how["only"] for path in named(name, found.results))
    manner = Manner(how["next"], how["full"], only)
    if how["format"] == "text":
        return _as_text(found.results, found.ready, manner, **how)
    return _on_paper(found.results, found.ready, manner, how["lang"], how["format"])


def _exit_code(found: Evaluated, *, strict: bool) -> ExitCode:
    if found.results is None:
        return ExitCode.INVALID
    results = (r for by_id in found.results.by_type.values() for r in by_id.values())
    if strict and any(r.status.value in _OPEN or r.is_provisional for r in results):
        return ExitCode.OPEN
    return ExitCode.DONE


def _on_paper(results: Results, ready: Ready, manner: Manner, lang: str, form: str) -> str:
    from khung.report.result import document  # noqa: PLC0415  # only where asked for

    write = document.results_html if form == "html" else document.results_markdown
    return write(results, lang, manner, clauses=ready.clauses)


def _as_text(results: Results, ready: Ready, manner: Manner, **how: Any) -> str:
    from khung.report.result.document import results_text  # noqa: PLC0415  # only where asked for

    return results_text(
        results,
        how["lang"],
        manner,
        width=output.width(),
        color=not how["output"] and output.colored(sys.stdout),
        folder=str(ready.folder),
        clauses=ready.clauses,
    )


def named(name: str, results: Results) -> list[str]:
    """Return the paths of the subjects that somebody names: by id, `TYPE.ID` or what it is called.

    Raises:
        UsageProblem: K0817 nothing is called so.
    """
    subjects = [result.entity for by_id in results.by_type.values() for result in by_id.values()]
    asked = normalize("NFC", name).casefold()
    found = [e.path for e in subjects if asked in map(str.casefold, (e.id, e.path, e.name))]
    if not found:
        names = dict.fromkeys(x for e in subjects for x in (e.name, e.id, e.path) if x)
        raise unknown("K0817", name, names)
    return found

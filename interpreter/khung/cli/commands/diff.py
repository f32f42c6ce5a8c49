"""`khung diff A B`: what changed between two rulebooks, and which cases come out differently."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung import paths
from khung.cli import options, output
from khung.cli.command import Command
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem
from khung.diagnostics.codes import is_error
from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import click

    from khung.analysis.diff.cases import Compared
    from khung.analysis.diff.comparison import Comparison, Manner, Proofs
    from khung.analysis.proof.run import Proving
    from khung.diagnostics.model import Diagnostic
    from khung.driver import Ready, Shelf
    from khung.report.document.model import Document

_CASES = "cases"
"""The folder beside that of the rulebooks in which each has its cases."""

_SECONDS_OF_CHANGES = 30
"""How long single changes may be looked at, to prove that they do nothing."""

_Taken = tuple["Ready | None", "tuple[Diagnostic, ...]"]


def command(lang: str) -> click.Command:
    """Return the command."""
    cases: dict[str, Any] = {"multiple": True, "metavar": phrase(lang, "cli.metavar.folder")}
    return Command(
        "diff",
        lang,
        _diff,
        [
            options.argument(lang, "before"),
            options.argument(lang, "after"),
            options.form(lang, "text", "json", "markdown", "html"),
            options.language(lang),
            options.reading(lang, "reading_of_after"),
            options.option(lang, "cases", "on", **cases),
            options.option(
                lang,
                "engine",
                type=options.OneOf("reference", "duckdb"),
                help_key="engine_of_diff",
            ),
            options.option(
                lang,
                "memory",
                type=options.Whole(*options.MEMORY),
                metavar="MB",
                help_key="memory_of_diff",
            ),
            options.rulebooks(lang),
            options.option(lang, "full", is_flag=True, help_key="full_of_diff"),
            options.option(lang, "all", is_flag=True),
            options.option(lang, "exit-code", is_flag=True),
            options.option(lang, "no-proof", is_flag=True),
            options.option(lang, "witnesses", metavar=phrase(lang, "cli.metavar.folder")),
        ],
    )


def _diff(
    before: str,
    after: str,
    rulebooks: str | None,
    reading: tuple[tuple[str, str], ...],
    lang: str,
    **how: Any,
) -> int:
    from khung.analysis.diff.comparison import Manner, declared_groups  # noqa: PLC0415  # as above
    from khung.cli.rulebooks import take  # noqa: PLC0415  # as above
    from khung.driver import Shelf  # noqa: PLC0415  # not for the help

    shelf, readings = Shelf(), dict(reading)
    taken = take(before, rulebooks, {}, shelf), take(after, rulebooks, readings, shelf)
    sound = [ready for ready, _ in taken if ready is not None and ready.program is not None]
    if len(sound) < len(taken):
        output.refuse(_errors(taken), lang, as_data=how["format"] == "json")
        return ExitCode.INVALID
    files = _files(how["cases"], sound)
    brief = how["format"] != "json" and _extent(how) == "page"
    manner = Manner(readings, declared_groups(sound[0], sound[1]), brief)
    pair = sound[0], sound[1]
    proving = None if how["no_proof"] else _proving(pair, readings, shelf, lang)
    cases = _cases(pair, manner, files, shelf, proving, **{**how, "lang": lang})
    proofs = None if proving is None else _proved(proving, lang)
    found = _judged(pair, manner, cases, shelf, proofs, lang)
    if how["witnesses"] and proofs is not None:
        from khung.cli import witnesses  # noqa: PLC0415  # only where asked for

        witnesses.save(proofs.texts, how["witnesses"])
    _write(found, readings, lang, how)
    differs = bool(found.changes or found.differing)
    return ExitCode.NO if how["exit_code"] and differs else ExitCode.DONE


def _errors(taken: tuple[_Taken, ...]) -> tuple[Diagnostic, ...]:
    """Return what is wrong with either, once where both are the same."""
    found: list[Diagnostic] = []
    for _, said in taken:
        found += [d for d in said if is_error(d) and d not in found]
    return tuple(found)


def _files(named: Sequence[str], sound: Sequence[Ready]) -> list[Path]:
    """Return the case files to run: of the folders named, or of those of the rulebooks."""
    from khung.cli.folders import cases_below  # noqa: PLC0415  # not for the help

    missing = [name for name in named if not (name and paths.exists(Path(name)))]
    if missing:
        raise UsageProblem("K0815", path=missing[0])
    if named:
        return cases_below(map(Path, named))
    folders = (paths.absolute(ready.loaded.folder) for ready in sound)
    own = dict.fromkeys(folder.parent.parent / _CASES / folder.name for folder in folders)
    return cases_below(paths.nearby(folder) for folder in own if paths.is_folder(folder))


def _proving(
    pair: tuple[Ready, Ready], readings: Mapping[str, str], shelf: Shelf, lang: str
) -> Proving | None:
    """Begin to ask a solver of all cases; None where there is none, which is told."""
    from khung.analysis.proof.run import Proving  # noqa: PLC0415  # as above
    from khung.analysis.proof.solver import INSTALL, is_there  # noqa: PLC0415  # as above

    if not is_there():
        output.say(phrase(lang, "cli.diff.no_solver", install=INSTALL) + "\n")
        return None
    proving = Proving(pair, readings, shelf)
    proving.begin()
    return proving


def _proved(proving: Proving, lang: str) -> Proofs:
    """Return what a solver says of all cases."""
    with _showing() as show:
        return proving.proofs(lambda one: show(phrase(lang, "cli.diff.proving", what=one.name)))


def _cases(
    pair: tuple[Ready, Ready],
    manner: Manner,
    files: Sequence[Path],
    shelf: Shelf,
    proving: Proving | None,
    **how: Any,
) -> list[Compared]:
    """Return what comes of cases under both; meanwhile a solver may be at work."""
    from khung.analysis.diff.cases import Side, compare_outcomes  # noqa: PLC0415  # as above
    from khung.analysis.diff.moves import Engine  # noqa: PLC0415  # as above
    from khung.cli.room import left, told_of_room  # noqa: PLC0415  # as above

    before, after = (ready.loaded.folder for ready in pair)
    sides, lang = (Side(before, {}), Side(after, manner.readings)), how["lang"]
    engine = Engine(how["engine"] or "", how["memory"], lambda why: output.say(left(why, lang)))
    running = compare_outcomes(files, *sides, shelf, brief=manner.brief, engine=engine)
    cases = []
    with told_of_room(), output.progress(lang):
        for case in output.watched(running, len(files), lang):
            cases.append(case)
            if proving is not None:
                proving.sharing.poll()
    return cases


def _judged(
    pair: tuple[Ready, Ready],
    manner: Manner,
    cases: list[Compared],
    shelf: Shelf,
    proofs: Proofs | None,
    lang: str,
) -> Comparison:
    from khung.analysis.diff.comparison import judge  # noqa: PLC0415  # as above

    with _saying(phrase(lang, "cli.diff.causes", n=sum(bool(case.tried) for case in cases))):
        solver = _solver(pair, manner, shelf, proofs)
        return judge(*pair, manner, cases, shelf, proofs=proofs, **solver)


def _solver(
    pair: tuple[Ready, Ready], manner: Manner, shelf: Shelf, proofs: Proofs | None
) -> dict[str, Any]:
    """Return what asks a solver about single changes; without one nothing is proved of them."""
    if proofs is None or proofs.stopped:
        return {}
    from khung.analysis.proof.run import seeking  # noqa: PLC0415  # as above
    from khung.analysis.proof.solver import Budget  # noqa: PLC0415  # as above
    from khung.analysis.proof.unchanged import same_everywhere  # noqa: PLC0415  # as above

    budget = Budget.of(_SECONDS_OF_CHANGES)
    return {
        "same": lambda one, other: same_everywhere(one, other, budget),
        "seek": seeking(pair, manner.readings, shelf, budget),
    }


def _extent(how: Mapping[str, Any]) -> str:
    """Return how much is told: one page, every entry and case besides, or also what follows."""
    return "all" if how["all"] else "full" if how["full"] else "page"


@contextmanager
def _showing() -> Iterator[Callable[[str], None]]:
    """Return what shows on a terminal how far something is; at the end that is taken back."""
    shown = sys.stderr.isatty()
    yield lambda text: output.say(f"\r\x1b[K{text}") if shown else None
    if shown:
        output.say("\r\x1b[K")


@contextmanager
def _saying(text: str) -> Iterator[None]:
    """Say on a terminal what goes on, and take it back."""
    shown = sys.stderr.isatty()
    if shown:
        output.say(f"\r{text}")
    yield
    if shown:
        output.say("\r\x1b[K")


def _write(
    found: Comparison, readings: Mapping[str, str], lang: str, how: Mapping[str, Any]
) -> None:
    from khung.report.diff.text import Extent, as_json, document  # noqa: PLC0415  # not for the help

    if how["format"] == "json":
        output.write_json(as_json(found, lang))
        return
    told = document(found, readings, lang, Extent(_extent(how)))
    if how["format"] == "text":
        output.write_document(told)
    else:
        output.write(_as(how["format"], told))


def _as(form: str, document: Document) -> str:
    """Return a document as Markdown or HTML."""
    from khung.report.document.html import to_html  # noqa: PLC0415  # only where asked for
    from khung.report.document.markdown import to_markdown  # noqa: PLC0415  # as above

    return to_html(document) if form == "html" else to_markdown(document)

"""`khung show why RESULTS SUBJECT ID`: one row of stored results in words.

A case that is at hand as it was is evaluated again, and the subject told as by `khung eval --only`:
of a large one the part on which the subject hangs, if that comes to what is stored. Otherwise the
row is told as it is stored.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung import paths
from khung.cli import output
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem, unknown
from khung.locale import phrase
from khung.records import dataclass

if TYPE_CHECKING:
    from khung.driver import Evaluated

MOST_SUBJECTS = 20_000
"""Of a case, or of a part of one, up to which it is evaluated again."""

_NAMES = 3  # the folder, the subject type, the id


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked: of which stored results, of whom, and how to tell it.

    Attributes:
        run: What the folder says of its run.
        rulebooks: The folder of rulebooks that the user names, if any.
        full: Whether to tell all.
    """

    folder: Path
    run: dict[str, Any]
    subject: str
    id: str
    lang: str
    rulebooks: str | None
    full: bool


def why(names: tuple[str, ...], lang: str, rulebooks: str | None, *, full: bool = False) -> int:
    """Tell one row of stored results.

    Raises:
        UsageProblem: K0803, K0806 (not three names), K0853 (no folder of results), K0854 or K0817
            (nobody is called so).
    """
    from khung.cli.results import run_in  # noqa: PLC0415  # not for the help

    if len(names) < _NAMES:
        raise UsageProblem("K0803", name=phrase(lang, "cli.argument.why"))
    if len(names) > _NAMES:
        raise UsageProblem("K0806", names=names[_NAMES:])
    folder = Path(names[0])
    run = run_in(folder)
    if run is None:
        raise UsageProblem("K0853", path=str(folder))
    asked, table = (
        _Asked(folder, run, names[1], names[2], lang, rulebooks, full),
        _table(folder, names[1]),
    )
    case, is_same = _case(folder, run)
    if case is not None and is_same:
        found = _anew(case, asked) if _number(run) <= MOST_SUBJECTS else _part(case, asked, table)
        if found is not None:
            return _told(found, asked)
    if is_same:
        return _stored(table, asked, case, [])
    return _stored(table, asked, None, ["case_gone" if case is None else "case_changed"])


def _table(folder: Path, subject: str) -> Path:
    """Return the table of a subject type. Raises UsageProblem (K0854)."""
    from khung.report.tables.folder import RESULTS  # noqa: PLC0415  # heavy

    found = {p.stem: p for p in paths.inside(folder / RESULTS) or () if p.suffix == ".parquet"}
    if subject not in found:
        raise unknown("K0854", subject, found)
    return found[subject]


def _case(folder: Path, run: dict[str, Any]) -> tuple[Path | None, bool]:
    """Return the case of a run if it is at hand, and whether it and its decisions are as then."""
    from khung.report.tables.run import case_digest  # noqa: PLC0415  # heavy

    said = run.get("case")
    if not isinstance(said, dict):
        return None, False
    path = folder / str(said.get("path"))
    if not paths.exists(path):
        return None, False
    read = (said, *run.get("decisions", ()))
    is_same = all(one["digest"] == case_digest(folder / one["path"]) for one in read)
    return paths.nearby(paths.real(path)), is_same


def _number(run: dict[str, Any]) -> int:
    """Return how many subjects a run had."""
    return sum(number for own in run.get("counts", {}).values() for number in own.values())


def _how(case: Path, asked: _Asked) -> dict[str, Any]:
    """Return how a case was run."""
    from khung.casefile.tables.files import decisions_beside  # noqa: PLC0415  # not for the help
    from khung.driver import Shelf  # noqa: PLC0415  # as above

    beside = {paths.real(path) for path in decisions_beside(case)}
    files = (paths.real(asked.folder / one["path"]) for one in asked.run.get("decisions", ()))
    return {
        "path": case,
        "shelf": Shelf(cached=True),
        "readings": asked.run["rulebook"]["readings"],
        "rulebooks": Path(asked.rulebooks) if asked.rulebooks else None,
        "bare": asked.run.get("assume") == "none",
        "decisions": [path for path in files if path not in beside],
    }


def _anew(case: Path, asked: _Asked) -> Evaluated:
    """Evaluate a case as it was."""
    from khung.driver import evaluate_file  # noqa: PLC0415  # not for the help

    with output.progress(asked.lang):
        return evaluate_file(**_how(case, asked))


def _part(case: Path, asked: _Asked, table: Path) -> Evaluated | None:
    """Evaluate the part of a case on which a subject hangs; None if that is not what is stored."""
    from khung.many import evaluate_part  # noqa: PLC0415  # not for the help
    from khung.report.tables.stored import agrees  # noqa: PLC0415  # as above

    with output.progress(asked.lang):
        found = evaluate_part(**_how(case, asked), of=(asked.subject, asked.id), most=MOST_SUBJECTS)
    if found is None or found.results is None:
        return None
    try:
        is_same = agrees(found.results, asked.subject, asked.id, table)
    except (OSError, ValueError):  # what is stored is damaged: that is said where it is told
        return None
    return found if is_same else None


def _told(found: Evaluated, asked: _Asked) -> int:
    """Tell of one subject of what was evaluated."""
    from khung.report.result.document import Manner, results_text  # noqa: PLC0415  # as above

    run, lang = asked.run, asked.lang
    output.report(found.diagnostics, lang)
    if found.results is None or found.ready is None:
        return ExitCode.INVALID
    own = found.results.by_type.get(asked.subject, {})
    if asked.id not in own:
        raise unknown("K0817", asked.id, own)
    said = results_text(
        found.results,
        lang,
        Manner(full=asked.full, only=(own[asked.id].entity.path,)),
        width=output.width(),
        color=output.colored(sys.stdout),
        folder=str(found.ready.folder),
        clauses=found.ready.clauses,
    )
    if found.results.program.digest != run["rulebook"]["digest"]:
        said = _warned(["rulebook_changed"], lang) + said
    output.write(said)
    return ExitCode.DONE


def _stored(table: Path, asked: _Asked, case: Path | None, warnings: list[str]) -> int:
    """Tell of one subject as it is stored."""
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # as above
    from khung.report.document.terminal import to_terminal  # noqa: PLC0415  # as above
    from khung.report.tables import stored  # noqa: PLC0415  # as above

    lang = asked.lang
    try:
        row = stored.row_of(table, asked.id)
        known = stored.ids_in(table) if not row.num_rows else []
    except (OSError, ValueError) as error:
        raise UsageProblem("K0853", help="damaged", path=str(table)) from error
    if not row.num_rows:
        raise unknown("K0817", asked.id, known)
    about = asked.run["rulebook"]
    program, ready, said = take_sound(str(about["id"]), asked.rulebooks, about["readings"])
    if program is None or ready is None:
        output.refuse(said, lang)
        return ExitCode.INVALID
    changed = ["rulebook_changed"] if program.digest != about["digest"] else []
    in_part = ["stored_in_part"] if "columns" in asked.run.get("selected", ()) else []
    document = stored.told(asked.subject, row, program, lang, ready.clauses, case)
    color = output.colored(sys.stdout)
    text = to_terminal(document, width=output.width(), color=color)
    output.write(_warned(["told_as_stored", *in_part, *warnings, *changed], lang) + text)
    return ExitCode.DONE


def _warned(keys: list[str], lang: str) -> str:
    """Return lines that say by what a row is told, and what is not as it was."""
    from khung.report.document.model import Document, Line, Style  # noqa: PLC0415  # as above
    from khung.report.document.terminal import to_terminal  # noqa: PLC0415  # as above

    lines = (Line(phrase(lang, f"results.{key}"), style=Style.WARNING) for key in keys)
    return to_terminal(Document("", lang, tuple(lines)), width=output.width())

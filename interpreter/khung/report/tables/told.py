"""What is said at the console of a folder of results: how many stand where, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khung.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from khung.report.tables.derived import DerivedTables
    from khung.report.words.labels import Words


def said_of(
    derived: DerivedTables,
    words: Words,
    target: Path,
    forms: int = 0,
    left_out: Sequence[str] = (),
    not_told: Sequence[str] = (),
) -> str:
    """Return in a few lines what is in a folder of results.

    Args:
        derived: What follows from the results.
        words: Those of the rulebook, in the language.
        target: The folder.
        forms: How many forms were made.
        left_out: The tables that are too long for the workbook.
        not_told: The columns that are empty, there being so many subjects.
    """
    lines = [phrase(words.lang, "results.written", folder=target)]
    whole = [row for row in derived.summary.to_pylist() if row["by"] == ""]
    for subject in dict.fromkeys(row["subject"] for row in whole):
        own = [row for row in whole if row["subject"] == subject]
        lines.append("  " + _of_type(own, subject, words))
    left = {"decisions": _open(derived), "waiting": derived.waiting.num_rows}
    for name, number in left.items():
        if number:
            file, n = target / f"{name}.csv", words.count(number)
            lines.append("  " + phrase(words.lang, f"results.{name}", n=n, file=file))
    if forms:
        n = words.count(forms)
        lines.append("  " + phrase(words.lang, "results.forms", n=n, folder=target / "forms"))
    if left_out:
        names = ", ".join(left_out)
        lines.append("  " + phrase(words.lang, "results.left_out", names=names))
    if not_told:
        names = ", ".join(not_told)
        lines.append("  " + phrase(words.lang, "results.not_told", names=names, folder=target))
    return "\n".join(lines) + "\n"


def _of_type(rows: list[dict[str, Any]], subject: str, words: Words) -> str:
    declared = words.program.objects[subject]
    said = [
        phrase(words.lang, "results.standing", n=words.count(row["count"]), what=what)
        for row in rows
        if (what := standing(row["status"], row["level"], subject, words))
    ]
    n = words.count(rows[0]["of"])
    what = ", ".join(said)
    return phrase(words.lang, "results.of_type", type=words.type(declared), n=n, standings=what)


def standing(status: str, level: str | None, subject: str, words: Words) -> str:
    """Return what it is called where a subject of a type stands: the level, or the status."""
    if level is None:
        return words.say(f"status.{status}")
    ladder = words.program.objects[subject].ladder
    return words.named(ladder.scale.name, level) if ladder else level


def _open(derived: DerivedTables) -> int:
    """Return how many decisions wait: those that were taken have no kind."""
    kinds = derived.decisions["decision"]
    return int(len(kinds) - kinds.null_count)

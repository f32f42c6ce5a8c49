"""What entries of rulebooks are called, and what they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.locale import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from khung.analysis.diff.changes import Change
    from khung.driver import Ready
    from khung.ir.program import Program
    from khung.rulebook.model import Label


def holders(path: str, program: Program) -> Iterator[Label | None]:
    """Yield the labels of what an entry stands in, the nearest first."""
    match path.split("."):
        case ["enumerations" | "scales", name, "values", *_] if name in program.values:
            yield program.values[name].label
        case ["readings", name, "options", *_] if name in program.readings:
            yield program.readings[name].question
        case ["records", name, _, *_] if name in program.objects:
            yield program.objects[name].label
        case [name, _, *rest] if name in program.objects:
            tables = program.objects[name].tables
            if len(rest) > 1 and rest[1] == "rows" and rest[0] in tables:
                yield tables[rest[0]].label
            yield program.objects[name].label


def program_of(ready: Ready) -> Program:
    """Return the program of a rulebook that is compared."""
    assert ready.program is not None  # noqa: S101  # the rulebooks compared are sound
    return ready.program


def turned(more: list[str], less: list[str], say: Callable[..., str]) -> str:
    """Say what one side alone has of a list; where neither has, that it is in another order."""
    sides = {"rows.more": more, "rows.less": less}
    told = [say(key, rows=", ".join(rows)) for key, rows in sides.items() if rows]
    return "; ".join(told) or say("rows.order")


def part_word(change: Change, lang: str) -> str:
    """Return what an entry is called that a part of a rulebook holds."""
    part = change.item.part
    return known(lang, f"constructs.{part}.part") or part

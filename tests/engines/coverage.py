"""What of the core and of the rules random rulebooks use: so many rulebooks for each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from khung.ir import nodes
from khung.ir.builtins import SIGNATURES
from khung.ir.enums import FoldOp
from khung.rulebook.model.rules import Rules, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.program import Program

NEVER = frozenset({"Broken", "Context", "CriteriaSet.other"})
"""What no valid rulebook has."""

_TELLING = {"Fold": "op", "Call": "function", "Arithmetic": "op", "Compare": "op", "Rows": "hit",
            "StateOf": "what", "LevelOf": "stage"}  # fmt: skip
"""The attribute of a node that tells kinds of it apart."""


def used_by(program: Program) -> set[str]:
    """Return the kinds of nodes and rules that stand in a program."""
    found: set[str] = set()
    for declared in program.objects.values():
        found.update(_of(declared, set()))
        for name in Rules.__dataclass_fields__:
            if getattr(declared, name):
                found.add(f"rule {name}")
    return found


def _of(value: Any, seen: set[int]) -> Iterator[str]:
    if id(value) in seen or isinstance(value, str | int | type(None)):
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _of(item, seen)
    elif isinstance(value, tuple | list | frozenset) and not hasattr(value, "_fields"):
        for item in value:
            yield from _of(item, seen)
    elif type(value).__module__.startswith("khung.") and not type(value).__module__.startswith(
        "khung.text"
    ):
        yield from _named(value)
        for name in getattr(value, "__dataclass_fields__", getattr(value, "_fields", ())):
            yield from _of(getattr(value, name), seen)


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, get_args(nodes.Node)):
        name = type(value).__name__
        yield name
        if name in _TELLING:
            told = getattr(value, _TELLING[name])
            yield f"{name} {getattr(told, 'value', told)}"
        if name == "Fold" and value.where is not None:
            yield "Fold where"


def expected() -> set[str]:
    """Return every kind there is, without builtins on texts, which no engine but one has."""
    of_nodes = {one.__name__ for one in get_args(nodes.Node)} - NEVER
    folds = {f"Fold {op.value}" for op in FoldOp}
    stages = {f"LevelOf {stage.value}" for stage in Stage}
    return of_nodes | folds | stages | {f"rule {name}" for name in Rules.__dataclass_fields__}


def table(counts: Mapping[str, int], kinds: Iterable[str]) -> str:
    """Return the counts as lines of three columns."""
    cells = [f"{name:<28}{counts.get(name, 0):>7}" for name in sorted(kinds)]
    rows = -(-len(cells) // 3)
    return "\n".join("   ".join(cells[i::rows]) for i in range(rows))


def counted(programs: Iterable[Program]) -> Counter[str]:
    """Return in how many programs each kind stands."""
    counts: Counter[str] = Counter()
    for program in programs:
        counts.update(used_by(program))
    return counts


def builtins_used(counts: Mapping[str, int]) -> set[str]:
    """Return the builtins that are called at all."""
    return {name for name in SIGNATURES if counts.get(f"Call {name}")}

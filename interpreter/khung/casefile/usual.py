"""What is filled in each time, and what only now and then, of that on which a level may hang.

Who lays out something to fill in, a file or a workbook, puts the former in front.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import Fact
from khung.ir.rewrite import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import Link, ObjectType


def is_rare(asked: Fact | Link, declared: ObjectType) -> bool:
    """Say whether what nobody states is right for most, or most have no such thing.

    A step that is taken as done is asked of everybody.
    """
    if asked.has_default:
        return not (isinstance(asked, Fact) and asked.provisional)
    if asked.applies is None:
        return False
    read = [*_facts_of(asked.applies)]  # none where an option of a reading alone decides
    return not read or any(_has_default(name, declared) for name in read)


def is_list(asked: Fact | Link) -> bool:
    """Say whether it holds several records or subjects, most often none."""
    return isinstance(asked, Fact) and isinstance(asked.ty, t.List)


def _facts_of(node: n.Node) -> Iterator[str]:
    """Yield the names of facts that a condition reads."""
    for part in walk(node):
        if isinstance(part, n.Field | n.Has):
            yield part.name


def _has_default(name: str, declared: ObjectType) -> bool:
    fact = declared.facts.get(name)
    return fact is not None and fact.has_default

"""What of an object hangs on the decision that is given of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir.members import member_of
from khung.ir.rewrite import walk
from khung.ir.stages import names
from khung.sql.paths import is_self
from khung.sql.table import FAILED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.nodes import Node
    from khung.sql.build import Build
    from khung.sql.table import Table

_OF_STAGE = ("step:", "r:")


def hangs_on_decision(build: Build, table: Table, name: str) -> bool:
    """Whether a member of an object is another where its decision counts for nothing."""
    if table.declared is None or not build.profile.is_decided(table.base):
        return False
    key = (table.key, name)
    if key not in build.on_decision:
        build.on_decision[key] = False  # stands while a ring is looked through
        found = name.startswith(_OF_STAGE) or any(
            node_hangs(build, table, node) for node in _made_of(build, table, name)
        )
        build.on_decision[key] = found
    return build.on_decision[key]


def node_hangs(build: Build, table: Table, node: Node) -> bool:
    """Whether a node that is asked of an object hangs on its decision."""
    for part in walk(node):
        if isinstance(part, n.Given | n.Kept):
            return True
        if not isinstance(part, n.Member) or not is_self(part.object):
            continue
        if hangs_on_decision(build, table, member_of(part)):
            return True
    return False


def _made_of(build: Build, table: Table, name: str) -> Iterator[Node]:
    """Yield what a member is worked out from, beside what is stated."""
    declared = table.declared
    assert declared is not None  # noqa: S101  # the caller has looked
    name = name.removeprefix(FAILED)
    sort, _, rest = name.partition(" ")
    if name in build.nodes:
        yield build.nodes[name]
    elif sort == "level":
        yield declared.stages[f"stages.{rest}"].value
    elif sort == "state" and rest in ("ranked", "pending"):
        yield declared.stages[names.RANKED if rest == "ranked" else names.WAITING].value
    elif name.startswith("=") and declared.has(name[1:]):
        definition = declared.definition(name[1:])
        yield definition.value
        if definition.applies is not None:
            yield definition.applies
    else:
        called = rest or name
        members = (
            declared.facts.get(called),
            declared.links.get(called),
            declared.criteria.get(called.removeprefix("criteria.")),
        )
        for member in members:
            for part in ("applies", "default"):
                node = getattr(member, part, None)
                if node is not None:
                    yield node

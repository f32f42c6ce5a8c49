"""What a case says of the groups of quotas that cannot be: too many members, two limits of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.casefile.plain import plain
from khung.casefile.stated import stated, written_at
from khung.engine.groups import is_of_subjects
from khung.engine.quotas import one_of
from khung.engine.shares import ratios
from khung.ir import types as t
from khung.why.reads import Reads

if TYPE_CHECKING:
    from khung.casefile.model import CaseFile
    from khung.diagnostics.bag import Bag
    from khung.engine.facts import Entity
    from khung.engine.groups import Groups, Key
    from khung.engine.solver import Env
    from khung.engine.stages import Run
    from khung.ir.nodes import Node
    from khung.ir.program import Program
    from khung.text import Span


def check_groups(case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Report groups in which more stand than they may have (K0637), and of two limits (K0366)."""
    for declared in run.program.subjects:
        for place in range(len(declared.quotas)):
            for groups in run.groups_of(declared, place).parts:
                _sizes_of(groups, case_file, run, bag)
                _limits_of(groups, case_file, run, bag)


def _sizes_of(groups: Groups, case_file: CaseFile, run: Run, bag: Bag) -> None:
    node = groups.grouping.size
    for key in groups.members if node is not None else ():
        size, there = groups.size(key), groups.listed(key)
        if size is not None and size < there:
            member = groups.members[key][0][0]
            bag.add(
                "K0637",
                _counted_at(node, member, groups.env(member, key), case_file, run),
                rule=groups.quota.head.id,
                key=_key_text(groups, key, run.program),
                size=str(size),
                listed=there,
            )


def _limits_of(groups: Groups, case_file: CaseFile, run: Run, bag: Bag) -> None:
    """Report every limit that is not the same for all of a group (K0366)."""
    limits = (groups.grouping.at_most, groups.grouping.places)
    for node in (limit for limit in limits if limit is not None and is_of_subjects(limit)):
        for key, members in groups.members.items():
            told = _told(node, key, members, groups)
            if len({value for value, _ in told}) > 1:
                from khung.syntax.respell import in_each  # noqa: PLC0415  # a case has none

                first = told[0][0]
                other, member = next(one for one in told if one[0] != first)
                bag.add(
                    "K0366",
                    _counted_at(node, member, groups.env(member, key), case_file, run),
                    rule=groups.quota.head.id,
                    key=_key_text(groups, key, run.program),
                    text=in_each(node.span),
                    first=first,
                    other=other,
                )


def _told(
    node: Node, key: Key, members: list[tuple[Entity, bool]], groups: Groups
) -> list[tuple[str, Entity]]:
    """Return what a limit surely is for each who surely is in a group."""
    sure = [entity for entity, is_sure in members if is_sure]
    found = [(ratios(node, groups.env(one, key), groups.run.evaluator), one) for one in sure]
    known = ((low, one) for (low, high), one in found if low is not None and low == high)
    return [(str(low), one) for low, one in known]


def _counted_at(
    node: Node | None, member: Entity, env: Env, case_file: CaseFile, run: Run
) -> Span | None:
    """Return where the first number is written that is read there, else where the member is."""
    reads = Reads(run.evaluator)
    reads.of_each((node,), env)
    of = {id(r.entity): r.name for r in reversed(reads.reads.values()) if r.ty == t.NUMBER}
    place = None
    for entity, entry, by_id in stated(case_file, run.case):
        if id(entity) in of:
            written = next(written_at(entry, of[id(entity)], by_id), None)
            if written is not None:
                return written.value.span
        if entity is member:
            place = entry.id.span
    return place


def _key_text(groups: Groups, key: Key, program: Program) -> str:
    pairs = zip(groups.values(key), map(one_of, groups.grouping.keys), strict=True)
    return ", ".join(str(plain(value, node.ty, program.values)) for value, node in pairs)

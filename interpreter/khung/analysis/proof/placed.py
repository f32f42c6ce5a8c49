"""A case that was found as a case file, under the unit for which its rulebook is made.

The overlay of a unit takes no others. Nothing that was asked changes by it: whoever says nothing of
who is above gets the unit there, and the one who can have nobody above is the unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from khung.analysis.proof.text import case_text
from khung.ir import types as t
from khung.rulebook.model.parts import ABSENT
from khung.smt import ROOT
from khung.smt.others import anybody

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.ir.program import Link, ObjectType, Program
    from khung.smt.decode import Shown

Subjects = dict[str, dict[str, dict[str, Any]]]


class Written(NamedTuple):
    """The text of a case, and the id of the subject that it is about."""

    text: str
    about: str


def home(before: Program, after: Program) -> Program:
    """Return the one for which a case of two is written: an overlay knows more than its base."""
    return after if after.applies_to and not before.applies_to else before


def written(case: Shown, program: Program, readings: Mapping[str, str] | None = None) -> Written:
    """Return a case as a file for a rulebook, of subjects that are all of its unit.

    Args:
        case: What is stated.
        program: The rulebook; one that is no overlay has no unit.
        readings: The options that the case asks for.
    """
    found = {
        kind: {id_: {**one} for id_, one in own.items()} for kind, own in case.subjects.items()
    }
    about = ROOT
    for kind, (unit, *_) in program.applies_to.items():
        declared = program.objects[kind]
        link = next((one for one in declared.links.values() if _leads_up(one, declared)), None)
        top = _topmost(found.get(kind, {}), link)
        if not top or unit in found[kind]:
            continue
        if link is not None and _place(found[kind], top, declared, (link.name, unit)):
            continue
        if len(top) == 1:
            found = _renamed(found, program, kind, (top[0], unit))
            about = unit if (kind, top[0]) == (case.subject, ROOT) else about
    return Written(case_text(program.rulebook, case.on, found, readings=readings), about)


def _leads_up(link: Link, declared: ObjectType) -> bool:
    return link.tree and link.to == declared.name


def _topmost(there: Mapping[str, Mapping[str, Any]], link: Link | None) -> list[str]:
    """Return the ids of those who are said to be under nobody, or of whom nothing is said."""
    name = "" if link is None else link.name
    return [id_ for id_, one in there.items() if one.get(name, ABSENT) == ABSENT]


def _place(
    there: dict[str, dict[str, Any]], top: list[str], declared: ObjectType, under: tuple[str, str]
) -> bool:
    """Put subjects under the unit by a link; return whether they may be under anybody."""
    link, unit = under
    kind = _kind_above(declared, [there[id_] for id_ in top])
    if any(link in there[id_] for id_ in top) or (declared.kinds is not None and not kind):
        return False
    for id_ in top:
        there[id_][link] = unit
    there[unit] = anybody(declared) | ({declared.kind_field: kind} if kind else {})
    return True


def _kind_above(declared: ObjectType, below: Iterable[Mapping[str, Any]]) -> str:
    """Return a kind that stands above those of some subjects: the last but one, if it can be."""
    kinds = declared.kinds.values if declared.kinds is not None else ()
    highest = max((kinds.index(one[declared.kind_field]) for one in below), default=-1)
    above = kinds[highest + 1 :] if kinds else ()
    return above[-2:][0] if above else ""


# -- the unit itself -------------------------------------------------------------------------------


def _renamed(subjects: Subjects, program: Program, kind: str, ids: tuple[str, str]) -> Subjects:
    """Return subjects of which one has another id, also where it is led to."""
    old, new = ids

    def of(stated: Mapping[str, Any], declared: ObjectType) -> dict[str, Any]:
        return {key: _value(value, key, declared) for key, value in stated.items()}

    def _value(value: Any, key: str, declared: ObjectType) -> Any:
        link, fact = declared.links.get(key), declared.facts.get(key)
        if link is not None and kind in t.names_of(link.to):
            return new if value == old else value
        if fact is None or not isinstance(fact.ty, t.List) or not isinstance(value, list):
            return value
        element = fact.ty.element
        if not isinstance(element, t.Object):
            return value
        record = program.objects[t.first_of(element.name)]
        if record.is_record:
            return [of(one, record) for one in value]
        return [new if one == old and element.name == kind else one for one in value]

    return {
        name: {
            new if (name, id_) == (kind, old) else id_: of(one, program.objects[name])
            for id_, one in own.items()
        }
        for name, own in subjects.items()
    }

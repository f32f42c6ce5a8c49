"""The answers of a successor to what the base sets for its period: complete, and as they say.

In: `Carried`, and the manifests of both as nodes. Out: the base's manifest without what ended.

Reports: K0527-K0529.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from khung.diagnostics.model import Word
from khung.diagnostics.suggest import nearest
from khung.rulebook.model import Fate, Removed
from khung.rulebook.special import YEARLY
from khung.rulebook.versions.merge import is_removal, taken_out
from khung.source.nodes import Entry, Mapping
from khung.source.values import under

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Answer, Carried
    from khung.source.nodes import Node
    from khung.text import Span

_ABOUT = frozenset({"label", "source", "sources", "basis", "question", "because"})
"""Keys that do not touch what an entry sets, in it and in its options."""


def check_carried(carried: Carried, own: Mapping, base: Mapping, span: Span, bag: Bag) -> None:
    """Report what is not answered, and answers that do not fit what is said.

    Args:
        carried: The answers.
        own: The manifest of the successor.
        base: That of its base.
        span: Where to report what nothing is said of.
        bag: Where to report.
    """
    for section in YEARLY:
        known = _section(base, section)
        answers = carried.answers.get(section, {})
        _report_strangers(answers, known, section, bag)
        said = _section(own, section)
        for name in known:
            answer = answers.get(name)
            where = span if answer is None else answer.span
            _check(section, name, answer, (known[name], said.get(name)), where, bag)


def _section(manifest: Mapping, section: str) -> dict[str, Entry]:
    node = manifest.get(section)
    return {e.key: e for e in node.entries} if isinstance(node, Mapping) else {}


def _report_strangers(
    answers: MappingOf[str, Answer], known: dict[str, Entry], section: str, bag: Bag
) -> None:
    for name, answer in answers.items():
        if name not in known:
            near = nearest(name, known)
            kind, at = Word(YEARLY[section]), f"carried.{section}.{name}"
            advice = "near" if near else ""
            bag.add("K0528", answer.span, help=advice, at=at, kind=kind, name=name, near=near or "")


def _check(
    section: str,
    name: str,
    answer: Answer | None,
    entries: tuple[Entry, Entry | None],
    span: Span,
    bag: Bag,
) -> None:
    base, said = entries
    kind, at = Word(YEARLY[section]), f"carried.{section}.{name}"
    contradicted = partial(bag.add, "K0529", at=at, kind=kind, name=name, section=section)
    match Fate.OPEN if answer is None else answer.fate:
        case Fate.OPEN:
            advice = "missing" if answer is None else ""
            bag.add("K0527", span, help=advice, at=at, kind=kind, name=name, section=section)
        case Fate.KEPT if said is not None and _sets(said.value, base.value):
            contradicted(said.key_span, related=(span,))
        case Fate.CHANGED if not _is_set_anew(base, said):
            contradicted(span, help="changed")
        case Fate.ENDED if said is not None:
            contradicted(said.key_span, help="ended", related=(span,))
        case _:
            pass


def _sets(said: Node | None, base: Node | None) -> bool:
    """Say whether an entry says anything anew of what it sets, not only in which words."""
    if not isinstance(said, Mapping) or not isinstance(base, Mapping):
        return True
    return any(e.key not in _ABOUT and _sets(e.value, base.get(e.key)) for e in said.entries)


def without_ended(base: Mapping, carried: Carried, removed: list[Removed]) -> Mapping:
    """Return a manifest without what ended, which is added to `removed`."""
    found = (_without_ended(entry, carried, removed) for entry in base.entries)
    return Mapping(tuple(entry for entry in found if entry is not None), base.span)


def _without_ended(section: Entry, carried: Carried, removed: list[Removed]) -> Entry | None:
    answers = carried.answers.get(section.key, {})
    ended = {name: a for name, a in answers.items() if a.fate is Fate.ENDED}
    if not ended or not isinstance(section.value, Mapping):
        return section
    kept = tuple(e for e in section.value.entries if e.key not in ended)
    for entry in section.value.entries:
        if entry.key in ended:
            path = under(section.key, entry.key)
            removed.append(taken_out(path, entry, ended[entry.key].span))
    if not kept:
        return None
    return Entry(section.key, Mapping(kept, section.value.span), section.key_span)


def _is_set_anew(base: Entry, said: Entry | None) -> bool:
    return said is not None and not is_removal(said.value) and _sets(said.value, base.value)

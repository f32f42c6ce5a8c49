"""The answers of a successor to what the base sets for its period: complete, and as they say.

In: `Carried`, and the manifests of both as nodes. Out: the base's manifest without what ended.

Each change is in one group at most.

Reports: K0527-K0529, K0534, K0535, K0539, K0549.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from khung.diagnostics.model import Word
from khung.diagnostics.suggest import nearest
from khung.rulebook.model import Fate
from khung.rulebook.special import YEARLY
from khung.rulebook.versions.merge import is_removal
from khung.source.nodes import Entry, Mapping
from khung.source.values import under

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Answer, Carried, Group, Ref
    from khung.rulebook.versions.merge import Merger
    from khung.source.nodes import Node
    from khung.text import Span

_ABOUT = frozenset({"label", "source", "sources", "basis", "question", "because"})
"""Keys that do not touch what an entry sets, in it and in its options."""


def placed(carried: Carried, base: Mapping, bag: Bag) -> Carried:
    """Return the answers by section, those for the rest among them.

    An answer without a section is for what has that name in the base: for one thing (K0549).

    Args:
        carried: The answers as written.
        base: The manifest of the base.
        bag: Where to report.
    """
    known = {section: _section(base, section) for section in YEARLY}
    found = {section: dict(carried.answers.get(section, {})) for section in YEARLY}
    for name, answer in carried.flat.items():
        sections = [section for section in YEARLY if name in known[section]]
        if not sections:
            _report_stranger(name, answer, "", [n for held in known.values() for n in held], bag)
        elif len(sections) > 1 or name in found[sections[0]]:
            advice, at = "" if len(sections) > 1 else "twice", under("carried", name)
            bag.add("K0549", answer.span, help=advice, at=at, name=name, sections=tuple(sections))
        for section in sections:
            found[section].setdefault(name, answer)
    for section, names in known.items():
        rest = carried.rest_of_readings if section == "readings" else carried.rest
        if rest is not None:
            found[section] = {**dict.fromkeys(names, rest), **found[section]}
    return replace(carried, answers=found, flat={})


def check_carried(
    carried: Carried, own: Mapping, base: Mapping, span: Span, bag: Bag, *, is_due: bool = True
) -> None:
    """Report what is not answered, and answers that do not fit what is said.

    Args:
        carried: The answers.
        own: The manifest of the successor.
        base: That of its base.
        span: Where to report what nothing is said of.
        bag: Where to report.
        is_due: Whether all is to be answered for, not only what is said anew.
    """
    for section in YEARLY:
        known = _section(base, section)
        answers = carried.answers.get(section, {})
        _report_strangers(answers, known, section, bag)
        said = _section(own, section)
        for name in known:
            answer = answers.get(name)
            if answer is None and not is_due:
                continue
            if answer is None and section == "readings" and carried.rest is not None:
                _report_open(section, name, carried.rest.span, "rest", bag)
                continue
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
            _report_stranger(name, answer, section, known, bag)


def _report_stranger(
    name: str, answer: Answer, section: str, known: Iterable[str], bag: Bag
) -> None:
    near, kind = nearest(name, known), Word(YEARLY.get(section, "yearly"))
    advice, at = "near" if near else "", under(under("carried", section), name)
    bag.add("K0528", answer.span, help=advice, at=at, kind=kind, name=name, near=near or "")


def _report_open(section: str, name: str, span: Span, advice: str, bag: Bag) -> None:
    kind, at = Word(YEARLY[section]), f"carried.{section}.{name}"
    bag.add("K0527", span, help=advice, at=at, kind=kind, name=name, section=section)


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
            _report_open(section, name, span, "missing" if answer is None else "", bag)
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


def without_ended(base: Mapping, carried: Carried, merger: Merger) -> Mapping:
    """Return a manifest without what ended, which the merger remembers."""
    found = (_without_ended(entry, carried, merger) for entry in base.entries)
    return Mapping(tuple(entry for entry in found if entry is not None), base.span)


def _without_ended(section: Entry, carried: Carried, merger: Merger) -> Entry | None:
    answers = carried.answers.get(section.key, {})
    ended = {name: a for name, a in answers.items() if a.fate is Fate.ENDED}
    if not ended or not isinstance(section.value, Mapping):
        return section
    kept = tuple(e for e in section.value.entries if e.key not in ended)
    for entry in section.value.entries:
        if entry.key in ended:
            path = under(section.key, entry.key)
            merger.take_out(path, entry, ended[entry.key].span)
    if not kept:
        return None
    return Entry(section.key, Mapping(kept, section.value.span), section.key_span)


def _is_set_anew(base: Entry, said: Entry | None) -> bool:
    return said is not None and not is_removal(said.value) and _sets(said.value, base.value)


def check_groups(groups: Iterable[Group], changed: Iterable[str], bag: Bag) -> None:
    """Report groups without an entry, and entries of none or of two groups' changes.

    Args:
        groups: What a successor declares.
        changed: The paths of all that it changes in its base.
        bag: Where to report.
    """
    paths = {path: short_path(path) for path in changed}
    below = _below(paths)
    first: dict[str, tuple[Group, Ref]] = {}
    for group in groups:
        if not group.entries:
            bag.add("K0534", group.span, name=group.id)
        for entry in group.entries:
            starred = entry.name.endswith("*")
            found = (
                [p for p in paths if covers(entry.name, p)]
                if starred
                else below.get(entry.name, [])
            )
            if not found:
                _report_unmet(entry, {*paths, *paths.values()}, bag)
            _claim(found, group, entry, first, bag)


def _below(paths: MappingOf[str, str]) -> MappingOf[str, list[str]]:
    """Return the paths that each path covers, as `covers` says."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, short in paths.items():
        steps = (accumulate(one.split("."), "{}.{}".format) for one in {path, short})
        for above in {above for one in steps for above in one}:
            found[above].append(path)
    return found


def _report_unmet(entry: Ref, paths: set[str], bag: Bag) -> None:
    near = _nearest_path(entry.name, paths)
    bag.add("K0535", entry.span, help="near" if near else "", path=entry.name, near=near or "")


def _nearest_path(path: str, changed: set[str]) -> str | None:
    """Return the path, as deep, that one was meant to be: one beside it, else any."""
    *above, name = path.split(".")
    deep = {
        tuple(steps[: len(above) + 1]) for p in changed if len(steps := p.split(".")) > len(above)
    }
    near = nearest(name, sorted(last for *steps, last in deep if steps == above))
    if near is not None:
        return ".".join((*above, near))
    return nearest(path, sorted(map(".".join, deep)))


def _claim(
    found: list[str], group: Group, entry: Ref, first: dict[str, tuple[Group, Ref]], bag: Bag
) -> None:
    """Put changes under a group; report the first of them that is under another one."""
    taken = [path for path in sorted(found) if first.setdefault(path, (group, entry))[0] != group]
    if taken:
        other, named = first[taken[0]]
        bag.add("K0539", entry.span, related=(named.span,), path=taken[0], name=other.id)


def short_path(path: str) -> str:
    """Return the path of an entry as people write it: a criterion stands under no group."""
    steps = path.split(".")
    if steps[1:3] == ["criteria", "groups"] and steps[4:5] == ["items"] and len(steps) > 5:  # noqa: PLR2004  # the steps down to an item
        return ".".join((steps[0], "criteria", *steps[5:]))
    return path


def covers(entry: str, path: str) -> bool:
    """Say whether an entry of a group covers a changed path: it is it, or stands above it."""
    return any(_covers(entry, one) for one in (path, short_path(path)))


def _covers(entry: str, path: str) -> bool:
    if entry.endswith("*"):
        return path.startswith(entry[:-1])
    return path == entry or path.startswith(f"{entry}.")

"""Two rulebooks compared: what changed, what each change does, and what comes out differently."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.compare_rulebooks import Class, compare_rulebooks, with_readings
from khung.analysis.follow import leads, without_following
from khung.analysis.meaning import rule_id, same_meaning
from khung.analysis.mentions import Names
from khung.analysis.shift import months_between
from khung.analysis.written import every, items
from khung.rulebook.model import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from khung.analysis.compare_outcomes import Compared, Outcome
    from khung.analysis.compare_rulebooks import Change
    from khung.analysis.shelf import Ready
    from khung.ir.program import Program
    from khung.rulebook.model import Rulebook

YEARLY = "yearly_value"
"""The heading of what every period sets anew."""

CITATION = Class.CITATION.value
"""The heading of what changed in nothing but words and clauses."""

_YEARLY = {"parameters", "readings", "calendars", "period", "document", "documents"}
_WORDS = {"label", "source", "basis", "because", "question"}
_SOURCES = {"source"}
_ONLY_TOLD = {"title", "document", "documents", "clauses"}
_ASIDE = {"unit", "decided_by"}


class Group(NamedTuple):
    """Changes that belong together, as a rulebook says: paths, or the beginnings of paths."""

    label: Label
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A change with its class and the heading under which it stands.

    Attributes:
        group: The id of a group, `YEARLY`, `CITATION`, or empty where it is under none.
        told: The change without what only follows a new document; None if that is all of it.
    """

    change: Change
    klass: Class
    group: str
    told: Change | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is found. `groups` are the headings that the later rulebook declares."""

    before: Ready
    after: Ready
    changes: tuple[Judged, ...]
    cases: tuple[Compared, ...]
    groups: Mapping[str, Group]

    @property
    def shifted_months(self) -> int:
        """By how many months the dates of a case of the one are moved for the other."""
        return months_between(_rulebook(self.before), _rulebook(self.after))

    @property
    def differing(self) -> tuple[Compared, ...]:
        """The cases that come out differently."""
        return tuple(case for case in self.cases if case.differences)

    @property
    def refused(self) -> tuple[Compared, ...]:
        """The cases that do not run under both."""
        return tuple(case for case in self.cases if case.refused)


def declared_groups(before: Ready, after: Ready) -> dict[str, Group]:
    """Return the headings that a successor declares of what it changes in the other rulebook."""
    rulebook = _rulebook(after)
    extends, carried = getattr(rulebook, "extends", None), getattr(rulebook, "carried", None)
    if extends is None or carried is None or extends.rulebook.name != _rulebook(before).id:
        return {}
    return {
        group.id: Group(group.label or Label(group.id), tuple(e.name for e in group.entries))
        for group in carried.groups
    }


def judge(
    before: Ready,
    after: Ready,
    readings: Mapping[str, str],
    cases: Sequence[Compared],
    groups: Mapping[str, Group],
) -> Comparison:
    """Compare two sound rulebooks.

    Args:
        before: The one rulebook.
        after: The other.
        readings: Options that the later one follows instead of its own.
        cases: What case files came to under both.
        groups: The headings that the later rulebook declares, by id.
    """
    was, now = _rulebook(before), with_readings(_rulebook(after), readings)
    changes = compare_rulebooks(was, now)
    behind = _behind(was, (d.before for case in cases for d in case.differences))
    behind |= _behind(now, (d.after for case in cases for d in case.differences))
    classes = [_class(change, before, after, behind) for change in changes]
    ways = leads(was, now)
    told = [without_following(change, ways) for change in changes]
    judged = tuple(map(partial(_judged, groups), changes, classes, told))
    return Comparison(before, after, judged, tuple(cases), groups)


def _judged(
    groups: Mapping[str, Group], change: Change, klass: Class, told: Change | None
) -> Judged:
    if told is None:
        return Judged(change, Class.CITATION, _group(change, Class.CITATION, {}), None)
    return Judged(change, klass, _group(change, klass, groups), told)


def _rulebook(ready: Ready) -> Rulebook:
    assert ready.loaded.rulebook is not None  # noqa: S101  # a sound rulebook was read
    return ready.loaded.rulebook


def _program(ready: Ready) -> Program:
    assert ready.program is not None  # noqa: S101  # it is sound
    return ready.program


# -- classes ------------------------------------------------------------------------------------


def _behind(rulebook: Rulebook, outcomes: Iterable[Outcome | None]) -> set[str]:
    """Return the paths of the entries behind outcomes: their rules, and all that these read."""
    rules = {rule for outcome in outcomes if outcome is not None for rule in outcome.rules}
    found = tuple(every(items(rulebook)))
    of_rule: dict[str, list[str]] = defaultdict(list)
    for item in found:
        of_rule[rule_id(item.path)].append(item.path)
    return Names.of(found).read_by(path for rule in rules for path in of_rule[rule])


def _class(change: Change, before: Ready, after: Ready, behind: set[str]) -> Class:
    if change.item.part in _ONLY_TOLD or _keys_within(change, _WORDS):
        return Class.CITATION
    same = same_meaning(change, _program(before), _program(after))
    if same or _keys_within(change, _WORDS | _ASIDE):
        return Class.DOES_NOT
    inside = f"{change.path}."
    touched = change.path in behind or any(path.startswith(inside) for path in behind)
    return Class.CHANGES_OUTCOMES if touched else Class.UNKNOWN


def _keys_within(change: Change, keys: set[str]) -> bool:
    """Say whether an entry differs in some keys alone, of its own or of what stands in it."""
    before, after = change.before or {}, change.after or {}
    return bool(change.keys) and all(
        key in keys or _differ_within(before.get(key), after.get(key), keys) for key in change.keys
    )


def _differ_within(before: object, after: object, keys: set[str]) -> bool:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    others = {**before, **after}.keys() - keys
    pairs = ((before.get(key), after.get(key)) for key in others)
    return all(one == other or _differ_within(one, other, keys) for one, other in pairs)


# -- headings -----------------------------------------------------------------------------------


def _group(change: Change, klass: Class, groups: Mapping[str, Group]) -> str:
    path = change.path
    for name, group in groups.items():
        if any(_covers(pattern, p) for pattern in group.paths for p in (path, _short(path))):
            return name
        if any(_is_within(pattern, change) for pattern in group.paths):
            return name
    # Under a new document every entry cites it: that says nothing of the values of a year.
    if path.partition(".")[0] in _YEARLY and not _keys_within(change, _SOURCES):
        return YEARLY
    return CITATION if klass is Class.CITATION else ""


def _short(path: str) -> str:
    """Return the path of a criterion without its group: `SUBJECT.criteria.ITEM`."""
    owner, found, rest = path.partition(".criteria.groups.")
    return (
        f"{owner}.criteria.{rest.partition('.items.')[2]}" if found and ".items." in rest else path
    )


def _is_within(pattern: str, change: Change) -> bool:
    """Say whether a path leads to one of the keys that an entry differs in, or into it."""
    keys = (f"{change.path}.{key}" for key in change.keys)
    return any(pattern == key or pattern.startswith(f"{key}.") for key in keys)


def _covers(pattern: str, path: str) -> bool:
    """Say whether a path is the one given, lies below it, or fits it where it holds a `*`."""
    return path == pattern or path.startswith(f"{pattern}.") or fnmatchcase(path, pattern)

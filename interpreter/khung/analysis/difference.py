"""Two rulebooks compared: what changed, what each change does, and what comes out differently."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from khung.analysis.compare_rulebooks import Class, compare_rulebooks, with_readings
from khung.analysis.follow import leads, without_following
from khung.analysis.meaning import same_meaning
from khung.analysis.mentions import Names
from khung.analysis.shift import months_between
from khung.analysis.written import every, items
from khung.rulebook.changed import covers, short_path
from khung.rulebook.model import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from khung.analysis.compare_outcomes import Compared, Outcome
    from khung.analysis.compare_rulebooks import Change
    from khung.analysis.shelf import Ready
    from khung.ir.program import Program
    from khung.rulebook.model import Leads, Rulebook

YEARLY = "yearly_value"
"""The heading of what every period sets anew."""

CITATION = Class.CITATION.value
"""The heading of what changed in nothing but words and clauses."""

_YEARLY = {"parameters", "readings", "calendars", "period"}
"""The parts of the manifest that every period sets anew; no subject may be named so."""

_DOCUMENTS = {"document", "documents"}
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
    extends, carried = rulebook.extends, rulebook.carried
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
    found = compare_rulebooks(was, now)
    changes = [one for change in found for one in _by_group(change, groups)]
    behind = _behind(was, (d.before for case in cases for d in case.differences))
    behind |= _behind(now, (d.after for case in cases for d in case.differences))
    ways = leads(was, now)
    judged = tuple(
        _judged(change, _class(change, before, after, behind), ways, groups) for change in changes
    )
    return Comparison(before, after, judged, tuple(cases), groups)


def _judged(change: Change, klass: Class, ways: Leads, groups: Mapping[str, Group]) -> Judged:
    told = without_following(change, ways)
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
    return Names.of(found).read_by(item.path for item in found if item.rule in rules)


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
    for name, group in groups.items():
        if any(covers(path, change.path) or _is_within(path, change) for path in group.paths):
            return name
    # Under a new document every entry cites it: that says nothing of the values of a year.
    yearly = change.path.partition(".")[0] in _YEARLY or change.item.part in _DOCUMENTS
    if yearly and not _keys_within(change, _SOURCES):
        return YEARLY
    return CITATION if klass is Class.CITATION else ""


def _is_within(path: str, change: Change) -> bool:
    """Say whether a path leads to one of the keys that an entry differs in, or into it."""
    return any(_leads_to(path, change, key) for key in change.keys)


def _leads_to(path: str, change: Change, key: str) -> bool:
    places = (f"{one}.{key}" for one in (change.path, short_path(change.path)))
    return any(path == place or path.startswith(f"{place}.") for place in places)


def _by_group(change: Change, groups: Mapping[str, Group]) -> Iterator[Change]:
    """Yield a change, cut where groups name keys of one entry; other keys stay with the first."""
    named: dict[str, list[str]] = defaultdict(list)
    for key in change.keys:
        for name, group in groups.items():
            if any(_leads_to(path, change, key) for path in group.paths):
                named[name].append(key)
                break
    others = list(named.values())[1:]
    taken = {key for keys in others for key in keys}
    yield replace(change, keys=tuple(key for key in change.keys if key not in taken))
    yield from (replace(change, keys=tuple(keys)) for keys in others)

"""Two rulebooks compared: what changed, what each change does, and what comes out differently."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from khung.analysis.diff.ablation import Book, explain
from khung.analysis.diff.changes import Class, compare_rulebooks, keys_within, with_readings
from khung.analysis.diff.citations import leads, without_following
from khung.analysis.diff.cores import Cores, same_meaning
from khung.analysis.diff.shift import months_between
from khung.analysis.diff.units import units_of
from khung.analysis.diff.variants import mixed
from khung.driver import make_ready
from khung.records import dataclass
from khung.rulebook.model import Label
from khung.rulebook.versions.answers import covers, short_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from khung.analysis.diff.cases import Compared
    from khung.analysis.diff.changes import Change
    from khung.analysis.diff.claims import Proof
    from khung.analysis.diff.units import Unit
    from khung.driver import Loaded, Ready, Shelf
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
_ONLY_TOLD = {"title", "document", "documents", "clauses", "forms"}
_FEW = 12
"""Of so many changes each is looked at by a solver also where one page is asked for."""
_ASIDE = {"unit", "decided_by"}


class Group(NamedTuple):
    """Changes that belong together, as a rulebook says: paths, or the beginnings of paths."""

    label: Label
    paths: tuple[str, ...]
    sources: tuple[str, ...] = ()


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
    """All that is found.

    Attributes:
        groups: The headings that the later rulebook declares.
        units: The changes that may be causes; those of a heading are one unit, with its id.
        cores: What the program of each side makes of its entries.
        proofs: What holds for every case; None where no solver was asked.
    """

    before: Ready
    after: Ready
    changes: tuple[Judged, ...]
    cases: tuple[Compared, ...]
    groups: Mapping[str, Group]
    units: tuple[Unit, ...]
    cores: tuple[Cores, Cores]
    proofs: Proofs | None = None

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
        group.id: Group(
            group.label or Label(group.id),
            tuple(entry.name for entry in group.entries),
            tuple(cited.full(rulebook.document) for cited in group.sources),
        )
        for group in carried.groups
    }


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a solver says of all cases.

    Attributes:
        proofs: Of each subject, kind and level.
        witnesses: The cases that it found, by name; run by the reference, with their causes.
        texts: The same as case files.
        matters: What in each is otherwise than in a plain good case.
        like: Of each the first that comes out so by the same rules: the causes are those of that.
        stopped: Whether somebody broke off before all was asked.
    """

    proofs: tuple[Proof, ...]
    witnesses: Mapping[str, Compared]
    texts: Mapping[str, str]
    matters: Mapping[str, tuple[str, ...]]
    like: Mapping[str, str]
    stopped: bool = False

    @property
    def first(self) -> dict[str, Compared]:
        """The first case of those that come out so by the same rules, by name."""
        return {name: one for name, one in self.witnesses.items() if self.like[name] == name}


class Witness(Protocol):
    """A case that a solver found: as a file, and what it comes to under both rulebooks."""

    @property
    def name(self) -> str:
        """Return what it is called."""

    @property
    def text(self) -> str:
        """Return the case file."""

    @property
    def compared(self) -> Compared:
        """Return what the reference makes of it."""

    @property
    def matters(self) -> tuple[str, ...]:
        """Return what in it is otherwise than in a plain good case."""


class Manner(NamedTuple):
    """How two rulebooks are compared.

    Attributes:
        readings: Options that the later one follows instead of its own.
        groups: The headings that the later rulebook declares, by id.
        brief: Whether one page is asked for: no more than that needs is looked for.
    """

    readings: Mapping[str, str]
    groups: Mapping[str, Group]
    brief: bool = False


def judge(  # noqa: PLR0913  # how, by keyword only
    before: Ready,
    after: Ready,
    manner: Manner,
    cases: Sequence[Compared],
    shelf: Shelf,
    *,
    proofs: Proofs | None = None,
    same: Callable[[Program, Program], bool] = lambda _one, _other: False,
    seek: Callable[[Program, Program], Witness | None] = lambda _one, _other: None,
) -> Comparison:
    """Compare two sound rulebooks.

    Args:
        before: The one rulebook.
        after: The other.
        manner: How to compare them.
        cases: What case files came to under both.
        shelf: Where the rulebooks are kept.
        proofs: What a solver found; the causes of its cases are looked for, too.
        same: Whether a solver proves that two programs make the same of every case.
        seek: Finds a case that the later program makes otherwise than without a change.
    """
    readings, groups, brief = manner
    was, now = _rulebook(before), with_readings(_rulebook(after), readings)
    ways, cores = leads(was, now), (Cores.of(_program(before)), Cores.of(_program(after)))
    found = [
        _judged(one, _by_writing(one, *cores), ways, groups)
        for change in compare_rulebooks(was, now)
        for one in _by_group(change, groups)
    ]
    acting = [one for one in found if _acts(one)]
    declared = [(one.change, name) for name in groups for one in acting if one.group == name]
    live = [*declared, *((one.change, "") for one in acting if one.group not in groups)]
    sides = _books(before, replace(after.loaded, rulebook=now), after, cores, shelf)
    units = units_of(live, *(book.resolver for book in sides))
    shown = {} if proofs is None else proofs.first
    explained = explain((*cases, *shown.values()), *sides, units, proves=not brief)
    judged = [_with_effect(one, explained.proved) for one in found]
    if not brief or len(units) <= _FEW:
        judged, alone = _without_effect(judged, units, sides, same, seek)
        if proofs is not None and alone:
            more = explain([one.compared for one in alone], *sides, units, proves=not brief)
            judged = [_with_effect(one, more.proved) for one in judged]
            proofs = _with_more(proofs, alone, more.cases)
    own, theirs = explained.cases[: len(cases)], explained.cases[len(cases) :]
    if proofs is not None:
        caused = dict(zip(shown, theirs, strict=True))
        proofs = replace(proofs, witnesses={**proofs.witnesses, **caused})
    return Comparison(before, after, tuple(judged), own, groups, units, cores, proofs)


def _books(
    before: Ready, later: Loaded, after: Ready, cores: tuple[Cores, Cores], shelf: Shelf
) -> tuple[Book, Book]:
    """Return both rulebooks with their entries, the later one as it is read here."""
    return (
        Book.of(before.loaded, _program(before), cores[0], shelf.memo(before.folder)),
        Book.of(later, _program(after), cores[1], shelf.memo(after.folder)),
    )


def _judged(change: Change, klass: Class, ways: Leads, groups: Mapping[str, Group]) -> Judged:
    told = without_following(change, ways)
    if told is None:
        return Judged(change, Class.CITATION, _group(change, Class.CITATION, {}), None)
    return Judged(change, klass, _group(change, klass, groups), told)


def _acts(judged: Judged) -> bool:
    """Say whether a change may do something to outcomes, once a case is moved to its period."""
    return judged.klass is Class.UNKNOWN and judged.change.item.part != "period"


def _with_effect(judged: Judged, proved: Iterable[Change]) -> Judged:
    """Return a change as one that changes outcomes, if a case shows that."""
    shown = any(change is judged.change for change in proved)
    return replace(judged, klass=Class.CHANGES_OUTCOMES) if shown else judged


def _without_effect(
    judged: Sequence[Judged],
    units: Sequence[Unit],
    sides: tuple[Book, Book],
    same: Callable[[Program, Program], bool],
    seek: Callable[[Program, Program], Witness | None],
) -> tuple[list[Judged], list[Witness]]:
    """Return changes as such that change nothing, if that is proved of their unit as a whole.

    Returns:
        The changes; and of units that no case shows yet, the cases that were found for them.
    """
    was, now = sides
    klass = {id(one.change): one.klass for one in judged}
    proved, found = set[int](), list[Witness]()
    for unit in units:
        if any(klass[id(change)] is not Class.UNKNOWN for change in unit.changes):
            continue
        loaded = replace(now.loaded, rulebook=mixed(now.rulebook, was.rulebook, unit.changes))
        program = make_ready(loaded, {}, now.memo).program
        if program is None:
            continue
        if same(program, now.resolver.program):
            proved |= {id(change) for change in unit.changes}
        elif (case := seek(program, now.resolver.program)) is not None:
            found.append(case)
    told = [
        replace(one, klass=Class.CHANGES_NONE) if id(one.change) in proved else one
        for one in judged
    ]
    return told, found


def _with_more(proofs: Proofs, found: Sequence[Witness], cases: Iterable[Compared]) -> Proofs:
    """Return proofs with the cases that were found for single changes."""
    by_name: dict[str, tuple[Witness, Compared]] = {}
    for one, compared in zip(found, cases, strict=True):
        name = one.name
        while name in proofs.witnesses or name in by_name:
            name = f"{name}-also"
        by_name[name] = one, compared
    return replace(
        proofs,
        witnesses={**proofs.witnesses, **{name: case for name, (_, case) in by_name.items()}},
        texts={**proofs.texts, **{name: one.text for name, (one, _) in by_name.items()}},
        matters={**proofs.matters, **{name: one.matters for name, (one, _) in by_name.items()}},
        like={**proofs.like, **{name: name for name in by_name}},
    )


def _rulebook(ready: Ready) -> Rulebook:
    assert ready.loaded.rulebook is not None  # noqa: S101  # a sound rulebook was read
    return ready.loaded.rulebook


def _program(ready: Ready) -> Program:
    assert ready.program is not None  # noqa: S101  # it is sound
    return ready.program


# -- classes ------------------------------------------------------------------------------------


def _by_writing(change: Change, before: Cores, after: Cores) -> Class:
    """Return what a change does, as far as that can be told from how it is written."""
    if change.item.part in _ONLY_TOLD or keys_within(change, _WORDS):
        return Class.CITATION
    same = same_meaning(change, before, after)
    return Class.DOES_NOT if same or keys_within(change, _WORDS | _ASIDE) else Class.UNKNOWN


# -- headings -----------------------------------------------------------------------------------


def _group(change: Change, klass: Class, groups: Mapping[str, Group]) -> str:
    for name, group in groups.items():
        if any(covers(path, change.path) or _is_within(path, change) for path in group.paths):
            return name
    # Under a new document every entry cites it: that says nothing of the values of a year.
    yearly = change.path.partition(".")[0] in _YEARLY or change.item.part in _DOCUMENTS
    if yearly and not keys_within(change, _SOURCES):
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

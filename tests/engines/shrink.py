"""What is left of a rulebook and a case as long as something stays so: small cases to look at."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.cases import CasePlain

Path = tuple[Any, ...]


class Pair(NamedTuple):
    """A rulebook as plain values, and a case of it."""

    rulebook: dict[str, Any]
    case: CasePlain


class _StopError(Exception):
    """All trials are used up."""


@dataclass
class _Trials:
    """Asks whether it stays so, a number of times; `best` is the least of which it did."""

    stays: Callable[[Pair], bool]
    left: int
    best: Pair

    def take(self, one: Pair) -> bool:
        """Try one; if it stays so, it is the best."""
        if self.left <= 0:
            raise _StopError
        self.left -= 1
        if self.stays(one):
            self.best = one
            return True
        return False


def shrunk(pair: Pair, stays: Callable[[Pair], bool], most: int = 1000) -> Pair:
    """Return the least that was found in `most` trials; `stays` holds of `pair`."""
    trials = _Trials(stays, most, pair)
    try:
        changed = True
        while changed:
            ways = (_fewer_sections, _fewer_subjects, _fewer_rules, _less_stated, _shorter)
            changed = sum(_smaller(trials, one) for one in ways) > 0
    except _StopError:
        pass
    return trials.best


def _smaller(trials: _Trials, ways: Callable[[Pair], Iterator[Pair]]) -> bool:
    """Take every way in which it stays, each time going on from where the last was found."""
    changed, place = False, 0
    while True:
        found = False
        for number, one in enumerate(ways(trials.best)):
            if number >= place and trials.take(one):
                found, changed, place = True, True, number
                break
        if not found:
            return changed


# -- the case --------------------------------------------------------------------------------------


def _fewer_subjects(pair: Pair) -> Iterator[Pair]:
    for name, of in pair.case.subjects.items():
        ids = list(of)
        size = len(ids) // 2
        while size:
            for start in range(0, len(ids), size):
                case = pair.case
                for one in ids[start : start + size]:
                    case = _without(case, name, one)
                yield pair._replace(case=case)
            size //= 2
        if len(ids) == 1:
            yield pair._replace(case=_without(pair.case, name, ids[0]))


def _without(case: CasePlain, name: str, one: str) -> CasePlain:
    """Return a case without a subject; who leads to it leads nowhere that is known."""
    subjects = deepcopy(case.subjects)
    del subjects[name][one]
    for of in subjects.values():
        for facts in of.values():
            for key, value in facts.items():
                facts[key] = _forgotten(value, one)
    complete = case.complete
    if isinstance(complete, list):
        complete = [path for path in complete if path.partition(".")[2].rpartition(".")[0] != one]
    return replace(case, subjects=subjects, complete=complete)


def _forgotten(value: Any, one: str) -> Any:
    if value == one:
        return None
    if isinstance(value, list):
        return [_forgotten(item, one) for item in value if item != one]
    if isinstance(value, dict):
        return {key: _forgotten(item, one) for key, item in value.items()}
    return value


def _less_stated(pair: Pair) -> Iterator[Pair]:
    case = pair.case
    if case.bare:
        yield pair._replace(case=replace(case, bare=False))
    if case.complete is not True:
        yield pair._replace(case=replace(case, complete=True))
    if isinstance(case.complete, list):
        for index in range(len(case.complete)):
            left = [*case.complete[:index], *case.complete[index + 1 :]]
            yield pair._replace(case=replace(case, complete=left))
    for path in _paths(case.subjects):
        if len(path) > 2:
            changed = replace(case, subjects=_dropped(case.subjects, path))
            yield pair._replace(case=changed)


# -- the rulebook ----------------------------------------------------------------------------------


def _fewer_sections(pair: Pair) -> Iterator[Pair]:
    """Leave out all rules of a sort at once."""
    for path in _paths(pair.rulebook):
        if path[0] == "subjects" and len(path) in (2, 3):
            yield pair._replace(rulebook=_dropped(pair.rulebook, path))


def _fewer_rules(pair: Pair) -> Iterator[Pair]:
    for path in _paths(pair.rulebook):
        yield pair._replace(rulebook=_dropped(pair.rulebook, path))


def _shorter(pair: Pair) -> Iterator[Pair]:
    for path in _paths(pair.rulebook):
        text = _at(pair.rulebook, path)
        if isinstance(text, str) and path[-1] not in ("type", "to", "scale", "id", "title"):
            for part in _parts(text):
                yield pair._replace(rulebook=_put(pair.rulebook, path, part))


def _parts(text: str) -> Iterator[str]:
    """Yield shorter texts: what stands in brackets, and constants."""
    if text in ("true", "false", "0"):
        return
    yield from ("true", "false", "0")
    starts: list[int] = []
    found: set[str] = set()
    for place, letter in enumerate(text):
        if letter == "(":
            starts.append(place)
        elif letter == ")" and starts:
            start = starts.pop()
            found.update((text[start : place + 1], text[start + 1 : place]))
    for word in (" and ", " or "):
        found.update(text.strip("()").split(word))
    yield from sorted(
        (one for one in found if one and len(one) < len(text)), key=lambda t: (len(t), t)
    )
    for part in sorted(found, key=lambda t: (-len(t), t)):
        if "(" in part and len(part) < len(text):
            for constant in ("true", "false", "1"):
                yield text.replace(part, constant)


# -- plain values ----------------------------------------------------------------------------------


def _paths(node: Any) -> Iterator[Path]:
    """Yield the path of everything that could be left out, what holds most first."""
    level: list[tuple[Path, Any]] = [((), node)]
    while level:
        below: list[tuple[Path, Any]] = []
        for path, one in level:
            keys = list(one) if isinstance(one, dict) else range(len(one))
            below += [((*path, key), one[key]) for key in keys]
        yield from (path for path, _ in below)
        level = [(path, one) for path, one in below if isinstance(one, dict | list)]


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node


def _dropped(node: Any, path: Path) -> Any:
    made = _copied(node, path)
    del _at(made, path[:-1])[path[-1]]
    return made


def _put(node: Any, path: Path, value: Any) -> Any:
    made = _copied(node, path)
    _at(made, path[:-1])[path[-1]] = value
    return made


def _copied(node: Any, path: Path) -> Any:
    """Return a node of which what leads along a path is new."""
    if not path:
        return node
    made = node.copy()
    if len(path) > 1:
        made[path[0]] = _copied(node[path[0]], path[1:])
    return made

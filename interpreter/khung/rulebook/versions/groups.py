"""Groups of changes against the paths of what changes: each change is in one of them at most.

Reports: K0534, K0535, K0539.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING

from khung.diagnostics.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.diagnostics.bag import Bag
    from khung.rulebook.model import Group, Ref


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


def _below(paths: Mapping[str, str]) -> Mapping[str, list[str]]:
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

"""What a rulebook says is new in it, if it extends another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from khung.report.document.model import Code, Heading, Link, Listing, Paragraph, Rich, joined
from khung.report.page.pager import path_of
from khung.rulebook.versions.groups import short_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.report.document.model import Block
    from khung.report.page.pager import Pager
    from khung.rulebook import model as m

_IN_GROUP = re.compile(r"\.criteria\.groups\.[^.]+\.items\.")


def changes(pager: Pager) -> Iterator[Block]:
    """Yield what is new by group, then what became of the values of the year."""
    extends, carried = pager.rulebook.extends, pager.rulebook.carried
    if extends is None:
        return
    yield Paragraph((pager.say(f"extends.{extends.manner.value}", base=extends.rulebook.name),))
    if carried is None:
        return
    shown = _shown(pager)
    gone = {short_path(one.path): one for one in pager.rulebook.removed}
    for group in carried.groups:
        yield Heading(4, pager.label(group.label, group.id))
        cited = pager.linked(group.sources)
        if cited:
            yield Paragraph((f"{pager.say('source')}: ", *cited))
        yield Listing(
            tuple(
                _taken_out(gone[ref.name], pager) if ref.name in gone else _entries(ref.name, shown)
                for ref in group.entries
            )
        )
    yield from _answers(carried, shown, pager)


def _taken_out(removed: m.Removed, pager: Pager) -> Rich:
    label = pager.label(removed.label, removed.name)
    return (f"{pager.say('taken_out')}: {label} ", Code(removed.path))


def _answers(carried: m.Carried, shown: dict[str, Link], pager: Pager) -> Iterator[Block]:
    by_fate: dict[str, list[Rich]] = {}
    for section, answers in carried.answers.items():
        for name, answer in answers.items():
            found = _entries(f"{section}.{name}", shown)
            if answer.fate is not None:
                by_fate.setdefault(answer.fate.value, []).append(found)
    rows: list[tuple[Rich, ...]] = [
        ((pager.say(f"fate.{fate}"),), joined(names, "; ")) for fate, names in by_fate.items()
    ]
    yield from pager.grid("fate yearly", rows)


def _entries(path: str, shown: dict[str, Link]) -> Rich:
    """Return links to the entries that a path or a prefix names; as written if there are none.

    The path of something within an entry leads to the entry.
    """
    if path.endswith("*"):
        found = [link for name, link in shown.items() if name.startswith(path[:-1])]
        return joined([(link,) for link in found], "; ") or (Code(path),)
    inside = path
    while inside not in shown and "." in inside:
        inside = inside.rpartition(".")[0]
    if "." not in inside:
        return (Code(path),)
    rest = path.removeprefix(inside).lstrip(".")
    return (shown[inside], " ", Code(rest)) if rest else (shown[inside],)


def _shown(pager: Pager) -> dict[str, Link]:
    """Return the entries of the page by path, a criterion by that without its group."""
    links = {}
    for entry in pager.found:
        links[_IN_GROUP.sub(".criteria.", path_of(entry))] = pager.link(entry)
    return links

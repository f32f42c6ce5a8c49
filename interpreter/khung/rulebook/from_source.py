"""A folder of YAML files to a `Rulebook`.

In: a folder. Out: the model, names not looked up. Every file is read, and reading goes on after
errors, so that one run reports all of them. A rulebook that extends another is put over it first.
Nothing outside the folder is read but the folders of the rulebooks that it extends, beside it.

Reports: K0401, K0520-K0524, K0548, K0552, K0553 and those of `citations`, `versions` and `files`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.diagnostics.codes import is_error
from khung.rulebook.entries import check_citations
from khung.rulebook.files import (
    UNREAD_PERIOD,
    Beside,
    clauses,
    extends,
    manifest,
    refuse_without_base,
    subject,
)
from khung.rulebook.folder import find_base, read_folder
from khung.rulebook.keeping import base_once
from khung.rulebook.model import Manner
from khung.rulebook.names import check_unique, declared_types
from khung.rulebook.parts import Context
from khung.rulebook.sugar.expand import expand
from khung.rulebook.versions.amended import amended_by
from khung.rulebook.versions.extend import extend, refuse_carries
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.folder import Written
    from khung.rulebook.model import Clause, Extends, Heading, Rulebook, Subject
    from khung.source.nodes import Node

_OF_CHAINS = ("K0520", "K0521", "K0522", "K0523")  # said once, where they are found


def load_rulebook(folder: Path, bag: Bag) -> Rulebook | None:
    """Read a rulebook.

    Args:
        folder: Where its files are, on one level.
        bag: Where everything that is wrong is reported.

    Returns:
        The rulebook, without the entries that are broken; None if one of its files cannot be
        read, as that would be missing everywhere else, or if there is no base to put it over.
    """
    written = load_written(folder, bag)
    return None if written is None else decode(written, bag)


def load_written(folder: Path, bag: Bag, chain: tuple[Path, ...] = ()) -> Written | None:
    """Read a rulebook as nodes, put over the one that it extends; `chain` leads to it."""
    own = read_folder(folder, bag)
    if own is None:
        return None
    refuse_without_base(own.manifest, Context(bag))
    if own.manifest.get("extends") is None:
        refuse_carries(own.clauses, bag)
        return own
    how = extends(own.manifest, Context(bag))
    return None if how is None or not own.whole else _over_base(own, how, chain, bag)


def _over_base(own: Written, how: Extends, chain: tuple[Path, ...], bag: Bag) -> Written | None:
    folder = find_base(own.folder, how.rulebook, chain, bag)
    if folder is None:
        return None
    said = Bag()
    base, rulebook = _base(folder, (*chain, own.folder), said)
    bag.add_all(said.diagnostics)
    if base is None or rulebook is None or said.has_errors:
        if not any(diagnostic.code in _OF_CHAINS for diagnostic in said.diagnostics):
            bag.add("K0521", how.rulebook.span, name=how.rulebook.name)
        return None
    if how.manner is not Manner.OVERLAY and is_overlay(rulebook):
        name, advice = how.rulebook.name, "" if how.manner is Manner.SUCCESSOR else "amendment"
        bag.add("K0548", how.rulebook.span, help=advice, name=name, base=base_name(rulebook))
        return None
    made, taken = extend(own, base, how, bag), (*own.taken, *base.taken)
    amended = amended_by(own, how, rulebook, bag)
    parsed = dict(base.parsed)  # what is read here is no part of the base, which may be kept
    cells = [*base.cells]
    return replace(made, base=rulebook, parsed=parsed, cells=cells, taken=taken, amended=amended)


def _base(
    folder: Path, chain: tuple[Path, ...], bag: Bag
) -> tuple[Written | None, Rulebook | None]:
    """Return a rulebook that is extended, as nodes and decoded."""
    base = load_written(folder, bag, chain)
    if base is None:
        return None, None
    made: tuple[Written, Rulebook | None] = base_once(
        str(folder), base.digest, bag, lambda own: (base, _decoded(base, own))
    )
    return made


def is_overlay(rulebook: Rulebook) -> bool:
    """Say whether a rulebook is for some of the subjects only."""
    return rulebook.extends is not None and rulebook.extends.manner is Manner.OVERLAY


def base_name(rulebook: Rulebook) -> str:
    """Return the name of the rulebook that one extends; empty if it extends none."""
    return rulebook.extends.rulebook.name if rulebook.extends else ""


# -- decoding ---------------------------------------------------------------------------------


def decode(written: Written, bag: Bag) -> Rulebook | None:
    """Return the rulebook; None if a file of it is missing, as each use of it would be an error."""
    rulebook = _decoded(written, bag)
    if rulebook is not None:
        check_citations(rulebook, bag)
    return rulebook


def decode_entries(written: Written, bag: Bag) -> None:
    """Report what is wrong with single entries: their keys, values and expressions."""
    _entries_of(written, bag)


_Contents = tuple["tuple[Subject, ...]", "tuple[Heading, ...]", "tuple[Clause, ...]"]


def _entries_of(written: Written, bag: Bag) -> tuple[Rulebook, _Contents]:
    kept = written.sure, written.parsed, written.cells
    beside = Beside(*kept, written.translations, written.clauses)
    read, ctx = manifest(written.manifest, bag, written.folder.name, beside)
    return read, _contents(written, ctx)


def _decoded(written: Written, bag: Bag) -> Rulebook | None:
    texts = written.translations
    read, (subjects, named, listed) = _entries_of(written, bag)
    if not written.whole:
        return None
    whole = replace(
        read,
        digest=written.digest,
        subjects=subjects,
        headings=named,
        clauses=listed,
        extends=written.extends,
        carried=written.carried,
        removed=written.removed,
        applies_to=written.applies_to,
        leads=written.leads,
        catalogue=texts.catalogue(written.files),
        amended=written.amended,
    )
    whole = expand(whole, bag)
    check_unique(declared_types(whole), bag)
    broken = broken_entries(written, bag.diagnostics)
    if "period" not in broken:
        _check_period(whole, written, bag)
    return replace(whole, broken=broken)


def _contents(written: Written, ctx: Context) -> _Contents:
    read = [subject(node, ctx) for node in written.subjects]
    lists = [clauses(node, ctx) for node in written.clauses]
    named = tuple(heading for headings, _ in lists for heading in headings)
    listed = tuple(clause for _, found in lists for clause in found)
    check_unique((("heading", h.address, h.span) for h in named), ctx.bag)
    check_unique((("clause", c.address, c.span) for c in listed), ctx.bag)
    subjects = [one for one in read if one is not None]
    # by name, so that renaming a file changes nothing
    return tuple(sorted(subjects, key=lambda s: s.head.id)), named, listed


def _check_period(own: Rulebook, written: Written, bag: Bag) -> None:
    """Report a successor that does not come after its base, an overlay of another time."""
    base, how, (first, last) = written.base, written.extends, own.period
    if base is None or how is None or own.period == UNREAD_PERIOD:
        return
    if how.manner is Manner.SUCCESSOR and first > base.period[1]:
        return
    if how.manner is not Manner.SUCCESSOR and own.period == base.period:
        return
    period = written.manifest.get("period")
    day = period.get("from") if isinstance(period, Mapping) else None
    bag.add(
        "K0524",
        day.span if day else own.span,
        help="" if how.manner is Manner.SUCCESSOR else how.manner.value,
        at="period",
        first=str(first),
        last=str(last),
        base=base.id,
        base_first=str(base.period[0]),
        base_last=str(base.period[1]),
    )


Places = dict[str, list[int]]
"""Where errors begin, by file."""


def broken_entries(written: Written, diagnostics: Iterable[Diagnostic]) -> frozenset[str]:
    """Return the keys on the ways to all errors: `parameters`, `least` and `value`, say."""
    places: Places = {}
    for diagnostic in diagnostics:
        if diagnostic.span is not None and is_error(diagnostic):
            places.setdefault(diagnostic.span.file.name, []).append(diagnostic.span.start)
    if not places:
        return frozenset()
    roots = (written.manifest, *written.subjects, *written.clauses)
    return frozenset(key for root in roots for key in _keys(root, places))


def _keys(node: Node, places: Places) -> Iterator[str]:
    """Yield the keys in a mapping under which an error is."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            inside = set(_keys(entry.value, places))
            if inside or _holds(entry.key_span, places) or _has_error(entry.value, places):
                yield from (entry.key, *inside)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _keys(item, places)


def _has_error(node: Node, places: Places) -> bool:
    """Say whether an error is right in a value; those in its mappings have keys of their own."""
    match node:
        case Scalar():
            return _holds(node.span, places)
        case Sequence():
            whole = Span(node.span.file, node.span.start, node.span.start)
            return _holds(whole, places) or any(_has_error(item, places) for item in node.items)
        case Mapping():
            return not node.entries and _holds(node.span, places)


def _holds(span: Span, places: Places) -> bool:
    return any(span.start <= place <= span.end for place in places.get(span.file.name, ()))

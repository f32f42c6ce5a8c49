"""A rulebook put over the one that it extends, before anything of it is decoded.

In: both as nodes. Out: one `Written` that reads as if it stood in one folder. The head of a
manifest is each rulebook's own; everything else is taken over and may be said anew. A successor
under a new document lists the clauses of that, and citations are moved along; under the same
document, the clauses are taken over, too.

Reports: K0401, K0525-K0529, K0531-K0536, K0538-K0541, K0543, K0549.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.diagnostics.suggest import nearest
from khung.digests import sha256
from khung.records import dataclass
from khung.rulebook.files import (
    OF_VERSIONS,
    applies_to,
    carried,
    refuse_other_manner,
)
from khung.rulebook.folder import only, subject_id, text_at, without
from khung.rulebook.model import Basis, Fate, Manner, Removed
from khung.rulebook.names import check_unique
from khung.rulebook.parts import Context
from khung.rulebook.versions.amended import cite_changes
from khung.rulebook.versions.answers import check_carried, check_groups, placed, without_ended
from khung.rulebook.versions.citations import (
    BASIS,
    Carriers,
    Old,
    carriers,
    one_step,
    recited_once,
    report_left_behind,
    with_new_addresses,
    with_step,
)
from khung.rulebook.versions.matrices import in_length
from khung.rulebook.versions.merge import Merger, changed_paths, is_removal
from khung.rulebook.versions.overlay import (
    OF_NEW_SUBJECT,
    check_overlay,
    is_misspelt,
    nothing_to_remove,
)
from khung.rulebook.versions.ranges import CARRIES
from khung.source.nodes import Entry, Mapping
from khung.source.values import under

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.rulebook.folder import Written
    from khung.rulebook.model import Carried, Extends, Leads

_OWN = ("khung", "id", "title", "surface", "period", "document", BASIS, *OF_VERSIONS)
"""The keys of a manifest that are never taken over."""

_PLACES = 3  # shown of what is refused as a whole


@dataclass(frozen=True, slots=True)
class _Parts:
    """A rulebook as mappings: manifest, subjects by id, clauses and headings by address."""

    manifest: Mapping
    subjects: Mapping
    clauses: Mapping
    headings: Mapping

    def roots(self) -> Iterator[tuple[str, Mapping]]:
        """Yield the mappings that hold entries, each with its path."""
        yield "", self.manifest
        for entry in self.subjects.entries:
            assert isinstance(entry.value, Mapping)  # noqa: S101  # made so below
            yield entry.key, entry.value


def extend(own: Written, base: Written, how: Extends, bag: Bag) -> Written:
    """Return a rulebook put over its base.

    Args:
        own: What the rulebook itself says.
        base: What it extends, whole.
        how: What it says of that.
        bag: Where to report.
    """
    above, below = _parts(own), _parts(base)
    above = _with_document(_once(above, bag), below, how, bag)
    texts = own.translations.over(base.translations, own.manifest, bag)
    answers = _answers(above, below, how, Context(bag, translations=texts))
    merger = Merger(bag, texts=base.translations)
    refuse_other_manner(above.manifest, how.manner, Context(bag))
    if how.manner is Manner.OVERLAY:
        _check_overlay(above, below, bag)
        known = (entry.key for entry in above.subjects.entries if below.subjects.get(entry.key))
        above = replace(above, subjects=only(above.subjects, *known))
    if answers is not None:
        manifests = above.manifest, below.manifest
        is_due = how.manner is Manner.SUCCESSOR
        check_carried(answers, *manifests, how.rulebook.span, bag, is_due=is_due)
    listed = {**base.earlier, _document(below.manifest): below.clauses}
    below, clauses, leads = _clauses(above, below, how, base, merger)
    named = merger.merge(below.headings, above.headings, "headings")
    said, kept = above.manifest, below.manifest
    if answers is not None:
        said = without_ended(said, answers, Merger(Bag()))
        kept = without_ended(kept, answers, merger)
    merged = _Parts(
        _manifest(said, kept, merger),
        _subjects(above.subjects, below.subjects, merger),
        clauses,
        named,
    )
    if how.manner is Manner.AMENDMENT:
        merged = replace(merged, subjects=cite_changes(merged.subjects, own))
    if how.manner is Manner.SUCCESSOR:
        for old in listed.items():
            _report_left_behind(own, old, merged, how, bag)
    if answers is not None and answers.groups:
        check_groups(answers.groups, _changes(below, merged), bag)
    part = applies_to(above.manifest, Context(bag)) if how.manner is Manner.OVERLAY else ()
    whole = _written(own, base, merged, how, answers, tuple(merger.removed))
    earlier = {Manner.AMENDMENT: listed, Manner.OVERLAY: base.earlier}.get(how.manner, {})
    whole = replace(whole, applies_to=part, leads=leads, earlier=earlier)
    return replace(whole, translations=texts)


def _answers(above: _Parts, below: _Parts, how: Extends, ctx: Context) -> Carried | None:
    if how.manner is Manner.OVERLAY:
        return None
    return placed(carried(above.manifest, ctx), below.manifest, ctx.bag)


def _once(own: _Parts, bag: Bag) -> _Parts:
    """Return each subject and clause once; report the others that two files speak of (K0401)."""
    said_by = {"subject": own.subjects, "clause": own.clauses, "heading": own.headings}
    for word, said in said_by.items():
        check_unique(((word, entry.key, entry.key_span) for entry in said.entries), bag)
    firsts = {key: _firsts(getattr(own, key)) for key in ("subjects", "clauses", "headings")}
    return replace(own, **firsts)


def _firsts(node: Mapping) -> Mapping:
    first = {entry.key: entry for entry in reversed(node.entries)}
    return Mapping(tuple(e for e in node.entries if first[e.key] is e), node.span)


def _check_overlay(above: _Parts, below: _Parts, bag: Bag) -> None:
    """Report what an overlay may not say, of each subject and in the manifest."""
    check_overlay(without(above.manifest, *_OWN), without(below.manifest, *_OWN), bag)
    for entry in above.subjects.entries:
        change, base = entry.value, below.subjects.get(entry.key)
        assert isinstance(change, Mapping)  # noqa: S101  # as for the roots
        if isinstance(base, Mapping):
            said = without(change, "subject")
            check_overlay(said, base, bag, at=entry.key, subject=True)
        else:
            name, near = entry.key, nearest(entry.key, (e.key for e in below.subjects.entries))
            advice = "near" if near else ""
            bag.add("K0541", entry.key_span, help=advice, at=name, name=name, near=near or "")
    for entry in above.clauses.entries:
        bag.add("K0541", entry.key_span, at=under("clauses", entry.key), name=entry.key)
    document = above.manifest.get("document")
    if document is not None and text_at(document) != _document(below.manifest):
        bag.add("K0541", document.span, at="document", name="document")


def _written(
    own: Written,
    base: Written,
    merged: _Parts,
    how: Extends,
    answers: Carried | None,
    removed: tuple[Removed, ...],
) -> Written:
    roots = tuple(e.value for e in merged.subjects.entries if isinstance(e.value, Mapping))
    lists = (entry for root in (*own.clauses, *base.clauses) for entry in root.entries)
    where = next((e.key_span for e in lists if e.key == "clauses"), merged.clauses.span)
    listed = Mapping((Entry("clauses", merged.clauses, where),), merged.clauses.span)
    if merged.headings.entries:
        named = Entry("headings", merged.headings, where)
        listed = Mapping((named, *listed.entries), listed.span)
    return replace(
        own,
        manifest=merged.manifest,
        subjects=roots,
        clauses=(listed,) if merged.clauses.entries else (),
        digest=f"sha256:{sha256(f'{own.digest} {base.digest}'.encode()).hexdigest()}",
        extends=how,
        carried=answers,
        removed=removed,
        sure=_sure(own, base, same=_is_of_same_text(merged, base, how)),
    )


def _is_of_same_text(merged: _Parts, base: Written, how: Extends) -> bool:
    same = _document(merged.manifest) == _document(base.manifest)
    return same or how.manner is Manner.AMENDMENT


def _sure(own: Written, base: Written, *, same: bool) -> dict[str, Basis]:
    """Return how sure entries taken over are that do not say so: as they were in the base.

    A new document says them anew, and then they are as sure as what else rests on that.
    """
    found = {**dict.fromkeys(base.files, _basis(base)), **base.sure}
    return found if same else dict.fromkeys(found, _basis(own))


def _basis(written: Written) -> Basis:
    word = text_at(written.manifest.get(BASIS))
    return next((basis for basis in Basis if basis.value == word), Basis.TEXT)


# -- in three mappings ------------------------------------------------------------------------


def _parts(written: Written) -> _Parts:
    span = written.manifest.span
    subjects = tuple(
        Entry(subject_id(root), root, name.span)
        for root in written.subjects
        if (name := root.get("subject")) is not None
    )
    lists = (_listed(key, written) for key in ("clauses", "headings"))
    return _Parts(written.manifest, Mapping(subjects, span), *lists)


def _listed(key: str, written: Written) -> Mapping:
    """Return what all lists of clauses hold under a key."""
    found = [inner for root in written.clauses if isinstance(inner := root.get(key), Mapping)]
    where = found[0].span if found else written.manifest.span
    return Mapping(tuple(entry for inner in found for entry in inner.entries), where)


def _manifest(own: Mapping, base: Mapping, merger: Merger) -> Mapping:
    head = [entry for entry in own.entries if entry.key in _OWN]
    rest = merger.merge(without(base, *_OWN), without(own, *_OWN), "")
    return Mapping((*head, *rest.entries), own.span)


def _subjects(own: Mapping, base: Mapping, merger: Merger) -> Mapping:
    found = {entry.key: entry for entry in base.entries}
    untouched = {e.key: e for e in base.entries if own.get(e.key) is None}
    for entry in own.entries:
        assert isinstance(entry.value, Mapping)  # noqa: S101  # as for the roots
        change = without(entry.value, "subject")
        if is_removal(change):
            _remove_subject(found, entry, merger)
        elif entry.key in found:
            found[entry.key] = _over(found[entry.key], entry, change, merger)
        elif not is_misspelt(entry, untouched, entry.key, merger.bag, OF_NEW_SUBJECT):
            found[entry.key] = entry
    return Mapping(tuple(found.values()), own.span)


def _remove_subject(found: dict[str, Entry], entry: Entry, merger: Merger) -> None:
    was = found.pop(entry.key, None)
    if was is None:
        nothing_to_remove(entry, found, entry.key, merger.bag)
    else:
        merger.take_out(entry.key, was, entry.key_span)


def _over(old: Entry, new: Entry, change: Mapping, merger: Merger) -> Entry:
    assert isinstance(old.value, Mapping)  # noqa: S101  # as for the roots
    assert isinstance(new.value, Mapping)  # noqa: S101  # as for the roots
    inside = merger.merge(without(old.value, "subject"), change, new.key)
    name = next(entry for entry in new.value.entries if entry.key == "subject")
    return Entry(new.key, Mapping((name, *inside.entries), new.value.span), new.key_span)


# -- clauses ----------------------------------------------------------------------------------


def _clauses(
    above: _Parts, below: _Parts, how: Extends, base: Written, merger: Merger
) -> tuple[_Parts, Mapping, Leads]:
    """Return the base with its citations moved along, the clauses, and where citations lead.

    What is amended goes on citing its own document.
    """
    before, after = _document(below.manifest), _document(above.manifest)
    if before == after:
        _refuse_carries(above.clauses, merger.bag)
        return below, merger.merge(below.clauses, above.clauses, "clauses"), base.leads
    if how.manner is Manner.AMENDMENT:
        _refuse_carries(above.clauses, merger.bag, "amendment")
        return _in_full(below, base), above.clauses, base.leads
    old = Mapping(tuple(map(_without_carries, below.clauses.entries)), below.clauses.span)
    if base.earlier:
        below, before, old = (
            _in_full(below, base),
            next(iter(base.earlier)),
            _of_all(base, before, old),
        )
    lead = carriers(before, old, above.clauses, merger.bag)
    named = with_new_addresses(below.headings, lead)
    moved = _Parts(*recited_once(below.manifest, below.subjects, lead, base), old, named)
    return moved, lead.clauses, with_step(base.leads, one_step(lead.leads, before, after))


def _in_full(below: _Parts, base: Written) -> _Parts:
    """Return what names its document wherever it cites it, as another is to be put over it."""
    full = Carriers(_document(below.manifest), below.clauses, confirms=False)
    cited = recited_once(below.manifest, below.subjects, full, base)
    return _Parts(*cited, below.clauses, Mapping((), below.headings.span))


def _of_all(base: Written, last: str, own: Mapping) -> Mapping:
    """Return the clauses of a year, and those of its amendments by their full addresses."""
    year, *others = base.earlier
    amending = {**{document: base.earlier[document] for document in others}, last: own}
    more = (
        Entry(f"{document} {entry.key}", entry.value, entry.key_span)
        for document, listed in amending.items()
        for entry in listed.entries
    )
    entries = (*map(_without_carries, base.earlier[year].entries), *more)
    return Mapping(entries, own.span)


def _document(manifest: Mapping) -> str:
    return text_at(manifest.get("document"))


def _with_document(above: _Parts, below: _Parts, how: Extends, bag: Bag) -> _Parts:
    """Return what a rulebook says, with the document that it rests on; ask if it does not say.

    Without a document of its own it rests on that of its base, unless it lists clauses; where
    the base names none, neither need it.
    """
    node = above.manifest.get("document")
    names_none = node is None and not _document(below.manifest)
    if names_none or text_at(node) not in ("", Fate.OPEN.value):
        return above
    if how.manner is not Manner.OVERLAY:
        bag.add("K0536", how.rulebook.span if node is None else node.span, at="document")
    rest = without(above.manifest, "document")
    taken = [e for e in below.manifest.entries if e.key == "document"]
    asked = how.manner is not Manner.OVERLAY and above.clauses.entries
    entries = rest.entries if asked else (*rest.entries, *taken)
    return replace(above, manifest=Mapping(entries, rest.span))


def _without_carries(entry: Entry) -> Entry:
    if not isinstance(entry.value, Mapping):
        return entry
    return Entry(entry.key, without(entry.value, CARRIES), entry.key_span)


def _refuse_carries(clauses: Mapping, bag: Bag, advice: str = "document") -> None:
    """Report `carries`, once, where there is no other document that a clause could carry on."""
    found = [
        inner.key_span
        for entry in clauses.entries
        for inner in (entry.value.entries if isinstance(entry.value, Mapping) else ())
        if inner.key == CARRIES
    ]
    if found:
        rest, count = tuple(found[1:_PLACES]), len(found)
        bag.add("K0533", found[0], help=advice, related=rest, key=CARRIES, count=count)


def refuse_carries(roots: tuple[Mapping, ...], bag: Bag) -> None:
    """Report `carries` in a rulebook that extends none."""
    for root in roots:
        clauses = root.get("clauses")
        if isinstance(clauses, Mapping):
            _refuse_carries(clauses, bag, "")


def _report_left_behind(
    own: Written, old: tuple[str, Mapping], merged: _Parts, how: Extends, bag: Bag
) -> None:
    document, listed = old
    if document in ("", _document(merged.manifest)) or not listed.entries:
        return
    span = own.clauses[0].entries[0].key_span if own.clauses else how.rulebook.span
    report_left_behind(merged.roots(), Old(document, listed, span), merged.clauses, own.files, bag)


def _changes(below: _Parts, merged: _Parts) -> set[str]:
    shared = changed_paths(without(below.manifest, *_OWN), without(merged.manifest, *_OWN))
    return shared | changed_paths(in_length(below.subjects), in_length(merged.subjects))

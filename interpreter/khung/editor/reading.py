"""What is wrong with a rulebook or a case, in two steps.

At once: what reading the files says, of their syntax, keys and expressions, with all kept that has
not changed. Then: what the checks say, of names and types, idle rules and clauses; of a case, what
evaluating it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.analysis.checking import check
from khung.casefile.from_source import read_case
from khung.diagnostics.bag import Bag
from khung.driver import Loaded, Shelf, evaluate_read, make_ready
from khung.editor.files import Kind
from khung.ir.memo import Memo
from khung.rulebook.from_source import decode, decode_entries, load_written
from khung.rulebook.keeping import Keeping, kept_in

if TYPE_CHECKING:
    from pathlib import Path

    from khung.diagnostics.model import Diagnostic
    from khung.editor.files import Target

Said = tuple["Diagnostic", ...]


def load_kept(folder: Path, keeping: Keeping) -> Loaded:
    """Return the rulebook of a folder as read, what has not changed as it was read before."""
    bag = Bag()
    with kept_in(keeping):
        written = load_written(folder, bag)
        rulebook = None if written is None else decode(written, bag)
    return Loaded(folder, written, rulebook, bag.diagnostics)


def at_once(target: Target, keeping: Keeping) -> Said:
    """Return what reading the files says."""
    bag = Bag()
    if target.kind is Kind.CASE:
        read_case(target.place, bag)
        return bag.diagnostics
    with kept_in(keeping):
        written = load_written(target.place, bag)
        if written is not None:
            decode_entries(written, bag)
    return tuple(one.in_whole() for one in bag.diagnostics)


def whole(target: Target, keeping: Keeping, shelf: Shelf) -> tuple[Said, Said]:
    """Return what reading the files says, and what is said besides.

    Args:
        target: What is checked.
        keeping: Where its files are kept, if it is a rulebook.
        shelf: Where rulebooks are kept, if it is a case.
    """
    if target.kind is Kind.RULEBOOK:
        loaded = load_kept(target.place, keeping)
        found = check(make_ready(loaded, {}, Memo())).diagnostics
        early = loaded.diagnostics
    else:
        bag = Bag()
        case_file = read_case(target.place, bag)
        early = bag.diagnostics
        found = evaluate_read(target.place, case_file, bag, shelf, {}).diagnostics
    known = {_key(one) for one in early}
    return early, tuple(one for one in found if _key(one) not in known)


def _key(one: Diagnostic) -> tuple[object, ...]:
    span = one.span
    place = None if span is None else (span.file.name, span.start, span.end)
    return one.code, one.help, place, tuple(sorted((k, str(v)) for k, v in one.args.items()))

"""What was read of a rulebook is kept for the next time, where one is read again and again.

An editor asks for a rulebook at each key that is pressed, and most of it is as it was. Kept are the
nodes of each file, by its bytes; what each entry was read as, by the identity of its node, as long
as all that reading looks at beside it is the same; and each rulebook that is extended, by what its
files hold. Nothing is kept unless somebody asks for it with `kept_in`.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from khung.diagnostics.bag import Bag
from khung.records import dataclass
from khung.source.blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.model import Diagnostic
    from khung.rulebook.model import Ref
    from khung.rulebook.parts import Context
    from khung.source.nodes import Entry, Mapping

T = TypeVar("T")
Said = tuple["Diagnostic", ...]


class _Parsed(NamedTuple):
    """The nodes of a file, with what was said of it."""

    data: tuple[str, bytes]
    node: Mapping | None
    said: Said


class _Read(NamedTuple):
    """What an entry was read as, what was said of it, and which texts it looked up."""

    entry: Entry
    found: Any
    said: Said
    used: frozenset[str]
    lacking: MappingOf[str, Ref]


class _Base(NamedTuple):
    """A rulebook that is extended, with what was said of it."""

    digest: str
    made: Any
    said: Said


@dataclass(slots=True)
class Keeping:
    """What was read of one rulebook and of those that it extends.

    Attributes:
        files: By path.
        entries: Those of this time, by the identity of their nodes and their paths; `before` are
            those of the time before, so that what is no longer there is dropped.
        bases: By the name of the folder.
        others: What else was made, by name, each with what it was made of.
        surroundings: What reading an entry looks at beside it, as it was this time.
        blocks: If files are to be read block by block, what was read of each, by path; places are
            then in pieces, until somebody asks where those are.
        decodes: Whether the rulebook itself is being decoded, its surroundings known.
    """

    files: dict[str, _Parsed] = field(default_factory=dict)
    entries: dict[tuple[int, str, str], _Read] = field(default_factory=dict)
    before: dict[tuple[int, str, str], _Read] = field(default_factory=dict)
    bases: dict[str, _Base] = field(default_factory=dict)
    others: dict[str, tuple[tuple[object, object], Any]] = field(default_factory=dict)
    blocks: dict[str, Blocks] | None = None
    surroundings: object = None
    decodes: bool = False

    def begin(self) -> None:
        """Begin to read once more; of a time when no entry was read nothing is dropped."""
        if self.decodes:
            self.before, self.entries = self.entries, {}
        self.decodes = False

    def enter(self, ctx: Context) -> None:
        """Note what entries are read in; if that has changed, what they were read as is gone."""
        now = _surroundings(ctx)
        if now != self.surroundings:
            self.before, self.entries = {}, {}
        self.surroundings, self.decodes = now, True


_KEEPING: ContextVar[Keeping | None] = ContextVar("keeping", default=None)


@contextmanager
def kept_in(keeping: Keeping) -> Iterator[None]:
    """Keep what is read, and take what is kept, until the block ends."""
    keeping.begin()
    token = _KEEPING.set(keeping)
    try:
        yield
    finally:
        _KEEPING.reset(token)


def enter(ctx: Context) -> None:
    """Note what the entries of a rulebook are read in."""
    kept_here = _KEEPING.get()
    if kept_here is not None:
        kept_here.enter(ctx)


def base_once(folder: str, digest: str, bag: Bag, decode: Callable[[Bag], Any]) -> Any:
    """Return what is made of a rulebook that is extended, made anew if its files have changed."""
    kept_here = _KEEPING.get()
    if kept_here is None:
        return decode(bag)
    known = kept_here.bases.get(folder)
    if known is None or known.digest != digest:
        own, token = Bag(), _KEEPING.set(None)
        try:
            known = _Base(digest, decode(own), own.diagnostics)
        finally:
            _KEEPING.reset(token)
        kept_here.bases[folder] = known
    bag.add_all(known.said)
    return known.made


def file_once(
    data: tuple[str, bytes], path: str, bag: Bag, read: Callable[[Bag], Mapping | None]
) -> Mapping | None:
    """Return the nodes of a file, parsed if its surface and bytes are not those of last time."""
    kept_here = _KEEPING.get()
    if kept_here is None:
        return read(bag)
    known = kept_here.files.get(path)
    if known is None or known.data != data:
        own = Bag()
        node = read(own)
        known = _Parsed(data, node, own.diagnostics)
        kept_here.files[path] = known
    bag.add_all(known.said)
    return known.node


def blocks_of(path: str) -> Blocks | None:
    """Return what was read of the blocks of a file, if files are to be read block by block."""
    kept_here = _KEEPING.get()
    if kept_here is None or kept_here.blocks is None:
        return None
    return kept_here.blocks.setdefault(path, Blocks())


def kept_while(name: str, of: tuple[object, object], make: Callable[[], T]) -> T:
    """Return what is made, under a name, of an object and of values beside it, once for these."""
    kept_here = _KEEPING.get()
    if kept_here is None:
        return make()
    known = kept_here.others.get(name)
    if known is None or known[0][0] is not of[0] or known[0][1] != of[1]:
        known = (of, make())
        kept_here.others[name] = known
    found: T = known[1]
    return found


def entry_once(
    entry: Entry, ctx: Context, at: str, made: str, read: Callable[[Entry, Context, str], Any]
) -> Any:
    """Return what an entry is read as; `made` names the class, of which two may read one node."""
    kept_here = _KEEPING.get()
    if kept_here is None or not kept_here.decodes:
        return read(entry, ctx, at)
    key = (id(entry.value), at, made)
    known = kept_here.entries.get(key) or kept_here.before.get(key)
    if known is None or known.entry.key_span != entry.key_span:
        known = _read(entry, ctx, at, read)
    kept_here.entries[key] = known
    ctx.bag.add_all(known.said)
    if ctx.translations is not None:
        ctx.translations.used.update(known.used)
        for text, ref in known.lacking.items():
            ctx.translations.lacking.setdefault(text, ref)
    return known.found


def _read(entry: Entry, ctx: Context, at: str, read: Callable[[Entry, Context, str], Any]) -> _Read:
    own, texts = Bag(), ctx.translations
    apart = None if texts is None else replace(texts, used=set(), lacking={})
    found = read(entry, replace(ctx, bag=own, translations=apart), at)
    used = frozenset(apart.used) if apart else frozenset[str]()
    return _Read(entry, found, own.diagnostics, used, apart.lacking if apart else {})


def _surroundings(ctx: Context) -> object:
    texts, manifest = ctx.translations, ctx.placeholders.manifest if ctx.placeholders else None
    said = None if texts is None else (texts.language, texts.listed, texts.found)
    filled = None if manifest is None else (manifest.get("parameters"), manifest.get("period"))
    return (ctx.documents, ctx.basis, ctx.sure, ctx.readings, ctx.clauses, said, filled)

"""The translations of a rulebook: what a text that is written in one language says in the other.

In: the files of a folder with `translations`. Out: labels, and the lists of texts that have no
translation and of translations that no text uses. A text is looked up as written, before its
placeholders are filled; how it is broken into lines does not matter.

Reports: K0126, K0146, K0147, K0401, K0525.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.locale import default, languages
from khung.records import dataclass
from khung.resources import schema
from khung.rulebook.model import Catalogue, Label, Ref
from khung.rulebook.names import check_unique
from khung.source.nodes import Entry, Mapping, Scalar
from khung.source.shape import Fields
from khung.source.values import as_choice, as_mapping, as_text, under

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Node
    from khung.text import Span

KEY = "translations"
"""The key that makes a file one of translations."""


@dataclass(frozen=True, slots=True)
class Translations:
    """What plain texts say in the other language.

    Attributes:
        language: That of plain texts.
        listed: Whether there is a file of them.
        found: The entry of each text that is translated, by the text in one line.
        used: The texts that were looked up and found.
        lacking: Those that were not, by the text in one line, each where it stands first.
    """

    language: str = default
    listed: bool = False
    found: MappingOf[str, Entry] = field(default_factory=dict)
    used: set[str] = field(default_factory=set, compare=False, repr=False)
    lacking: dict[str, Ref] = field(default_factory=dict, compare=False, repr=False)

    def label(self, node: Scalar) -> tuple[Label, tuple[Scalar, ...]]:
        """Return a plain text as a label, with its texts where they stand, by `languages`."""
        text, key = node.text.text, _in_one_line(node.text.text)
        entry = self.found.get(key)
        if entry is None:
            self.lacking.setdefault(key, Ref(text, node.span))
            return Label(text), (node,)
        self.used.add(key)
        assert isinstance(entry.value, Scalar)  # noqa: S101  # made so below
        both = (node, entry.value) if self.language == default else (entry.value, node)
        return Label(both[0].text.text, both[1].text.text), both

    def over(self, base: Translations, own: Mapping, bag: Bag) -> Translations:
        """Return the translations of a rulebook put over those of the one that it extends.

        Args:
            base: What is taken over.
            own: The manifest of the rulebook.
            bag: Where to report another language, and a translation that changes nothing.
        """
        said = own.get("language")
        if said is not None and self.language != base.language:
            bag.add("K0147", said.span, at="language", name=self.language, base=base.language)
        for key, entry in self.found.items():
            old = base.found.get(key)
            if old is not None and old.value == entry.value:
                related = (old.key_span,)
                bag.add("K0525", entry.key_span, at="texts", related=related, name=entry.key)
        listed = self.listed or base.listed
        return Translations(base.language, listed, {**base.found, **self.found})

    def catalogue(self, files: frozenset[str]) -> Catalogue | None:
        """Return what translations lack and what they have for nothing, once all texts are read.

        Args:
            files: The names of the files of the rulebook itself: what it takes over is told there.
        """
        if not self.listed:
            return None
        lacking = (ref for ref in self.lacking.values() if ref.span.file.name in files)
        idle = (
            Ref(entry.key, entry.key_span)
            for key, entry in self.found.items()
            if key not in self.used and entry.key_span.file.name in files
        )
        return Catalogue(self.language, tuple(lacking), tuple(idle))

    def as_written(self, span: Span) -> tuple[Entry, ...]:
        """Return all as the entries of one file; none where nothing is translated."""
        if not self.found:
            return ()
        return (Entry("texts", Mapping(tuple(self.found.values()), span), span),)


def read_translations(manifest: Mapping, files: Iterable[Mapping], bag: Bag) -> Translations:
    """Read the files of translations of a folder.

    Args:
        manifest: That of the rulebook, which says in which language its texts are.
        files: The mappings of the files with `translations`.
        bag: Where to report.
    """
    language = _language(manifest.get("language"), bag)
    roots = tuple(files)
    entries = [entry for root in roots for entry in _entries(root, manifest, language, bag)]
    check_unique((("translation", _in_one_line(e.key), e.key_span) for e in entries), bag)
    found = {_in_one_line(entry.key): entry for entry in entries}
    return Translations(language, bool(roots), found)


def _language(node: Node | None, bag: Bag) -> str:
    said = None if node is None else as_choice(node, languages, bag, "language")
    return said if said in languages else default


def _entries(root: Mapping, manifest: Mapping, language: str, bag: Bag) -> Iterable[Entry]:
    """Return the texts of a file that are translated."""
    form = schema(KEY)
    fields = Fields(root, form["properties"], bag)
    fields.require(*form["required"])
    said = fields.choice(KEY, languages)
    own_language = manifest.get("language") is not None or manifest.get("extends") is None
    if said == language and own_language:
        bag.add("K0146", fields.span(KEY), at=KEY, name=said)
    texts = fields.node_at("texts")
    listed = None if texts is None else as_mapping(texts, bag, "texts")
    found = () if listed is None else listed.entries
    return [e for e in found if as_text(e.value, bag, under("texts", e.key)) is not None]


def _in_one_line(text: str) -> str:
    return " ".join(text.split())

"""The fields that a template of a form may have, as a document for who writes templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.locale import voice
from khung.report.document import model as d
from khung.report.forms.cases import tree_of
from khung.report.forms.filters import OPEN_FILTERS
from khung.report.forms.offers import Sort
from khung.report.forms.templates import shapes_for
from khung.report.words.labels import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.driver import Ready
    from khung.ir.documents import Form
    from khung.report.forms.offers import MergeField, Shape
    from khung.report.forms.tree import Tree


def fields_of(form: Form, ready: Ready, lang: str) -> d.Document:
    """Return a document with all fields of a form: first what stands at the top, then the rest."""
    assert ready.program is not None  # noqa: S101  # a form is of a program
    tree = tree_of(Words(ready.program, lang, ready.clauses))
    say = voice(lang, "forms.listing")
    label = form.label.said(lang) if form.label else form.name
    title = say("title", form=label)
    blocks = (
        d.Heading(1, title),
        d.Paragraph((say("template", template=form.template),)),
        *_how(lang),
        d.Heading(2, say("top")),
        d.Listing(tuple(_top(form, tree))),
        *_shapes(form, tree, lang),
    )
    return d.Document(title, lang, blocks)


def _how(lang: str) -> Iterator[d.Block]:
    say = voice(lang, "forms.listing")
    yield d.Listing(
        tuple(
            (d.Code(sample), f" – {said}")
            for sample, said in (
                ("{{ … }}", say("value")),
                ("{%tr for x in … %} {%tr endfor %}", say("rows")),
                ("{%p if … %} {%p endif %}", say("paragraphs")),
                ("{% if … %} {% else %} {% endif %}", say("choice")),
            )
        )
    )
    yield d.Heading(2, say("filters"))
    told = ((d.Code(f"|{one}"), f" – {say(f'filter.{one}')}") for one in OPEN_FILTERS)
    yield d.Listing(tuple(told))


def _top(form: Form, tree: Tree) -> Iterator[d.Rich]:
    for name, shape in shapes_for(form).items():
        yield (d.Code(name), " – ", _title(tree.shapes.of(shape), tree))


def _shapes(form: Form, tree: Tree, lang: str) -> Iterator[d.Block]:
    say = voice(lang, "forms.listing")
    heads = (say("name"), say("label"), say("gives"))
    for shape in tree.shapes.reached(*shapes_for(form).values()):
        if shape.fields:
            yield d.Heading(2, _title(shape, tree))
            rows = [_row(name, found, tree, lang) for name, found in shape.fields.items()]
            lines = (d.Line(f"{name}: {label} ({gives})", 2, "•") for name, label, gives in rows)
            cells = (((d.Code(name),), (label,), (gives,)) for name, label, gives in rows)
            yield d.Grid(heads, tuple(cells), lines=tuple(lines))


def _title(shape: Shape, tree: Tree) -> str:
    """Return what a shape is, and of what, where the same is of several types."""
    head, _, rest = shape.name.partition(":")
    declared = tree.program.objects.get(rest)
    if declared is None or head in ("subject", "record"):
        return shape.label
    of = tree.words.type(declared)
    return tree.words.say("of", what=tree.say(f"shape.{head}"), whom=of)


def _row(name: str, found: MergeField, tree: Tree, lang: str) -> tuple[str, str, str]:
    """Return a field, what it is, and what it gives."""
    say = voice(lang, "forms.listing")
    gives = say(f"sort.{found.sort.value}")
    if found.shape:
        what = _title(tree.shapes.of(found.shape), tree)
        gives = say("many" if found.sort is Sort.LIST else "one", what=what)
    return name, found.label, gives

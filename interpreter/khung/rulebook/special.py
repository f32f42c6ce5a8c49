"""What a schema cannot say enough of: forms with code of their own, and what holds between keys.

`SPECIAL` lists them by class of the model; `reader` reads the rest of each entry by its schema.

Reports: K0125, K0126, K0407, K0409, K0416-K0424, K0544, K0545, K0590.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from khung.diagnostics.model import Word
from khung.diagnostics.suggest import nearest
from khung.records import dataclass
from khung.rulebook import clause
from khung.rulebook import model as m
from khung.rulebook.by_reading import check_values
from khung.rulebook.calendars import finish_calendar
from khung.rulebook.matrix import thresholds
from khung.rulebook.names import check_unique, declared_in_criteria, heads, names_of, reserved
from khung.rulebook.parts import (
    Reader,
    at_key,
    basis,
    cell,
    each,
    expression,
    is_label,
    label,
    only_true,
    plain_head,
    sources,
    type_ref,
)
from khung.rulebook.shorts import ONLY, ROW, with_cells
from khung.source.nodes import Entry, Mapping, Node, Scalar, Sequence
from khung.source.shape import Fields
from khung.source.values import (
    as_name,
    head_of,
    is_name,
    under,
)

if TYPE_CHECKING:
    from khung.rulebook.forms import Found
    from khung.rulebook.parts import Context

Finish = Callable[["Found", Fields, "Context"], None]


@dataclass(frozen=True, slots=True)
class Special:
    """What is special in how objects of a class are read.

    Attributes:
        finish: Sets what no schema says, and reports what does not fit together.
        by_hand: The attributes that `finish` reads.
        short: Which node stands for the whole object without its mapping, and how it is read.
        whole: Reads the object in place of its form.
        pairs: Whether keys that need each other are asked for as any key is that is missing.
    """

    finish: Finish | None = None
    by_hand: tuple[str, ...] = ()
    short: tuple[Callable[[Node], bool], Reader] | None = None
    whole: Reader | None = None
    pairs: bool = True


T = TypeVar("T")

NOTHING = Special()

YEARLY = {"parameters": "parameter", "readings": "reading", "calendars": "calendar"}
"""The sections of a manifest that hold what is set for one period, each with its word for one."""

INLINE = ("subjects", "headings", "clauses")
"""What a manifest may hold that stands in files of its own else."""

REST = ("rest", "rest_of_readings")
"""The keys of `carried` that answer for all that no other key answers for."""

FORM_ENDINGS = (".docx", ".xlsx")
"""What the name of a template may end with."""

_HEAD = ("label", "source", "basis")


# -- kinds, takes, sets ---------------------------------------------------------------------


def kind(entry: Entry, ctx: Context, at: str) -> m.Kind | None:
    """Read a kind: a label, or a head whose further keys are the kind's attributes."""
    if is_label(entry.value):
        return _labelled(m.Kind, entry, ctx, at)
    own = _attributes(entry.value)
    fields = Fields.of(entry.value, (*_HEAD, *(e.key for e in own.entries)), ctx.bag, at)
    if fields is None:
        return None
    read = (
        (e, as_name(e.value, ctx.bag, under(at, e.key)))
        for e in names_of(own, reserved(), ctx.bag, at)
    )
    found = ((e.key, m.Ref(name, e.value.span)) for e, name in read if name is not None)
    return m.Kind(plain_head(entry, fields, ctx), tuple(found))


def _attributes(node: Node) -> Mapping:
    given = node.entries if isinstance(node, Mapping) else ()
    return Mapping(tuple(e for e in given if e.key not in (*_HEAD, "when")), node.span)


def _labelled(made: Callable[[m.Head], T], entry: Entry, ctx: Context, at: str) -> T:
    """Return an object of which only its name and its label are said."""
    said = label(entry, ctx, at)
    return made(m.Head(entry.key, said, span=entry.key_span, at=at))


def _bare_output(entry: Entry, ctx: Context, at: str) -> m.Output | None:
    found = type_ref(entry, ctx, at)
    return None if found is None else m.Output(m.Ref(entry.key, entry.key_span), found)


def _bare_must(entry: Entry, ctx: Context, at: str) -> m.Must | None:
    value = expression(entry, ctx, at)
    return None if value is None else m.Must(m.Head(entry.key, span=entry.key_span, at=at), value)


def _bare_band(entry: Entry, ctx: Context, at: str) -> m.Band | None:
    test, plain = cell(entry, ctx, at), m.Head(entry.key, span=entry.key_span, at=at)
    return None if test is None else m.Band(plain, test)


def _bare_set(entry: Entry, ctx: Context, at: str) -> m.CriterionSet | None:
    members = _members(entry, ctx, at)
    plain = m.Head(entry.key, span=entry.key_span, at=at)
    return None if members is None else m.CriterionSet(plain, members)


def _members(entry: Entry, ctx: Context, at: str) -> m.Everything | m.Takes | None:
    node = entry.value
    if isinstance(node, Scalar) and node.value == "all":
        return m.Everything(node.span)
    if not isinstance(node, Sequence) or not node.items:
        ctx.bag.add("K0421", head_of(node), at=at)
        return None
    return m.Takes(tuple(take for take in each(node, _take, ctx, at) if take), node.span)


def _take(entry: Entry, ctx: Context, at: str) -> m.Take | None:
    fields = Fields.of(entry.value, ("take", "when"), ctx.bag, at)
    if fields is None or not fields.require("take"):
        return None
    when, text, span = (
        at_key(fields, "when", expression, ctx),
        fields.text("take"),
        fields.span("take"),
    )
    if text is None:
        return None
    group, point, item = text.partition(".")
    if not is_name(group) or (point and not is_name(item)):
        ctx.bag.add("K0418", span, at=fields.path("take"), take=text)
        return None
    return m.Take(m.Ref(group, span), m.Ref(item, span) if item else None, when)


def _finish_set(found: Found, fields: Fields, ctx: Context) -> None:
    other = fields.name("except")
    if other is not None:
        excepted = m.Ref(other, fields.span("except"))
        found["members"] = m.Except(excepted, fields.node.span)
    if "members" in fields:
        found["members"] = at_key(fields, "members", _members, ctx)


# -- what holds between keys ----------------------------------------------------------------


def _any_local(entry: Entry, ctx: Context, at: str) -> m.Local | None:
    return m.Local() if only_true(entry, ctx, at) else None


def _says_range(fields: Fields, group: str, item: str) -> bool:
    """Say whether a range is written for a criterion, be it one that could not be read."""
    node = fields.node_at("groups")
    for key in (group, "items", item, "range"):
        node = node.get(key) if isinstance(node, Mapping) else None
    return node is not None


def _finish_criteria(found: Found, fields: Fields, ctx: Context) -> None:
    points = at_key(fields, "points", only_true, ctx) is True
    check_unique(declared_in_criteria(found["groups"], found.get("sets", ())), ctx.bag)
    if points == (found["scale"] is not None):
        return  # both or neither: said already
    for group, item in ((g, item) for g in found["groups"] for item in g.items):
        closed = item.range and None not in (item.range.low, item.range.high)
        refused = item.range is None and _says_range(fields, group.head.id, item.head.id)
        if points and not closed and not refused:
            ctx.bag.add("K0419", item.head.span, at=item.head.at, name=item.head.id)
        elif not points and item.range is not None:
            ctx.bag.add("K0420", item.range.span, at=item.head.at, name=item.head.id)


def _finish_kinds(found: Found, fields: Fields, _: Context) -> None:
    found["span"] = fields.span("field")


def _finish_ladder(found: Found, fields: Fields, ctx: Context) -> None:
    """Report levels that no subject could have: below one that asks for nothing, or without it."""
    levels = found["levels"]
    if all(key in fields for key in ("by", "levels")):
        ctx.bag.add("K0416", fields.key_span("by"), at=fields.at, keys=("levels", "by"))
    for level in levels[:-1]:
        if level.otherwise:
            ctx.bag.add("K0417", level.head.span, at=level.head.at, name=level.head.id)
    for level in levels[-1:]:
        if not level.otherwise:
            ctx.bag.add("K0422", level.head.span, at=level.head.at, name=level.head.id)
    _check_asking(found, fields, ctx)


def _check_asking(found: Found, fields: Fields, ctx: Context) -> None:
    """Report levels that say nothing, but for those that have a column among the thresholds."""
    matrix = found.get("thresholds")
    if matrix is None and "thresholds" in fields:
        return  # said already
    columns = {column.name for column in matrix.columns} if matrix else frozenset()
    for entry in (e for e in fields.named("levels") if e.key not in columns):
        node, keys = entry.value, ("require", "otherwise")
        if isinstance(node, Mapping) and all(one.key in (*_HEAD, "when") for one in node.entries):
            at = under(fields.path("levels"), entry.key)
            ctx.bag.add("K0415", head_of(node), at=at, keys=keys)


def _finish_level(_: Found, fields: Fields, ctx: Context) -> None:
    """Report a level that asks for something and for nothing."""
    if "require" in fields and "otherwise" in fields:
        ctx.bag.add(
            "K0416", fields.key_span("otherwise"), at=fields.at, keys=("require", "otherwise")
        )


def _finish_record(found: Found, _: Fields, ctx: Context) -> None:
    members = heads("field", (one.head for one in (*found["fields"], *found.get("links", ()))))
    definitions = heads("definition", (one.head for one in found.get("definitions", ())))
    check_unique(members + definitions, ctx.bag)


def _finish_reading(found: Found, fields: Fields, ctx: Context) -> None:
    about, chosen = found["head"], found.get("chosen")
    cited = (*about.sources, *(at_key(fields, "sources", sources, ctx) or ()))
    found["head"] = replace(about, sources=cited, basis=basis(fields, cited, ctx))
    check_values(found["options"], ctx.bag)
    names = tuple(option.head.id for option in found["options"])
    if chosen is not None and names and chosen.name not in names:
        near, at = nearest(chosen.name, names) or "", fields.path("chosen")
        advice, name = "near" if near else "", chosen.name
        ctx.bag.add("K0423", chosen.span, help=advice, at=at, name=name, options=names, near=near)


def _finish_table(found: Found, fields: Fields, ctx: Context) -> None:
    found.setdefault("hit", m.Hit.UNIQUE)
    if not all(key in fields for key in ("inputs", "outputs", "rows")):
        found["rows"] = None
        return
    inputs = tuple(name for name, _ in found["inputs"])
    outputs = tuple(one.ref for one in found["outputs"])
    rows = (with_cells(row, inputs, outputs, ctx) for row in found["rows"])
    found["rows"] = tuple(row for row in rows if row is not None)


def _finish_form(found: Found, _: Fields, ctx: Context) -> None:
    """Report a template that is no Word or Excel file, or not surely in the folder (K0590)."""
    template = found.get("template")
    if template is None:
        return
    advice = _wrong_template(template.name)
    if advice:
        head = found["head"]
        at, name = under(head.at, "template"), template.name
        ctx.bag.add("K0590", template.span, help=advice, at=at, template=name)


def _wrong_template(name: str) -> str:
    """Return why a path cannot be that of a template; empty if it can."""
    path = PurePosixPath(name)
    if path.suffix.lower() in (".docm", ".xlsm", ".dotm", ".xltm"):
        return "macros"
    if path.suffix.lower() not in FORM_ENDINGS:
        return "ending"
    plain = "\\" not in name and ":" not in name and name.isprintable()
    inside = not path.is_absolute() and ".." not in path.parts
    return "" if plain and inside else "path"


def _finish_row(found: Found, _: Fields, __: Context) -> None:
    found["then"] = found["then"] or (None if found.get("cells") is None else ())


def _finish_carried(found: Found, fields: Fields, ctx: Context) -> None:
    found["answers"] = {
        section: {e.key: answer(e, section, ctx) for e in fields.named(section)}
        for section in YEARLY
    }
    for key in REST:
        if key in fields:
            fate = m.Fate.KEPT if fields.choice(key, (m.Fate.KEPT.value,)) else None
            found[key] = m.Answer(fate, fields.key_span(key), with_rest=True)


def answer(entry: Entry, section: str, ctx: Context) -> m.Answer:
    """Return what a successor says of a yearly value: without a fate if it cannot be read.

    Without a `section` it is said of whatever has that name.
    """
    word = entry.value.text.text if isinstance(entry.value, Scalar) else ""
    fate = next((fate for fate in m.Fate if fate.value == word), None)
    if fate is None:
        near = nearest(word, (fate.value for fate in m.Fate)) or ""
        ctx.bag.add(
            "K0544",
            head_of(entry.value) if word else entry.key_span,
            help="near" if near else "" if word or not section else "value",
            at=under(under("carried", section), entry.key),
            value=word or entry.value.span.text.strip(),
            kind=Word(YEARLY.get(section, "yearly")),
            name=entry.key,
            near=near,
            section=section,
        )
    return m.Answer(fate, entry.key_span)


def _bad_document(entry: Entry, ctx: Context, at: str) -> None:
    ctx.bag.add("K0407", entry.key_span, help="document", at=at, id=entry.key)


def _bad_address(entry: Entry, ctx: Context, at: str) -> None:
    ctx.bag.add("K0409", entry.key_span, help="clause", at=at, source=entry.key)


KEYS = {"Document": _bad_document, "Clause": _bad_address, "Heading": _bad_address}
"""What says that a key has not the form that it must have, by class; elsewhere they are names."""

SPECIAL: dict[type, Special] = {
    m.Band: Special(short=(lambda n: isinstance(n, Scalar), _bare_band)),
    m.Calendar: Special(finish_calendar),
    m.Carried: Special(_finish_carried, by_hand=("answers", "flat", *REST)),
    m.Clause: Special(clause.finish, by_hand=("carries", "parts", "texts"), pairs=False),
    m.Criteria: Special(_finish_criteria),
    m.CriterionSet: Special(
        _finish_set, by_hand=("members",), short=(lambda n: not isinstance(n, Mapping), _bare_set)
    ),
    m.Form: Special(_finish_form),
    m.Draw: Special(whole=lambda entry, _, at: m.Draw(entry.value, at, entry.key_span)),
    m.Heading: Special(whole=clause.heading),
    m.Kind: Special(whole=kind),
    m.Kinds: Special(_finish_kinds),
    m.Ladder: Special(_finish_ladder),
    m.Level: Special(_finish_level),
    m.Local: Special(short=(lambda n: isinstance(n, Scalar), _any_local)),
    m.Must: Special(short=(lambda n: not isinstance(n, Mapping), _bare_must)),
    m.Named: Special(short=(is_label, partial(_labelled, m.Named))),
    m.Output: Special(short=(lambda n: not isinstance(n, Mapping), _bare_output)),
    m.Reading: Special(_finish_reading),
    m.Record: Special(_finish_record),
    m.Row: Special(_finish_row, short=ROW),
    m.Rulebook: Special(by_hand=("id", "extends", "carried", "applies_to", *INLINE)),
    m.Table: Special(_finish_table),
    m.Thresholds: Special(whole=thresholds),
    **{made: Special(short=short) for made, short in ONLY.items()},
}

"""A case file to a `CaseFile`: its shape, no name looked up.

In: the path of one YAML file. Out: the model, or None where the head cannot be read. Reading goes
on after errors, so that one run reports all of them.

Reports: K0616, K0633 and those of `source` and of `rulebook.reader`.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from khung.casefile.expect_from_source import date_at, expect, name_at, ref_at
from khung.casefile.model import STAGES, CaseFile, Decision, Group, Written
from khung.collector import collector_at_rest
from khung.patterns import pattern
from khung.rulebook.model import Label, Ref
from khung.rulebook.parts import Context, exactly_one, label_of
from khung.source import limits
from khung.source.files import decode, read_bytes
from khung.source.from_text import parse_yaml
from khung.source.nodes import Mapping, Scalar, Sequence
from khung.source.shape import Fields
from khung.source.values import as_boolean, as_mapping, as_name, head_of, looks_boolean, under

if TYPE_CHECKING:
    from pathlib import Path

    from khung.diagnostics.bag import Bag
    from khung.source.nodes import Entry, Node

_HEAD = ("case", "rulebook", "overlays", "on", "readings", "complete", "subjects", "expect")
_DAY = "on"
_YEAR = pattern(r"(?<!\d)\d{4}(?!\d)")
_SOME_YEAR = 2021
_GIVEN = ("level", "status", "after", "by", "on", "document")
_GIVEN_STATUSES = ("not_ranked", "pending")
_OWN = ("repeat", "like", "given", "criteria")


def read_case(path: Path, bag: Bag) -> CaseFile | None:
    """Read a case file.

    Args:
        path: A YAML file.
        bag: Where everything that is wrong is reported.

    Returns:
        The case, without the parts that are broken; None if its head cannot be read.
    """
    data = read_bytes(path, bag, limit=limits.CASE_FILE_BYTES)
    return None if data is None else parse_case(data, str(path), bag)


def parse_case(data: bytes, name: str, bag: Bag) -> CaseFile | None:
    """Read a case from the bytes of its text; `name` is what messages call it."""
    if len(data) > limits.CASE_FILE_BYTES:
        bag.add("K0107", None, file=name, limit=limits.CASE_FILE_BYTES // limits.MIB)
        return None
    file = decode(data, name, bag)
    with collector_at_rest():
        node = None if file is None else parse_yaml(file, bag)
        return None if node is None else case_of(node, bag)


def case_of(node: Node, bag: Bag) -> CaseFile | None:
    """Read a case from the root node of its file."""
    fields = Fields.of(node, _HEAD, bag)
    if fields is None:
        return None
    fields.require("rulebook")
    if _DAY not in fields and _DAY not in fields.mistyped:
        bag.add("K0121", head_of(node), help="date", at="", key=_DAY, example=_last_day(fields))
    title, rulebook, on = (
        _title(fields, bag),
        _rulebook(fields, bag),
        date_at(fields, "on", bag),
    )
    readings, subjects = _readings(fields, bag), _subjects(fields, bag)
    expected = expect(fields, bag) if "expect" in fields else None
    if rulebook is None:
        return None
    span = fields.span("on")
    complete = _complete(fields, bag)
    overlays = tuple(Ref(o.text, o.span(0, len(o.text))) for o in fields.texts("overlays"))
    name, amended = rulebook
    return CaseFile(
        title,
        name,
        on,
        readings,
        subjects,
        expected,
        complete,
        amended=amended,
        overlays=overlays,
        on_span=span,
    )


def _rulebook(fields: Fields, bag: Bag) -> tuple[Ref, bool] | None:
    """Return the rulebook, and whether its amendments count; None where none is named."""
    if not isinstance(fields.node_at("rulebook"), Mapping):
        named = ref_at(fields, "rulebook", bag)
        return None if named is None else (named, True)
    inner = fields.fields("rulebook", ("id", "amended"))
    if inner is None or not inner.require("id"):
        return None
    named, said = ref_at(inner, "id", bag), inner.node_at("amended")
    amended = None if said is None else as_boolean(said, bag, "rulebook.amended")
    return None if named is None else (named, amended is not False)


def _last_day(fields: Fields) -> str:
    """Return a day to show how days are written: the last of the year that the rulebook names."""
    node = fields.node_at("rulebook")
    year = _YEAR.search(node.span.text if isinstance(node, Scalar) else "")
    return f"{year[0] if year else _SOME_YEAR}-12-31"


def _title(fields: Fields, bag: Bag) -> Label:
    """Return the title; the name of the file stands in for one that is missing."""
    node = fields.node_at("case")
    read = None if node is None else label_of(node, Context(bag), "case")
    return read or Label(PurePath(fields.node.span.file.name).stem)


def _readings(fields: Fields, bag: Bag) -> tuple[tuple[Ref, Ref], ...]:
    chosen = (
        (entry, as_name(entry.value, bag, under("readings", entry.key)))
        for entry in fields.named("readings")
    )
    return tuple(
        (Ref(entry.key, entry.key_span), Ref(option, entry.value.span))
        for entry, option in chosen
        if option is not None
    )


def _complete(fields: Fields, bag: Bag) -> Literal[True] | tuple[Ref, ...]:
    """Return what is said to be whole; an empty key says nothing."""
    node = fields.node_at("complete")
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return ()
    if isinstance(node, Scalar) and node.value is True:
        return True
    if not isinstance(node, Sequence):
        bare = isinstance(node, Scalar) and isinstance(node.value, str) and node.value != "true"
        advice = "bare" if bare and not looks_boolean(_text_of(node)) else "form"
        bag.add("K0633", node.span, help=advice, at="complete", name=_text_of(node))
        return ()
    odd = [item for item in node.items if isinstance(item, Scalar) and item.value in (True, None)]
    for item in odd:
        bag.add("K0633", item.span, help="form", at="complete", name=_text_of(item))
    texts = () if odd else fields.texts("complete")
    return tuple(Ref(text.text, text.span(0, len(text.text))) for text in texts)


def _text_of(node: Node) -> str:
    return node.span.text.splitlines()[0]


# -- subjects -------------------------------------------------------------------------------


def _subjects(fields: Fields, bag: Bag) -> tuple[Group, ...]:
    return tuple(
        _group(entry, bag, under("subjects", entry.key)) for entry in fields.named("subjects")
    )


def _group(entry: Entry, bag: Bag, at: str) -> Group:
    node = as_mapping(entry.value, bag, at)
    entries = () if node is None else node.entries
    written = (_written(e, bag, under(at, e.key)) for e in entries)
    return Group(Ref(entry.key, entry.key_span), tuple(w for w in written if w is not None))


def _written(entry: Entry, bag: Bag, at: str) -> Written | None:
    if isinstance(entry.value, Scalar) and entry.value.value is None:
        return Written(Ref(entry.key, entry.key_span))  # only its id is known
    node = as_mapping(entry.value, bag, at)
    if node is None:
        return None
    own = Fields(Mapping(tuple(e for e in node.entries if e.key in _OWN), node.span), _OWN, bag, at)
    return Written(
        Ref(entry.key, entry.key_span),
        tuple(e for e in node.entries if e.key not in _OWN),
        own.named("criteria"),
        own.integer("repeat", 1, limits.CASE_REPEAT),
        ref_at(own, "like", bag),
        _decision(own, bag),
    )


def _decision(own: Fields, bag: Bag) -> Decision | None:
    fields = own.fields("given", _GIVEN)
    if fields is None or exactly_one(fields, ("level", "status"), Context(bag)) is None:
        return None
    return Decision(
        name_at(fields, "level"),
        fields.choice("status", _GIVEN_STATUSES) or "",
        fields.choice("after", STAGES) or STAGES[-1],
        fields.text("by") or "",
        date_at(fields, "on", bag),
        fields.text("document") or "",
        span=own.key_span("given"),
    )

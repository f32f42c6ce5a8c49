"""A case as a form: what is typed, what comes of it while typing, why, and what if.

Reports: K0904, K0906, K0907.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.casefile.to_facts import NAME
from khung.desk import typed
from khung.desk.edits import NotEditedError, at, with_value, without
from khung.desk.fields import GIVEN, LEVEL, STATUS, Field, Option, written
from khung.desk.listed import Listed
from khung.desk.overlays import OVERLAYS, named, overlays_of, with_overlay
from khung.desk.pages.tables import narrow_style
from khung.desk.refusals import ABSENT, CONFLICT, RefusedError
from khung.desk.sheet import Who
from khung.ir import types as t
from khung.records import replace
from khung.report.document.html import fragment
from khung.source.nodes import Mapping, Sequence
from khung.text import nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.responses import Response

    from khung.desk.asked import Asked
    from khung.desk.drafts import Draft
    from khung.desk.edits import Path
    from khung.desk.sheet import Sheet

ADD, DROP, TAB = "add", "drop", "tab"
"""What the form sends beside its fields: a list to lengthen, a record to drop, which tab it is."""


class Conflict(NamedTuple):
    """A field that two tabs have changed: what stands there, and what was typed here."""

    label: str
    theirs: str
    yours: str


def opened(asked: Asked) -> tuple[Draft, Sheet]:
    """Return an open case, evaluated. Raises RefusedError (K0906): it is not open."""
    draft = asked.desk.drafts.get(asked["id"])
    return draft, asked.desk.sheet(draft, asked.lang)


def show(asked: Asked) -> Response:
    """Show a case with the form of one of its subjects."""
    draft, sheet = opened(asked)
    who = sheet.who(asked.value("subject"))
    if sheet.root is None or sheet.program is None:
        return asked.go(f"case/{draft.id}/text")
    if who is not None:
        sheet.rank(who)
    groups = sheet.groups(who) if who else ()
    fields = [one for group in groups for one in group.fields]
    notices, draft.notices = draft.notices, []
    return asked.page(
        "case",
        draft=draft,
        sheet=sheet,
        who=who,
        groups=groups,
        tab=draft.shown(_shown(fields)),
        found=sheet.told(who) if who else None,
        said=sheet.said(who),
        notices=notices,
        is_outside=draft.is_changed_outside(),
        listed=Listed.of(sheet, who, asked.value("find"), asked.value("page")),
        types=[(one.name, sheet.maker().words.type(one)) for one in sheet.program.subjects],
        next_id=_free_id(sheet, who),
    )


def _shown(fields: Iterable[Field]) -> dict[str, str]:
    return {leaf.key: leaf.value for one in fields for leaf in one.leaves()}


def _free_id(sheet: Sheet, who: Who | None) -> str:
    stem = who.type if who else "x"
    taken = {one.key for one in sheet.subjects if who and one.type == who.type}
    return next(name for n in range(1, len(taken) + 2) if (name := f"{stem}_{n}") not in taken)


# -- what is typed ----------------------------------------------------------------------------


def edit(asked: Asked) -> Response:
    """Take what was typed, and show what comes of it."""
    draft, sheet = opened(asked)
    who = sheet.who(asked.value("subject"))
    if who is None or sheet.program is None:
        raise RefusedError("K0906", ABSENT)
    fields = sheet.fields(who)
    conflicts = take(asked, draft, [leaf for one in fields for leaf in one.leaves()])
    anchor = _lengthened(asked, draft, fields)
    if not asked.is_part:
        draft.notices += [asked.say("conflict", **c._asdict()) for c in conflicts]
        return asked.go(f"case/{draft.id}", anchor, subject=who.name)
    sheet = asked.desk.sheet(draft, asked.lang)
    answer = asked.page(
        "_result",
        draft=draft,
        sheet=sheet,
        who=who,
        found=sheet.told(who),
        said=sheet.said(who),
        notices=[asked.say("conflict", **c._asdict()) for c in conflicts],
        is_part=True,
        is_outside=draft.is_changed_outside(),
    )
    answer.status_code = CONFLICT if conflicts else answer.status_code
    return answer


def questions(asked: Asked) -> Response:
    """Show what is to be asked next, the question first whose answer decides most."""
    draft, sheet = opened(asked)
    who = sheet.who(asked.value("subject"))
    if who is None:
        raise RefusedError("K0906", ABSENT)
    sheet.rank(who)
    return asked.page("_needed", draft=draft, who=who, found=sheet.told(who))


def take(asked: Asked, draft: Draft, fields: Iterable[Field]) -> list[Conflict]:
    """Write what the user of a tab has changed into the text; return what another tab changed too.

    Raises:
        RefusedError: K0904 the tab is not known any more, K0907 the text cannot be changed.
    """
    seen = draft.tabs.get(asked.value(TAB))
    if seen is None:
        raise RefusedError("K0904", CONFLICT)
    text, conflicts = draft.text, []
    for one in fields:
        sent = asked.form.get(one.key)
        before = seen.get(one.key, one.value)
        if not isinstance(sent, str) or _same(sent, before):
            continue
        seen[one.key] = sent
        if one.value not in (before, sent):
            conflicts.append(Conflict(one.label, _called(one, one.value), _called(one, sent)))
            seen[one.key] = one.value
            continue
        text = _with(text, one, nfc(sent.strip()))
    draft.put(text)
    return conflicts


def _same(sent: str, before: str) -> bool:
    return " ".join(nfc(sent).split()) == " ".join(before.split())


def _called(one: Field, value: str) -> str:
    return next((o.label for o in one.options if o.value == value), value)


def _with(text: str, one: Field, value: str) -> str:
    """Return a text with a field stated. Raises RefusedError (K0907): it cannot be changed."""
    said = written(one, value)
    if said is None and one.name in (f"{GIVEN}.{LEVEL}", f"{GIVEN}.{STATUS}"):
        one = replace(one, path=one.path[:-1])  # nothing is decided without them
    try:
        if one.path[0] == OVERLAYS:
            return with_overlay(text, str(one.path[1]), applies=said is not None)
        return without(text, one.path) if said is None else with_value(text, one.path, said)
    except NotEditedError as error:
        raise RefusedError("K0907", CONFLICT, name=one.label) from error


def _lengthened(asked: Asked, draft: Draft, fields: Iterable[Field]) -> str:
    """Add a record to a list, or drop one, if that was asked; return where that is on the page."""
    for one in fields:
        if one.rows is None:
            continue
        if asked.value(ADD) == one.key:
            draft.put(_longer(draft.text, one))
            return one.id
        for place in range(len(one.rows)):
            if asked.value(DROP) == f"{one.key}/{place}":
                draft.put(without(draft.text, (*one.path, place)))
                return one.id
    return ""


def _longer(text: str, one: Field) -> str:
    """Return a text with one more record in a list, of which nothing is known."""
    try:
        found = at(_root(text), one.path)
        number = len(found.items) if isinstance(found, Sequence) else 0
        return with_value(text, (*one.path, number), one.new_row)
    except NotEditedError as error:
        raise RefusedError("K0907", CONFLICT, name=one.label) from error


def _root(text: str) -> Mapping | None:
    from khung.desk.edits import parsed  # noqa: PLC0415  # one use

    found = parsed(text)
    return found if isinstance(found, Mapping) else None


# -- the head of the case, and more subjects --------------------------------------------------


def _head_fields(asked: Asked, sheet: Sheet) -> Iterator[Field]:
    """Yield what the case says of itself: its name, day, what is whole, readings."""
    title = at(sheet.root, ("case",))
    path: Path = ("case", asked.lang) if isinstance(title, Mapping) else ("case",)
    yield _head(asked, sheet, path, t.STRING, "case_title")
    yield _head(asked, sheet, ("on",), t.DATE, "day")
    whole = (Option("", asked.say("whole_unsaid")), Option("true", asked.say("whole")))
    yield _head(asked, sheet, ("complete",), t.BOOLEAN, "complete", whole)
    yield from _overlay_fields(asked, sheet)
    words = sheet.maker().words
    for one in sheet.program.readings.values() if sheet.program else ():
        options = tuple(Option(o, words.option(one, o)) for o in one.options.values)
        first = Option("", asked.say("as_rulebook"))
        made = _head(asked, sheet, ("readings", one.name), t.STRING, "", (first, *options))
        yield Field(
            made.path, made.name, one.question.said(asked.lang), made.ty,
            options=made.options, has_default=True, value=made.value,
        )  # fmt: skip


def _overlay_fields(asked: Asked, sheet: Sheet) -> Iterator[Field]:
    """Yield for each overlay of the rulebook, and each that the case names, whether it applies."""
    ready, own = sheet.found.ready, named(sheet.root)
    known = dict(overlays_of(ready.folder, asked.lang)) if ready else {}
    options = (Option("", asked.say("not_applied")), Option("true", asked.say("applied")))
    for name in dict.fromkeys((*known, *own)):
        label = asked.say("overlay", title=f"{known.get(name, name)} ({name})")
        value = "true" if name in own else ""
        yield Field(
            (OVERLAYS, name), NAME, label, t.BOOLEAN,
            options=options, has_default=True, value=value,
        )  # fmt: skip


def _head(
    asked: Asked, sheet: Sheet, path: Path, ty: t.Type, key: str, options: tuple[Option, ...] = ()
) -> Field:
    value = typed.shown(at(sheet.root, path), ty, asked.lang)
    value = "" if value == typed.UNKNOWN else value
    known = not options or any(one.value == value for one in options)
    shown = options if known else (*options, Option(value, value))
    label = asked.say(key) if key else ""
    return Field(path, NAME, label, ty, options=shown, has_default=True, value=value)


def head(asked: Asked) -> Response:
    """Show what the case says of itself."""
    draft, sheet = opened(asked)
    if sheet.root is None or sheet.program is None:
        return asked.go(f"case/{draft.id}/text")
    fields = tuple(_head_fields(asked, sheet))
    said = sheet.said(None)
    return asked.page(
        "head", draft=draft, sheet=sheet, fields=fields, tab=draft.shown(_shown(fields)), said=said
    )


def edit_head(asked: Asked) -> Response:
    """Take what was typed of the case itself."""
    draft, sheet = opened(asked)
    conflicts = take(asked, draft, _head_fields(asked, sheet))
    draft.notices += [asked.say("conflict", **c._asdict()) for c in conflicts]
    return asked.go(f"case/{draft.id}")


def add(asked: Asked) -> Response:
    """Add a subject of which nothing is known.

    Raises:
        RefusedError: K0907 the text cannot be changed; K0909 there is one of the id.
    """
    draft, sheet = opened(asked)
    who = Who(asked.value("type"), nfc(asked.value("key").strip()))
    known = {one.name for one in sheet.program.subjects} if sheet.program else set()
    if who.type not in known or not who.key:
        raise RefusedError("K0909", help="empty", name=who.key)
    if who in sheet.subjects:
        raise RefusedError("K0909", CONFLICT, name=who.key)
    declared = sheet.declared(who)
    first = declared.kind_field or next(iter((*declared.links, *declared.facts)), NAME)
    try:
        draft.put(with_value(draft.text, (*who.path, first), "null"))
    except NotEditedError as error:
        raise RefusedError("K0907", CONFLICT, name=who.key) from error
    return asked.go(f"case/{draft.id}", subject=who.name)


# -- what is asked of it ----------------------------------------------------------------------


def what_if(asked: Asked) -> Response:
    """Show what would come of other values of one field; nothing is written."""
    draft, sheet = opened(asked)
    who = sheet.who(asked.value("subject"))
    fields = [leaf for f in (sheet.fields(who) if who else ()) for leaf in f.leaves()]
    one = next((f for f in fields if f.key == asked.value("field")), None)
    if who is None or one is None:
        raise RefusedError("K0906", ABSENT)
    tried = asked.value("value")
    values = [tried] if tried else [o.value for o in one.options if o.value != typed.UNSTATED]
    rows = [(_called(one, value), *_tried(asked, draft, one, value, who)) for value in values]
    template = "_what_if" if asked.is_part else "what_if"
    return asked.page(
        template, draft=draft, who=who, field=one, rows=rows, now=sheet.standing(who), tried=tried
    )


def _tried(asked: Asked, draft: Draft, one: Field, value: str, who: Who) -> tuple[str, str]:
    """Return where a subject would stand, and what is wrong with the value if anything is."""
    from khung.desk.sheet import Sheet  # noqa: PLC0415  # one use

    text = _with(draft.text, one, nfc(value.strip()))
    sheet = Sheet.of(text, asked.desk.evaluate(draft, text), asked.lang)
    wrong = [s.text for s in sheet.said(who) if s.severity == "error"]
    return sheet.standing(who), wrong[0] if wrong else ""


def lift(asked: Asked) -> Response:
    """Show the smallest change that would lift a subject one level."""
    return _told(asked, full=False)


def full(asked: Asked) -> Response:
    """Show all that is to be said of one subject, as `khung eval --full --only` does."""
    return _told(asked, full=True)


def _told(asked: Asked, *, full: bool) -> Response:
    from khung.report.document import model as d  # noqa: PLC0415  # one use
    from khung.report.result.document import Manner, on_paper  # noqa: PLC0415  # heavy

    draft, sheet = opened(asked)
    who = sheet.who(asked.value("subject"))
    result = sheet.result(who) if who else None
    results, ready = sheet.found.results, sheet.found.ready
    if who is None or result is None or results is None or ready is None:
        raise RefusedError("K0906", ABSENT)
    manner = Manner(with_next=not full, full=full, only=(result.entity.path,))
    sheets = on_paper(results, asked.lang, manner, ready.clauses).blocks
    blocks = [b for s in sheets if isinstance(s, d.Section) and not s.kind for b in s.blocks]
    titles = [b for b in blocks if isinstance(b, d.Heading) and b.level == 1]
    shown = [b for b in blocks if b not in titles and not isinstance(b, d.Signatures)]
    body = fragment(shown, 2)
    return asked.page("told", draft=draft, who=who, body=body, style=narrow_style(shown), full=full)

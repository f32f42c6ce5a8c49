"""Which elements a list has: those that are named, those that lead here, and who else may be in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import nodes as n
from khung.ir import types as t
from khung.records import replace
from khung.sql.ends import ALWAYS, Ends, State, UnsupportedError
from khung.sql.lists.asked import (
    counted,
    element_ends,
    is_nobody,
    is_self,
    may_be_open,
    number_of,
    source_of,
)
from khung.sql.lists.named import definition_of
from khung.sql.rows import DEPTH, NOWHERE, Below, Rows
from khung.sql.table import Table
from khung.sql.text import FALSE, NULL, TRUE, both, chosen, either, negated

if TYPE_CHECKING:
    from khung.ir.nodes import Node
    from khung.ir.program import BackList, ObjectType
    from khung.sql.build import Build
    from khung.sql.writing import Writer


def rows_of(w: Writer, node: Node) -> Rows:
    """Return a list of rows that leads from the object itself.

    Raises:
        UnsupportedError: It is of another sort.
    """
    match node:
        case n.Field() if is_self(node.object):
            return _field(w, node.name)
        case n.Select():
            found = rows_of(w, node.list)
            if node.where is None:
                return found
            return with_where(found, (node.variable, node.where))
        case n.Defined() if is_self(node.object):
            return rows_of(w, definition_of(w, node))
        case _:  # SQL has no exact form of anything else
            raise UnsupportedError(f"a list by {type(node).__name__}")


def with_where(rows: Rows, where: tuple[n.Variable, Node]) -> Rows:
    """Return a list of which only those are kept of whom something holds."""
    return replace(rows, wheres=(*rows.wheres, where))


def _field(w: Writer, name: str) -> Rows:
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has lists
    if w.table.stranger:
        unknown = FALSE if name in declared.back_lists else TRUE
        element = _element_of(w, name)
        tables = (w.build.stranger(element),) if element else ()
        return Rows(w.table, name, tables, "", unknown=unknown, more=NULL, plain=not element)
    if name in declared.back_lists:
        return _back_list(w, name)
    return _own_list(w, name)


def _element_of(w: Writer, name: str) -> str:
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has lists
    if name in declared.back_lists:
        return declared.back_lists[name].holder
    ty = declared.facts[name].ty
    assert isinstance(ty, t.List)  # noqa: S101  # it is one
    return ty.element.name if isinstance(ty.element, t.Object) else ""


def _back_list(w: Writer, name: str) -> Rows:
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has lists
    back = declared.back_lists[name]
    if back.below:
        return _subtree(w, name)
    tables, tree = w.build.tables_of(back.holder), is_tree(w.build, declared, name)
    _, more, may_be = _said(w, name)
    return Rows(w.table, name, tables, back.link, more=more, may_be=may_be, tree=tree)


def _subtree(w: Writer, name: str) -> Rows:
    """Return all below an object, as pairs with it."""
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has lists
    back = declared.back_lists[name]
    if w.build.profile.depth.get((declared.name, back.link), 1 << 30) > DEPTH:
        raise UnsupportedError("a subtree that is too deep")
    rows = Rows(w.table, name, kinds_below(w.build, w.table), back.link, tree=True)
    key = f"below {w.table.key}.{back.below}"
    if key not in w.build.tables:
        made = _below(w, back)
        links = (("@owner", (w.table.key,)), ("@elem", tuple(x.key for x in rows.elements)))
        w.build.tables[key] = Table(key, None, links=links)
        w.build.made_of[key] = made
    is_open = w.build.made_of[key].one_down is not None  # type: ignore[union-attr]  # just made
    own = replace(
        rows, name=key, elements=(w.build.tables[key],), link="@owner", tree=False, unsure=is_open
    )
    return replace(own, more=_beyond(w, own, back.below))


def _below(w: Writer, back: BackList) -> Below:
    """Return what the pairs of objects with all below them are made of."""
    link = w.build.program.objects[back.holder].links[back.link]
    tables = w.build.tables_of(back.holder)
    if not any(may_be_open(w.build, x, back.link, absent=link.absent) for x in tables):
        return Below(w.table, back.link)
    one_down = Rows(w.table, back.below, tables, back.link, tree=True)
    source_of(w, one_down)
    above = [w.table, *(x for x in kinds_below(w.build, w.table) if x.key != w.table.key)]
    columns = {x.key: w.build.column(x, f"may {back.below}").ends.low for x in above}
    if set(columns.values()) == {TRUE}:
        return Below(w.table, back.link, one_down)
    if w.table.declared is None or w.table.declared.kinds is None:
        raise UnsupportedError("a subtree without kinds of which it is not known who is in it")
    return Below(w.table, back.link, one_down, tuple((x, f"may {back.below}") for x in columns))


def _beyond(w: Writer, rows: Rows, name: str) -> str | None:
    """Return how many more may be below an object: any number where some list on the way is open."""
    _, more, _ = _said(w, name)
    assert w.table.declared is not None  # noqa: S101  # it has lists
    variable = n.Variable("each", 91, t.Object(w.table.declared.name), NOWHERE)
    open_list = element_ends(
        w, rows, variable, n.Field(variable, f"more {name}", t.NUMBER, NOWHERE)
    )
    parts = [] if more is None else [f"coalesce({more} <> 0, TRUE)"]
    if open_list.low != "0":
        parts.append(negated(is_nobody(counted(w, rows, f"coalesce({open_list.low} <> 0, TRUE)"))))
    return chosen(either(parts), f"{NULL}::BIGINT", "0") if parts else None


def kinds_below(build: Build, table: Table) -> tuple[Table, ...]:
    """Return the tables of those who may stand below an object: of earlier kinds."""
    kinds = build.kinds_of(table.base)
    if not kinds:
        return (build.tables[table.base],)
    names = [x.kind for x in kinds]
    return tuple(kinds[: names.index(table.kind)]) if table.kind else tuple(kinds)


def _said(w: Writer, name: str) -> tuple[str, str | None, str]:
    """Return whether nothing is known of a list, how many more there may be, who else may be in it."""
    unknown, more, may = (w.own(f"{what} {name}")[0].low for what in ("unknown", "more", "may"))
    return unknown, None if more == "0" else more, may


def is_tree(build: Build, declared: ObjectType, name: str) -> bool:
    """Whether a back list leads down a tree of the same type."""
    back = declared.back_lists[name]
    return build.program.objects[back.holder].links[back.link].tree and back.holder == declared.name


def opening(w: Writer, name: str) -> tuple[str, str | None, str]:
    """Return whether nothing is known of a list, how many more there may be, who else may be in it."""
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has lists
    back = declared.back_lists.get(name)
    if back is not None and back.below:
        found = _subtree(w, name)
        return found.unknown, found.more, found.may_be
    if back is not None:
        return _of_back_list(w, name)
    unknown, more = _of_own_list(w, name)
    return unknown, more, FALSE


def _of_back_list(w: Writer, name: str) -> tuple[str, str | None, str]:
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has lists
    back = declared.back_lists[name]
    tables, tree = w.build.tables_of(back.holder), is_tree(w.build, declared, name)
    link = w.build.program.objects[back.holder].links[back.link]
    open_link = any(may_be_open(w.build, table, back.link, absent=link.absent) for table in tables)
    is_deep = w.build.profile.depth.get((declared.name, back.link), 1 << 30) > DEPTH
    if open_link and tree and declared.kinds is None and is_deep:
        raise UnsupportedError("a tree that is too deep")
    whole = w.build.profile.whole.get((w.table.base, name))
    count = None
    if back.complete and (whole is not True or open_link):
        count = _left_by(w, back.complete, _number_in(w, name, tables, back.link, tree=tree))
    return FALSE, *_further(
        w, name, tables, back.link, whole, open_link=open_link, count=count, tree=tree
    )


def _number_in(w: Writer, name: str, tables: tuple[Table, ...], link: str, *, tree: bool) -> str:
    """Return how many are surely in a back list."""
    rows = Rows(w.table, name, tables, link, tree=tree)
    return number_of(w, rows, "count(*)")


def listed_in(w: Writer, name: str) -> str:
    """Return how many are surely in a list by what is written."""
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has lists
    back = declared.back_lists.get(name)
    if back is None:
        return w.raw(f"{name}.n")
    tables, tree = w.build.tables_of(back.holder), is_tree(w.build, declared, name)
    return _number_in(w, name, tables, back.link, tree=tree)


def _left_by(w: Writer, fact: str, number: str) -> str:
    """Return how many more a count leaves at most; null for any number."""
    ends, state = w.own(fact)
    if ends.high.startswith((NULL, "CAST(NULL")):
        return f"{NULL}::BIGINT"
    left = _rest(ends, number)
    return left if state.always else f"CASE WHEN {state.surely} THEN {left} END"


def _rest(count: Ends, number: str) -> str:
    """Return how many are left of a count at most; null where that has no end."""
    rest = f"greatest(0, CAST({count.high} AS BIGINT) - {number})"
    if not count.loose:  # else of nothing and 0 the database takes 0 for the greater
        return rest
    return f"CASE WHEN {count.high} IS NOT NULL THEN {rest} END"


def _further(  # noqa: PLR0913  # what a list is open by
    w: Writer,
    name: str,
    tables: tuple[Table, ...],
    link: str,
    whole: bool | None,  # noqa: FBT001  # of all, of none, of some
    *,
    open_link: bool,
    count: str | None,
    tree: bool,
) -> tuple[str | None, str]:
    """Return how many more there may be, and whether those whose owner is not known may be."""
    possible = _possible(w, name, tables, link, tree=tree) if open_link else "0"
    said = {True: TRUE, False: FALSE, None: w.raw(f"{name}.whole")}[whole]
    if count is None:
        more = None if said == TRUE else chosen(said, "0", f"{NULL}::BIGINT")
        return more, TRUE if open_link else FALSE
    if not open_link:
        return (None, FALSE) if said == TRUE else (chosen(said, "0", count), FALSE)
    listed = both((said, either((f"{count} IS NULL", f"{possible} <= {count}"))))
    more = f"CASE WHEN {listed} THEN 0 ELSE {count} END"
    return more, either((listed, f"{count} IS NULL"))


def _possible(w: Writer, name: str, tables: tuple[Table, ...], link: str, *, tree: bool) -> str:
    rows = Rows(w.table, name, tables, link, tree=tree)
    return number_of(w, rows, "", "count(*)")


def _own_list(w: Writer, name: str) -> Rows:
    key = f"{w.table.base}.{name}"
    if key not in w.build.tables:
        raise UnsupportedError("a list of no table")
    table = w.build.tables[key]
    unknown, more, _ = _said(w, name)
    plain = table.declared is None
    return Rows(w.table, name, (table,), "owner", unknown=unknown, more=more, plain=plain)


def _of_own_list(w: Writer, name: str) -> tuple[str, str | None]:
    declared = w.table.declared
    assert declared is not None  # noqa: S101  # it has lists
    fact = declared.facts[name]
    if fact.length is not None:
        raise UnsupportedError("a list of a length")
    mark = w.profile(f"{name}?")
    unknown = FALSE
    if mark.given:
        unknown = f"(coalesce({w.raw(f'{name}?')} = '?', FALSE) AND {w.raw(f'{name}.n')} = 0)"
    if fact.default is None or w.build.profile.bare:
        stated = [f"{w.raw(f'{name}.n')} > 0"]
        if w.profile(f"{name}.more").given:
            stated.append(f"coalesce({w.raw(f'{name}.more')}, FALSE)")
        stated += [f"coalesce({w.raw(f'{name}?')} = '-', FALSE)"] if mark.given else []
        unknown = either((unknown, negated(either(stated))))
    elif not (isinstance(fact.default, n.Build) and not fact.default.items):
        raise UnsupportedError("a default list with elements")
    if fact.applies is not None and not fact.optional:
        unknown = either((unknown, negated(w.test(fact.applies).low)))
    cut = w.profile(f"{name}.more")
    more = None
    if fact.complete or cut.given:
        more = _more_of_own(w, name, fact.complete, is_cut=cut.given)
    return unknown, more


def _more_of_own(w: Writer, name: str, count: str, *, is_cut: bool) -> str:
    cut = f"coalesce({w.raw(f'{name}.more')}, FALSE)" if is_cut else FALSE
    if is_cut and w.profile(f"{name}?").given:
        marked = f"coalesce({w.raw(f'{name}?')} = '?', FALSE)"
        cut = either((cut, both((marked, f"({w.raw(f'{name}.n')} > 0)"))))
    said = w.build.profile.whole.get((w.table.base, name))
    named = {True: TRUE, False: FALSE, None: w.raw(f"{name}.whole")}[
        said if said is not None else False
    ]
    if not count:
        left = chosen(cut, f"{NULL}::BIGINT", "0")
    else:
        ends, state = w.own(count)
        rest = _rest(ends, w.raw(f"{name}.n"))
        rest = chosen(either((state.surely, negated(cut))), rest, f"{NULL}::BIGINT")
        left = chosen(state.may, rest, chosen(cut, f"{NULL}::BIGINT", "0"))
    return chosen(named, "0", left)


def there(w: Writer, node: n.Field | n.Defined | n.LevelOf) -> State:
    """Return whether a list applies."""
    if isinstance(node, n.Field) and is_self(node.object) and w.table.declared is not None:
        fact = w.table.declared.facts.get(node.name)
        if fact is not None and fact.applies is not None and not fact.optional:
            found = w.test(fact.applies)
            return State(found.low, found.high)
    return ALWAYS


def entry_tables(w: Writer, node: Node) -> tuple[Table, ...]:
    """Return where the record of a list stands that a key tells from the others."""
    if isinstance(node, n.Field) and node.name.startswith("@"):
        node = w.build.nodes[node.name]
    if isinstance(node, n.Call) and node.function == "entry" and node.arguments[0] is not None:
        return rows_of(w, node.arguments[0]).elements
    return ()

"""Statements in DuckDB's dialect as Spark has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot import exp


ROW = "@row"
"""The column with the number of a row, which Spark has to be given: rows have no order there."""


def as_spark(
    text: str, names: Mapping[tuple[str, str], str], path: Sequence[str] = ("main",)
) -> str:
    """Return a query in Spark's dialect.

    Args:
        text: The query in DuckDB's dialect.
        names: By schema and name of a relation, the view of the session.
        path: In which schemas one is looked for, the first that has it.
    """
    import sqlglot  # noqa: PLC0415  # slow to load
    from sqlglot import exp  # noqa: PLC0415  # as above

    tree = sqlglot.parse_one(text, read="duckdb")
    for union in list(tree.find_all(exp.Union)):
        if union.args.get("by_name"):
            _by_place(union)
    _rename(tree, names, path)
    for node in reversed([*tree.walk()]):  # what is within comes first
        found = _node(node)
        if found is not node:
            node.replace(found)
    return tree.sql(dialect="spark", identify=True)


def _rename(tree: exp.Expr, names: Mapping[tuple[str, str], str], path: Sequence[str]) -> None:
    """Call relations by the names of views; each keeps its own name as alias."""
    from sqlglot import exp  # noqa: PLC0415  # slow to load

    made = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        name, schemas = table.name, (table.db,) if table.db else path
        view = next((names[x, name] for x in schemas if (x, name) in names), None)
        if view is not None and (table.db or name not in made):
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
            table.set("this", exp.to_identifier(view, quoted=True))
            table.set("db", None)


def _by_place(union: exp.Union) -> None:
    """Make of a union by names one by places: a column that one side has not is null there."""
    from sqlglot import exp  # noqa: PLC0415  # slow to load

    sides = _sides(union)
    columns = list(dict.fromkeys(name for side in sides for name in side.named_selects))
    for side in sides:
        own = {column.alias_or_name: column for column in side.expressions}
        side.set(
            "expressions",
            [own.get(name) or exp.alias_(exp.null(), name, quoted=True) for name in columns],
        )
    for one in (union, *union.find_all(exp.Union)):
        one.set("by_name", False)  # a part of a tree


def _sides(query: exp.Expr) -> list[exp.Select]:
    from sqlglot import exp  # noqa: PLC0415  # slow to load

    if isinstance(query, exp.Union):
        return [*_sides(query.left), *_sides(query.right)]
    assert isinstance(query, exp.Select)  # noqa: S101  # nothing else is written by names
    return [query]


def _node(node: exp.Expr) -> exp.Expr:
    """Return what stands in Spark for a part that sqlglot turns to what means something else."""
    from sqlglot import exp  # noqa: PLC0415  # slow to load

    match node:
        case exp.Filter(this=exp.ArrayAgg() as listed):
            return _list(listed, node.expression)
        case exp.ArrayAgg() if not isinstance(node.parent, exp.Filter):
            return _list(node, None)
        case exp.Filter(this=exp.ArgMin() | exp.ArgMax() as best):
            there = exp.and_(node.expression.this, _is_there(best))
            return exp.Filter(this=best, expression=exp.Where(this=there))
        case exp.ArgMin() | exp.ArgMax() if not isinstance(node.parent, exp.Filter):
            return exp.Filter(this=node.copy(), expression=exp.Where(this=_is_there(node)))
        case exp.Window(this=exp.RowNumber()) if not node.args.get("order"):
            return _number(node)
        case exp.Length():  # of lists: the length of a text is asked for nowhere
            return exp.Anonymous(this="size", expressions=[node.this])
        case exp.Extract(this=exp.Var(this=part)) if part.upper() == "ISODOW":
            return exp.Extract(this=exp.var("DAYOFWEEK_ISO"), expression=node.expression)
        case exp.Add(expression=exp.Mul(this=exp.Interval(), expression=number)):
            return exp.func("ADD_MONTHS", node.this, number)
        case _:
            return node


def _number(node: exp.Expr) -> exp.Expr:
    """Return the number of a row: of what is stated, that which it was given; else any of its own."""
    from sqlglot import exp  # noqa: PLC0415  # slow to load

    select = node.find_ancestor(exp.Select)
    assert select is not None  # noqa: S101  # a window stands in a query
    if any(x.alias_or_name.startswith("in.") for x in select.find_all(exp.Table)):
        return exp.column(ROW, quoted=True)
    return exp.maybe_parse("monotonically_increasing_id() + 1", dialect="spark")


def _list(listed: exp.Expr, where: exp.Expr | None) -> exp.Expr:
    """Return a list in an order, nulls among it; one of nothing is empty, in DuckDB null."""
    from sqlglot import exp  # noqa: PLC0415  # slow to load

    value, order = listed.this, []
    if isinstance(value, exp.Order):
        value, order = value.this, [by.this for by in value.expressions]
    pairs = exp.func("struct", *order, exp.alias_(value, "value"))
    all_: exp.Expr = exp.func("collect_list", pairs)
    if where is not None:
        all_ = exp.Filter(this=all_, expression=where)
    element = exp.to_identifier("e")
    read = exp.Lambda(this=exp.column("value", "e"), expressions=[element])
    return exp.Anonymous(this="transform", expressions=[exp.func("array_sort", all_), read])


def _is_there(best: exp.Expr) -> exp.Expr:
    """Return that a value is there: DuckDB passes over those that are not."""
    from sqlglot import exp  # noqa: PLC0415  # slow to load

    return exp.Not(this=exp.Is(this=best.this.copy(), expression=exp.null()))

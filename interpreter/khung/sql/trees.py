"""Who is, and who may be, below whom along a tree link, where it is not known where all belong.

Whoever is below somebody is so by links that are known, up to him or up to one whose own link is
not known, a root. A root may be below all who stand in a later kind, and so may who is below it;
where a tree has no kinds, below all but those who are below the root itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.records import dataclass
from khung.sql.table import CASE, ROW
from khung.sql.text import TRUE, both, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.sql.table import Table


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of objects of one type.

    Attributes:
        table: Its objects; those at the top of pairs are those of its kind.
        link: The link that leads up.
        depth: How many steps it goes down.
        is_flat: Whether the link leads from one to another of the type, but not in a tree: nobody
            may be kept from being in a list but who has it.
    """

    table: Table
    link: str
    depth: int
    is_flat: bool = False

    @property
    def base(self) -> str:
        """The table of what is stated."""
        return quoted(self.table.base)

    @property
    def has_kinds(self) -> bool:
        """Whether who is below is of an earlier kind."""
        declared = self.table.declared
        return not self.is_flat and declared is not None and declared.kinds is not None

    def rank(self, alias: str) -> str:
        """Return the place of the kind of an object in the order of kinds."""
        declared = self.table.declared
        assert declared is not None  # noqa: S101  # it is a type
        assert declared.kinds is not None  # noqa: S101  # the caller has looked
        names = enumerate(declared.kinds.values)
        ranks = " ".join(f"WHEN {literal(name)} THEN {at}" for at, name in names)
        return f"CASE {alias}.{quoted(declared.kind_field)} {ranks} END"

    def owners(self) -> str:
        """Return those at the top of pairs."""
        declared = self.table.declared
        if not self.table.kind or declared is None:
            return self.base
        kind = f"{quoted(declared.kind_field)} = {literal(self.table.kind)}"
        return f"(SELECT * FROM {self.base} WHERE {kind})"

    def tops(self) -> str:
        """Return of each object the one at the end of the way up, itself if it leads nowhere."""
        if self.is_flat:
            return f"(SELECT o.{ROW}, o.{CASE}, o.{ROW} AS top FROM {self.base} o)"
        steps = range(1, max(self.depth, 1) + 1)
        joins = "".join(
            f" LEFT JOIN {self.base} e{at} ON e{at}.{ROW} = {'o' if at == 1 else f'e{at - 1}'}"
            f".{quoted(self.link)}"
            for at in steps
        )
        found = ", ".join(f"e{at}.{ROW}" for at in reversed(steps))
        return f"(SELECT o.{ROW}, o.{CASE}, coalesce({found}, o.{ROW}) AS top FROM {self.base} o{joins})"

    def lines(self, start: str) -> Iterator[tuple[str, str]]:
        """Yield who is so many steps below those of a relation `o`, and what that is read from."""
        joined, link = f"{start} o", quoted(self.link)
        for at in range(1, max(self.depth, 1) + 1):
            above = "o" if at == 1 else f"e{at - 1}"
            joined += f" JOIN {self.base} e{at} ON e{at}.{link} = {above}.{ROW}"
            yield f"e{at}.{ROW}", joined


def surely_below(tree: Tree) -> str:
    """Return the pairs of objects with all who are below them by links that are known."""
    return " UNION ALL ".join(
        f'SELECT o.{CASE} AS {CASE}, o.{ROW} AS "@owner", {below} AS "@elem", TRUE AS "@sure" '
        f"FROM {joined}"
        for below, joined in tree.lines(tree.owners())
    )


def below(tree: Tree, roots: str, holders: Iterable[str] | None) -> str:
    """Return the pairs of objects with all who are, or may be, below them.

    Args:
        tree: The tree.
        roots: A relation of those whose own link is not known, with their cases.
        holders: Relations of those in whose lists such a one may be, with the place of their kind;
            None for everybody.
    """
    parts = {"sure": surely_below(tree), "root": roots, "under": _under(tree)}
    if tree.has_kinds:
        parts["reach"] = _reach(tree, holders)
        possible = (
            f'SELECT o.{CASE}, o.{ROW} AS "@owner", d.elem AS "@elem", FALSE AS "@sure" '
            f"FROM reach o JOIN under d ON d.{CASE} = o.{CASE} "
            f"JOIN {tree.base} r ON r.{ROW} = d.root WHERE {tree.rank('r')} < o.reach"
        )
    else:
        possible = (
            f'SELECT o.{CASE}, o.{ROW} AS "@owner", d.elem AS "@elem", FALSE AS "@sure" '
            f"FROM {tree.tops()} o JOIN under d ON d.{CASE} = o.{CASE} "
            f"JOIN (SELECT {CASE}, count(*) AS n FROM root GROUP BY {CASE}) c ON c.{CASE} = o.{CASE} "
            f'LEFT JOIN sure s ON s."@owner" = o.{ROW} AND s."@elem" = d.elem '
            f'WHERE (c.n > 1 OR d.root <> o.top) AND d.elem <> o.{ROW} AND s."@elem" IS NULL'
        )
    said = ", ".join(f"{name} AS ({text})" for name, text in parts.items())
    return f"WITH {said} SELECT * FROM sure UNION ALL {possible}"


def _under(tree: Tree) -> str:
    """Return the roots and all below them."""
    found = [f"SELECT o.{CASE}, o.{ROW} AS root, o.{ROW} AS elem FROM root o"]
    for elem, joined in tree.lines("root"):
        found.append(f"SELECT o.{CASE}, o.{ROW} AS root, {elem} AS elem FROM {joined}")
    return " UNION ALL ".join(found)


def _reach(tree: Tree, holders: Iterable[str] | None) -> str:
    """Return of each at the top of pairs before which kind a root is that may be below."""
    if holders is None:
        return f"SELECT o.{ROW}, o.{CASE}, {tree.rank('o')} AS reach FROM {tree.owners()} o"
    held = " UNION ALL ".join(holders)
    every = (
        f'SELECT "@owner" AS {ROW}, {CASE}, "@elem" AS elem FROM sure UNION ALL '
        f"SELECT {ROW}, {CASE}, {ROW} AS elem FROM {tree.owners()} o"
    )
    return (
        f"SELECT p.{ROW}, p.{CASE}, max(h.kind) AS reach FROM ({every}) p "
        f"JOIN ({held}) h ON h.{ROW} = p.elem GROUP BY p.{ROW}, p.{CASE}"
    )


def not_above(tree: Tree, owner: str, element: str) -> tuple[str, str]:
    """Return what is joined, and what must hold, so that one may be below another in a tree.

    Args:
        tree: The tree.
        owner: The number of who would be above.
        element: That of the other, whose link is not known.
    """
    if tree.has_kinds:
        joined = f" JOIN {tree.base} ek ON ek.{ROW} = {element} JOIN {tree.base} tk ON tk.{ROW} = {owner}"
        return joined, f"{tree.rank('ek')} < {tree.rank('tk')}"
    return f" JOIN {tree.tops()} tk ON tk.{ROW} = {owner}", f"{element} <> tk.top"


def summed(tree: Tree, elements: str, is_open: str, sums: Mapping[str, str]) -> str:
    """Return by owner what is summed up of those who may be in its list.

    They are the same for all of a case but for those above whom one of them stands.

    Args:
        tree: The tree.
        elements: The relation of those who may be in a list, where `is_open` holds of `e`.
        is_open: The condition that it is not known to whom one belongs.
        sums: What is summed up, by name.
    """
    said = ", ".join(f"{text} AS {quoted(name)}" for name, text in sorted(sums.items()))
    if tree.has_kinds:
        below, where = not_above(tree, f"o.{ROW}", f"e.{ROW}")
        return (
            f"SELECT o.{ROW}, {said} FROM {tree.base} o JOIN {elements} e "
            f"ON e.{CASE} = o.{CASE}{below} WHERE {both((is_open, where))} GROUP BY o.{ROW}"
        )
    whole = f"SELECT e.{CASE}, {said} FROM {elements} e WHERE {is_open} GROUP BY e.{CASE}"
    roots = f"SELECT e.{ROW} FROM {elements} e WHERE {is_open}"
    names = ", ".join(f"g.{quoted(name)}" for name in sorted(sums))
    return (
        f"SELECT o.{ROW}, {names} FROM {tree.tops()} o JOIN ({whole}) g ON g.{CASE} = o.{CASE} "
        f"LEFT JOIN ({roots}) u ON u.{ROW} = o.top WHERE u.{ROW} IS NULL UNION ALL "
        f"SELECT o.{ROW}, {said} FROM {tree.tops()} o JOIN ({roots}) u ON u.{ROW} = o.top "
        f"JOIN {elements} e ON e.{CASE} = o.{CASE} AND e.{ROW} <> o.top "
        f"WHERE {is_open} GROUP BY o.{ROW}"
    )


NOTHING = ("", TRUE)

"""The object types of a random rulebook: kinds, facts, links, lists, criteria, records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.engines.scope import BOOL, DATE, FEATURES, NUMBER, TEXT, Shape, World

if TYPE_CHECKING:
    from collections.abc import Collection
    from random import Random

LEVELS = ("l0", "l1", "l2", "l3")
GRADES = ("g0", "g1", "g2")


def world(rng: Random, off: Collection[str] = ()) -> World:
    """Return what is declared: scales, parameters, a tree of units, members of them, records.

    Args:
        rng: Draws it.
        off: Features that it does not use, beside those that it draws.
    """
    share = rng.choice((0, 0.1, 0.3, 0.6))
    made = World(off=frozenset([*(f for f in FEATURES if rng.random() < share), *off]))
    made.scales = {"lv": LEVELS[: rng.choice((2, 3, 4, 4))], "gr": GRADES, "uv": ("u0", "u1", "u2")}
    made.enumerations = {"en": ("v0", "v1", "v2")}
    made.shares, made.numbers = ["part", "most"], ["few", "many"]
    made.readings = {"way": ("one", "two")}
    made.calendars = ["cal"] if rng.random() < 0.5 else []
    unit, member, row = _unit(rng, made), _member(rng, made), _row(rng, made)
    up = rng.random() < 0.5
    order = [member, unit] if up else [unit, member]
    if rng.random() < 0.4 and made.has("posts"):
        order.append(_post(rng, made))
    made.shapes = {shape.name: shape for shape in [*order, row]}
    for shape in order:
        if shape.kinds:
            made.enumerations[f"{shape.name}.kd"] = tuple(shape.kinds)
            made.enumerations[f"{shape.name}.gp"] = tuple(sorted(set(shape.kinds.values())))
    _lead_back(made)
    return made


def _lead_back(made: World) -> None:
    for shape in made.shapes.values():
        for name, link in shape.links.items():
            back = link.get("back")
            if back:
                tree = bool(link.get("tree"))
                made.shapes[str(link["to"])].backs.append((str(back), shape.name, tree))
            if link.get("optional"):
                shape.applies[name] = f"has(${name})"


def _kinds(rng: Random, names: tuple[str, ...]) -> dict[str, str]:
    """Return kinds with an attribute, in order of work."""
    return {name: rng.choice(("p0", "p1")) for name in names}


def _unit(rng: Random, world: World) -> Shape:
    made = Shape("unit", scale=rng.choice(("lv", "uv", "uv")))
    made.facts = _facts(rng, rng.randint(3, 6), made, world)
    made.facts["n_ms"] = {"type": NUMBER, "range": "0..40"}
    made.facts["pt"] = {"type": NUMBER, "range": "0%..100%"}
    up: dict[str, Any] = {"to": "unit", "back": "subs", "tree": True}
    if rng.random() < 0.75 and world.has("kinds"):
        made.kinds = _kinds(rng, ("k0", "k1", "k2")[: rng.choice((2, 3))])
        highest = list(made.kinds)[-1]
        if rng.random() < 0.5:
            up["applies_when"] = f"kd != {highest}"
            made.applies["up"] = f"$kd != {highest}"
        else:
            up["optional"] = True
    else:
        up["optional"] = True
        if rng.random() < 0.3:
            up |= {"absence": True, "default": "-"}
    if rng.random() < 0.4 and world.has("counts of lists"):
        up["complete"] = "n_subs"
        made.facts["n_subs"] = {"type": NUMBER, "range": "0..9"}
    made.links["up"] = up
    if rng.random() < 0.3 and world.has("criteria"):
        _criteria(rng, made)
    return made


def _member(rng: Random, world: World) -> Shape:
    made = Shape("member", scale="lv")
    made.facts = _facts(rng, rng.randint(5, 9), made, world)
    at: dict[str, Any] = {"to": "unit", "back": "ms"}
    if rng.random() < 0.5 and world.has("counts of lists"):
        at["complete"] = "n_ms"
    if rng.random() < 0.2 and world.has("optional links"):
        at["optional"] = True
    made.links["at"] = at
    if rng.random() < 0.4 and world.has("optional links"):
        made.links["mate"] = {"to": "member", "optional": True, "back": "mates"}
    rows: dict[str, Any] = {"type": "list of row", "default": [], "absence": True}
    if rng.random() < 0.4:
        rows["key"] = "id"
    if rng.random() < 0.3:
        del rows["default"], rows["absence"]
    if rng.random() < 0.3 and world.has("counts of lists"):
        rows["complete"] = "n_rows"
        made.facts["n_rows"] = {"type": NUMBER, "range": "0..5"}
    if world.has("records"):
        made.facts["rows"] = rows
    if rng.random() < 0.3 and world.has("lists of subjects"):
        made.facts["refs"] = {"type": "list of unit"}
    if rng.random() < 0.3 and world.has("lists of values"):
        made.facts["marks"] = {"type": f"list of {rng.choice((NUMBER, 'gr', 'en', TEXT))}"}
        if rng.random() < 0.4:
            made.facts["marks"]["length"] = 3
    if rng.random() < 0.7 and world.has("ballots"):
        made.facts["bl"] = {"type": "ballots of lv"}
        made.facts["nv"] = {"type": NUMBER, "range": "0..4"}
    if rng.random() < 0.3 and world.has("kinds"):
        made.kinds = _kinds(rng, ("m0", "m1"))
    if rng.random() < 0.8 and world.has("criteria"):
        _criteria(rng, made)
    return made


def _row(rng: Random, world: World) -> Shape:
    made = Shape("row", is_record=True, held_by="member")
    made.facts = {"id": {"type": TEXT}, **_facts(rng, rng.randint(2, 5), made, world)}
    if rng.random() < 0.6 and world.has("links of records"):
        made.links["place"] = {"to": "unit", "back": "rows_here"}
        if rng.random() < 0.3:
            made.links["place"]["optional"] = True
    return made


def _post(rng: Random, world: World) -> Shape:
    made = Shape("post", scale="lv" if rng.random() < 0.7 else "")
    made.facts = _facts(rng, rng.randint(2, 4), made, world)
    made.links["who"] = {"to": "member", "back": "posts"}
    if rng.random() < 0.5:
        made.links["body"] = {"to": "unit", "back": "seats"}
    return made


def _facts(rng: Random, number: int, made: Shape, world: World) -> dict[str, dict[str, Any]]:
    every: dict[str, dict[str, Any]] = {
        "b0": {"type": BOOL},
        "b1": {"type": BOOL, "default": False, "absence": True},
        "b2": {"type": BOOL, "default": True, "provisional": True},
        "n0": {"type": NUMBER, "range": "0..5"},
        "n1": {"type": NUMBER},
        "n2": {"type": NUMBER, "range": rng.choice(("0..", "..9", "0.5..9.5"))},
        "n3": {"type": NUMBER, "range": "0..9", "default": rng.choice((0, 2)), "absence": True},
        "d0": {"type": DATE},
        "d1": {"type": DATE, "range": "2020-01-01..2021-12-31", "default": "on"},
        "s0": {"type": "lv"},
        "s1": {"type": "gr"},
        "e0": {"type": "en"},
        "t0": {"type": TEXT},
    }
    every["n3"].pop("absence") if every["n3"]["default"] else None
    if every["n3"]["default"]:
        every["n3"]["provisional"] = True
    names = rng.sample(sorted(every), number)
    found = {name: every[name] for name in sorted(names)}
    for name in ("n1", "s0", "t0", "d0"):
        if name in found and "b0" in found and rng.random() < 0.3 and world.has("applies_when"):
            found[name]["applies_when"] = "b0"
            made.applies[name] = "$b0"
    if "n0" in found and "n2" in found and rng.random() < 0.2:
        found["n2"]["default"] = "n0 + 1"
        if found["n2"]["range"] != "0..":
            found["n2"]["range"] = "0.."
    if "n0" in found and "n3" in found and rng.random() < 0.2:
        found["n0"]["must"] = {"is": "n0 <= n3 + 5"}
    return found


def _criteria(rng: Random, made: Shape) -> None:
    made.graded = rng.choice(("gr", "gr", "lv", NUMBER))
    made.criteria = {"c0": "", "c1": "", "c2": "$b0" if "b0" in made.facts else "", "c3": ""}
    made.sets = ["work", "rest", "some_of", "everything", "others"]


def criteria(rng: Random, made: Shape) -> dict[str, Any]:
    """Return the criteria of a type as a rulebook writes them."""
    item: dict[str, Any] = {"range": rng.choice(("0..10", "0..2"))} if made.graded == NUMBER else {}
    guarded = {**item, "applies_when": "b0"} if made.criteria["c2"] else {**item}
    taken: list[dict[str, Any]] = [{"take": "work.c0"}, {"take": "rest"}]
    if "b0" in made.facts and rng.random() < 0.5:
        taken[1]["when"] = "b0"
    head = {"points": True} if made.graded == NUMBER else {"scale": made.graded}
    return {
        **head,
        "groups": {
            "work": {"items": {"c0": {**item}, "c1": {**item}, "c2": guarded}},
            "rest": {"items": {"c3": {**item}}},
        },
        "sets": {"everything": "all", "some_of": taken, "others": {"except": "work"}},
    }

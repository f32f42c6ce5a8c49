"""Made-up rulebooks with two overlays, the same written longhand, and cases of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from pathlib import Path

PARTS = ("north", "south")
LEVELS = ("best", "good", "fair")
BASE_LEAST = 5
LONG = "rulebook: longhand"
MANIFEST = """\
khung: 1
id: {id}
title: Made up
period: {{from: 2024-01-01, to: 2024-12-31}}
document: D
documents: {{D: {{}}}}
"""
SCALES = """\
scales:
  mark: {values: {poor: P, fair: F, good: G, best: B}}
  grade: {values: {bad: B, fine: F, great: G}}
"""
ITEMS = {"one": ("c1", "c2"), "two": ("c3",)}


@dataclass
class Part:
    """What an overlay says: facts, rules by place, the members of a set, values of parameters."""

    facts: list[str] = field(default_factory=list)
    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    members: tuple[str, ...] | None = None
    least: int | None = None
    share: int | None = None


@dataclass
class Book:
    """A base with its rules by place, and overlays."""

    rules: dict[str, dict[str, str]]
    least: int
    share: int
    parts: dict[str, Part]


# -- drawing --------------------------------------------------------------------------------------


def condition(pick: random.Random, subject: str, facts: list[str]) -> str:
    """Return a condition over a member, or over a unit, which may read levels of its members."""
    number, level = pick.randint(0, 9), pick.choice(LEVELS)
    if subject == "unit":
        found = [
            f"size >= {number}",
            f"(share m in people where m.ranked satisfies m.mark >= {level}) >= {number * 10}%",
            f"(count m in people satisfies m.ranked) <= {number}",
            f"some m in people where m.ranked satisfies m.mark >= {level}",
            f"some v in people.a satisfies v >= {number}",
            *(f"every v in people.{fact} satisfies v >= {number}" for fact in facts for _ in "xx"),
        ]
        facts = []
    else:
        found = [
            f"a >= {number}",
            f"b <= {number}",
            "flag",
            "strong",
            "every c in main satisfies c >= fine",
            f"total >= {2 * number}",
            f"unit.size >= {number}",
        ]
    found += [f"{fact} >= {number}" for fact in facts for _ in "xx"]
    one = pick.choice(found)
    return f"not({one})" if pick.random() < 0.2 else one


def rules(
    pick: random.Random, subject: str, facts: list[str], tag: str, most: int
) -> dict[str, dict[str, str]]:
    """Return rules by place; of each its condition, with the level behind it where it has one."""
    found: dict[str, dict[str, str]] = {}
    places = ["not_ranked", "pending", "knockouts", "caps", *(f"require.{x}" for x in LEVELS)]
    for number in range(pick.randint(1, most)):
        place = f"{subject}.{pick.choice(places)}"
        level = pick.choice(("poor", "fair", "good"))
        text = condition(pick, subject, facts)
        found.setdefault(place, {})[f"{tag}{number}"] = f"{text} -> {level}"
    return found


def draw(pick: random.Random) -> Book:
    """Return a base with two overlays."""
    own = {**rules(pick, "member", [], "r", 4), **rules(pick, "unit", [], "u", 3)}
    parts = {}
    for name in PARTS:
        part = Part(facts=[f for f in ("fx", "fy", f"f_{name}") if pick.random() < 0.6])
        said = rules(pick, "member", part.facts, f"{name}_", 4)
        listed = [f for f in part.facts if f == f"f_{name}"]
        part.rules = {**said, **rules(pick, "unit", listed, f"{name}_u", 2)}
        if pick.random() < 0.5:
            items = [item for items in ITEMS.values() for item in items]
            part.members = tuple(sorted(pick.sample(items, pick.randint(1, 3))))
        part.least = pick.choice((None, 2, 8))
        part.share = pick.choice((None, pick.choice((0, 25, 40))))
        parts[name] = part
    return Book(own, BASE_LEAST, 50, parts)


# -- writing --------------------------------------------------------------------------------------


def guarded(text: str, guard: str) -> str:
    """Return a condition that holds only where a guard does; without one as it is."""
    return f"{guard} and ({text})" if guard else text


def written(place: str, name: str, said: str, guard: str) -> str:
    """Return a rule as YAML; `guard` says for whom it is."""
    text, _, level = said.partition(" -> ")
    if ".require." in place:
        when = f'when: "{guard}", ' if guard else ""
        return f'{name}: {{{when}that: "{text}", source: "1"}}'
    end = {"knockouts": f", to: {level}", "caps": f", at_most: {level}"}
    also = end.get(place.partition(".")[2], "")
    return f'{name}: {{when: "{guarded(text, guard)}"{also}, source: "1"}}'


def section(subject: str, said: list[tuple[str, str]], *, is_base: bool) -> str:
    """Return the rules of a subject, each under its key."""
    by_place: dict[str, list[str]] = {}
    for place, rule in said:
        if place.startswith(f"{subject}."):
            by_place.setdefault(place.partition(".")[2], []).append(rule)
    lines = []
    for key in ("not_ranked", "pending", "caps"):
        if key in by_place:
            lines += [f"{key}:", *(f"  {rule}" for rule in by_place[key])]
    levels = []
    for level in LEVELS:
        asked = ["free: {that: true, source: '1'}"] if is_base else []
        asked += by_place.get(f"require.{level}", ())
        if asked:
            levels.append(f"    {level}: {{require: {{{', '.join(asked)}}}}}")
    if is_base:
        levels.append("    poor: {otherwise: true, source: '1'}")
    knockouts = [f"    {rule}" for rule in by_place.get("knockouts", ())]
    if levels or knockouts:
        lines += ["ladder:", *(["  scale: mark"] if is_base else [])]
        lines += ["  levels:", *levels] if levels else []
        lines += ["  knockouts:", *knockouts] if knockouts else []
    return "\n".join(lines) + "\n"


MEMBER = """\
subject: member
links: {{unit: {{to: unit, back: people, unit: true}}}}
facts:
  a: {{type: number, range: "0..9"}}
  b: {{type: number, range: "0..9"}}
  flag: {{type: boolean}}
{facts}
definitions:
  total: {{is: a + b}}
  strong: {{is: "a >= {least}", output: true}}
  neat: {{is: every c in main satisfies c >= fine, output: true}}
  strength: {{is: count m in unit.people satisfies m.strong, output: true}}
criteria:
  scale: grade
  groups:
    one: {{source: "1", items: {{c1: {{}}, c2: {{}}}}}}
    two: {{source: "1", items: {{c3: {{}}}}}}
  sets: {{main: {main}}}
quotas:
  few:
    level: best
    per: [unit]
    counts: mark >= good
    at_most: {share}
    rounding: floor
    order: [{{highest: total}}]
    ties: none
    others: good
    source: "1"
"""
UNIT = """\
subject: unit
kinds: {{field: kind, values: {{small: S, large: L}}}}
links: {{above: {{to: unit, back: below, tree: true, unit: true, applies_when: kind = small}}}}
facts:
  size: {{type: number, range: "0..9"}}
{facts}
"""


def write_base(book: Book, folder: Path) -> None:
    """Write the base, and its overlays beside it."""
    said = [(p, written(p, n, s, "")) for p, of in book.rules.items() for n, s in of.items()]
    parameters = (
        f"parameters:\n  least: {{value: {book.least}, local: true}}\n"
        f"  limit: {{value: {book.share}%, local: {{at_most: {book.share}%}}}}\n"
    )
    main = "{local: true, members: [{take: one}]}"
    member = MEMBER.format(facts="", least="parameters.least", main=main, share="parameters.limit")
    write(
        folder / "base",
        MANIFEST.format(id="base") + SCALES + parameters,
        member + section("member", said, is_base=True),
        UNIT.format(facts="") + section("unit", said, is_base=True),
    )
    for name, part in book.parts.items():
        write_overlay(name, part, folder)


def write_overlay(name: str, part: Part, folder: Path) -> None:
    """Write what an overlay says."""
    said = [(p, written(p, n, s, "")) for p, of in part.rules.items() for n, s in of.items()]
    values = [("least", part.least), ("limit", part.share and f"{part.share}%")]
    if part.share == 0:
        values[1] = ("limit", "0%")
    own = [f"  {key}: {{value: {value}}}" for key, value in values if value is not None]
    head = MANIFEST.format(id=name).replace("document: D\n", "").replace("documents: {D: {}}\n", "")
    head += "extends: {rulebook: base, as: overlay}\n"
    head += f"applies_to: {{unit: [{name}], member: [{name}_own]}}\n"
    head += "\n".join(["parameters:", *own, ""]) if own else ""
    member = "subject: member\n"
    facts = [f"  {fact}: {{{fact_form(fact)}, source: '1'}}" for fact in part.facts]
    member += "\n".join(["facts:", *facts, ""]) if facts else ""
    if part.members is not None:
        takes = ", ".join(f"{{take: {group_of(item)}.{item}}}" for item in part.members)
        member += f"criteria: {{sets: {{main: [{takes}]}}}}\n"
    write(
        folder / name,
        head,
        member + section("member", said, is_base=False),
        "subject: unit\n" + section("unit", said, is_base=False),
    )


def fact_form(fact: str) -> str:
    """Return the form of a fact of an overlay; one of them need not be stated."""
    also = ", default: 0, absence: true" if fact == "fx" else ""
    return f"type: number, range: '0..9'{also}"


def group_of(item: str) -> str:
    """Return the group of a criterion."""
    return next(group for group, items in ITEMS.items() if item in items)


def write_longhand(book: Book, folder: Path) -> None:
    """Write one rulebook that says of all that an overlay adds for whom it is."""
    said = [(p, written(p, n, s, "")) for p, of in book.rules.items() for n, s in of.items()]
    for name, part in book.parts.items():
        for place, of in part.rules.items():
            texts = ((n, own_fact(s, name)) for n, s in of.items())
            said += [(place, written(place, n, s, f"part = {name}")) for n, s in texts]
    facts = "  part: {type: part}\n" + "".join(
        f"  {name}_{fact}: {{{fact_form(fact)}, applies_when: part = {name}}}\n"
        for name, part in book.parts.items()
        for fact in part.facts
    )
    takes = []
    for item in ("c1", "c2", "c3"):
        by = [name for name, p in book.parts.items() if item in (p.members or default_members())]
        by += ["none"] if item in default_members() else []
        if by:
            takes.append(f'{{take: {group_of(item)}.{item}, when: "part in ({", ".join(by)})"}}')
    least = choice("part", {n: p.least for n, p in book.parts.items()}, str(book.least), "")
    share = choice("unit.part", {n: p.share for n, p in book.parts.items()}, f"{book.share}%", "%")
    member = MEMBER.format(
        facts=facts, least=least, main=f"[{', '.join(takes)}]", share=f'"{share}"'
    )
    values = "enumerations: {part: {values: {none: N, north: A, south: B}}}\n"
    write(
        folder / "longhand",
        MANIFEST.format(id="longhand") + SCALES + values,
        member + section("member", said, is_base=True),
        UNIT.format(facts="  part: {type: part}\n") + section("unit", said, is_base=True),
    )


def own_fact(text: str, part: str) -> str:
    """Return a text with the facts of an overlay as the longhand calls them."""
    return re.sub(r"\bf(x|y|_\w+)\b", lambda found: f"{part}_{found[0]}", text)


def default_members() -> tuple[str, ...]:
    """Return the members of the set that the base has."""
    return ITEMS["one"]


def choice(by: str, values: dict[str, int | None], otherwise: str, unit: str) -> str:
    """Return an expression that gives the value of each part, else that of the base."""
    text = otherwise
    for name, value in values.items():
        if value is not None:
            text = f"if {by} = {name} then {value}{unit} else {text}"
    return f"({text})" if text != otherwise else text


def write(folder: Path, manifest: str, member: str, unit: str) -> None:
    """Write a rulebook."""
    folder.mkdir(parents=True)
    for name, text in (("rulebook", manifest), ("member", member), ("unit", unit)):
        if text.count("\n") > 1:
            (folder / f"{name}.yaml").write_text(text, "utf-8")


# -- cases ----------------------------------------------------------------------------------------


@dataclass
class Drawn:
    """Subjects by type and id, what each states, and the part that it is under."""

    facts: dict[str, dict[str, dict[str, Any]]]
    parts: dict[tuple[str, str], str]
    complete: str


def draw_case(pick: random.Random, book: Book) -> Drawn:
    """Return units under each part and under none, with members."""
    units = {
        "north": ("large", "-", "north"),
        "south": ("large", "-", "south"),
        "free": ("large", "-", ""),
        "north_1": ("small", "north", "north"),
        "south_1": ("small", "south", "south"),
        "free_1": ("small", "free", ""),
    }
    facts: dict[str, dict[str, dict[str, Any]]] = {"unit": {}, "member": {}}
    parts = {}
    for name, (kind, above, part) in units.items():
        stated: dict[str, Any] = {"kind": kind, "size": number(pick)}
        facts["unit"][name] = stated if above == "-" else {**stated, "above": above}
        parts["unit", name] = part
    for count in range(pick.randint(4, 14)):
        unit = pick.choice(tuple(units))
        parts["member", f"m{count}"] = units[unit][2]
        facts["member"][f"m{count}"] = draw_member(pick, book, unit, units[unit][2])
    if all(part.share is None for part in book.parts.values()):
        # somebody named by an overlay who stands in a unit under none
        parts["member", "south_own"] = "south"
        facts["member"]["south_own"] = draw_member(pick, book, "free_1", "south")
    return Drawn(facts, parts, pick.choice(("true", "[member]", "")))


def draw_member(pick: random.Random, book: Book, unit: str, part: str) -> dict[str, Any]:
    """Return what a member of a unit states that is under a part."""
    asked = book.parts[part].facts if part else []
    said = [fact for fact in ("a", "b", *asked) if fact != "fx" or pick.random() < 0.5]
    stated = {"unit": unit, **{fact: number(pick) for fact in said}}
    stated["flag"] = pick.choice(("true", "false", "null"))
    grades = (pick.choice(("bad", "fine", "great", "great", "null")) for _ in "123")
    stated["criteria"] = dict(zip(("c1", "c2", "c3"), grades, strict=True))
    return stated


def number(pick: random.Random) -> Any:
    """Return a number, sometimes an unknown one."""
    return "null" if pick.random() < 0.12 else pick.randint(0, 9)


def text_of(drawn: Drawn, head: str, *, with_parts: bool) -> bytes:
    """Return a case as YAML; `with_parts` states of each subject under which part it is."""
    lines = [head, "on: 2024-12-31", f"complete: {drawn.complete}", "subjects:"]
    for of_type, subjects in drawn.facts.items():
        lines.append(f"  {of_type}:")
        for name, stated in subjects.items():
            part = drawn.parts[of_type, name]
            own = {own_fact(k, part): v for k, v in stated.items()} if with_parts else stated
            own = {**own, "part": part or "none"} if with_parts else own
            lines.append(f"    {name}: {flow(own)}")
    return "\n".join(lines).encode()


def flow(stated: dict[str, Any]) -> str:
    """Return a mapping as YAML in one line."""
    parts = (f"{k}: {flow(v) if isinstance(v, dict) else v}" for k, v in stated.items())
    return f"{{{', '.join(parts)}}}"

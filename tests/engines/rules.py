"""The rules of a type of a random rulebook, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.engines.expressions import Writer
from tests.engines.scope import BOOL, DATE, NUMBER, TEXT, Made, Scope
from tests.engines.words import SHARES

if TYPE_CHECKING:
    from random import Random

    from tests.engines.scope import Shape, World


def _chance(rng: Random, share: float) -> bool:
    return rng.random() < share


def _majority(rng: Random) -> dict[str, str]:
    how = rng.choice(("more_than", "at_least"))
    return {how: rng.choice(("50%", "2/3", "parameters.most"))}


class Rules:
    """Makes the rules of one type; `levels` are the types whose results may be read."""

    def __init__(self, rng: Random, world: World, shape: Shape, levels: frozenset[str]) -> None:
        self.rng, self.world, self.shape, self.levels = rng, world, shape, levels
        self.scale = world.values(shape.scale)
        self.plain = Scope(world, shape, levels)
        self.lively = rng.choice((0.15, 0.4, 0.7))
        """How likely each construct is."""

    # -- what rules are made of -------------------------------------------------------------------

    def writer(self, *stages: str) -> Writer:
        """Return a writer of rules, where some of its own stages may be read, too."""
        scope = Scope(self.world, self.shape, self.levels, stages)
        return Writer.at(self.rng, scope)

    def condition(self, *stages: str, depth: int = 2) -> str:
        """Return a condition."""
        return self.writer(*stages).bool(depth)

    def level(self, *stages: str) -> str:
        """Return a level of the ladder: a name, or an expression."""
        if _chance(self.rng, 0.6):
            return self.rng.choice(self.scale)
        return self.writer(*stages).value(self.shape.scale, 2)

    def _when(self, entry: dict[str, Any], share: float, *stages: str) -> dict[str, Any]:
        return {"when": self.condition(*stages), **entry} if _chance(self.rng, share) else entry

    def _some(self, most: int, feature: str = "") -> range:
        if not self.world.has(feature):
            return range(0)
        return range(self.rng.randint(1, most) if _chance(self.rng, self.lively) else 0)

    def _easy(self) -> str:
        """Return a condition that holds of many."""
        one = self.condition(depth=self.rng.randint(0, 2))
        others = [self.condition(depth=0) for _ in range(self.rng.randrange(4))]
        return f"({' or '.join([one, *others])})"

    def _hard(self) -> str:
        """Return a condition that holds of few."""
        one, other = self.condition(depth=self.rng.randint(0, 2)), self.condition(depth=0)
        return f"({one} and {other})" if _chance(self.rng, 0.6) else one

    # -- stages -----------------------------------------------------------------------------------

    def all(self) -> dict[str, Any]:
        """Return all rules of a type that has a ladder; the ladder alone is always there."""
        found = {
            "not_ranked": {f"out{i}": {"when": self._hard()} for i in self._some(2, "not_ranked")},
            "pending": {f"wait{i}": {"when": self._hard()} for i in self._some(1, "pending")},
            "ladder": self.ladder(),
            "floors": {f"floor{i}": self._floor() for i in self._some(2, "floors")},
            "caps": {f"cap{i}": self._cap() for i in self._some(2, "caps")},
            "votes": self._votes() if "bl" in self.shape.facts and self._some(1) else {},
            "defer": {f"defer{i}": self._deferral() for i in self._some(1, "defer")},
            "quotas": {f"quota{i}": self._quota() for i in self._quotas()},
        }
        return {name: entries for name, entries in found.items() if entries}

    def ladder(self) -> dict[str, Any]:
        """Return the ladder: by requirements, by a matrix, or by points."""
        made: dict[str, Any] = {"scale": self.shape.scale}
        points = _chance(self.rng, 0.25) and self.world.has("points")
        made |= self._by_points() if points else self._by_level()
        knockouts = {
            f"k{i}": {"when": self._hard(), "to": self.level()} for i in self._some(2, "knockouts")
        }
        return made | ({"knockouts": knockouts} if knockouts else {})

    def _by_points(self) -> dict[str, Any]:
        best = list(reversed(self.scale))
        ends = sorted(self.rng.sample(range(1, 12), len(best) - 1), reverse=True)
        made: dict[str, Any] = {"by": self.writer().number(2)}
        if _chance(self.rng, 0.5):
            return made | {"from": dict(zip(best[:-1], ends, strict=True))}
        hole = self.rng.choice((0, 0, 1)) if self.world.has("holes") else 0
        bands = {best[0]: f">= {ends[0]}"}
        for level, high, low in zip(best[1:-1], ends[:-1], ends[1:], strict=True):
            bands[level] = (
                f"[{low}..{high})" if not hole or high - hole <= low else f"[{low}..{high - 1}]"
            )
        bands[best[-1]] = f"< {ends[-1]}"
        return made | {"bands": bands}

    def _by_level(self) -> dict[str, Any]:
        best = list(reversed(self.scale))
        levels: dict[str, Any] = {
            level: {
                "require": {f"r{i}": self._requirement() for i in range(self.rng.choice((1, 1, 2)))}
            }
            for level in best[:-1]
        }
        made: dict[str, Any] = {}
        if _chance(self.rng, 0.5):
            made["cumulative"] = self.rng.choice((True, False, "readings.way = one"))
        if self.shape.graded in self.world.scales and self._some(1, "matrices"):
            made["thresholds"] = self._matrix(best[:-1])
        return made | {"levels": levels | {best[-1]: {"otherwise": True}}}

    def _requirement(self) -> dict[str, Any]:
        lists = [i for i in self.plain.items() if i.element in self.levels and not i.guard]
        if lists and _chance(self.rng, 0.3):
            items = self.rng.choice(lists)
            least = self.rng.choice(self.world.values(self.world.shapes[items.element].scale))
            if _chance(self.rng, 0.5):
                return self._when({"that": {"all": items.text, "at_least": least}}, 0.3)
            share = f">= {self.rng.choice(SHARES)}"
            said = {"share_of": items.text, "at_least": least, "is": share}
            return self._when({"that": said}, 0.3)
        return self._when({"that": self._easy()}, 0.3)

    def _matrix(self, columns: list[str]) -> dict[str, Any]:
        grades = self.world.values(self.shape.graded)
        rows = {
            f"t{i}": self._when(
                {
                    "of": self.rng.choice(self.shape.sets),
                    "at_least": [self.rng.choice((*grades, "-")) for _ in columns],
                },
                0.3,
            )
            for i in range(self.rng.randint(1, 2))
        }
        return {"columns": columns, **rows}

    def _floor(self) -> dict[str, Any]:
        one = f"higher(stages.standard, {self.rng.randrange(1, 3)})"
        least = one if _chance(self.rng, 0.3) else self.level()
        made = self._when({"at_least": least}, 0.7)
        return made | ({"over_knockouts": True} if _chance(self.rng, 0.3) else {})

    def _cap(self) -> dict[str, Any]:
        made: dict[str, Any] = {"at_most": self.level("standard")}
        scale = self.shape.scale
        lists = [
            (items, atoms)
            for items in self.plain.items()
            if (atoms := [a for a in self.plain.element(items, "x") if a.ty == scale])
            and not items.guard
        ]
        direct = [a for a in self.plain.atoms() if a.ty == scale and a.text.endswith(f".{scale}")]
        if lists and _chance(self.rng, 0.4):
            items, atoms = self.rng.choice(lists)
            made = {"each": f"x in {items.text}", "at_most": self.rng.choice(atoms).text}
            if _chance(self.rng, 0.4):
                made["where"] = self.writer()._bind(items)[1].bool(1)
        elif direct and _chance(self.rng, 0.5):
            made = {"at_most": self.rng.choice(direct).text}
        made = self._when(made, 0.6)
        return made | ({"last": True} if _chance(self.rng, 0.2) else {})

    # -- choices ----------------------------------------------------------------------------------

    def _votes(self) -> dict[str, Any]:
        made = {"vote0": self._vote()}
        when = made["vote0"].get("when")
        if when and _chance(self.rng, 0.4):
            made["vote1"] = {**self._vote(), "when": f"not({when})"}
        if _chance(self.rng, 0.2):
            made["told"] = {"binding": False, "ballots": "bl"}
        return made

    def _vote(self) -> dict[str, Any]:
        rng = self.rng

        wins: dict[str, Any] = _majority(rng)
        if _chance(rng, 0.3):
            wins = {rng.choice(self.scale): _majority(rng), "default": _majority(rng)}
        made: dict[str, Any] = {
            "ballots": "bl",
            "base": rng.choice(("nv", "nv", "4", "n1" if "n1" in self._whole() else "nv")),
            "wins": wins,
        }
        if _chance(rng, 0.4):
            made["counting"] = rng.choice(("exact", "cumulative"))
        if _chance(rng, 0.4):
            made["above_ceiling"] = rng.choice(("ceiling", "wins"))
        return self._when(made, 0.5)

    def _whole(self) -> list[str]:
        return [n for n in self.shape.facts if n not in self.shape.applies]

    def _deferral(self) -> dict[str, Any]:
        among: Any = self.shape.scale
        if _chance(self.rng, 0.6):
            among = self.rng.sample(self.scale, self.rng.randint(1, len(self.scale)))
        if isinstance(among, list) and _chance(self.rng, 0.3):
            among = [*among, "not_ranked"]
        return {"when": self.condition("standard"), "question": "Which?", "among": among}

    # -- quotas -----------------------------------------------------------------------------------

    def _quotas(self) -> range:
        return range(self.rng.choice((0, 1, 1, 2)) if self.world.has("quotas") else 0)

    def _quota(self) -> dict[str, Any]:
        rng, made = self.rng, {}
        rank = min(rng.randrange(1, len(self.scale)), rng.randrange(1, len(self.scale)))
        made["level"] = self.scale[rank]
        several, keys = self._grouped(made)
        if _chance(rng, 0.7):
            made |= self._shared(keys, several)
        else:
            made["places"] = rng.choice((0, 1, 2, "parameters.few"))
        if _chance(rng, 0.7):
            made["order"] = [self._key() for _ in range(rng.randint(1, 2))]
        if not several and _chance(rng, 0.5):
            made["ties"] = rng.choice(("needs_decision", "all", "none"))
        if _chance(rng, 0.6):
            made["others"] = self.scale[rng.randrange(rank)]
        if _chance(rng, 0.3):
            made["competes"] = self.condition(depth=1)
        return self._when(made, 0.2)

    def _grouped(self, made: dict[str, Any]) -> tuple[list[str], list[str]]:
        """Say into what groups; return the names of several groupings, and the keys."""
        rng = self.rng
        named = {BOOL, TEXT, *self.world.enumerations, *self.world.shapes}
        keys = [a.text for a in self.plain.atoms() if a.ty in named and a.text.count(".") < 2]
        keys = [k for k in keys if k.split(".")[0] in self._held(k)] or ["b0"]
        units = [k for k in keys if k in self.shape.links]
        lists = [i for i in self.plain.items() if i.element in ("row", "unit") and not i.guard]
        lists = [i for i in lists if i.text in ("rows", "refs")]
        if lists and _chance(rng, 0.2) and self.world.has("several groups"):
            items = rng.choice(lists)
            atoms = [a.text for a in self.plain.element(items, "p") if a.ty in named]
            made["per"] = f"each p in {items.text} of {rng.choice(atoms)}"
            return ["each"], []
        if _chance(rng, 0.25) and self.world.has("several groups"):
            two = rng.sample(keys, min(2, len(keys)))
            made["within"] = {f"w{i}": key for i, key in enumerate(two)}
            return list(made["within"]), []
        chosen = (
            [rng.choice(units or keys)]
            if _chance(rng, 0.7)
            else rng.sample(keys, min(2, len(keys)))
        )
        made["per"] = chosen
        return [], chosen

    def _held(self, key: str) -> set[str]:
        optional = set(self.shape.applies)
        return {key.split(".", maxsplit=1)[0]} - (optional if _chance(self.rng, 0.7) else set())

    def _shared(self, keys: list[str], several: list[str]) -> dict[str, Any]:
        rng, made = self.rng, {}
        share: Any = rng.choice(
            ("20%", "1/3", "50%", "parameters.part", "1 - parameters.most", "100%")
        )
        units = [k for k in keys if k in self.shape.links and self.shape.links[k]["to"] == "unit"]
        if units and _chance(rng, 0.3):
            share = f"{units[0]}.pt"
        if units and "complete" in self.shape.links[units[0]] and _chance(rng, 0.5):
            made["size"] = f"{units[0]}.n_ms"
        elif _chance(rng, 0.15):
            made["size"] = "6"
        if several and several != ["each"] and _chance(rng, 0.4):
            share = {name: rng.choice(("1/3", "50%")) for name in several}
        made["at_most"] = share
        scale = self.shape.scale
        counts = (
            "true",
            f"{scale} >= {rng.choice(self.scale)}",
            f"{scale} = {rng.choice(self.scale)}",
        )
        made["counts"] = rng.choice(counts)
        if _chance(rng, 0.25):
            made["counts"] = Writer.at(rng, Scope(self.world, self.shape, self.levels)).bool(1)
        if _chance(rng, 0.7):
            made["rounding"] = rng.choice(("floor", "half_up", "ceiling"))
        if _chance(rng, 0.3):
            made["small_group"] = {"fewer_than": rng.choice((3, 5)), "allow": 1}
            if _chance(rng, 0.4):
                made["small_group"]["at_least"] = 1
        return made

    def _key(self) -> dict[str, str]:
        ty = self.rng.choice((NUMBER, NUMBER, DATE, BOOL))
        few = [
            a.text for a in self.plain.atoms() if a.ty in (BOOL, self.shape.scale) and not a.guard
        ]
        if few and _chance(self.rng, 0.5):
            return {self.rng.choice(("highest", "lowest")): self.rng.choice(few)}
        ballots = [f"bl.{level}" for level in self.scale] if "bl" in self.shape.facts else []
        value = self.writer().of(ty, 1)
        if ballots and _chance(self.rng, 0.2):
            value = self.rng.choice(ballots)
        return {self.rng.choice(("highest", "lowest")): value}


# -- definitions, tables, what comes last ----------------------------------------------------------


def definitions(rng: Random, world: World, shape: Shape, levels: frozenset[str]) -> dict[str, Any]:
    """Return some definitions of a type, which the shape holds from then on."""
    entries: dict[str, Any] = {}
    for number in range(rng.randint(1, 4)):
        scope = Scope(world, shape, levels if not shape.is_record else frozenset())
        entry, made = _definition(rng, scope, f"def{number}")
        entries[made.name] = entry
        shape.made.append(made)
    return entries


def _definition(rng: Random, scope: Scope, name: str) -> tuple[dict[str, Any], Made]:
    writer = Writer.at(rng, scope)
    reads = scope.levels | ({scope.shape.name} if any(t for *_, t in scope.shape.backs) else set())
    items = writer._list(*(s for s in scope.world.shapes))
    if (
        items is not None
        and not items.guard
        and _chance(rng, 0.3)
        and scope.world.has("selections")
    ):
        word, inner = writer._bind(items)
        entry = {"each": f"{word} in {items.text}", "where": inner.bool(1)}
        return entry, Made(name, "", frozenset(reads), of=items.element)
    ty = rng.choice((BOOL, NUMBER, NUMBER, DATE, TEXT, "lv", "gr", "en"))
    typed: dict[str, Any] = {"type": ty, "is": writer.of(ty, 3)}
    if rng.random() < 0.4 and scope.shape.scale:
        typed["output"] = True
    guard = ""
    if "b0" in scope.shape.facts and "b0" not in scope.shape.applies and rng.random() < 0.1:
        typed["applies_when"], guard = "b0", "$b0"
    return typed, Made(name, ty, frozenset(reads), guard=guard)


def tables(rng: Random, world: World, shape: Shape, levels: frozenset[str]) -> dict[str, Any]:
    """Return a table now and then."""
    if rng.random() < 0.5 or not world.has("tables"):
        return {}
    writer = Writer.at(rng, Scope(world, shape, levels))
    plain = [a for a in writer.atoms if not a.guard and a.ty in (BOOL, NUMBER, "en", "lv", "gr")]
    if not plain:
        return {}
    inputs = {f"in{i}": a for i, a in enumerate(rng.sample(plain, min(2, len(plain))))}
    hit = rng.choice(("unique", "first", "first", "collect"))
    ty = rng.choice((NUMBER, "lv", "en", TEXT, BOOL))
    rows: dict[str, Any] = {}
    for number in range(rng.randint(1, 3)):
        cells = {n: _cell(rng, world, a.ty) for n, a in inputs.items() if rng.random() < 0.8}
        rows[f"row{number}"] = {"if": cells, "then": {"out": writer.of(ty, 0)}}
    if hit == "first":
        rows["rest"] = {"then": {"out": writer.of(ty, 0)}}
    reads = frozenset(levels | {shape.name})
    of = ty if hit == "collect" else ""
    shape.tables.append(Made("tables.tab.out", ty, reads, of=of))
    written = {name: atom.text for name, atom in inputs.items()}
    return {"tab": {"hit": hit, "inputs": written, "outputs": {"out": ty}, "rows": rows}}


def _cell(rng: Random, world: World, ty: str) -> Any:
    if ty == BOOL:
        return rng.random() < 0.5
    if ty == NUMBER:
        return rng.choice(("< 2", ">= 2", "[1..3]", "not(0)", "1, 2", "-"))
    one, other = rng.sample(world.values(ty), 2)
    return rng.choice((one, f"{one}, {other}", f"not({one})"))


def last(rng: Random, world: World, shape: Shape) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return outputs that read any result, and checks."""
    ranked = frozenset(s.name for s in world.shapes.values() if s.scale)
    stages = ("level", "standard", "cap") if shape.scale else ()
    scope = Scope(world, shape, ranked, stages, last=True)
    outputs: dict[str, Any] = {}
    for number in range(rng.randint(0, 2) if world.has("outputs") else 0):
        ty = rng.choice((BOOL, NUMBER, "lv", TEXT))
        entry: dict[str, Any] = {"type": ty, "is": Writer.at(rng, scope).of(ty, 2), "output": True}
        if ty == BOOL and rng.random() < 0.4:
            entry["final"] = True
        outputs[f"out{number}"] = entry
    checks: dict[str, Any] = {}
    for number in range(rng.randint(0, 2) if world.has("checks") else 0):
        writer = Writer.at(rng, scope)
        checks[f"check{number}"] = {"require": writer.bool(2), "severity": "warning"}
        if rng.random() < 0.4:
            checks[f"check{number}"]["when"] = writer.bool(1)
    return outputs, checks

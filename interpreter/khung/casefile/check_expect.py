"""Whether what a case expects names things that there are: subjects, levels, rules, facts.

A mistyped rule id in `expect` would make a test fail, or pass, for the wrong reason.

Reports: K0201, K0614, K0622, K0625-K0627.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from khung.casefile.model import FINDINGS
from khung.casefile.names import NearIds, unknown_value
from khung.diagnostics.codes import all_codes
from khung.diagnostics.suggest import nearest, unknown
from khung.ir.entries import rules_of, stages_of
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from khung.casefile.model import CaseFile, Expected, ExpectedGroup, Wanted
    from khung.diagnostics.bag import Bag
    from khung.ir.program import ObjectType, Program, Table
    from khung.rulebook.model import Ref


def check_expect(
    case_file: CaseFile, program: Program, under: Mapping[tuple[str, str], str], bag: Bag
) -> None:
    """Report every name in `expect` that nothing has; `under` has the overlays of subjects."""
    if case_file.expect is None:
        return
    types = {ty.name: ty for ty in program.subjects}
    check = _Check(program, types, subject_ids(case_file), bag)
    for expected in case_file.expect.subjects:
        declared = types.get(expected.type.name)
        if declared is None:
            unknown(bag, "subject", expected.type.name, expected.type.span, types, at="expect")
        else:
            ids = check.ids.get(declared.name, {}).get(expected.id.name, ())
            parts = dict.fromkeys(under.get((declared.name, name), "") for name in ids)
            for part in parts if program.parts else ():
                check.subject(expected, program.parts[part].program.objects[declared.name])
            if not program.parts or not parts:
                check.subject(expected, declared)
    for group in case_file.expect.groups:
        check.group(group)
    for ref in case_file.expect.diagnostics or ():
        if ref.name not in all_codes():
            unknown(bag, "code", ref.name, ref.span, all_codes(), at="expect.diagnostics")


def subject_ids(case_file: CaseFile) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return by type what each name that `expect` may use stands for: `tot` for `tot_1` … too."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for group in case_file.subjects:
        ids = found.setdefault(group.type.name, {})
        for entry in group.entries:
            ids.update((name, (name,)) for name in entry.ids)
        for entry in group.entries:
            ids.setdefault(entry.id.name, entry.ids)
    return found


def rule_ids(declared: ObjectType) -> tuple[str, ...]:
    """Return the ids that `expect` may use for a subject, without the subject."""
    own = (rule.id.removeprefix(f"{declared.name}.") for rule in rules_of(declared))
    defined = (name for name in declared.definitions if "." not in name)  # not those of tables
    return (*own, *(f"definitions.{name}" for name in defined))


_VOTES = "votes."
"""What the id of a vote begins with, without the subject."""


@dataclass(frozen=True, slots=True)
class _Check:
    program: Program
    types: Mapping[str, ObjectType]
    ids: Mapping[str, Mapping[str, tuple[str, ...]]]
    bag: Bag
    near_ids: NearIds = field(default_factory=NearIds)

    def subject(self, expected: Expected, declared: ObjectType) -> None:
        """Check what is expected of one subject."""
        at = f"expect.{declared.name}.{expected.id.name}"
        self._id(expected.id, declared.name, at)
        self._levels(expected, declared, at)
        votes = tuple(_VOTES + vote.head.name for vote in declared.votes)
        known = {"reasons": rule_ids(declared), "findings": (*FINDINGS, *rule_ids(declared))}
        for key, refs in expected.lists.items():
            if key in known:
                self._rules(refs, known[key], f"{at}.{key}")
                continue
            if key == "readings":
                self._readings(refs, f"{at}.{key}")
                continue
            rules = [ref for ref in refs if key == "provisional" and ref.name.startswith(_VOTES)]
            self._rules(rules, votes, f"{at}.{key}")
            self._paths((ref for ref in refs if ref not in rules), declared, f"{at}.{key}")
        checks = [check.head.name for check in declared.checks]
        for name, wanted in expected.under("checks").items():
            if name not in checks:
                unknown(self.bag, "check", name, wanted.span, checks, at=f"{at}.checks")
        outputs = [d.name for d in declared.definitions.values() if d.output]
        for name, wanted in expected.under("outputs").items():
            if name in declared.tables:
                self._answer(wanted, declared.tables[name], f"{at}.outputs.{name}")
            elif name not in outputs:
                others = (*outputs, *declared.tables)
                unknown(self.bag, "output", name, wanted.span, others, at=f"{at}.outputs")

    def _readings(self, refs: Iterable[Ref], at: str) -> None:
        for ref in refs:
            if ref.name not in self.program.readings:
                unknown(self.bag, "reading", ref.name, ref.span, self.program.readings, at=at)

    def _answer(self, wanted: Wanted, table: Table, at: str) -> None:
        """Report an output that a table has not, in one answer or in a list of them."""
        answers = wanted.value if isinstance(wanted.value, list) else [wanted.value]
        named = [name for one in answers if isinstance(one, dict) for name in one]
        for name in dict.fromkeys(named):
            if name not in table.outputs:
                unknown(self.bag, "output", name, wanted.span, table.outputs, at=at)

    def group(self, group: ExpectedGroup) -> None:
        """Check what is expected of a group of a quota."""
        at, quotas = "expect.groups", {q.head.id: s for s in self.types.values() for q in s.quotas}
        if group.rule.name not in quotas:
            self._rules((group.rule,), tuple(quotas), at)
            return
        subject = quotas[group.rule.name].name
        for members in (group.kept, group.cut, group.open):
            for ref in members if isinstance(members, tuple) else ():
                self._id(ref, subject, at)

    def _id(self, ref: Ref, type_name: str, at: str) -> None:
        ids = self.ids.get(type_name, {})
        if ref.name not in ids:
            near = self.near_ids.nearest(ref.name, ids)
            name, advice = ref.name, "near" if near else ""
            self.bag.add(
                "K0625", ref.span, help=advice, at=at, name=name, type=type_name, near=near or ""
            )

    def _levels(self, expected: Expected, declared: ObjectType, at: str) -> None:
        if declared.ladder is None:
            for wanted in expected.levels[:1]:
                self.bag.add("K0622", wanted.span, at=at, type=declared.name)
            return
        scale, stages = self.program.values[declared.ladder.scale.name], stages_of(declared)
        for stage, wanted in expected.under("stages").items():
            if stage not in stages:
                unknown(self.bag, "stage", stage, wanted.span, stages, at=f"{at}.stages")
        for wanted in expected.levels:
            if wanted.value not in scale.values:
                unknown_value(wanted.value, scale, wanted.span, at, self.program, self.bag)

    def _rules(self, refs: Iterable[Ref], known: tuple[str, ...], at: str) -> None:
        for ref in refs:
            if ref.name not in known:
                near = self._meant(ref.name, known)
                advice = "near" if near else ""
                self.bag.add("K0626", ref.span, help=advice, at=at, name=ref.name, near=near or "")

    def _meant(self, name: str, known: tuple[str, ...]) -> str | None:
        """Return the id that was meant: often one that lacks its first part, or has the subject."""
        ends = [
            other for other in known if other.endswith(f".{name}") or name.endswith(f".{other}")
        ]
        return ends[0] if ends else nearest(name, known)

    def _paths(self, refs: Iterable[Ref], declared: ObjectType, at: str) -> None:
        """Check `FACT`, `TYPE.ID.FACT` or `TYPE.ID`, a quota; a record is `FACT[KEY].FIELD`."""
        quotas = [quota.head.id.removeprefix(f"{declared.name}.") for quota in declared.quotas]
        for ref in refs:
            if ref.name in quotas:
                continue
            if not _has(declared, ref.name) and not self._elsewhere(ref.name):
                near = nearest(ref.name, _inputs(declared)) or ""
                advice = "near" if near else ""
                self.bag.add("K0627", ref.span, help=advice, at=at, name=ref.name, near=near)

    def _elsewhere(self, path: str) -> bool:
        type_name, _, rest = path.partition(".")
        declared = self.types.get(type_name)
        if declared is None:
            return False
        ids = self.ids.get(type_name, {})
        if rest in ids:
            return True
        cuts = (i for i, letter in enumerate(rest) if letter == ".")
        return any(rest[:i] in ids and _has(declared, rest[i + 1 :]) for i in cuts)


def _has(declared: ObjectType, path: str) -> bool:
    """Say whether a path is of something that a case can state of an object, or of its records."""
    name, bracket, _ = path.partition("[")
    if bracket:
        return name in declared.facts
    own = (declared.links, declared.facts, declared.back_lists, declared.criteria)
    item = path.removeprefix("criteria.")
    return (
        any(name in names for names in own)
        or name == declared.kind_field
        or (item in declared.criteria)
    )


def _inputs(declared: ObjectType) -> tuple[str, ...]:
    criteria = (f"criteria.{name}" for name in declared.criteria)
    return (*declared.facts, *declared.links, *criteria, declared.kind_field)

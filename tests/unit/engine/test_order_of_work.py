"""A case is solved in the order of work, however many stand one above the other."""

from __future__ import annotations

import sys
from datetime import date

import pytest
from tests.support.evaluation import ALL_WHOLE
from tests.support.rulebook import MANIFEST, load_files

from khung.diagnostics.bag import Bag
from khung.engine.facts import Case, Entity
from khung.engine.stages import Run, Status
from khung.engine.values import known
from khung.ir.from_rulebook import lower_rulebook
from khung.why.result import evaluate_case

SHARED = MANIFEST + "scales: {rank: {values: {low: {}, high: {}}}}\n"
LADDER = "ladder: {scale: rank, levels: {high: {require: {r: {that: ok}}}, low: {otherwise: true}}}"
UNIT = """
subject: unit
facts: {{ok: {{type: boolean}}}}
kinds: {{field: kind, values: {{{kinds}}}}}
links: {{above: {{to: unit, back: below, tree: true, optional: true}}}}
{ladder}
caps: {{c: {{when: some x in below where x.ranked satisfies x.rank = low, at_most: low}}}}
"""
MEMBER = f"""
subject: member
facts: {{ok: {{type: boolean}}}}
links: {{at: {{to: unit, back: members}}}}
{LADDER}
caps: {{c: {{when: at.ranked, at_most: at.rank}}}}
"""


def program_of(folder, kinds):
    """Return a rulebook of units of kinds, one above the other, and of members of units."""
    folder.mkdir(exist_ok=True)
    unit = UNIT.format(kinds=", ".join(f"k{n}: {{}}" for n in range(kinds)), ladder=LADDER)
    read = load_files(folder, rulebook=SHARED, unit=unit, member=MEMBER).sound
    bag = Bag()
    program = lower_rulebook(read, {}, bag)
    assert program is not None, [d.code for d in bag.diagnostics]
    return program


def units_of(program, kinds, chains):
    """Return chains of units, the first kind below; of the first chain the lowest is not ok."""
    declared, found = program.objects["unit"], {}
    for chain in range(chains):
        above = None
        for kind in reversed(range(kinds)):
            facts = {"ok": known((chain, kind) != (0, 0)), "kind": known(f"k{kind}")}
            facts |= {"above": known(above)} if above else {}
            name = f"u{chain}_{kind}"
            above = found[name] = Entity(declared, name, facts)
    return found


def case_of(program, kinds, chains=1, members=0):
    """Return a case of chains of units, and members of them in turn."""
    units = units_of(program, kinds, chains)
    declared, homes = program.objects["member"], list(units.values())
    people = {
        f"m{n}": Entity(declared, f"m{n}", {"ok": known(True), "at": known(homes[n % len(homes)])})
        for n in range(members)
    }
    return Case(program, date(2024, 1, 1), {"member": people, "unit": units}, whole=ALL_WHOLE)


def depth_of(work):
    """Return how many calls deep some work goes."""
    deepest = 0

    def look(frame, event, _):
        nonlocal deepest
        depth = 0
        while event == "call" and frame is not None:
            depth, frame = depth + 1, frame.f_back
        deepest = max(deepest, depth)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(before)
    return deepest


@pytest.mark.parametrize("asked", ["in order", "from above"])
def test_how_deep_it_goes(asked, tmp_path):
    """In order no stage goes further than to the next; asked from above each goes all the way."""
    found = []
    for kinds in (3, 9):
        program = program_of(tmp_path / str(kinds), kinds)
        run = Run(program, case_of(program, kinds))
        top = run.case.entities["unit"][f"u0_{kinds - 1}"]
        found.append(depth_of(run.solve if asked == "in order" else lambda: run.status(top)))  # noqa: B023
    assert (found[0] == found[1]) == (asked == "in order")


def test_work_comes_after_what_it_waits_for(tmp_path):
    order = [(w.subject, w.kind, w.definition) for w in program_of(tmp_path, 2).order]
    own = [f"stages.{end}" for end in ("ranked", "standard", "cap", "defer", "quota")]
    for subject, kind in (("unit", "k0"), ("unit", "k1"), ("member", "")):
        assert [end for *of, end in order if of == [subject, kind]] == own
    assert len(order) == 3 * len(own)
    below, above = ("unit", "k0", "stages.quota"), ("unit", "k1", "stages.cap")
    assert order.index(below) < order.index(above)
    top, member = ("unit", "k1", "stages.quota"), ("member", "", "stages.cap")
    assert order.index(top) < order.index(member)


def test_thousands_of_units_with_tens_of_thousands_of_members(tmp_path):
    """A unit that is not ok holds down all above it and all their members, and no one else."""
    kinds, chains, members = 5, 600, 50_000
    program = program_of(tmp_path, kinds)
    results = evaluate_case(program, case_of(program, kinds, chains, members))
    low = {name for name, r in results.by_type["unit"].items() if r.level == 0}
    assert low == {f"u0_{kind}" for kind in range(kinds)}
    everyone = results.by_type["member"].values()
    held = [r for r in everyone if r.level == 0]
    assert all(r.status is Status.RANKED for r in everyone)
    assert len(held) == sum(n % (kinds * chains) < kinds for n in range(members))

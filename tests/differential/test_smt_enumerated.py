"""Rulebooks so small that every case is tried: it shows what the solver says of all cases."""

from itertools import product
from random import Random

import pytest

from khung.analysis.diff.claims import State
from khung.analysis.proof.asked import Asked
from khung.analysis.proof.properties import Status
from khung.analysis.proof.run import proofs_of
from khung.analysis.proof.solver import Budget
from khung.driver import Shelf, evaluate_text

FACTS = ("a", "b", "c", "d")
LEVELS = ("high", "middle", "low")
BOOK = """\
khung: 1
id: small
title: Small
period: {from: 2025-01-01, to: 2025-12-31}
document: D
documents: {D: {label: D, number: "1", date: 2024-12-20, issued_by: D}}
scales: {level: {label: Level, values: {low: Low, middle: Middle, high: High}}}
"""
SUBJECT = """\
subject: item
label: Item
source: "1"
facts: {a: {type: boolean}, b: {type: boolean}, c: {type: boolean}, d: {type: boolean}}
ladder:
  scale: level
  cumulative: CUMULATIVE
  levels:
    high: {require: {first: {that: "HIGH", source: "1"}}}
    middle: {require: {second: {that: "MIDDLE", source: "1"}}}
    low: {otherwise: true, source: "1"}
  knockouts: {out: {when: "OUT", to: low, source: "1"}}
caps: {under: {when: "UNDER", at_most: middle, source: "1"}}
"""
RULES = {
    "item.levels.high.first": ("HIGH", "true"),
    "item.levels.middle.second": ("MIDDLE", "true"),
    "item.knockouts.out": ("OUT", "false"),
    "item.caps.under": ("UNDER", "false"),
}
CASE = 'rulebook: "small"\non: 2025-12-31\ncomplete: true\nsubjects:\n  item:\n'
CASES = list(product((False, True), repeat=len(FACTS)))


def conditions(random):
    """Conditions of a rulebook, by the words that stand for them."""

    def one():
        names = [
            name if random.random() < 0.7 else f"not({name})" for name in random.sample(FACTS, 2)
        ]
        return f" {random.choice(('and', 'or'))} ".join(names)

    said = {word: one() for word in ("HIGH", "MIDDLE", "OUT", "UNDER")}
    return {**said, "CUMULATIVE": random.choice(("true", "false"))}


def folder(to, said):
    to.mkdir(parents=True)
    (to / "rulebook.yaml").write_text(BOOK, "utf-8")
    (to / "clauses.yaml").write_text('clauses: {"1": {summary: All}}\n', "utf-8")
    text = SUBJECT
    for word, condition in said.items():
        text = text.replace(word, condition)
    (to / "item.yaml").write_text(text, "utf-8")
    return to


def levels(of):
    """The level of every case there is, by the reference."""
    lines = []
    for number, values in enumerate(CASES):
        stated = ", ".join(f"{n}: {str(v).lower()}" for n, v in zip(FACTS, values, strict=True))
        lines.append(f"    i{number}: {{{stated}}}\n")
    text = CASE + "".join(lines)
    ran = evaluate_text(text.encode(), "case.yaml", Shelf(), {}, of.parent)
    assert ran.results is not None, ran.diagnostics
    found = ran.results.by_type["item"]
    return [("low", "middle", "high")[found[f"i{n}"].level] for n in range(len(CASES))]


@pytest.mark.parametrize("seed", range(6))
def test_what_verify_says_is_what_all_cases_show(tmp_path, seed):
    said = conditions(Random(seed))  # noqa: S311  # conditions, not secrets
    made = folder(tmp_path / "all" / "small", said)
    found, by_case = levels(made), dict(zip(CASES, levels(made), strict=True))
    asked = Asked(Shelf().ready(made, {}).program, "item", Budget.of(600, 60))
    for level in LEVELS:  # a cap stands after the standard
        off = folder(tmp_path / f"uncapped-{level}" / "small", {**said, "UNDER": "false"})
        reached = level in levels(off)
        assert asked.reachable("", level).status is (Status.HOLDS if reached else Status.REFUTED)
    for place, name in enumerate(FACTS):
        moves = any(
            by_case[case] != by_case[(*case[:place], not case[place], *case[place + 1 :])]
            for case in CASES
        )
        is_asked = name in asked.asked_of()
        assert not moves or is_asked
        if is_asked:
            assert asked.matters(name).status is (Status.HOLDS if moves else Status.REFUTED)
    for rule, (word, nothing) in RULES.items():
        without = folder(tmp_path / f"no-{word}" / "small", {**said, word: nothing})
        decides = levels(without) != found
        status = asked.decides(frozenset([rule])).status
        assert status is (Status.HOLDS if decides else Status.REFUTED), (rule, said)


@pytest.mark.parametrize("seed", range(6))
def test_what_a_comparison_says_is_what_all_cases_show(tmp_path, seed):
    random = Random(100 + seed)  # noqa: S311  # conditions, not secrets
    said = conditions(random)
    word = random.choice([*said][:4])
    other = {**said, word: conditions(random)[word]}
    sides = [folder(tmp_path / name / "small", s) for name, s in (("one", said), ("two", other))]
    first, second = map(levels, sides)
    shelf = Shelf()
    proofs = proofs_of((shelf.ready(sides[0], {}), shelf.ready(sides[1], {})), {}, shelf)
    by_target = {proof.target: proof.state for proof in proofs.proofs}
    for level, better in (("high", ("high",)), ("middle", ("high", "middle"))):
        differs = [one in better for one in first] != [one in better for one in second]
        assert by_target[level] is (State.DIFFERS if differs else State.SAME), (said, other)

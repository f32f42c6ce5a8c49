"""Records a second, one at a time, beside other engines and a function written by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.agreement import compare
from benchmarks.contenders import gather
from benchmarks.contenders.contender import Absent, Contender
from benchmarks.records import generate

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORDS = 2000
ROUNDS = 9
SLICE = 0.2
"""Seconds of the processor that a contender has in one round; other work does not count."""


@dataclass(slots=True)
class Timed:
    """A contender with its rates, in records a second, one a round."""

    contender: Contender
    rates: list[float] = field(default_factory=list)

    def round(self) -> None:
        """Work for one slice of time, over all inputs again and again, and note the rate."""
        run, inputs = self.contender.run, self.contender.inputs
        chunk = max(1, len(inputs) // 40)
        done, at, start = 0, 0, process_time()
        while (elapsed := process_time() - start) < SLICE:
            for each in inputs[at : at + chunk]:
                run(each)
                done += 1
            at = (at + chunk) % len(inputs)
        self.rates.append(done * self.contender.per_input / elapsed)

    @property
    def rate(self) -> float:
        return median(self.rates)


def report() -> None:
    """Compare, measure, and print a table."""
    records = generate(RECORDS)
    found = list(gather(records))
    contenders = [each for each in found if isinstance(each, Contender)]
    agreed = compare(records, contenders)
    levels = ", ".join(f"{n} {level}" for level, n in Counter(o.level for o in agreed).items())
    print(f"{RECORDS} records, on which all contenders agree: {levels}.")
    print(f"Median of {ROUNDS} rounds in turn, slowest and fastest beside it.\n")
    _print_table(measure(contenders))
    for each in found:
        if isinstance(each, Absent):
            print(f"| {each.name} | {each.why} | | | |")


def measure(contenders: Sequence[Contender]) -> list[Timed]:
    """Time contenders in rounds, each a slice in each round, so that all meet the same weather."""
    timed = [Timed(contender) for contender in contenders]
    for _ in range(ROUNDS):
        for each in timed:
            each.round()
    return timed


def _print_table(timed: Sequence[Timed]) -> None:
    base = timed[0].rate
    print("| contender | records a second | slowest | fastest | beside the first |")
    print("|---|--:|--:|--:|--:|")
    for each in timed:
        low, high = min(each.rates), max(each.rates)
        ratio = each.rate / base
        name = each.contender.name
        print(f"| {name} | {each.rate:,.0f} | {low:,.0f} | {high:,.0f} | {ratio:.3g} |")

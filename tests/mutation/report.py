"""What a run found, for people and for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.mutation.trial import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutation.run import Run
    from tests.mutation.survivors import Compared

SHOWN = (Fate.REFUSED, Fate.NOTICED, Fate.FAILED, Fate.SURVIVED)


def as_json(run: Run, compared: Compared) -> dict[str, Any]:
    """Return the run as data."""
    made = run.mutants
    return {
        "rulebook": run.rulebook,
        "seconds": round(run.seconds),
        "kinds": {kind: dict(zip(_COLUMNS, row, strict=True)) for kind, row in _rows(run)},
        "mutants": [
            {
                "name": made[v.mutant].name,
                "kind": made[v.mutant].kind,
                "sources": list(made[v.mutant].entry.sources),
                "fate": v.fate.value,
                "by": v.by,
            }
            for v in run.verdicts
        ],
        "new": list(compared.new),
        "explained": dict(compared.explained),
        "noticed": list(compared.noticed),
        "gone": list(compared.gone),
    }


_COLUMNS = ("made", "refused", "noticed", "failed", "survived")


def _rows(run: Run) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield by kind how many mutants were made, without those that change nothing, and so on.

    Those that are proved to change nothing are not counted either.
    """
    counts: Counter[tuple[str, Fate]] = Counter()
    for verdict in run.verdicts:
        counts[run.mutants[verdict.mutant].kind, verdict.fate] += 1
    for kind in sorted({kind for kind, _ in counts}):
        shown = tuple(counts[kind, fate] for fate in SHOWN)
        yield kind, (sum(shown), *shown)


def as_text(run: Run, compared: Compared) -> str:
    """Return the run as a table by kind, and the survivors with their clauses."""
    rows = list(_rows(run))
    total = tuple(sum(row[i] for _, row in rows) for i in range(len(_COLUMNS)))
    wide = max(len(kind) for kind, _ in (*rows, ("all", ())))
    lines = [f"{'':{wide}}" + "".join(f"{c:>10}" for c in _COLUMNS)]
    lines += [
        f"{k:{wide}}" + "".join(f"{n:>10}" for n in row) for k, row in (*rows, ("all", total))
    ]
    made, survived = total[0], total[-1]
    same = sum(v.fate is Fate.SAME for v in run.verdicts)
    share = f"{(made - survived) / made:.1%}" if made else "-"
    proved = sum(v.fate is Fate.PROVED for v in run.verdicts)
    left = f"{same} more change nothing, {proved} more are proved to change no complete case"
    lines.append(f"{share} of {made} noticed; {left}; {run.seconds:.0f} s")
    sources = {m.name: ", ".join(m.entry.sources) for m in run.mutants}
    failed = [
        f"{run.mutants[v.mutant].name}: {v.by}" for v in run.verdicts if v.fate is Fate.FAILED
    ]
    lines += _listed("khung itself failed", failed)
    lines += _listed("survived, not explained", [f"{n}  [{sources[n]}]" for n in compared.new])
    lines += _listed("survived, as explained", _explained(compared))
    lines += _listed("listed, but noticed or proved now: take them off the list", compared.noticed)
    lines += _listed("listed, but no mutants any more", compared.gone)
    return "\n".join(lines)


def _explained(compared: Compared) -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in compared.explained.items():
        by_reason.setdefault(reason, []).append(name)
    return [
        line
        for reason, names in by_reason.items()
        for line in (f"({reason})", *(f"  {name}" for name in names))
    ]


def _listed(title: str, items: Any) -> list[str]:
    return ["", f"{title}:", *(f"  {item}" for item in items)] if items else []

"""What holds for every case, level by level, for people: the same, proved, or the smallest case."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.claims import State, Why
from khung.locale import known, voice
from khung.report.diff.naming import program_of
from khung.report.document.model import BLANK, Line, Style
from khung.report.words.labels import Words, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.analysis.diff.claims import Proof
    from khung.analysis.diff.comparison import Comparison, Proofs
    from khung.report.diff.cases import Cases
    from khung.report.diff.changes import Changes

_MOST_FACTS = 6  # facts of a case named that are otherwise than in a plain one


class Proved:
    """Tells what a solver found, in one language.

    Attributes:
        everything: Whether the cases are shown as files, too.
    """

    def __init__(
        self, found: Comparison, changes: Changes, cases: Cases, lang: str, *, everything: bool
    ) -> None:
        self.found, self.changes, self.cases = found, changes, cases
        self.lang, self.everything = lang, everything
        self.say = voice(lang, "proof")
        self.words = Words(program_of(found.after), lang)

    def lines(self) -> Iterator[Line]:
        """Yield what is said of each type of subject; nothing where no solver was asked."""
        proofs = self.found.proofs
        if proofs is None:
            return
        yield BLANK
        yield Line(self.say("heading"), 0, "■", Style.TITLE)
        yield Line(self.say("about"), 2, style=Style.FAINT)
        by_subject: dict[str, list[Proof]] = defaultdict(list)
        for proof in proofs.proofs:
            by_subject[proof.subject].append(proof)
        for name, held in by_subject.items():
            yield Line(self.changes.subject(name), 2, "▸", Style.HEADING)
            yield from self._subject(held)
            yield from self._witnesses(name, proofs)
        if proofs.stopped:
            yield Line(self.say("stopped"), 2)

    # -- what is said ---------------------------------------------------------------------------

    def _subject(self, proofs: list[Proof]) -> Iterator[Line]:
        by_target: dict[str, list[Proof]] = defaultdict(list)
        for proof in proofs:
            by_target[proof.target].append(proof)
        whole = by_target.pop("", [])
        for target, held in by_target.items():
            for said, kinds in self._states(held).items():
                where = "" if len(kinds) == len(held) else self._kinds(held[0].subject, kinds)
                what = self._target(held[0].subject, target)
                key = "of_kinds" if where else "of_all"
                yield Line(self.say(key, what=what, said=said, kinds=where), 4, "–")
        for proof in whole:
            yield Line(self._said(proof), 4, "–")

    def _states(self, proofs: list[Proof]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for proof in proofs:
            found[self._said(proof)].append(proof.kind)
        return found

    def _said(self, proof: Proof) -> str:
        left = listed([self._left(proof.subject, name) for name in proof.left], 4)
        match proof.state:
            case State.SAME | State.DIFFERS:
                return self.say(f"state.{proof.state}")
            case State.UP_TO:
                return self.say("state.up_to", lists=left)
            case State.NOT_PROVED:
                why = self.say(f"why.{proof.why or Why.NOT_REPLAYED}", left=left)
                if proof.base is not None:
                    names = ("number", "before", "after")
                    places = dict(zip(names, proof.base, strict=True))
                    why = f"{why}; {self.say('base', **places)}"
                return self.say("state.not_proved", why=why)

    def _left(self, subject: str, name: str) -> str:
        """Return what a proof knows nothing of: a list by its label, a function by its name."""
        program = program_of(self.found.after)
        for part in reversed(name.split(".")):
            for declared in (program.objects[subject], *program.objects.values()):
                held = declared.facts.get(part) or declared.definitions.get(part)
                if held is not None and held.label is not None:
                    return held.label.said(self.lang)
        return name

    def _target(self, subject: str, target: str) -> str:
        status = known(self.lang, f"proof.target.{target}")
        if status:
            return status
        ladder = program_of(self.found.after).objects[subject].ladder
        return self.words.named(ladder.scale.name, target) if ladder else target

    def _kinds(self, subject: str, kinds: list[str]) -> str:
        declared = program_of(self.found.after).objects[subject]
        labels: Mapping[str, Any] = declared.kinds.labels if declared.kinds else {}
        said = [labels[kind].said(self.lang) if kind in labels else kind for kind in kinds]
        return listed(said, 3)

    # -- cases ------------------------------------------------------------------------------------

    def _witnesses(self, subject: str, proofs: Proofs) -> Iterator[Line]:
        """Yield the cases that differ: those that come of the same changes as one."""
        alike: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        for name, compared in proofs.first.items():
            key = (subject, compared.about)
            own = [one for one in compared.differences if (one.type, one.id) == key]
            if own and name.startswith(subject):
                alike[own[0].causes, self.cases.teller.told(own[0])].append(name)
        for (causes, told), names in alike.items():
            yield Line(self.say("witness", standing=told.standing), 4, "•", Style.TITLE)
            facts = [self._fact(subject, fact) for fact in proofs.matters.get(names[0], ())]
            if facts:
                yield Line(self.say("matters", facts=listed(facts, _MOST_FACTS)), 6)
            yield from told.lines
            yield Line(self.cases.causes_said(causes), 6, style=Style.FAINT)
            if self.everything:
                for text in proofs.texts[names[0]].splitlines():
                    yield Line(text.strip(), 8 + len(text) - len(text.lstrip()), style=Style.FAINT)

    def _fact(self, subject: str, name: str) -> str:
        if name == "on":
            return self.say("day")
        declared = program_of(self.found.after).objects[subject]
        return self.words.member(
            declared,
            name.partition(".")[0] if "." in name and not name.startswith("criteria.") else name,
        )


def as_data(proofs: Proofs) -> dict[str, Any]:
    """Return what was proved, and the cases, as `schemas/diff.schema.json` has them."""
    return {
        "proofs": [
            {
                "subject": one.subject,
                "kind": one.kind or None,
                "target": one.target or None,
                "state": one.state.value,
                "witness": one.witness or None,
                "why": one.why.value if one.why else None,
                "left_out": list(one.left),
                "base": list(one.base) if one.base else None,
            }
            for one in proofs.proofs
        ],
        "stopped": proofs.stopped,
    }

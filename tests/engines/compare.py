"""Two answers to one case, and in what they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.engines.reference import Answers


class LeftError(Exception):
    """An engine leaves cases to the reference; the text says for what.

    Attributes:
        of_data: Whether other cases of the rulebook may be for the engine.
    """

    def __init__(self, text: str, *, of_data: bool = False) -> None:
        super().__init__(text)
        self.of_data = of_data


_BY_NAME = ("values",)


class Difference(NamedTuple):
    """Where two answers differ: what it is of, which field, and both values."""

    place: str
    field: str
    left: Any
    right: Any

    @property
    def sort(self) -> str:
        """The field without names of the rulebook, so that like differences go together."""
        head, _, rest = self.field.partition(".")
        return head if head in ("outputs", "checks", "key") else f"{head}.{rest}".rstrip(".")

    def __str__(self) -> str:
        """Return it on one line."""
        return f"{self.place}: {self.field}: {self.left!r} | {self.right!r}"


def differences(left: Answers, right: Answers) -> list[Difference]:
    """Return in what two answers differ; what one of them does not say is no difference."""
    left = without(left, right.get("left", {}))
    return [*_of_results(left["results"], right["results"]), *_of_groups(left, right)]


def without(answers: Answers, types: Collection[str]) -> Answers:
    """Return answers without those of some subject types."""
    results = {name: of for name, of in answers["results"].items() if name not in types}
    groups = [one for one in answers.get("groups", ()) if one["subject"] not in types]
    return {**answers, "results": results, **({"groups": groups} if "groups" in answers else {})}


def _of_results(left: Any, right: Any) -> Iterator[Difference]:
    for name in sorted({*left, *right}):
        ours, theirs = left.get(name, {}), right.get(name, {})
        for one in sorted({*ours, *theirs}):
            place = f"{name}.{one}"
            if one not in ours or one not in theirs:
                yield Difference(place, "there", one in ours, one in theirs)
                continue
            yield from _of_rows(place, ours[one], theirs[one])


def _of_rows(place: str, left: dict[str, Any], right: dict[str, Any]) -> Iterator[Difference]:
    for field, value in left.items():
        if field not in right:
            continue
        ours, theirs = value, right[field]
        if field in _BY_NAME:  # what one of them does not say is no difference
            ours = {name: found for name, found in ours.items() if name in theirs}
            theirs = {name: theirs[name] for name in ours}
        if ours != theirs:
            yield Difference(place, field, ours, theirs)


def _of_groups(left: Answers, right: Answers) -> Iterator[Difference]:
    if "groups" not in left or "groups" not in right:
        return
    ours, theirs = _by_key(left["groups"]), _by_key(right["groups"])
    for key in sorted({*ours, *theirs}):
        if key not in ours or key not in theirs:
            yield Difference(key, "there", key in ours, key in theirs)
        else:
            yield from _of_rows(key, ours[key], theirs[key])


def _by_key(groups: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return groups by rule and key; those told alike, as not there and not known are, in order."""
    found: dict[str, dict[str, Any]] = {}
    for group in sorted(groups, key=lambda group: str(sorted(group.items()))):
        name = f"{group['rule']} {group['key']}"
        found[f"{name} ({sum(one.startswith(name) for one in found)})"] = group
    return found

"""What was found, as data that one process tells another, and taken from that."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from khung.analysis.diff.claims import Proof, State, Why
from khung.analysis.proof.properties import Case, Finding, Property, Status

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_data(found: Finding | Proof) -> dict[str, Any]:
    """Return what was found as data that JSON can say."""
    return asdict(found)


def finding_of(data: Mapping[str, Any]) -> Finding:
    """Return a finding that was told."""
    cases = (Case(one["text"], one["standing"], tuple(one["matters"])) for one in data["cases"])
    mends = data["mends"]
    return Finding(
        Property(data["property"]),
        data["subject"],
        data["kind"],
        data["about"],
        Status(data["status"]),
        tuple(data["rules"]),
        tuple(data["sources"]),
        tuple(cases),
        None if mends is None else (mends[0], mends[1]),
        tuple(data["left"]),
        switched=data["switched"],
    )


def proof_of(data: Mapping[str, Any]) -> Proof:
    """Return what is said of one question, as it was told."""
    base = data["base"]
    return Proof(
        data["subject"],
        data["kind"],
        data["target"],
        State(data["state"]),
        data["witness"],
        None if data["why"] is None else Why(data["why"]),
        tuple(data["left"]),
        None if base is None else (base[0], base[1], base[2]),
    )

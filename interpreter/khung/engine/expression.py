"""Evaluation of one expression over named values, outside a rulebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.engine.evaluate import Evaluator
from khung.engine.values import Value, known

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from khung.ir.nodes import Node


def evaluate_expression(node: Node, inputs: Mapping[str, Value], on: date | None = None) -> Value:
    """Return what is known of the value of a checked expression over named inputs."""
    return Evaluator({}, {}, on=on).evaluate(node, (known(dict(inputs)),))

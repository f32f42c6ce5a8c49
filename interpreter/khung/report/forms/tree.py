"""Everything that a template of a rulebook may name, from the case and from each subject down.

A `Tree` makes the shapes of a program. With the results of a case it also makes what is offered;
without them it is enough to check templates, and to list the names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from khung.locale import known
from khung.records import dataclass
from khung.report.forms.offers import MergeField, Offer, Shape, Shapes, Sort

if TYPE_CHECKING:
    from khung.engine.facts import Entity
    from khung.ir.program import ObjectType, Program
    from khung.report.result.context import Context
    from khung.report.words.labels import Words
    from khung.why.result import Result

Fields = dict[str, MergeField]
Maker = Callable[["Tree", str], Fields]


@dataclass(slots=True)
class Tree:
    """The names of one rulebook in one language, with what they lead to in a case.

    Attributes:
        words: What says things in the language.
        makers: By the first part of the name of a shape, what makes its fields of the rest.
        told: The results of a case; None where only names are asked for.
    """

    words: Words
    makers: Mapping[str, Maker]
    told: Context | None = None
    _shapes: Shapes = field(init=False)

    def __post_init__(self) -> None:
        """Make shapes as they are asked for."""
        self._shapes = Shapes(self._shape)

    @property
    def program(self) -> Program:
        """The rulebook."""
        return self.words.program

    @property
    def context(self) -> Context:
        """The results of the case."""
        assert self.told is not None  # noqa: S101  # values are taken of a case only
        return self.told

    @property
    def shapes(self) -> Shapes:
        """The shapes by name."""
        return self._shapes

    def result(self, entity: Entity) -> Result | None:
        """Return what was found of a subject; None of one that is not ranked."""
        return self.context.results.by_type.get(entity.type.name, {}).get(entity.id)

    def declared(self, name: str) -> ObjectType:
        """Return a type of the rulebook."""
        return self.program.objects[name]

    def offer(self, thing: object, shape: str) -> Offer:
        """Return a thing of the case as templates see it."""
        return Offer(thing, shape, self._shapes)

    def _shape(self, name: str) -> Shape:
        head, _, rest = name.partition(":")
        label = self.say(f"shape.{head}")
        if rest in self.program.objects:
            label = self.words.type(self.declared(rest))
        return Shape(name, label, self.makers[head](self, rest))

    def say(self, key: str) -> str:
        """Return a phrase for who writes templates."""
        return known(self.words.lang, f"forms.{key}") or key

    def named(self, head: str, fields: Mapping[str, tuple[Any, ...]]) -> Fields:
        """Return fields of khung's own, labelled by phrases.

        Args:
            head: The first part of the name of their shape.
            fields: By name: the sort, what takes the value, and for things their shape.
        """
        made = {}
        for name, (sort, take, *shape) in fields.items():
            label = self.say(f"{head}.{name}")
            made[name] = MergeField(label, sort, take, shape[0] if shape else "")
        return made


def texts(take: Callable[[Any], Any]) -> tuple[Sort, Callable[[Any], Any]]:
    """Return a field that is a list of texts."""
    return Sort.LIST, take


def no_more(_: object) -> None:
    """Return nothing: of what only has names."""

"""What is known of the value of an expression: asked of generated code, told as a `Value`.

The plain value is tried first; where something that it takes is open, both ends are worked out.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from khung.engine import gathered, members
from khung.engine.code_names import THERE
from khung.engine.compiled import Compiled, Prepared
from khung.engine.errors import is_error
from khung.engine.facts import Entity
from khung.engine.finds import grades
from khung.engine.rows import Row, layout_of, row_of, rows_of
from khung.engine.solver import Env, is_plain
from khung.engine.strangers import any_of
from khung.engine.values import ERROR, MISSING, OPEN, Element, Elements, Value, known, truth, whole
from khung.engine.worth import OpenError, as_value, from_value, of_type
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import variants_of
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from typing import Protocol

    from khung.engine.facts import Case
    from khung.engine.rings import Working
    from khung.engine.rows import Layout
    from khung.engine.worth import Ends
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Values
    from khung.rulebook.model.rules import Stage

    class Results(Protocol):
        """What the evaluator asks of the stages: results of other subjects."""

        def status(self, entity: Entity) -> Any:
            """Return the status of a subject."""

        def is_scope_hidden(self, entity: Entity) -> bool:
            """Whether others know nothing of the scope of a subject."""

        def is_level_hidden(self, entity: Entity, stage: Stage) -> bool:
            """Whether others know nothing of the level of a subject after a stage."""

        def kept(self, entity: Entity, place: int) -> Value | None:
            """Return the level that a quota leaves; None where it does not touch the subject."""


KEPT = 500
"""Of how many objects values are kept before all are dropped; they are only ever found again."""


class Inputs(dict[str, Value]):
    """Named inputs of a bare expression, with the evaluation that they belong to."""

    run: Evaluator
    stranger = False

    def __bool__(self) -> bool:
        return True


@dataclass(slots=True)
class Evaluator:
    """Expressions over one case. `results` gives what the stages found of other subjects.

    Of the facts in `opened`, by `id` of their object, nothing is known whatever is stated.
    """

    values: Mapping[str, Values]
    objects: Mapping[str, ObjectType]
    case: Case | None = None
    results: Results | None = None
    on: date | None = None
    compiled: Compiled | None = None
    opened: Mapping[int, Collection[str]] = field(default_factory=dict)
    code: Compiled = field(init=False)
    rows: dict[int, Row] = field(default_factory=dict)
    strangers: dict[str, Row] = field(default_factory=dict)
    environments: dict[int, Env] = field(default_factory=dict)
    telling: bool = False
    working: Working = field(default_factory=list)
    attributes: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.code = self.compiled or Compiled(self.values, self.objects)
        if "NOBODY" not in self.code.names.globals:
            nobody = self.code.names.globals["NOBODY"] = Inputs()
            nobody.run = Evaluator(self.values, self.objects, compiled=self.code)
        if self.case is not None:
            self.case = rows_of(self.case, self)

    def whole(self, ty: t.Type, why: str = MISSING) -> Value:
        """Return what is known when only the type is."""
        return whole(ty, self.values, why)

    # -- expressions -----------------------------------------------------------------------

    def env(self, entity: Entity) -> Env:
        """Return the environment in which an object is asked about itself."""
        row = self.row(entity)
        found = self.environments.get(id(row))
        if found is None:
            if len(self.environments) >= KEPT:
                self.environments.clear()
            found = self.environments[id(row)] = Env.of(self, (known(row),))
        return found

    def evaluate(self, node: Node, env: tuple[Value, ...]) -> Value:
        """Return what is known of an expression's value.

        Args:
            node: A checked expression.
            env: The value of each slot, `self` first; of an `Env` what was found is kept.
        """
        if not isinstance(env, Env):
            env = Env.of(self, env)
        found = env.found.get(id(node))
        if found is None:
            found = self._evaluate(node, env)
            if not self.telling:
                env.found[id(node)] = found
        return found

    def _evaluate(self, node: Node, env: Env) -> Value:
        prepared = self.code.known.get(id(node)) or self.code.prepared(node)
        if prepared.constant is not None:
            return prepared.constant
        if isinstance(node, n.CriteriaSet):
            return self._criteria(node, env)
        given = self._given(prepared, env)
        if env.ends is not None or not any(value.why for value in env):
            try:
                plain = prepared.plain(*given)
            except OpenError:
                pass
            else:
                return prepared.known(plain, node.ty)
        value = as_value(*self.code.ends(prepared, given), node.ty)
        return self._told(value, node, env) if value.why else value

    def _told(self, value: Value, node: Node, env: Env) -> Value:
        """Return an open value with why it is so; of a case it is asked only where it matters."""
        if self.results is not None or self.telling:
            return value
        self.telling = True
        try:
            return value._replace(why=ERROR) if is_error(node, env, self) else value
        finally:
            self.telling = False

    def _criteria(self, node: n.CriteriaSet, env: Env) -> Value:
        """Return the grades of a set with the names of their criteria."""
        target = self.evaluate(node.object, env)
        if target.why:
            return OPEN
        row = self.row(target.least)
        items = [
            Element(as_value(least, most, row.type.criteria[name].ty), sure, name)
            for least, most, sure, _, name in grades(row, node.name)
        ]
        return known(Elements(tuple(items)))

    def _given(self, prepared: Prepared, env: Env) -> list[Any]:
        """Return two ends for each variable in scope that the node may ask for."""
        if env.ends is not None:
            return env.ends if len(env) <= prepared.width else env.ends[: 2 * prepared.width]
        given: list[Any] = []
        for slot, value in enumerate(env[: prepared.width]):
            if is_plain(value, self):
                given += (value.least, value.least)
            else:
                ty = prepared.slots.get(slot, t.ANYTHING)
                given += of_type(self._ends(value), ty, self.values)
        return given

    def _ends(self, value: Value) -> Ends:
        return from_value(self.led(value))

    def led(self, value: Value) -> Value:
        """Return a value with rows in place of the objects that a case states."""
        match value.least:
            case Entity():
                return known(self.row(value.least))
            case Elements():
                items = (item._replace(value=self.led(item.value)) for item in value.least.items)
                return known(replace(value.least, items=tuple(items)))
            case Inputs():
                return value
            case dict():
                inputs = Inputs(value.least)
                inputs.run = self
                return known(inputs)
            case _:
                return value

    def row(self, entity: Entity) -> Row:
        """Return the row of an object."""
        if isinstance(entity, Row) and entity.run is self:
            return entity
        return self.rows.get(id(entity)) or row_of(entity, self)

    def stranger(self, name: str) -> Row:
        """Return an object of a type of which nothing is known."""
        found = self.strangers.get(name)
        if found is None:
            types = variants_of(self.objects, self.code.parts, name)
            rows = [self._stranger(layout_of(self.code, declared)) for declared in types]
            whole = rows[0] if len(rows) == 1 else self._stranger(any_of(rows, self.objects[name]))
            found = self.strangers[name] = whole
        return found

    def _stranger(self, layout: Layout) -> Row:
        found = layout.bare(layout.declared, "?", {}, stranger=True)
        found.run = self
        return found

    def truth(self, node: Node, env: tuple[Value, ...]) -> Value:
        """Return the value of a condition; a `null` of no type is an open one."""
        value = self.evaluate(node, env)
        return truth(False, True, value.why) if value.least is None else value

    # -- reading objects ---------------------------------------------------------------------

    def read(self, node: Node, env: tuple[Value, ...]) -> tuple[Value, bool] | None:
        """Return a value and whether it surely applies; None where it does not apply.

        Only what can be read of an object may fail to apply, directly or along a path.
        """
        if not isinstance(node, n.Field | n.Defined | n.LevelOf):
            return self.evaluate(node, env), True
        if not isinstance(env, Env):
            env = Env.of(self, env)
        prepared = self.code.prepared(node)
        given = self._given(prepared, env)
        state = self.code.function(node, THERE)(*given)
        return None if state == 0 else (self.evaluate(node, env), state == 2)  # noqa: PLR2004

    def member(self, entity: Entity, name: str, ty: t.Type) -> tuple[Value, bool] | None:
        """Return a fact, link, back list or criterion, and whether it surely applies."""
        return members.member(self, self.row(entity), name, ty)

    def back_list(self, entity: Entity, name: str) -> Elements:
        """Return the objects that point here, and how many more its count says there are."""
        return gathered.back_list(self, self.row(entity), name)

    def definition(self, entity: Entity, name: str) -> tuple[Value, bool] | None:
        """Return a definition of an object, and whether it surely applies."""
        row = self.row(entity)
        state = getattr(row, f"t{self.code.names.number(f'={name}')}")
        return None if state == 0 else (self.worth(row, name), state == 2)  # noqa: PLR2004

    def worth(self, entity: Entity, name: str) -> Value:
        """Return what is known of a definition of an object, whether or not it applies."""
        return as_value(*self.ends(self.row(entity), name), entity.type.definition(name).ty)

    def ends(self, row: Row, name: str) -> Ends:
        """Return both ends of a definition of an object."""
        attributes = self.attributes.get(name)
        if attributes is None:
            number = self.code.names.number(f"={name}")
            attributes = self.attributes[name] = (f"v{number}", f"l{number}", f"h{number}")
        plain, low, high = attributes
        found = row.__dict__
        if plain in found:
            return found[plain], found[plain]
        return getattr(row, low), getattr(row, high)

    def worked_on(self) -> int:
        """Return of how many objects some definition has been worked out."""
        numbers = self.code.names.numbers.items()
        definitions = {f"{end}{n}" for name, n in numbers if name.startswith("=") for end in "vl"}
        return sum(not definitions.isdisjoint(row.__dict__) for row in self.rows.values())

    # -- results ------------------------------------------------------------------------------

    def kept(self, entity: Entity, place: int) -> Value | None:
        """Return the level that a quota leaves; None where it does not touch the subject."""
        return None if self.results is None else self.results.kept(entity, place)

    def status(self, entity: Entity) -> Any:
        """Return the status of a subject."""
        assert self.results is not None  # noqa: S101  # it is asked of evaluations of a case
        return self.results.status(entity)

    def is_scope_hidden(self, entity: Entity) -> bool:
        """Whether others know nothing of the scope of a subject."""
        return self.results is None or self.results.is_scope_hidden(entity)

    def is_level_hidden(self, entity: Entity, stage: Stage) -> bool:
        """Whether others know nothing of the level of a subject after a stage."""
        return self.results is None or self.results.is_level_hidden(entity, stage)

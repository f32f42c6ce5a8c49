"""The template language of forms: jinja2 that can read what is offered, loop, choose, and no more.

What may stand in a template is listed by kind of node; whatever else jinja2 knows (calls, imports,
macros, assignments, indexes, arithmetic beyond plus and minus) is refused before anything is
compiled. Names lead to `Offer`s alone, never to attributes of Python objects. Of one document as
many turns of loops and as much text are allowed as `Limits` says.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from khung.patterns import pattern
from khung.records import dataclass
from khung.report.forms.filters import FILTERS, OPEN_FILTERS, Teller
from khung.report.forms.offers import Offer, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Template

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Filter,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Add,
    nodes.Sub,
)
LOOP = ("index", "index0", "first", "last", "length")
"""What may be asked of `loop`."""

_UNKNOWN_TAG = pattern(r"unknown tag '(\w+)'")  # as jinja2 says it
_PARTS_OF_TAGS = ("else", "elif", "endfor", "endif")

_COUNTED = "\0counted"  # a name that no template can write


class RefusedError(Exception):
    """Something that may not stand in a template: a code, the line of the source, its words."""

    def __init__(self, code: str, line: int, **words: Any) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.words = words


class TooLongError(Exception):
    """A document would be longer than is allowed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: turns of loops, characters, seconds."""

    turns: int = 200_000
    characters: int = 100_000_000
    seconds: float = 60.0


class Language(ImmutableSandboxedEnvironment):
    """The template language, which tells values in the words of one language."""

    def __init__(self, teller: Teller, limits: Limits | None = None, *, xml: bool = True) -> None:
        """Make it without anything that a template could call.

        Args:
            teller: Says values.
            limits: What one document may take.
            xml: Whether what is written is XML, in which values are escaped.
        """
        super().__init__(undefined=StrictUndefined, autoescape=xml, finalize=teller.tell)
        self.limits = limits or Limits()
        self._turns, self._until = 0, 0.0
        named = {name: made(teller) for name, made in FILTERS.items()}
        self.filters = {**named, _COUNTED: self._counted}
        self.tests, self.globals = {}, {}

    def parsed(self, source: str) -> tuple[nodes.Template | None, list[RefusedError]]:
        """Return the tree of a template, and all that may not stand in it."""
        try:
            tree = super()._parse(source, None, None)
        except TemplateSyntaxError as error:
            return None, [_unreadable(error)]
        return tree, [found for node in _every(tree) for found in _refused(node)]

    def _parse(
        self,
        source: str,
        name: str | None,  # noqa: ARG002  # of the class above
        filename: str | None,  # noqa: ARG002  # as above
    ) -> nodes.Template:
        tree, refused = self.parsed(source)
        if tree is None or refused:
            raise refused[0]
        return tree

    def compiled(self, tree: nodes.Template) -> Template:
        """Return a template of which `parsed` has refused nothing, each loop of it counted."""
        for loop in list(tree.find_all(nodes.For)):
            counted = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
            loop.iter = counted.set_environment(self)
        return self.from_string(tree)

    def render(self, template: Template, names: Mapping[str, Any]) -> str:
        """Return what becomes of a template. Raises TooLongError."""
        self._turns, self._until = 0, time.monotonic() + self.limits.seconds
        return "".join(self._within(template.generate(dict(names))))

    def _within(self, chunks: Iterator[str]) -> Iterator[str]:
        written = 0
        for chunk in chunks:
            written += len(chunk)
            if written > self.limits.characters:
                raise TooLongError
            yield chunk

    def _counted(self, items: Any) -> Any:
        """Return what a loop goes through, its turns counted before the first."""
        self._turns += len(items)
        if self._turns > self.limits.turns or time.monotonic() > self._until:
            raise TooLongError
        return items

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a name leads to; there is nothing to be had of anything but offers."""
        match obj:
            case Offer():
                return obj.take(attribute)
            case Term() if attribute == "key":
                return obj.key
            case LoopContext() if attribute in LOOP:
                return getattr(obj, attribute)
            case None:  # of what is not known nothing is known
                return None
            case _:
                return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return nothing: indexes are refused before this."""
        return self.undefined(obj=obj, name=str(argument))

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002  # of the class above
        """Say no: nothing may be called."""
        return False


def _unreadable(error: TemplateSyntaxError) -> RefusedError:
    """Return what is wrong: a tag that there is none, or one that is not written right."""
    unknown = _UNKNOWN_TAG.search(error.message or "")
    if unknown is None or unknown[1] in _PARTS_OF_TAGS:
        return RefusedError("K0596", error.lineno)
    return RefusedError("K0595", error.lineno, text=unknown[1])


def _every(tree: nodes.Node) -> Iterator[nodes.Node]:
    yield tree
    for child in tree.iter_child_nodes():
        yield from _every(child)


def _refused(node: nodes.Node) -> Iterator[RefusedError]:
    """Yield what is no part of the language of forms."""
    if not isinstance(node, _ALLOWED):
        yield RefusedError("K0595", node.lineno, text=type(node).__name__.lower())
    match node:
        case nodes.Filter() if node.name not in FILTERS or node.node is None:
            known = tuple(OPEN_FILTERS)
            yield RefusedError("K0595", node.lineno, help="filter", text=node.name, known=known)
        case nodes.For() if node.recursive or _is_loop(node.target):
            yield RefusedError("K0595", node.lineno, text="for")
        case nodes.Getattr() if node.attr.startswith("_"):
            yield RefusedError("K0595", node.lineno, text=node.attr)
        case _:
            pass


def _is_loop(target: nodes.Node) -> bool:
    """Say whether a loop calls its items as it is called itself."""
    return isinstance(target, nodes.Name) and target.name == "loop"

"""What `{parameters.share}` and `{period.year}` stand for in a text, in the language of the text.

In: the manifest, put over what it extends, so that a text which is taken over says the value of
this rulebook. Out: labels that say the value, and remember what their author wrote.

Reports: K0460-K0463.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING

from khung.diagnostics.bag import Bag
from khung.diagnostics.suggest import listed, nearest
from khung.locale import languages, phrase
from khung.patterns import pattern
from khung.records import dataclass
from khung.rulebook.model import Label
from khung.source.nodes import Mapping, Node, Scalar

if TYPE_CHECKING:
    from khung.syntax.ast import Expr
    from khung.text import PlacedText

BRACE = pattern(r"\{\{|\{([^{}]*)\}|\{")
"""A brace that is meant as such, a placeholder, or one that is not closed."""

_PERIOD = ("period.year", "period.from", "period.to")
_DURATION = pattern(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
_UNITS = ("year", "month", "day")
_MOST_NAMES = 12

Texts = dict[str, str]
"""A value as each language writes it."""


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What may stand in braces in the texts of a rulebook.

    Attributes:
        manifest: The mapping of its manifest.
        known: What was looked up before; None is what cannot be read, of which is said elsewhere.
    """

    manifest: Mapping
    known: dict[str, Texts | None] = field(default_factory=dict, compare=False, repr=False)

    def fill(self, label: Label, texts: tuple[PlacedText, ...], bag: Bag, at: str) -> Label:
        """Return a label with values for its placeholders.

        Args:
            label: As written.
            texts: Its texts with their places, in the order of `languages`.
            bag: Where to report.
            at: The path of the label.
        """
        if not any("{" in text.text for text in texts):
            return label
        vi, *en = (self._filled(t, lang, bag, at) for t, lang in zip(texts, languages))  # noqa: B905  # the second may be missing
        return Label(vi, "".join(en), (label.vi, label.en))

    def _filled(self, text: PlacedText, lang: str, bag: Bag, at: str) -> str:
        parts, end = [], 0
        for found in BRACE.finditer(text.text):
            parts.append(text.text[end : found.start()])
            end = found.end()
            if found[0] == "{{":
                parts.append("{")
            elif found[1] is None:
                bag.add("K0461", text.span(found.start(), end), at=at)
            else:
                parts.append(self._value(found[1].strip(), lang) or found[0])
                self._check(found[1].strip(), text, found.span(), bag, at)
        return "".join([*parts, text.text[end:]])

    def _check(
        self, name: str, text: PlacedText, place: tuple[int, int], bag: Bag, at: str
    ) -> None:
        """Report a name that stands for nothing, and a value that has no short form."""
        span, names = text.span(*place), self._names()
        if name not in names:
            by_end = {one.partition(".")[2]: one for one in names}
            near = by_end.get(nearest(name.rpartition(".")[2], by_end) or "", "")
            known = listed(names, _MOST_NAMES)
            advice = "near" if near else ""
            bag.add("K0460", span, help=advice, at=at, name=name, near=near, known=known)
        elif self.known[name] == {}:
            bag.add("K0462", span, at=at, name=name)

    def check_alike(self, texts: tuple[PlacedText, ...], bag: Bag, at: str) -> None:
        """Report what a text or its translation says alone, where all that is said is known."""
        said = [{f[1].strip() for f in BRACE.finditer(text.text) if f[1]} for text in texts]
        alone = set.union(*said) - set.intersection(*said)
        if alone and set.union(*said) <= set(self._names()):
            bag.add(
                "K0463", texts[-1].span(0, len(texts[-1].text)), at=at, names=tuple(sorted(alone))
            )

    def _names(self) -> tuple[str, ...]:
        section = self.manifest.get("parameters")
        found = section.entries if isinstance(section, Mapping) else ()
        return (*(f"parameters.{entry.key}" for entry in found), *_PERIOD)

    # -- values ---------------------------------------------------------------------------------

    def _value(self, name: str, lang: str) -> str | None:
        """Return what a name stands for; None where that cannot be said."""
        if name not in self.known:
            self.known[name] = self._texts(name)
        return (self.known[name] or {}).get(lang)

    def _texts(self, name: str) -> Texts | None:
        """Return a value in each language: {} if it has no short form, None if it is unread."""
        section, _, key = name.partition(".")
        if section == "period":
            return self._of_period(key)
        found = _under(self.manifest, section, key, "value") if section == "parameters" else None
        if not isinstance(found, Scalar) or found.value is None:
            return None
        from khung.syntax.from_text import parse_expression  # noqa: PLC0415  # cases have none

        expr = parse_expression(found.text, Bag())
        if expr is None:
            return None
        said = {lang: self._said(expr, lang) for lang in languages}
        return {lang: text for lang, text in said.items() if text is not None}

    def _of_period(self, key: str) -> Texts | None:
        found = {end: _day(_under(self.manifest, "period", end)) for end in ("from", "to")}
        first, last = found["from"], found["to"]
        if key in found:
            one = found[key]
            return None if one is None else {lang: day_text(one, lang) for lang in languages}
        if key != "year" or first is None or last is None:
            return None
        years = str(first.year) if first.year == last.year else f"{first.year}-{last.year}"
        return dict.fromkeys(languages, years)

    def _said(self, expr: Expr, lang: str) -> str | None:
        """Return a value as a language writes it; None of what is computed."""
        from khung.syntax import ast  # noqa: PLC0415  # as above

        match expr:
            case ast.Number() | ast.Percent():
                sign = "%" if isinstance(expr, ast.Percent) else ""
                digits = format(expr.value, "f").replace(".", phrase(lang, "text.decimal_point"))
                return f"{digits}{sign}"
            case ast.Negate(operand=ast.Number() | ast.Percent() as number):
                return f"-{self._said(number, lang)}"
            case ast.Arithmetic(left=ast.Number() as part, right=ast.Number() as whole):
                both = self._said(part, lang), self._said(whole, lang)
                return "/".join(map(str, both)) if expr.op.value == "/" else None
            case ast.String():
                return expr.value
            case ast.Boolean():
                return phrase(lang, f"text.{expr.value}".lower())
            case ast.Temporal():
                return _temporal(expr.value, lang)
            case ast.ListLiteral():
                said = [self._said(item, lang) for item in expr.items]
                return None if None in said else ", ".join(map(str, said))
            case _:
                return None


def day_text(day: date, lang: str) -> str:
    """Return a date as an office writes it: `15/12/2021`, `15 December 2021`."""
    month = phrase(lang, "text.months").split()[day.month - 1]
    return phrase(lang, "text.date", day=day.day, month=month, year=day.year)


def _temporal(text: str, lang: str) -> str:
    try:
        return day_text(date.fromisoformat(text), lang)
    except ValueError:
        found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return text
    counts = zip(found.groups(), _UNITS, strict=True)
    return " ".join(_counted(int(count), unit, lang) for count, unit in counts if count)


def _counted(count: int, unit: str, lang: str) -> str:
    form = "one" if count == 1 else "other"
    return phrase(lang, f"text.{unit}.{form}", n=count)


def _under(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _day(node: Node | None) -> date | None:
    try:
        return date.fromisoformat(node.text.text if isinstance(node, Scalar) else "")
    except ValueError:
        return None

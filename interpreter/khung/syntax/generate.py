"""Make `expr.tables.json` out of `expr.lark`: `python -m khung.syntax.generate`.

For who changes the grammar; nothing that khung does at run time needs it, or lark. A grammar
with a conflict is refused. A test fails if the file is older than the grammar.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from khung.syntax.parser import END, GRAMMAR, TABLES

if TYPE_CHECKING:
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef
    from lark.parsers.lalr_analysis import ParseTable

STARTS = ["expression", "cell"]

INNERMOST = ("EMPTY",)
"""Terminals that go with the innermost rule that takes them, as `else` does in other languages."""


def grammar() -> Lark:
    """Read `expr.lark`."""
    from lark import Lark  # noqa: PLC0415  # only developers have to have it

    text = GRAMMAR.read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="basic", start=STARTS, keep_all_tokens=True)


def generate() -> str:
    """Return what `expr.tables.json` should hold.

    Raises:
        lark.exceptions.GrammarError: The grammar is not LALR(1).
    """
    lark = grammar()
    states, firsts = _states(_parse_table(lark.rules), lark.rules)
    data: dict[str, Any] = {
        "tokens": {t.name: t.pattern.to_regexp() for t in sorted(lark.terminals, key=_order)},
        "ignored": sorted(lark.ignore_tokens),
        "productions": [_production(rule) for rule in lark.rules],
        "states": states,
        "starts": dict(zip(STARTS, firsts, strict=True)),
    }
    parts = ",\n".join(f"{json.dumps(key)}: {_lines(value)}" for key, value in data.items())
    return f"{{\n{parts}\n}}\n"


def _parse_table(rules: list[Rule]) -> ParseTable:
    from lark.common import ParserConf  # noqa: PLC0415
    from lark.parsers.lalr_analysis import LALR_Analyzer  # noqa: PLC0415

    analyzer = LALR_Analyzer(ParserConf(rules, {}, STARTS), strict=True)
    for step in ("lr0_states", "reads_relations", "includes_lookback", "lookaheads"):
        getattr(analyzer, f"compute_{step}")()
    for state in analyzer.lr0_itemsets:
        for symbol in [s for s in state.transitions if s.name in INNERMOST]:
            state.lookaheads.pop(symbol, None)
    analyzer.compute_lalr1_states()
    return analyzer.parse_table


def _order(terminal: TerminalDef) -> tuple[int, int, str]:
    return (-terminal.pattern.max_width, -len(terminal.pattern.value), terminal.name)


def _production(rule: Rule) -> tuple[str, str, int]:
    passes_on = rule.alias is None and rule.options.expand1 and len(rule.expansion) == 1
    builder = "" if passes_on else rule.alias or rule.origin.name
    return rule.origin.name, builder, len(rule.expansion)


def _states(table: ParseTable, rules: list[Rule]) -> tuple[list[dict[str, int]], list[int]]:
    """Return the states and the numbers of the first ones.

    Numbered in the order of a walk from the first states, so that the same grammar always gives
    the same file; lark's numbers hang on the order of sets.
    """
    from lark.parsers.lalr_analysis import Shift  # noqa: PLC0415

    production = {rule: index for index, rule in enumerate(rules)}
    walk = [table.start_states[symbol] for symbol in STARTS]
    number = {state: index for index, state in enumerate(walk)}
    rows: list[dict[str, int]] = []
    for state in walk:
        row: dict[str, int] = {}
        for symbol, (action, target) in sorted(table.states[state].items()):
            if action is Shift and target not in number:
                number[target] = len(walk)
                walk.append(target)
            row[symbol] = number[target] if action is Shift else ~production[target]
        if state in table.end_states.values():
            row[END] = number[state]  # lark stops here before it looks at the end
        rows.append(row)
    return rows, [number[table.start_states[symbol]] for symbol in STARTS]


def _lines(value: Any) -> str:  # JSON
    """Write a list with one item a line, so that a change of the grammar makes a readable diff."""
    if not isinstance(value, list):
        return json.dumps(value)
    return "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in value) + "\n]"


if __name__ == "__main__":
    TABLES.write_text(generate(), encoding="utf-8")

"""The words of the language, as data: keywords and the names of the builtins.

A second surface language is a second `KEYWORDS` table for the same terminals of `expr.lark`.
"""

from __future__ import annotations

from typing import Final

KEYWORDS: Final = {
    "if": "IF",
    "then": "THEN",
    "else": "ELSE",
    "some": "SOME",
    "every": "EVERY",
    "in": "IN",
    "where": "WHERE",
    "satisfies": "SATISFIES",
    "of": "OF",
    "count": "COUNT",
    "share": "SHARE",
    "sum": "SUM",
    "average": "AVERAGE",
    "lowest": "LOWEST",
    "highest": "HIGHEST",
    "and": "AND",
    "or": "OR",
    "between": "BETWEEN",
    "true": "TRUE",
    "false": "FALSE",
    "null": "NULL",
    "not": "NOT",
}
"""Word → terminal of `expr.lark`. A keyword is never a name."""

_OWN: Final = (
    "add working days",
    "default",
    "entry",
    "has",
    "higher",
    "is known",
    "lower",
    "months between",
    "working days between",
)
"""Builtins that FEEL does not have."""

_FEEL: Final = (
    # logic and conversion
    *("not", "all", "any", "number", "string", "is defined", "get value", "get entries", "context"),
    # text
    *("contains", "ends with", "lower case", "matches", "replace", "split", "starts with"),
    *("string join", "string length", "substring", "substring after", "substring before"),
    *("upper case",),
    # numbers
    *("abs", "ceiling", "decimal", "even", "exp", "floor", "log", "modulo", "odd", "sqrt"),
    *("round down", "round half down", "round half up", "round up"),
    # lists
    *("append", "concatenate", "count", "distinct values", "flatten", "index of"),
    *("insert before", "list contains", "list replace", "max", "mean", "median", "min", "mode"),
    *("product", "remove", "reverse", "sort", "stddev", "sublist", "sum", "union"),
    # dates and durations
    *("date", "date and time", "day of week", "day of year", "duration", "month of year", "now"),
    *("time", "today", "week of year", "years and months duration"),
    # ranges
    *("after", "before", "coincides", "during", "finished by", "finishes", "includes", "meets"),
    *("met by", "overlaps", "overlaps after", "overlaps before", "range", "started by", "starts"),
)
"""The builtins of FEEL that can be read. Which of them can be used, the checker says."""

FUNCTIONS: Final = frozenset(_OWN + _FEEL)
"""Every name that may stand before a bracket. Blanks in a name are written as one space."""

FUNCTION_WORDS: Final = max(name.count(" ") + 1 for name in FUNCTIONS)
"""How many words the longest name of a builtin has."""

"""Every limit of khung, in one place. What goes beyond one is refused with a diagnostic.

The limits keep a mistake, or an input made to harm, from using up time or memory. Each is far
above what a yearly rulebook needs.
"""

from __future__ import annotations

from typing import Final

MIB: Final = 1024 * 1024

RULEBOOK_FILE_BYTES: Final = 5 * MIB
"""The size of one YAML file of a rulebook."""

CASE_FILE_BYTES: Final = 16 * MIB
"""The size of a case written as one YAML file; larger ones come as tables."""

RULEBOOK_FILES: Final = 200
"""How many YAML files a rulebook may have."""

RULEBOOK_CHAIN: Final = 8
"""How many rulebooks may extend one another, the last one counted too."""

YAML_NESTING: Final = 64
"""How deep lists and mappings may stand in one another."""

COLLECTION_ITEMS: Final = 200_000
"""How many items a list, or keys a mapping, may have."""

NUMBER_DIGITS: Final = 34
"""How many digits a number may have, before and after the point together."""

CALENDAR_DAYS: Final = 36_600
"""How many days a calendar may cover: a hundred years."""

EXPRESSION_LENGTH: Final = 4_000
"""How many characters an expression may have."""

EXPRESSION_NESTING: Final = 64
"""How deep its tree and its brackets may go, so that no later pass runs out of stack."""

TABLE_FILE_BYTES: Final = 512 * MIB
"""The size of a text file or workbook with tables of a case; larger ones come as Parquet."""

TABLE_CELLS: Final = 10_000_000
"""How many cells such a table may have, the empty ones between others counted too."""

WORKBOOK_BYTES: Final = 1024 * MIB
"""The size of what is in a workbook, unpacked."""

TABLE_FILES: Final = 1_000
"""How many files a folder of tables may have."""

CASE_REPEAT: Final = 10_000
"""How many subjects one `repeat` of a case may make."""

CASE_SUBJECTS: Final = 1_000_000
"""How many subjects a case may have."""

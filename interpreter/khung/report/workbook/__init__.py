"""Tables to fill in for a rulebook: a workbook that explains itself, or a folder of empty files."""

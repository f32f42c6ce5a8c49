"""Case files: read, checked against a rulebook, turned into facts, compared with results."""

"""A rulebook put over the one that it extends: citations, answers, groups of changes, slips."""

"""Diagnostics: what is said about the text of a rulebook or case, collected and rendered."""

"""khung as a library: what `khung/__init__.py` names."""

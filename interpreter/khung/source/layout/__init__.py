"""How a file of YAML is laid out: `formatted.py` says what is done."""

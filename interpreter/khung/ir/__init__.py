"""The core: names resolved, types known, sugar gone. `from_rulebook` makes a `Program`."""

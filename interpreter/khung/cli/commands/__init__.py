"""One file a command: its options, one call below, the answer said."""

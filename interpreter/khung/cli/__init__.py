"""The command line: arguments, one call below, the answer said, an exit code."""

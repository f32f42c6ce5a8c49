"""The comparison of two rulebooks: for people and as data."""

"""The lowered core as SQL: a definition is a column, with its ends where it may be open."""

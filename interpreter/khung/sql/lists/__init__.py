"""Lists in SQL: which elements they have, what is asked of each, what passes come to."""

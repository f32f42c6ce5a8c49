"""The results of a case: for people, as a page, as data."""

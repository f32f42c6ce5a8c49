"""The lowered core as z3 terms: what holds for every case, and a case where it does not.

Every module here imports z3, so each is imported only where it is used.
"""

ROOT = "x"
"""The id of the subject asked, in a case that is found."""

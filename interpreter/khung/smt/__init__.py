"""The lowered core as z3 terms: what holds for every case, and a case where it does not.

Everything here imports z3, so it is imported only where it is used.
"""

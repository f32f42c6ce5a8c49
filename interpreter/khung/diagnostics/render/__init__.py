"""Diagnostics to text or data: for people, and as other programs read them."""

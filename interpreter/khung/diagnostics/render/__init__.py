"""Diagnostics to text or data, one file a form: full, concise, json, sarif, github."""

"""Rulebooks as their authors wrote them.

In: a folder of YAML files. Out: `model.Rulebook`, in which names are texts and sugar is kept.
`from_source.load_rulebook` reads one; `ir` looks names up and types it.
"""

"""Results in words and as data: what a person reads, and what another program reads.

In: the `Results` of the engine. Out: a text, or the object that `schemas/result.schema.json`
describes. All words of khung's own come from `locale`, all others from the labels of the rulebook.
"""

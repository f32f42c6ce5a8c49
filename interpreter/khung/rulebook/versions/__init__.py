"""A rulebook put over the one that it extends, as nodes: `extend` does it, the others help.

`base` finds the one extended, `merge` puts entry over entry, `slips` tells names spelt otherwise,
`answers` and `groups` hold a successor to what it says of its changes, `citations`
leads from clause to clause, `overlay` says what a rulebook for some subjects may say.
"""

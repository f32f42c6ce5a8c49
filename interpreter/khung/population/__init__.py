"""Many subjects at once: what SQL asks of the reference evaluator."""

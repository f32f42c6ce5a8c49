"""The reference evaluator: what is known of every value, stage by stage."""

"""A made-up population: what `population.yaml` says, as tables of a case."""

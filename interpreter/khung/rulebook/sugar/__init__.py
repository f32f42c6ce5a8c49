"""What only abbreviates: a rulebook with it to one that says the same without it."""

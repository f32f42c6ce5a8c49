"""What holds for every case, and cases in which it does not: asked of the solver, then tried."""

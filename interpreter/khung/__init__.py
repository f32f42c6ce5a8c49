"""khung reads a yearly guidance written as a rulebook and runs it."""

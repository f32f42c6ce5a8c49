"""What to ask next about a case: the questions whose answers decide most."""

"""What commands ask of rulebooks and cases: evaluate, check, test, show."""

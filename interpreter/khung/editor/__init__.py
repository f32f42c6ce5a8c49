"""What editors ask of rulebooks and cases: what is wrong, what a name means, what goes here."""

"""The documents of a case that are made by the templates of its rulebook, in Word and Excel."""

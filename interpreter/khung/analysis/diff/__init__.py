"""Two rulebooks compared: entries, what each change does, which cases differ and by what."""

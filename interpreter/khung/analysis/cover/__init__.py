"""Cases that make every condition of the rules matter: which there are, and which are lacking."""

"""What answers for the pages of the desk: a function each, from a request to an answer."""

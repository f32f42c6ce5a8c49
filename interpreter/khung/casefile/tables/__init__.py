"""A case as tables: what columns there are, tables read, and the case that they make."""

"""Documents as data, and how they are written down: on a terminal, as Markdown, as HTML."""

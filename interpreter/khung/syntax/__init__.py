"""One expression as it was written: text, tokens, tree, and text again."""

"""The page of a rulebook: all that it says, in words, to be read and printed."""

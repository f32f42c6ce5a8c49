"""The stages of a level, lowered to definitions: one file a construct."""

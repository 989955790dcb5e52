"""The end of a line: the hang-up, and words that reach us after it."""

"""Commands that measure how well callees are understood."""

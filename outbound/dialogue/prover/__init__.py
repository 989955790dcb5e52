"""Proves a script over all of its paths before it may be spoken."""

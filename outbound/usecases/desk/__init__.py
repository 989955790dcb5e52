"""Verbs of people at the desk: close what waits for them, keep a number from being called."""

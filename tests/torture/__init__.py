"""Small campaigns by the thousand, each with troubles of its own: `python -m tests.torture`."""

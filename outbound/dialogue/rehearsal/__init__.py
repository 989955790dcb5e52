"""Calls without a telephone: for whoever writes a script, for journeys, and for conversations of the past."""

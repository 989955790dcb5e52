"""Conversations of the past, heard again by a script as it is now."""

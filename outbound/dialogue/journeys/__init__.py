"""Journeys: whole calls written as a dialogue, which people read and edit, and which are played against a script."""

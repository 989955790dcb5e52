"""Sections of a pack file: hours, places, and the terms besides."""

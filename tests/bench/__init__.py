"""Benchmarks: `make bench` prints a table of what the issues name a figure for."""

"""What is learned from examples: features, weights, and how sure one may be."""

PARAMETERS = "1"
"""Part of the version of all that is trained: raise it with anything that changes features, weights or bands."""

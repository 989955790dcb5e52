"""What is learned from examples: features, weights, and how sure one may be."""

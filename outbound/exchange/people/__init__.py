"""Who can be called at the exchange, and what they do when it rings."""

"""What proves a decision years later."""

"""What came of a call for the person who was called, and what waits for people because of it."""

"""One value of a policies file: text in, a typed value out, or UnreadableError with its reason."""

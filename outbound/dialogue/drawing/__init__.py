"""A script as a picture: its steps in groups by part, arrows with what is heard, what is spoken only after proof."""

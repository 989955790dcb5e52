"""From words to meaning: an interface, and phrase patterns behind it."""

"""Takes out of what was heard what must never be stored: cards, codes, identity and account numbers. Pure."""

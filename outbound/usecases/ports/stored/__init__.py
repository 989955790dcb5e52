"""The parts of the store: what the verbs read and write in one transaction."""

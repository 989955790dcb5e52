"""What the verbs of the voice share: facts, goodbyes, effects. Nothing here commits."""

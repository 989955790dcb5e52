"""What the verbs for calls that come in share. Nothing here commits."""

"""The line to the carrier as nouns: its pace, whose turn it is, what holds it, what a refusal means."""

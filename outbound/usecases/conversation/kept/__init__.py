"""What of a conversation is kept, and how it is told: words, what they are about, what a person is told."""

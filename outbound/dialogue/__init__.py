"""The conversation: script, engine and understanding. Pure; what is said becomes TwiML at the edge."""

"""Verbs that take in what became of a call, and what the company owes the callee because of it."""

"""Verbs that hand on and prove: records and messages out of the outbox, rules and receipts."""

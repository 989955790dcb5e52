"""What came of an attempt."""

from typing import Protocol


class OutcomeStore(Protocol):
    """What came of an attempt."""

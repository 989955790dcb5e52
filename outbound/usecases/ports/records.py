"""The outbox and what it delivers."""

from typing import Protocol


class RecordStore(Protocol):
    """The outbox and what it delivers."""

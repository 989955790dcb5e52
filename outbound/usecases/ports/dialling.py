"""Reservations, placements and what the carrier said."""

from typing import Protocol


class DiallingStore(Protocol):
    """Reservations, placements and what the carrier said."""

"""Policies, contacts and quarantine, as intake needs them."""

from typing import Protocol


class IntakeStore(Protocol):
    """Policies, contacts and quarantine, as intake needs them."""

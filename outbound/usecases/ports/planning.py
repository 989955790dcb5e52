"""Contacts to be planned and the plan."""

from typing import Protocol


class PlanningStore(Protocol):
    """Contacts to be planned and the plan."""

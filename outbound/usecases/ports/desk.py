"""What people do at the desk: inbox, suppressions, stop orders."""

from typing import Protocol


class DeskStore(Protocol):
    """What people do at the desk: inbox, suppressions, stop orders."""

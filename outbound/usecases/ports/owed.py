"""Promises of a human that a callee heard while the database could not be written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Owed:
    """In turn `turn` of the call that bears `token` the apology was spoken `at` an instant; `reason` is a code.

    Nothing in it tells who was called or what was said.
    """

    token: str = field(repr=False)
    turn: int
    reason: str
    at: datetime


class OwedPromises(Protocol):
    """Keeps them until each stands in the database. Safe for many threads."""

    def add(self, owed: Owed) -> None:
        """Keep a promise; it outlives the process once this returns. Raises `OSError` when only memory holds it."""
        ...

    def waiting(self) -> Sequence[Owed]:
        """Return what is owed, oldest first: asked at every turn, so from memory alone."""
        ...

    def take_up(self) -> None:
        """Look for what another process left behind when it died. Raises `OSError`."""
        ...

    def done(self, owed: Owed) -> None:
        """Forget a promise that stands in the database. One that comes back all the same does no harm there."""
        ...

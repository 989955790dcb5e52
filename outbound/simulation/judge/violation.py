"""One breach of a law, as it is reported."""

from datetime import datetime

from msgspec import Struct


class Violation(Struct, frozen=True):
    """Which law, which call (`sid`; a record's or an attempt's id where there is no call), when, what it asks for.

    `at` is ISO 8601, empty where no instant is known. It names no person and no number.
    """

    law: str
    sid: str
    at: str
    expected: str = ""

    def __str__(self) -> str:
        """One line: law, call, instant, and what was expected."""
        return f"{self.law}: {self.sid or 'no call'} at {self.at or 'an unknown instant'}: expected {self.expected}"


def shown(instant: datetime | None) -> str:
    """Return an instant for a violation."""
    return "" if instant is None else instant.isoformat()

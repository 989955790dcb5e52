"""The last line of an export: how many receipts there are, and which, so that none can be left out or told twice."""

from hashlib import sha256
from typing import Any


class Seal:
    """Counts receipts and hashes their digests in the order in which they stand."""

    def __init__(self) -> None:
        self._receipts = 0
        self._hash = sha256()

    def add(self, digest: str) -> None:
        """Take up the next receipt."""
        self._receipts += 1
        self._hash.update(f"{digest}\n".encode())

    def line(self) -> dict[str, Any]:
        """Return the line that ends the file."""
        return {"type": "end", "receipts": self._receipts, "digests": self._hash.hexdigest()}

    def broken_by(self, line: dict[str, Any] | None) -> str | None:
        """Why the file is not as it was written, given its own last line; None when it is."""
        if line is None:
            return "its end is missing: it was cut short"
        if line.get("receipts") != self._receipts:
            return f"{line.get('receipts')} receipts were exported and {self._receipts} stand here"
        return None if line == self.line() else "its receipts are others, or stand in another order, than were exported"

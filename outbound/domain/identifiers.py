"""Where identifiers and chance come from: an argument, so that a simulation repeats to the byte."""

from typing import Protocol


class Identifiers(Protocol):
    """Makes new opaque identifiers."""

    def new(self) -> str:
        """Return an identifier that was never returned before: 32 lower-case hexadecimal digits, no meaning."""
        ...

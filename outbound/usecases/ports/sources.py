"""Where policies come from by themselves: a folder, a query, a feed."""

from collections.abc import Iterator
from typing import Any, Protocol


class Delivery(Protocol):
    """A portion of a source: iterate `rows` once, commit, then `accept`; or `refuse` with a reason without data.

    A delivery that is neither accepted nor refused, as after a crash, comes again.
    """

    @property
    def name(self) -> str:
        """The file, page or stretch of rows, for the log."""
        ...

    @property
    def watermark(self) -> str | None:
        """Where to resume once the rows are committed; None when the source keeps its place. Read it after the rows."""
        ...

    def rows(self) -> Iterator[Any]:
        """Yield the rows in order, as the source's normaliser takes them; raises `InputProblemError`."""
        ...

    def accept(self) -> None:
        """Say that the rows are committed."""
        ...

    def refuse(self, reason: str) -> None:
        """Say that the delivery cannot be taken in; it is kept aside with the reason."""
        ...


class Source(Protocol):
    """Yields what has come since the last time."""

    @property
    def name(self) -> str:
        """A name for logs and for the stored watermark."""
        ...

    def deliveries(self, watermark: str | None = None) -> Iterator[Delivery]:
        """Yield what has come since `watermark` (None: from the start); raises `InputProblemError`."""
        ...

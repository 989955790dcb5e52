"""Policies out of a query over any database that SQLAlchemy reaches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from outbound.adapters.sources.columns import Columns, resolve_header
from outbound.adapters.sources.contract import RawRow, RowsDelivery, SourceError, SourceUnreachableError
from outbound.adapters.sources.sheets import as_text
from outbound.usecases.ports.sources import Delivery

_Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class QuerySource:
    """A query with a `:watermark` parameter, ordered by `watermark_column`, read in batches.

    `start` is the watermark of the first run. Compare with `>=`: a row that was committed late with the last watermark
    is then not missed, and intake passes over what it has. The URL may hold a password and is never shown.
    """

    name: str
    url: str = field(repr=False)
    query: str
    watermark_column: str
    start: str
    mapping: Mapping[str, str] | None = None
    batch_size: int = 2_000

    def deliveries(self, watermark: str | None = None) -> Iterator[Delivery]:
        """Yield batches, each with the newest watermark of which no row is still to come; raises SourceError."""
        engine = self._engine()
        try:
            with self._connected(engine) as connection:
                yield from self._batches(connection, self.start if watermark is None else watermark)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise self._unreachable(error) from None
            raise SourceError(f"the query fails ({self._cause(error)})", self.name, "Correct the query.") from None
        except SQLAlchemyError as error:
            mend = "Correct the query; its one parameter is :watermark."
            raise SourceError(f"the query fails ({type(error).__name__})", self.name, mend) from None
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        try:
            return create_engine(make_url(self.url), poolclass=NullPool, hide_parameters=True)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            mend = "Write dialect+driver://user:password@host/database and install the driver."
            raise SourceError(f"the database URL cannot be used ({type(error).__name__})", self.name, mend) from None

    def _connected(self, engine: Engine) -> Connection:
        try:
            return engine.connect()
        except DBAPIError as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: DBAPIError) -> SourceUnreachableError:
        what = f"the database cannot be reached ({self._cause(error)})"
        return SourceUnreachableError(what, self.name, "Check address, account and network, and run again.")

    def _cause(self, error: DBAPIError) -> str:
        """Return the driver's first line, without the password that some drivers repeat."""
        lines = str(error.orig).splitlines() or [type(error).__name__]
        password = make_url(self.url).password
        return lines[0].replace(str(password), "***") if password else lines[0]

    def _batches(self, connection: Connection, watermark: str) -> Iterator[Delivery]:
        streaming = connection.execution_options(stream_results=True, max_row_buffer=self.batch_size)
        result = streaming.execute(text(self.query), {"watermark": watermark})
        columns, mark_at = self._columns(result)
        number, settled = 0, watermark
        batch = result.fetchmany(self.batch_size)
        while batch:
            following = result.fetchmany(self.batch_size)
            ahead = [*batch, following[0]] if following else batch
            self._check_order(ahead, mark_at)
            settled = self._settled(ahead, mark_at, settled, last=not following)
            rows = [self._raw(columns, values, number + place) for place, values in enumerate(batch, 1)]
            number += len(rows)
            yield RowsDelivery(f"{self.name}, to row {number}", settled, rows)
            batch = following

    def _raw(self, columns: Columns, values: _Row, number: int) -> RawRow:
        return RawRow(self.name, number, dict(zip(columns, map(as_text, values), strict=True)))

    def _settled(self, rows: Sequence[_Row], mark_at: int, before: str, *, last: bool) -> str:
        """Return the newest mark of which every row has been seen; rows that tie with the next batch are not."""
        if last:
            return _mark_text(rows[-1][mark_at])
        ahead = rows[-1][mark_at]
        return next((_mark_text(row[mark_at]) for row in reversed(rows) if row[mark_at] != ahead), before)

    def _check_order(self, rows: Sequence[_Row], mark_at: int) -> None:
        marks = [row[mark_at] for row in rows]
        if None in marks or any(later < earlier for earlier, later in pairwise(marks)):
            raise SourceError(
                f"the rows are not ordered by {self.watermark_column}, or it is null, so that a stop would lose rows",
                self.name,
                f"End the query with ORDER BY {self.watermark_column} and leave out rows where it is null.",
            )

    def _columns(self, result: "CursorResult[Any]") -> tuple[Columns, int]:
        names = list(result.keys())
        if self.watermark_column not in names:
            what = f"the query returns no column {self.watermark_column}, which is its watermark"
            raise SourceError(what, self.name, "Select that column too.")
        return resolve_header(names, self.mapping, self.name), names.index(self.watermark_column)


def _mark_text(value: object) -> str:
    return value.isoformat(" ") if isinstance(value, datetime) else as_text(value)

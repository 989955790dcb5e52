"""Reservations, placements and what the carrier said, in SQL."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, bindparam, or_, select

from outbound.adapters.sql.rows import CHUNK
from outbound.adapters.sql.schema import attempts, suppressions
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.usecases.ports.dialling import PastAttempt, StoredSuppression

_NEVER_RANG = (AttemptStatus.PLANNED, AttemptStatus.CANCELLED, AttemptStatus.NOT_PLACED)

_PAST = (
    select(
        attempts.c.id,
        attempts.c.contact_id,
        attempts.c.number_index,
        attempts.c.reserved_at,
        attempts.c.status,
        attempts.c.round,
        attempts.c.attempt_number,
        attempts.c.origin,
        attempts.c.callback_id,
    )
    .where(
        or_(
            attempts.c.contact_id.in_(bindparam("contacts", expanding=True)),
            attempts.c.number_index.in_(bindparam("numbers", expanding=True)),
        ),
        attempts.c.status.not_in(_NEVER_RANG),
        attempts.c.reserved_at.is_not(None),
    )
    .order_by(attempts.c.reserved_at, attempts.c.id)
)

_SUPPRESSED = (
    select(suppressions.c.contact_id, suppressions.c.number_index, suppressions.c.call_class)
    .where(
        or_(
            suppressions.c.contact_id.in_(bindparam("contacts", expanding=True)),
            suppressions.c.number_index.in_(bindparam("numbers", expanding=True)),
        ),
        suppressions.c.lifted_at.is_(None),
    )
    .order_by(suppressions.c.at, suppressions.c.id)
)


class SqlDialling:
    """Reservations, placements and what the carrier said, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def past_attempts(self, contact_ids: Collection[str], number_indexes: Collection[str]) -> list[PastAttempt]:
        """Read attempts by contact or number; chunks overlap where a number is shared, so each is kept once."""
        found: dict[str, PastAttempt] = {}
        for contacts, numbers in _chunks(list(contact_ids), list(number_indexes)):
            for row in self._connection.execute(_PAST, {"contacts": contacts, "numbers": numbers}):
                found[row.id] = PastAttempt(
                    id=row.id,
                    contact_id=row.contact_id,
                    number_index=row.number_index,
                    at=row.reserved_at,
                    live=row.status in LIVE,
                    round=row.round,
                    attempt_number=row.attempt_number or 0,
                    origin=row.origin,
                    callback_id=row.callback_id,
                )
        return sorted(found.values(), key=lambda item: (item.at, item.id))

    def suppressions(self, contact_ids: Collection[str], number_indexes: Collection[str]) -> list[StoredSuppression]:
        """Read suppressions in force by contact or number."""
        return [
            StoredSuppression(row.contact_id, row.number_index, row.call_class)
            for contacts, numbers in _chunks(list(contact_ids), list(number_indexes))
            for row in self._connection.execute(_SUPPRESSED, {"contacts": contacts, "numbers": numbers})
        ]


def _chunks(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Cut two lists of keys side by side into pieces below a database's limit of parameters."""
    for start in range(0, max(len(first), len(second)), CHUNK):
        yield first[start : start + CHUNK], second[start : start + CHUNK]

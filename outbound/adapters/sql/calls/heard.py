"""What the carrier said of a call, kept once, in SQL."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, text

from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.schema import carrier_events

# As text: SQLAlchemy compiles its own "on conflict" anew each time, for a millisecond.
_NEW = Prepared(
    text(
        "INSERT INTO carrier_events (attempt_id, sid, kind, sequence, status, at, received_at)"
        " VALUES (:attempt_id, :sid, :kind, :sequence, :status, :at, :received_at)"
        " ON CONFLICT (sid, kind, sequence) DO NOTHING"
    ).bindparams(
        *(bindparam(column.name, type_=column.type) for column in carrier_events.columns if column.name != "seq")
    )
)


def note_event(connection: Connection, event: Mapping[str, Any]) -> bool:
    """Insert a row of `carrier_events`; False when this very event was there."""
    return _NEW.run(connection, event) == 1

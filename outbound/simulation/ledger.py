"""The judge's companion that may look inside: whether the product's own books are whole after a run.

The judge never reads the product's tables; this does nothing else. Both should find nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from outbound.adapters.sql.schema import attempt_events, attempts, callbacks, inbox, outbox
from outbound.domain.attempt import LIVE, AttemptStatus, may_move
from outbound.domain.outcome.callback import FOR_A_PERSON
from outbound.domain.outcome.disposition import Disposition

PATIENCE = timedelta(hours=4)
"""How long after its window a promised call may still stand open: planning notices it, once it gets to its turn."""

_FOR_A_PERSON = frozenset(
    {
        Disposition.PERSON_REQUESTED,
        Disposition.COMPLAINT,
        Disposition.WANTS_TO_CANCEL,
        Disposition.NOT_VERIFIED,
        Disposition.UNKNOWN,
        Disposition.DECEASED,
    }
)


class Discrepancy(Struct, frozen=True):
    """Something in the tables that cannot be right: `rule` is a short code, `subject` an attempt's or a row's id."""

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.rule}: {self.subject}: {self.detail}"


def check_ledger(
    connection: Connection, *, now: datetime | None = None, apologised_to: Collection[str] = ()
) -> list[Discrepancy]:
    """Return what is not whole. `now` is until when calls were planned, if all has come to rest since; else None.

    `apologised_to` are the sids of calls in which a person was promised because something had failed.
    """
    return [
        *_chains(connection),
        *(_unfinished(connection, now) if now is not None else ()),
        *_promises(connection),
        *_apologies(connection, apologised_to),
    ]


def _chains(connection: Connection) -> Iterator[Discrepancy]:
    """Each attempt's events lead by legal steps from its beginning to its status, each with cause and time."""
    query = select(attempt_events).order_by(attempt_events.c.attempt_id, attempt_events.c.seq)
    told = {
        attempt_id: list(events)
        for attempt_id, events in groupby(connection.execute(query), key=lambda event: str(event.attempt_id))
    }
    for row in connection.execute(select(attempts.c.id, attempts.c.status).order_by(attempts.c.id)):
        yield from _chain(row.id, row.status, told.get(row.id, []))


def _chain(attempt_id: str, status: str, events: Sequence[Row[Any]]) -> Iterator[Discrepancy]:
    current: AttemptStatus | None = None
    for event in events:
        before = None if event.from_status is None else AttemptStatus(event.from_status)
        after = AttemptStatus(event.to_status)
        if before is not current:
            yield Discrepancy("chain_broken", attempt_id, f"{before} to {after}, but it stood at {current}")
        elif not may_move(before, after):
            yield Discrepancy("illegal_step", attempt_id, f"{before} to {after} ({event.cause})")
        if not event.cause or event.at is None:
            yield Discrepancy("no_cause", attempt_id, f"{before} to {after} has no cause or no time")
        current = after
    if current is None or current != status:
        yield Discrepancy("status_without_event", attempt_id, f"stands at {status}, its events end at {current}")


def _unfinished(connection: Connection, now: datetime) -> Iterator[Discrepancy]:
    """At rest nothing is live or unknown, nothing waits to be filed, and no promise outlives its window."""
    live = select(attempts.c.id, attempts.c.status).where(attempts.c.status.in_(sorted(LIVE)))
    for row in connection.execute(live.order_by(attempts.c.id)):
        yield Discrepancy("still_live", row.id, f"stands at {row.status}")
    pending = select(outbox.c.id, outbox.c.kind, outbox.c.status).where(outbox.c.status.in_(("pending", "dead")))
    for row in connection.execute(pending.where(outbox.c.kind != "message").order_by(outbox.c.id)):
        yield Discrepancy("not_filed", row.id, f"{row.kind} is {row.status}")
    ended = select(attempts.c.id).where(attempts.c.status == "ended", attempts.c.record_id.is_(None))
    for row in connection.execute(ended.order_by(attempts.c.id)):
        yield Discrepancy("no_record", row.id, "ended without a record")
    lately = select(attempts.c.id).where(
        attempts.c.callback_id == callbacks.c.id, attempts.c.updated_at > now - PATIENCE
    )
    late = select(callbacks.c.id).where(
        callbacks.c.status == "open",
        callbacks.c.window_end < now - PATIENCE,
        callbacks.c.escalated_at.is_(None),
        # A promised call of which nothing was heard holds its promise open until it is settled, a day later.
        ~lately.exists(),
    )
    for row in connection.execute(late.order_by(callbacks.c.id)):
        yield Discrepancy("promise_forgotten", row.id, "its window is over, and it stands open")


def _promises(connection: Connection) -> Iterator[Discrepancy]:
    """Whoever was promised a person waits in the inbox, or waited there."""
    waiting = _waiting(connection)
    promised = select(attempts.c.id, attempts.c.disposition).where(attempts.c.disposition.in_(sorted(_FOR_A_PERSON)))
    for row in connection.execute(promised.order_by(attempts.c.id)):
        if row.id not in waiting:
            yield Discrepancy("promise_lost", row.id, f"{row.disposition}, and nothing in the inbox")
    open_ones = select(callbacks.c.id, callbacks.c.attempt_id, callbacks.c.reason, callbacks.c.status).where(
        (callbacks.c.reason.in_(sorted(FOR_A_PERSON)) & (callbacks.c.status == "open"))
        | (callbacks.c.status == "broken")
    )
    contacts = dict(connection.execute(select(callbacks.c.id, callbacks.c.contact_id)).tuples().all())
    people = set(connection.execute(select(inbox.c.contact_id)).scalars())
    for row in connection.execute(open_ones.order_by(callbacks.c.id)):
        if row.attempt_id not in waiting and contacts[row.id] not in people:
            yield Discrepancy("promise_lost", row.id, f"a {row.status} callback, and nothing in the inbox")


def _apologies(connection: Connection, sids: Collection[str]) -> Iterator[Discrepancy]:
    """Whoever heard an apology and the promise of a person waits in the inbox, or waited there."""
    waiting = _waiting(connection)
    known = dict(connection.execute(select(attempts.c.sid, attempts.c.id)).tuples().all())
    for sid in sorted(sids):
        if known.get(sid) not in waiting:
            yield Discrepancy("apology_forgotten", sid, "heard the promise of a person, and nothing is in the inbox")


def _waiting(connection: Connection) -> set[str | None]:
    return set(connection.execute(select(inbox.c.attempt_id)).scalars())

"""Tell the company's service record what came of each attempt, and its systems what they must act on."""

from datetime import datetime, timedelta

from msgspec import Struct

from outbound.usecases.ports.store import Store
from outbound.usecases.ports.stored.records import Delivered, OutboxItem, RecordSink, Undelivered

LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=7)
_MOST_IN_A_ROW = 3
_KINDS = ("event", "record")


class FilingReport(Struct, frozen=True):
    """What one batch did: `filed` now, `failed` to be tried again, `dead` for a person, `pending` in all."""

    filed: int
    failed: int
    dead: int
    pending: int
    next_due: datetime | None


def file_records(store: Store, *, sink: RecordSink | None, now: datetime, limit: int = 500) -> FilingReport:
    """Deliver up to `limit` events and as many records that are due, events first: acceptance may wait for them.

    With `sink` None they go into the `company_events` and `service_records` tables, exactly once, in one transaction
    with the outbox. Otherwise each goes to the sink at least once, with its identifier as idempotency key. Counts are
    of both.
    """
    filed, failed, dead = (_to_table(store, now, limit), 0, 0) if sink is None else _to_sink(store, sink, now, limit)
    with store.begin() as work:
        pending, next_due = work.records.waiting()
    return FilingReport(filed, failed, dead, pending, next_due)


def wait_after(tries: int) -> timedelta:
    """How long to wait after the nth failed try: 30 s, doubled each time, an hour at most."""
    return min(FIRST_WAIT * float(2 ** min(tries - 1, 12)), LONGEST_WAIT)


def _to_table(store: Store, now: datetime, limit: int) -> int:
    with store.begin() as work:
        filed = work.records.file_events_in_table(now, limit) + work.records.file_in_table(now, limit)
        work.commit()
    return filed


def _to_sink(store: Store, sink: RecordSink, now: datetime, limit: int) -> tuple[int, int, int]:
    with store.begin() as work:
        items = [item for kind in _KINDS for item in work.records.claim(kind, now, now + LEASE, limit)]
        work.commit()
    outcomes: list[str] = []
    for item in items:
        outcomes.append(_deliver(store, sink, item, now))
        if outcomes[-_MOST_IN_A_ROW:] == ["pending"] * _MOST_IN_A_ROW:
            # The receiver is away: the rest keeps its lease and comes again, and this batch ends in time.
            break
    return outcomes.count("delivered"), outcomes.count("pending"), outcomes.count("dead")


def _deliver(store: Store, sink: RecordSink, item: OutboxItem, now: datetime) -> str:
    result = sink.deliver(item.id, item.body)
    with store.begin() as work:
        if isinstance(result, Delivered):
            work.records.delivered(item.id, now)
            status = "delivered"
        else:
            status = _status_of(result, item, now)
            work.records.undelivered(item.id, status, result.problem, now + wait_after(item.tries))
        work.commit()
    return status


def _status_of(result: Undelivered, item: OutboxItem, now: datetime) -> str:
    return "dead" if result.final or now - item.created_at > GIVE_UP_AFTER else "pending"

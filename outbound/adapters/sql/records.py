"""The outbox in SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from outbound.adapters.sql.database.prepared import Prepared, padded
from outbound.adapters.sql.schema import company_events, outbox, service_records
from outbound.usecases.ports.stored.records import NewMessage, OutboxItem

_o = outbox.c
_LATER = {"last_problem", "delivered_at", "sid"}
_DUE = Prepared(
    select(outbox)
    .where(_o.status == "pending", _o.kind == bindparam("of_kind"), _o.next_try_at <= bindparam("at"))
    .order_by(_o.created_at, _o.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_WAITING = Prepared(select(func.count(), func.min(_o.next_try_at)).where(_o.status == "pending"))

_NEW_RECORD, _NEW_EVENT = Prepared(insert(service_records)), Prepared(insert(company_events))

# As text: SQLAlchemy's own upsert is compiled anew each time.
_NEW_MESSAGE = Prepared(
    text(
        "INSERT INTO outbox"
        " (id, kind, company_id, attempt_id, contact_id, body, created_at, status, tries, next_try_at)"
        " VALUES (:id, :kind, :company_id, :attempt_id, :contact_id, :body, :created_at, :status, :tries, :next_try_at)"
        " ON CONFLICT (id) DO NOTHING"
    ).bindparams(*(bindparam(each.name, type_=each.type) for each in _o if each.name not in _LATER))
)
_RELEASE = Prepared(
    update(outbox)
    .where(
        _o.id.in_(bindparam("ids", expanding=True)), _o.status == "pending", _o.next_try_at > bindparam("next_try_at")
    )
    .values(next_try_at=bindparam("next_try_at"))
)

_THIS = update(outbox).where(_o.id == bindparam("item"))
_CHANGED, _UNDELIVERED = Prepared(_THIS), Prepared(_THIS.where(_o.status != "delivered"))
_TRIED = update(outbox).where(_o.id.in_(bindparam("ids", expanding=True))).values(tries=_o.tries + 1)
_FILED = Prepared(_TRIED.values(status="delivered", delivered_at=bindparam("delivered_at")))
_CLAIMED = Prepared(_TRIED.values(next_try_at=bindparam("next_try_at")))


class SqlRecords:
    """The outbox, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def file_in_table(self, now: datetime, limit: int) -> int:
        """Insert pending records into `service_records` and mark them delivered, in this transaction."""
        due = self._due("record", now, limit)
        if not due:
            return 0
        _NEW_RECORD.run_many(
            self._connection,
            [
                {
                    "record_id": item.id,
                    "attempt_id": item.attempt_id,
                    "company_id": item.company_id,
                    "campaign_id": item.body["campaign"],
                    "contact_id": item.contact_id,
                    "disposition": item.body["disposition"],
                    "body": item.body,
                    "received_at": now,
                }
                for item in due
            ],
        )
        self._mark_delivered(due, now)
        return len(due)

    def file_events_in_table(self, now: datetime, limit: int) -> int:
        """Insert pending events into `company_events` and mark them delivered, in this transaction."""
        due = self._due("event", now, limit)
        if not due:
            return 0
        _NEW_EVENT.run_many(
            self._connection,
            [
                {
                    "event_id": item.id,
                    "event": item.body["event"],
                    "company_id": item.company_id,
                    "body": item.body,
                    "received_at": now,
                }
                for item in due
            ],
        )
        self._mark_delivered(due, now)
        return len(due)

    def _mark_delivered(self, due: Sequence[OutboxItem], now: datetime) -> None:
        _FILED.run(self._connection, {"ids": padded([item.id for item in due]), "delivered_at": now})

    def queue_message(self, message: NewMessage) -> bool:
        """Insert the outbox row unless its id is taken."""
        values = {
            "id": message.id,
            "kind": "message",
            "company_id": message.company_id,
            "attempt_id": message.attempt_id,
            "contact_id": message.contact_id,
            "body": dict(message.body),
            "created_at": message.at,
            "status": "pending",
            "tries": 0,
            "next_try_at": message.not_before,
        }
        return _NEW_MESSAGE.run(self._connection, values) == 1

    def forget_answers(self, attempt_id: str, names: Collection[str]) -> Collection[str]:
        """Rewrite the body of the call's record, in the outbox and in `service_records`, without these answers."""
        rewritten = set[str]()
        for table, identity in ((outbox, _o.id), (service_records, service_records.c.record_id)):
            of_call = [table.c.attempt_id == attempt_id]
            if table is outbox:
                of_call.append(_o.kind == "record")
            for row in self._connection.execute(select(identity, table.c.body).where(*of_call)).all():
                said = row.body.get("answers") or {}
                if set(names).isdisjoint(said):
                    continue
                body = {**row.body, "answers": {name: said[name] for name in said if name not in names}}
                self._connection.execute(update(table).where(identity == row[0]).values(body=body))
                rewritten.add(row[0])
        return rewritten

    def release_messages(self, ids: Sequence[str], now: datetime) -> None:
        """Bring the next try forward, by one update over the primary key."""
        _RELEASE.run(self._connection, {"ids": padded(ids), "next_try_at": now})

    def drop_messages(self, contact_id: str) -> None:
        """Mark what is pending as dead; looked for by its standing, of which there is little."""
        pending = outbox.c.contact_id == contact_id, outbox.c.kind == "message", outbox.c.status == "pending"
        self._connection.execute(update(outbox).where(*pending).values(status="dead", last_problem="withdrawn"))

    def claim(self, kind: str, now: datetime, lease_until: datetime, limit: int) -> Sequence[OutboxItem]:
        """Take due items and push their next try to `lease_until`, so that a crash costs a lease and nothing else."""
        due = self._due(kind, now, limit)
        if due:
            _CLAIMED.run(self._connection, {"ids": padded([item.id for item in due]), "next_try_at": lease_until})
        return due

    def delivered(self, item_id: str, now: datetime, sid: str | None = None) -> None:
        """Mark one item delivered."""
        values = {"status": "delivered", "delivered_at": now, "last_problem": None, "sid": sid}
        _CHANGED.run(self._connection, {"item": item_id, **values})

    def undelivered(self, item_id: str, status: str, problem: str, next_try_at: datetime) -> None:
        """Note the problem of one item and when it is tried again; what was delivered meanwhile stays so."""
        values = {"status": status, "last_problem": problem[:200], "next_try_at": next_try_at}
        _UNDELIVERED.run(self._connection, {"item": item_id, **values})

    def revive(self, item_id: str | None, now: datetime) -> int:
        """Set dead records and events back to pending; their week begins anew."""
        revived = update(outbox).where(outbox.c.status == "dead", outbox.c.kind.in_(("record", "event")))
        if item_id is not None:
            revived = revived.where(outbox.c.id == item_id)
        values = {"status": "pending", "next_try_at": now, "created_at": now, "tries": 0}
        return self._connection.execute(revived.values(values)).rowcount

    def waiting(self) -> tuple[int, datetime | None]:
        """Count pending items and find the first due instant."""
        ((pending, next_due),) = _WAITING.all(self._connection, {})
        return pending, next_due

    def _due(self, kind: str, now: datetime, limit: int) -> list[OutboxItem]:
        return [
            OutboxItem(
                id=row.id,
                kind=row.kind,
                company_id=row.company_id,
                contact_id=row.contact_id,
                attempt_id=row.attempt_id,
                body=row.body,
                created_at=row.created_at,
                tries=row.tries + 1,
            )
            for row in _DUE.all(self._connection, {"of_kind": kind, "at": now, "most": limit})
        ]

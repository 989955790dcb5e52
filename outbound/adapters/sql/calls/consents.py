"""Consent that was taken back after a call, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, type_coerce, update

from outbound.adapters.sql.database.columns import Sealed
from outbound.adapters.sql.schema import attempts, consent_withdrawals, contacts, outbox
from outbound.dialogue.session import Session
from outbound.usecases.ports.stored.consents import KeptCall, Withdrawal

_a, _w = attempts.c, consent_withdrawals.c
_SEALED_JSON: Sealed = Sealed("attempts.session", raw=True)
"""The session's column, for the JSON that the conversation itself writes and reads."""


class SqlConsents:
    """What of conversations stands on consent, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def company_of(self, contact_id: str) -> str | None:
        """Read the contact's company."""
        query = select(contacts.c.company_id).where(contacts.c.id == contact_id)
        return self._connection.execute(query).scalar_one_or_none()

    def lock_calls(self, contact_id: str) -> Sequence[KeptCall]:
        """Read calls with a conversation, also those that came in; on PostgreSQL their rows stay locked."""
        query = (
            select(_a.id, _a.recording, type_coerce(_a.session, _SEALED_JSON))
            .where(_a.contact_id == contact_id, or_(_a.session.is_not(None), _a.answered_at.is_not(None)))
            .order_by(_a.planned_at, _a.id)
            .with_for_update()
        )
        return [
            KeptCall(attempt_id, recording, Session.from_json(stored) if stored is not None else None)
            for attempt_id, recording, stored in self._connection.execute(query)
        ]

    def save_conversation(self, attempt_id: str, session: Session, now: datetime) -> None:
        """Write session and recording into the attempt; the turn that is next stays."""
        values = {"session": type_coerce(session.to_json(), _SEALED_JSON), "recording": session.recording}
        self._connection.execute(update(attempts).where(_a.id == attempt_id).values(**values, updated_at=now))

    def last_withdrawal(self, contact_id: str, attempt_id: str | None) -> Withdrawal | None:
        """Read the latest row; one for all calls covers each of them."""
        query = (
            select(consent_withdrawals)
            .where(_w.contact_id == contact_id, or_(_w.attempt_id.is_(None), _w.attempt_id == attempt_id))
            .order_by(_w.at.desc(), _w.id)
            .limit(1)
        )
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else Withdrawal(**row)

    def keep_withdrawal(self, withdrawal: Withdrawal) -> None:
        """Insert the row."""
        values = {name: getattr(withdrawal, name) for name in withdrawal.__struct_fields__}
        self._connection.execute(consent_withdrawals.insert().values(**values))

    def tell_company(self, event_id: str, company_id: str, contact_id: str, body: Mapping[str, Any]) -> None:
        """Insert the outbox row, due at once."""
        at = datetime.fromisoformat(body["at"])
        self._connection.execute(
            outbox.insert().values(
                id=event_id,
                kind="event",
                company_id=company_id,
                contact_id=contact_id,
                body=dict(body),
                created_at=at,
                status="pending",
                next_try_at=at,
            )
        )

"""Calls that came in, in SQL."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Executable

from outbound.adapters.sql.rows import unindexed
from outbound.adapters.sql.schema import (
    attempt_events,
    attempts,
    callbacks,
    contacts,
    inbound_calls,
    inbox,
    outbox,
    policies,
)
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.contact import ContactState, WelcomeState
from outbound.domain.inbox import RINGS_BACK, ROBOT, InboxKind
from outbound.domain.policy import PolicyStatus
from outbound.usecases.ports.inbound import InboundCall, Met, NewConversation, Plan, Rung
from outbound.usecases.problems import TryAgainError

_A, _I = attempts.c, inbound_calls.c
_NEVER_LEFT = (AttemptStatus.PLANNED, AttemptStatus.CANCELLED, AttemptStatus.NOT_PLACED)
_CAUSE = "rang_back"
_FOLLOW_UPS = (InboxKind.PERSON_REQUESTED, InboxKind.CALLBACK_DUE, InboxKind.CALLBACK_BROKEN, InboxKind.APOLOGY)


class SqlInbound:
    """Calls that came in, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def call_of(self, sid: str) -> InboundCall | None:
        """Read one row by its sid and lock it."""
        row = self._connection.execute(select(inbound_calls).where(_I.sid == sid).with_for_update()).first()
        return None if row is None else _call(row)

    def rung_last(self, company_id: str, number_index: str, since: datetime) -> Rung | None:
        """Read the newest dial to the number that may have rung, then its contact, locked."""
        newest = (
            select(_A.contact_id, _A.campaign_id, _A.phone_id)
            .where(
                _A.number_index == number_index,
                _A.company_id == company_id,
                _A.reserved_at >= since,
                _A.status.not_in(_NEVER_LEFT),
                # without a number it was taken back before it rang
                or_(_A.attempt_number.is_not(None), _A.ringing_at.is_not(None)),
            )
            .order_by(_A.reserved_at.desc(), _A.id)
            .limit(1)
        )
        dial = self._connection.execute(newest).first()
        if dial is None:
            return None
        shown = (contacts.c.language, contacts.c.state, contacts.c.reason, contacts.c.not_before)
        held = select(*shown).where(contacts.c.id == dial.contact_id).with_for_update(key_share=True)
        whose = self._connection.execute(held).one()
        return Rung(
            contact_id=dial.contact_id,
            campaign_id=dial.campaign_id,
            phone_id=dial.phone_id,
            language=whose.language,
            state=ContactState(whose.state),
            reason=whose.reason,
            not_before=whose.not_before,
        )

    def is_live(self, contact_id: str, number_index: str) -> bool:
        """Look for a live attempt of the number or the contact."""
        whose = or_(_A.number_index == number_index, _A.contact_id == contact_id)
        live = select(_A.id).where(whose, unindexed(_A.status).in_(sorted(LIVE))).limit(1)
        return self._connection.execute(live).first() is not None

    def plan_of(self, contact_id: str) -> Plan:
        """Read the planned attempt and the open promise."""
        planned = select(_A.window_start, _A.window_end).where(
            _A.contact_id == contact_id, unindexed(_A.status) == AttemptStatus.PLANNED
        )
        promised = (
            select(callbacks.c.id)
            .where(callbacks.c.contact_id == contact_id, unindexed(callbacks.c.status) == "open")
            .order_by(callbacks.c.window_start, callbacks.c.id)
            .limit(1)
        )
        window = self._connection.execute(planned).first()
        start, end = (window.window_start, window.window_end) if window is not None else (None, None)
        return Plan(start, end, self._connection.execute(promised).scalar())

    def reopen(self, contact_id: str, now: datetime) -> None:
        """Update closed policies in force that came after the last welcome."""
        welcomed = select(contacts.c.welcomed_at).where(contacts.c.id == contact_id).scalar_subquery()
        self._connection.execute(
            update(policies)
            .where(
                policies.c.contact_id == contact_id,
                policies.c.status == PolicyStatus.IN_FORCE,
                policies.c.welcome == WelcomeState.CLOSED,
                or_(welcomed.is_(None), policies.c.taken_in_at > welcomed),
            )
            .values(welcome=WelcomeState.DUE.value, updated_at=now)
        )

    def begin(self, conversation: NewConversation) -> None:
        """Insert the attempt with its event, and move the contact."""
        at, contact = conversation.at, contacts.c.id == conversation.contact_id
        shown = select(contacts.c.round, contacts.c.deadline).where(contact)
        whose = self._connection.execute(shown).one()
        self._connection.execute(update(contacts).where(contact).values(state=ContactState.PLANNED, updated_at=at))
        self._insert(
            insert(attempts).values(
                id=conversation.id,
                token=conversation.token,
                contact_id=conversation.contact_id,
                company_id=conversation.company_id,
                campaign_id=conversation.campaign_id,
                phone_id=conversation.phone_id,
                number_index=conversation.number_index,
                round=whose.round,
                deadline=whose.deadline,
                origin="inbound",
                callback_id=conversation.callback_id,
                status=AttemptStatus.IN_PROGRESS,
                cause=conversation.given_up,
                sid=conversation.sid,
                planned_at=at,
                window_start=conversation.window_start,
                window_end=conversation.window_end,
                placed_at=at,
                answered_at=at,
                turn=0,
                verified=False,
                updated_at=at,
            )
        )
        event = {"attempt_id": conversation.id, "from_status": None, "to_status": AttemptStatus.IN_PROGRESS}
        self._connection.execute(insert(attempt_events).values(**event, at=at, cause=_CAUSE))

    def save(self, call: InboundCall) -> None:
        """Insert the row."""
        shown = ("id", "sid", "company_id", "number_index", "contact_id", "attempt_id", "at", "met", "answer")
        self._insert(insert(inbound_calls).values({name: getattr(call, name) for name in shown}))

    def _insert(self, statement: Executable) -> None:
        try:
            self._connection.execute(statement)
        except IntegrityError:
            raise TryAgainError("another call came at the same moment; this one is looked at again") from None

    def end(self, sid: str, ended_at: datetime, record_id: str | None) -> None:
        """Write the end, once."""
        ended = update(inbound_calls).where(_I.sid == sid, _I.ended_at.is_(None))
        self._connection.execute(ended.values(ended_at=ended_at, record_id=record_id))

    def token_of(self, attempt_id: str) -> str | None:
        """Look the attempt up."""
        return self._connection.execute(select(_A.token).where(_A.id == attempt_id)).scalar()

    def campaign_of(self, contact_id: str) -> str | None:
        """Look the contact up."""
        return self._connection.execute(select(contacts.c.campaign_id).where(contacts.c.id == contact_id)).scalar()

    def close_follow_ups(self, contact_id: str, but_of: str, note: str, now: datetime) -> None:
        """Mark waiting items as done by the robot."""
        item = inbox.c
        other = or_(item.attempt_id.is_(None), item.attempt_id != but_of)
        done = {"status": "done", "claimed_by": ROBOT, "claimed_at": now, "done_at": now, "done_note": note}
        self._connection.execute(
            update(inbox)
            .where(item.contact_id == contact_id, item.kind.in_(_FOLLOW_UPS), item.status == "waiting", other)
            .values(**done)
        )

    def person_waits(self, contact_id: str) -> bool:
        """Look for an item of which a person rings the contact."""
        item = inbox.c
        waits = item.kind.in_(sorted(RINGS_BACK)), item.status.in_(("waiting", "claimed"))
        query = select(item.id).where(item.contact_id == contact_id, *waits).limit(1)
        return self._connection.execute(query).first() is not None

    def ended(self, sids: Collection[str]) -> frozenset[str]:
        """Look sids up."""
        query = select(_I.sid).where(_I.sid.in_(sorted(sids)), _I.ended_at.is_not(None))
        return frozenset(self._connection.execute(query).scalars())

    def oldest_open(self) -> datetime | None:
        """Find the first row without an end."""
        found: datetime | None = self._connection.execute(select(func.min(_I.at)).where(_I.ended_at.is_(None))).scalar()
        return found

    def queue_record(self, record_id: str, call: InboundCall, body: Mapping[str, Any], now: datetime) -> None:
        """Insert the outbox row, due at once."""
        self._connection.execute(
            insert(outbox).values(
                id=record_id,
                kind="record",
                company_id=call.company_id,
                attempt_id=call.id,
                contact_id=call.contact_id,
                body=body,
                created_at=now,
                status="pending",
                next_try_at=now,
            )
        )


def _call(row: Row[Any]) -> InboundCall:
    return InboundCall(
        id=row.id,
        sid=row.sid,
        company_id=row.company_id,
        number_index=row.number_index,
        contact_id=row.contact_id,
        attempt_id=row.attempt_id,
        at=row.at,
        met=Met(row.met),
        answer=row.answer,
        ended_at=row.ended_at,
    )

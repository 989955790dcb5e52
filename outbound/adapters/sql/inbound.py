"""Calls that came in, in SQL."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BindParameter, Connection, Row, bindparam, case, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from outbound.adapters.sql.database.prepared import Prepared, Values, padded
from outbound.adapters.sql.rows import unindexed
from outbound.adapters.sql.schema import (
    attempt_events,
    attempts,
    callbacks,
    contacts,
    inbound_calls,
    inbound_looks,
    inbox,
    outbox,
    policies,
)
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.contact import ContactState, WelcomeState
from outbound.domain.outcome.inbox import RINGS_BACK, ROBOT, InboxKind
from outbound.domain.policy import PolicyStatus
from outbound.usecases.ports.stored.inbound import InboundCall, Met, NewConversation, Plan, Rung
from outbound.usecases.problems import TryAgainError

_A, _I = attempts.c, inbound_calls.c
_NEVER_LEFT = (AttemptStatus.PLANNED, AttemptStatus.CANCELLED, AttemptStatus.NOT_PLACED)
_TO_COME = (ContactState.OPEN, ContactState.PLANNED)
_CAUSE = "rang_back"
_FOLLOW_UPS = (InboxKind.PERSON_REQUESTED, InboxKind.CALLBACK_DUE, InboxKind.CALLBACK_BROKEN, InboxKind.APOLOGY)

_OF_CONTACT: BindParameter[Any] = bindparam("of_contact")
_OF_NUMBER: BindParameter[Any] = bindparam("of_number")

_BY_SID = Prepared(select(inbound_calls).where(_I.sid == bindparam("wanted")).with_for_update())
_RUNG_LAST = Prepared(
    select(_A.contact_id, _A.campaign_id, _A.phone_id)
    .join(contacts, contacts.c.id == _A.contact_id)
    .where(
        _A.number_index == _OF_NUMBER,
        _A.company_id == bindparam("of_company"),
        _A.reserved_at >= bindparam("since", type_=_A.reserved_at.type),
        _A.status.not_in(_NEVER_LEFT),
        # without a number it was taken back before it rang
        or_(_A.attempt_number.is_not(None), _A.ringing_at.is_not(None)),
    )
    # two share a number: who has still to be welcomed was missed, the other one was talked to
    .order_by(case((contacts.c.state.in_(_TO_COME), 0), else_=1), _A.reserved_at.desc(), _A.id)
    .limit(1)
)
_HELD = Prepared(
    select(contacts.c.language, contacts.c.state, contacts.c.reason, contacts.c.not_before)
    .where(contacts.c.id == _OF_CONTACT)
    .with_for_update(key_share=True)
)
_LIVE = Prepared(
    select(_A.id)
    .where(or_(_A.number_index == _OF_NUMBER, _A.contact_id == _OF_CONTACT), unindexed(_A.status).in_(sorted(LIVE)))
    .limit(1)
)
_PLANNED = Prepared(
    select(_A.window_start, _A.window_end).where(
        _A.contact_id == _OF_CONTACT, unindexed(_A.status) == AttemptStatus.PLANNED
    )
)
_OPEN_PROMISE = Prepared(
    select(callbacks.c.id)
    .where(callbacks.c.contact_id == _OF_CONTACT, unindexed(callbacks.c.status) == "open")
    .order_by(callbacks.c.window_start, callbacks.c.id)
    .limit(1)
)
_WELCOMED = select(contacts.c.welcomed_at).where(contacts.c.id == _OF_CONTACT).scalar_subquery()
_REOPEN = Prepared(
    update(policies)
    .where(
        policies.c.contact_id == _OF_CONTACT,
        policies.c.status == PolicyStatus.IN_FORCE,
        policies.c.welcome == WelcomeState.CLOSED,
        or_(_WELCOMED.is_(None), policies.c.taken_in_at > _WELCOMED),
    )
    .values(welcome=WelcomeState.DUE.value, updated_at=bindparam("now"))
)
_ROUND = Prepared(select(contacts.c.round, contacts.c.deadline).where(contacts.c.id == _OF_CONTACT))
_PLAN = Prepared(update(contacts).where(contacts.c.id == _OF_CONTACT))
_NEW_ATTEMPT, _NEW_EVENT = Prepared(insert(attempts)), Prepared(insert(attempt_events))
_NEW_CALL, _NEW_RECORD = Prepared(insert(inbound_calls)), Prepared(insert(outbox))
_END = Prepared(update(inbound_calls).where(_I.sid == bindparam("wanted"), _I.ended_at.is_(None)))
_TOKEN = Prepared(select(_A.token).where(_A.id == bindparam("wanted")))
_CAMPAIGN = Prepared(select(contacts.c.campaign_id).where(contacts.c.id == _OF_CONTACT))
_CLOSE_FOLLOW_UPS = Prepared(
    update(inbox).where(
        inbox.c.contact_id == _OF_CONTACT,
        inbox.c.kind.in_(_FOLLOW_UPS),
        inbox.c.status == "waiting",
        or_(inbox.c.attempt_id.is_(None), inbox.c.attempt_id != bindparam("but_of")),
    )
)
_PERSON_WAITS = Prepared(
    select(inbox.c.id)
    .where(
        inbox.c.contact_id == _OF_CONTACT,
        inbox.c.kind.in_(sorted(RINGS_BACK)),
        inbox.c.status.in_(("waiting", "claimed")),
    )
    .limit(1)
)
_RANG_IN_VAIN = Prepared(
    select(_I.id)
    .where(_I.contact_id == _OF_CONTACT, _I.met == Met.BUSY_WITH_US, _I.at >= bindparam("since", type_=_I.at.type))
    .limit(1)
)
_ENDED = Prepared(select(_I.sid).where(_I.sid.in_(bindparam("sids", expanding=True)), _I.ended_at.is_not(None)))
_LOOKED = Prepared(
    text(
        "INSERT INTO inbound_looks (company_id, since) VALUES (:company_id, :since)"
        " ON CONFLICT (company_id) DO UPDATE SET since = excluded.since WHERE inbound_looks.since < excluded.since"
    ).bindparams(*(bindparam(column.name, type_=column.type) for column in inbound_looks.columns))
)
_LOOKS = Prepared(select(inbound_looks.c.company_id, inbound_looks.c.since))
_OLDEST_OPEN = Prepared(select(func.min(_I.at)).where(_I.ended_at.is_(None), _I.company_id == bindparam("of_company")))


class SqlInbound:
    """Calls that came in, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def call_of(self, sid: str) -> InboundCall | None:
        """Read one row by its sid and lock it."""
        row = _BY_SID.first(self._connection, {"wanted": sid})
        return None if row is None else _call(row)

    def rung_last(self, company_id: str, number_index: str, since: datetime) -> Rung | None:
        """Read the newest dial to the number that may have rung, then its contact, locked."""
        asked = {"of_company": company_id, "of_number": number_index, "since": since}
        dial = _RUNG_LAST.first(self._connection, asked)
        if dial is None:
            return None
        (whose,) = _HELD.all(self._connection, {"of_contact": dial.contact_id})
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
        asked = {"of_contact": contact_id, "of_number": number_index}
        return _LIVE.first(self._connection, asked) is not None

    def plan_of(self, contact_id: str) -> Plan:
        """Read the planned attempt and the open promise."""
        asked = {"of_contact": contact_id}
        window, promise = _PLANNED.first(self._connection, asked), _OPEN_PROMISE.first(self._connection, asked)
        start, end = (window.window_start, window.window_end) if window is not None else (None, None)
        return Plan(start, end, promise.id if promise is not None else None)

    def reopen(self, contact_id: str, now: datetime) -> None:
        """Update closed policies in force that came after the last welcome."""
        _REOPEN.run(self._connection, {"of_contact": contact_id, "now": now})

    def begin(self, conversation: NewConversation) -> None:
        """Insert the attempt with its event, and move the contact."""
        at, asked = conversation.at, {"of_contact": conversation.contact_id}
        (whose,) = _ROUND.all(self._connection, asked)
        _PLAN.run(self._connection, {**asked, "state": ContactState.PLANNED, "updated_at": at})
        self._insert(_NEW_ATTEMPT, {**_row(conversation), "round": whose.round, "deadline": whose.deadline})
        event = {"attempt_id": conversation.id, "from_status": None, "to_status": AttemptStatus.IN_PROGRESS}
        _NEW_EVENT.run(self._connection, {**event, "at": at, "cause": _CAUSE})

    def save(self, call: InboundCall) -> None:
        """Insert the row."""
        shown = ("id", "sid", "company_id", "number_index", "contact_id", "attempt_id", "at", "met", "answer")
        self._insert(_NEW_CALL, {name: getattr(call, name) for name in shown})

    def _insert(self, statement: Prepared, values: Values) -> None:
        try:
            statement.run(self._connection, values)
        except IntegrityError:
            raise TryAgainError("another call came at the same moment; this one is looked at again") from None

    def end(self, sid: str, ended_at: datetime, record_id: str | None) -> None:
        """Write the end, once."""
        _END.run(self._connection, {"wanted": sid, "ended_at": ended_at, "record_id": record_id})

    def token_of(self, attempt_id: str) -> str | None:
        """Look the attempt up."""
        row = _TOKEN.first(self._connection, {"wanted": attempt_id})
        return row.token if row is not None else None

    def campaign_of(self, contact_id: str) -> str | None:
        """Look the contact up."""
        row = _CAMPAIGN.first(self._connection, {"of_contact": contact_id})
        return row.campaign_id if row is not None else None

    def close_follow_ups(self, contact_id: str, but_of: str, note: str, now: datetime) -> None:
        """Mark waiting items as done by the robot."""
        done = {"status": "done", "claimed_by": ROBOT, "claimed_at": now, "done_at": now, "done_note": note}
        _CLOSE_FOLLOW_UPS.run(self._connection, {"of_contact": contact_id, "but_of": but_of, **done})

    def person_waits(self, contact_id: str) -> bool:
        """Look for an item of which a person rings the contact."""
        return _PERSON_WAITS.first(self._connection, {"of_contact": contact_id}) is not None

    def rang_in_vain(self, contact_id: str, since: datetime) -> bool:
        """Look for a call that met another one."""
        return _RANG_IN_VAIN.first(self._connection, {"of_contact": contact_id, "since": since}) is not None

    def ended(self, sids: Collection[str]) -> frozenset[str]:
        """Look sids up."""
        if not sids:
            return frozenset()
        rows = _ENDED.all(self._connection, {"sids": padded(sorted(sids))})
        return frozenset(row.sid for row in rows)

    def oldest_open(self, company_id: str) -> datetime | None:
        """Find the first row without an end."""
        ((found,),) = _OLDEST_OPEN.all(self._connection, {"of_company": company_id})
        return cast("datetime | None", found)

    def looked_since(self) -> Mapping[str, datetime]:
        """Read every company's."""
        return {row.company_id: row.since for row in _LOOKS.all(self._connection, {})}

    def note_looked(self, since: Mapping[str, datetime]) -> None:
        """Insert, or move on."""
        _LOOKED.run_many(self._connection, [{"company_id": key, "since": at} for key, at in sorted(since.items())])

    def queue_record(self, record_id: str, call: InboundCall, body: Mapping[str, Any], now: datetime) -> None:
        """Insert the outbox row, due at once."""
        _NEW_RECORD.run(
            self._connection,
            {
                "id": record_id,
                "kind": "record",
                "company_id": call.company_id,
                "attempt_id": call.id,
                "contact_id": call.contact_id,
                "body": body,
                "created_at": now,
                "status": "pending",
                "next_try_at": now,
            },
        )


def _row(conversation: NewConversation) -> dict[str, Any]:
    at = conversation.at
    return {
        "id": conversation.id,
        "token": conversation.token,
        "contact_id": conversation.contact_id,
        "company_id": conversation.company_id,
        "campaign_id": conversation.campaign_id,
        "phone_id": conversation.phone_id,
        "number_index": conversation.number_index,
        "origin": "inbound",
        "callback_id": conversation.callback_id,
        "status": AttemptStatus.IN_PROGRESS,
        "cause": conversation.given_up,
        "sid": conversation.sid,
        "planned_at": at,
        "window_start": conversation.window_start,
        "window_end": conversation.window_end,
        "placed_at": at,
        "answered_at": at,
        "turn": 0,
        "verified": False,
        "updated_at": at,
    }


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

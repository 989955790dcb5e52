"""What the planner asks of the database, as statements."""

from sqlalchemy import and_, bindparam, case, func, or_, select, update

from outbound.adapters.sql.calls import holds
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.rows import unindexed
from outbound.adapters.sql.schema import (
    attempts,
    callbacks,
    contacts,
    inbox,
    stop_orders,
)
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.contact import ContactState
from outbound.domain.outcome.callback import CallbackStatus
from outbound.domain.outcome.inbox import RINGS_BACK, ROBOT
from outbound.planning.candidates import PASSING_REASONS

_DIALLED = (AttemptStatus.ENDED, AttemptStatus.NOT_PLACED)

_PROMISED = select(callbacks.c.id).where(
    callbacks.c.contact_id == contacts.c.id, callbacks.c.status == CallbackStatus.OPEN
)

TO_PLAN = Prepared(
    select(contacts.c.id)
    .where(
        contacts.c.state == ContactState.OPEN,
        contacts.c.campaign_id == bindparam("campaign"),
        or_(
            contacts.c.not_before.is_(None),
            contacts.c.not_before <= bindparam("at", type_=contacts.c.not_before.type),
            and_(
                contacts.c.not_before <= bindparam("until", type_=contacts.c.not_before.type),
                or_(contacts.c.reason.like(holds.WAITS_BY_ITSELF), contacts.c.reason.in_(PASSING_REASONS)),
            ),
        ),
    )
    .order_by(
        case((_PROMISED.exists(), 0), else_=1),
        contacts.c.deadline.is_(None),
        contacts.c.deadline,
        contacts.c.created_at,
        contacts.c.id,
    )
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)

CHANGE = Prepared(
    update(contacts)
    .where(contacts.c.id == bindparam("contact"), contacts.c.state == ContactState.OPEN)
    .values(
        state=bindparam("to_state"),
        reason=bindparam("why"),
        not_before=bindparam("from_then"),
        deadline=bindparam("by_day"),
        updated_at=bindparam("at"),
    )
)


_STOPPED = (
    select(stop_orders.c.id)
    .where(
        stop_orders.c.lifted_at.is_(None),
        or_(stop_orders.c.campaign_id.is_(None), stop_orders.c.campaign_id == contacts.c.campaign_id),
    )
    .exists()
)
IN_THE_AIR = tuple(sorted(LIVE - {AttemptStatus.UNKNOWN}))
_OF_THE_CONTACT = select(attempts.c.id).where(attempts.c.contact_id == callbacks.c.contact_id)
_RINGING = _OF_THE_CONTACT.where(unindexed(attempts.c.status).in_(IN_THE_AIR)).exists()
_UNKNOWN = _OF_THE_CONTACT.where(unindexed(attempts.c.status) == AttemptStatus.UNKNOWN).exists()
_WITH_A_PERSON = (
    select(inbox.c.id)
    .where(
        inbox.c.attempt_id == callbacks.c.attempt_id,
        inbox.c.kind.in_(sorted(RINGS_BACK)),
        or_(inbox.c.status != "done", inbox.c.claimed_by != ROBOT),
    )
    .exists()
)
AT_RISK = Prepared(
    select(
        callbacks,
        contacts.c.company_id,
        case((_UNKNOWN, "unknown"), (_STOPPED, "stop_order"), else_=contacts.c.reason).label("held_by"),
    )
    .join(contacts, contacts.c.id == callbacks.c.contact_id)
    .where(
        callbacks.c.status == CallbackStatus.OPEN,
        callbacks.c.escalated_at.is_(None),
        callbacks.c.window_start <= bindparam("at", type_=callbacks.c.window_start.type),
        callbacks.c.window_end > bindparam("at", type_=callbacks.c.window_end.type),
        callbacks.c.window_end <= bindparam("until", type_=callbacks.c.window_end.type),
        or_(
            callbacks.c.window_end > bindparam("last_end", type_=callbacks.c.window_end.type),
            and_(
                callbacks.c.window_end == bindparam("last_end", type_=callbacks.c.window_end.type),
                callbacks.c.id > bindparam("last_id"),
            ),
        ),
        contacts.c.state != ContactState.WITHDRAWN,
        ~_RINGING,
        ~_WITH_A_PERSON,
    )
    .order_by(callbacks.c.window_end, callbacks.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=contacts, key_share=True, skip_locked=True)
)

_IN_HAND = select(attempts.c.id).where(
    attempts.c.callback_id == callbacks.c.id,
    or_(
        attempts.c.status.in_(sorted(LIVE)),
        # Planned behind the window, it cannot keep the promise any more.
        and_(attempts.c.status == AttemptStatus.PLANNED, attempts.c.window_start < callbacks.c.window_end),
    ),
)
_TAKEN_UP = (
    select(func.min(inbox.c.done_at))
    .where(
        inbox.c.attempt_id == callbacks.c.attempt_id,
        inbox.c.done_at.is_not(None),
        inbox.c.kind.in_(sorted(RINGS_BACK)),
        inbox.c.claimed_by != ROBOT,
    )
    .scalar_subquery()
)
OVERDUE = Prepared(
    select(callbacks, contacts.c.company_id, _TAKEN_UP.label("taken_up_at"), _WITH_A_PERSON.label("with_a_person"))
    .join(contacts, contacts.c.id == callbacks.c.contact_id)
    .where(
        callbacks.c.status == CallbackStatus.OPEN,
        callbacks.c.window_end <= bindparam("now", type_=callbacks.c.window_end.type),
        ~_IN_HAND.exists(),
    )
    .order_by(callbacks.c.window_end, callbacks.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=contacts, key_share=True, skip_locked=True)
)
DIALS = Prepared(
    select(
        attempts.c.contact_id,
        attempts.c.phone_id,
        attempts.c.connect_result,
        attempts.c.disposition,
        attempts.c.callback_id,
        attempts.c.reserved_at,
    )
    .join(contacts, and_(contacts.c.id == attempts.c.contact_id, contacts.c.round == attempts.c.round))
    .where(
        attempts.c.contact_id.in_(bindparam("ids", expanding=True)),
        attempts.c.attempt_number.is_not(None),
        unindexed(attempts.c.status).in_(_DIALLED),
    )
    .order_by(attempts.c.attempt_number, attempts.c.id)
)
STANDING = Prepared(
    select(callbacks)
    .where(
        callbacks.c.contact_id.in_(bindparam("ids", expanding=True)),
        unindexed(callbacks.c.status).in_((CallbackStatus.OPEN, CallbackStatus.KEPT)),
    )
    .order_by(callbacks.c.asked_at, callbacks.c.id)
)
_SINCE = attempts.c.window_start >= bindparam("since", type_=attempts.c.window_start.type)
SLOTS = Prepared(
    select(attempts.c.window_start, func.count(), func.count(attempts.c.callback_id))
    .where(attempts.c.campaign_id == bindparam("of_campaign"), _SINCE, attempts.c.status != AttemptStatus.CANCELLED)
    .group_by(attempts.c.window_start)
)
NUMBERS = Prepared(
    select(attempts.c.window_start, attempts.c.number_index).where(
        attempts.c.number_index.in_(bindparam("numbers", expanding=True)),
        unindexed(attempts.c.status) == AttemptStatus.PLANNED,
        _SINCE,
    )
)
NEXT_DUE = Prepared(
    select(func.min(contacts.c.not_before)).where(
        contacts.c.state == ContactState.OPEN,
        contacts.c.campaign_id == bindparam("of_campaign"),
        contacts.c.not_before > bindparam("now", type_=contacts.c.not_before.type),
    )
)

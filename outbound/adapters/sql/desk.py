"""Inbox, suppressions and stop orders in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, not_, or_, select, update

from outbound.adapters.sql.database.columns import Instant
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.rows import unindexed
from outbound.adapters.sql.schema import (
    attempt_events,
    attempts,
    contacts,
    inbox,
    stop_orders,
    suppressions,
    unanswered_questions,
)
from outbound.domain.call_class import CallClass
from outbound.domain.outcome.inbox import AT_A_CHOSEN_TIME, RINGS_BACK, QuestionStatus
from outbound.usecases.ports.stored.desk import NewItem, NewSuppression, ReviewedQuestion

_A, _S, _Q = attempts.c, suppressions.c, unanswered_questions.c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)

_NEW_ITEM = Prepared(inbox.insert())
_PROMISED = bindparam("promised", type_=Instant)
_DUE_BY = Prepared(
    update(inbox)
    .where(
        inbox.c.attempt_id == bindparam("attempt"),
        inbox.c.kind.in_(sorted(RINGS_BACK)),
        inbox.c.status != "done",
        or_(inbox.c.due_at > _PROMISED, inbox.c.kind.in_(sorted(AT_A_CHOSEN_TIME))),
    )
    .values(due_at=_PROMISED)
)
_ITEM = update(inbox).where(inbox.c.id == bindparam("item"))
_CLAIM = Prepared(
    _ITEM.where(inbox.c.status == "waiting").values(
        status="claimed", claimed_by=bindparam("claimed_by"), claimed_at=bindparam("claimed_at")
    )
)
_FINISH = Prepared(
    _ITEM.where(inbox.c.status.in_(("waiting", "claimed"))).values(
        status="done",
        claimed_by=bindparam("claimed_by"),
        done_at=bindparam("done_at"),
        done_note=bindparam("done_note"),
    )
)
_SAME = Prepared(
    select(_S.id).where(
        _S.number_index.is_not_distinct_from(bindparam("number", type_=_S.number_index.type)),
        _S.contact_id.is_not_distinct_from(bindparam("contact", type_=_S.contact_id.type)),
        _S.call_class.is_not_distinct_from(bindparam("class", type_=_S.call_class.type)),
        _S.lifted_at.is_(None),
    )
)
_SUPPRESS = Prepared(suppressions.insert())


def _people_of(whose: ColumnElement[bool]) -> Select[Any]:
    """Contacts in the order of their identifiers, as whoever locks several does: nobody waits in a circle."""
    planned = select(_A.contact_id).where(whose, unindexed(_A.status) == "planned")
    people = select(contacts.c.id).where(contacts.c.id.in_(planned)).order_by(contacts.c.id)
    return people.with_for_update(key_share=True)


def _planned_of(whose: ColumnElement[bool]) -> Select[Any]:
    planned = select(_A.id).where(whose, unindexed(_A.status) == "planned", _A.contact_id.in_(_IDS))
    return planned.order_by(_A.id).with_for_update()


_BY_NUMBER, _BY_CONTACT = _A.number_index == bindparam("whose"), _A.contact_id == bindparam("whose")
_OF_NUMBER = Prepared(_people_of(_BY_NUMBER)), Prepared(_planned_of(_BY_NUMBER))
_OF_CONTACT = Prepared(_people_of(_BY_CONTACT)), Prepared(_planned_of(_BY_CONTACT))
_CANCEL = Prepared(update(attempts).where(_A.id.in_(_IDS)))
_CANCELLED = Prepared(attempt_events.insert())
_REOPEN = Prepared(update(contacts).where(contacts.c.id.in_(_IDS), contacts.c.state == "planned"))


class SqlDesk:
    """Inbox, suppressions and stop orders, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_item(self, item: NewItem) -> None:
        """Insert one inbox item."""
        _NEW_ITEM.run(
            self._connection,
            {
                "id": item.id,
                "kind": item.kind,
                "company_id": item.company_id,
                "contact_id": item.contact_id,
                "attempt_id": item.attempt_id,
                "turn": item.turn,
                "at": item.at,
                "due_at": item.due_at,
                "note": item.note,
                "status": "waiting",
            },
        )

    def due_by(self, attempt_id: str, due_at: datetime) -> None:
        """Move items that are not done, by one update."""
        _DUE_BY.run(self._connection, {"attempt": attempt_id, "promised": due_at})

    def claim_item(self, item_id: str, by: str, now: datetime) -> bool:
        """Take a waiting item by one conditional update, so that two people never both get it."""
        return _CLAIM.run(self._connection, {"item": item_id, "claimed_by": by, "claimed_at": now}) == 1

    def finish_item(self, item_id: str, by: str, note: str | None, now: datetime) -> bool:
        """Close an item; who closes an item that nobody claimed has claimed it."""
        values = {"claimed_by": by, "done_at": now, "done_note": note}
        return _FINISH.run(self._connection, {"item": item_id, **values}) == 1

    def find_question(self, question_id: str) -> ReviewedQuestion | None:
        """Read its standing."""
        query = select(_Q.id, _Q.status, _Q.done_at, _Q.done_by).where(_Q.id == question_id)
        row = self._connection.execute(query).first()
        return None if row is None else ReviewedQuestion(row.id, QuestionStatus(row.status), row.done_at, row.done_by)

    def close_question(self, question: ReviewedQuestion) -> bool:
        """Close it by one conditional update, so that the first of two people is the one on record."""
        changed = self._connection.execute(
            update(unanswered_questions)
            .where(_Q.id == question.id, _Q.status == QuestionStatus.WAITING.value)
            .values(status=question.status.value, done_at=question.done_at, done_by=question.done_by)
        )
        return changed.rowcount == 1

    def has_contact(self, contact_id: str) -> bool:
        """Look the contact up."""
        return self._connection.execute(select(contacts.c.id).where(contacts.c.id == contact_id)).first() is not None

    def suppress(self, suppression: NewSuppression) -> bool:
        """Insert a suppression unless the same one is in force."""
        to = {
            "number": suppression.number_index,
            "contact": suppression.contact_id,
            "class": suppression.call_class,
        }
        if _SAME.first(self._connection, to) is not None:
            return False
        _SUPPRESS.run(
            self._connection,
            {
                "id": suppression.id,
                "number_index": suppression.number_index,
                "contact_id": suppression.contact_id,
                "call_class": suppression.call_class,
                "reason": suppression.reason,
                "evidence": suppression.evidence,
                "by": suppression.by,
                "at": suppression.at,
            },
        )
        return True

    def refused_elsewhere(self, *, number_index: str, contact_id: str, attempt_id: str) -> bool:
        """Look for one whose evidence is not that call."""
        of_call = f"attempt {attempt_id} turn "
        query = select(_S.id).where(
            or_(_S.number_index == number_index, _S.contact_id == contact_id),
            or_(_S.call_class.is_(None), _S.call_class == CallClass.SERVICE),
            _S.lifted_at.is_(None),
            or_(_S.reason == "deceased", not_(_S.evidence.startswith(of_call, autoescape=True))),
        )
        return self._connection.execute(query).first() is not None

    def cancel_planned(self, *, number_index: str | None, contact_id: str | None, cause: str, now: datetime) -> int:
        """Cancel planned attempts of a number or a contact; their contacts go back to the planner."""
        people, planned = _OF_NUMBER if number_index else _OF_CONTACT
        whose = {"whose": number_index or contact_id}
        held = [row.id for row in people.all(self._connection, whose)]
        ids = [row.id for row in planned.all(self._connection, {**whose, "ids": held})] if held else []
        if not ids:
            return 0
        changed = {"status": "cancelled", "cause": cause, "updated_at": now}
        _CANCEL.run(self._connection, {"ids": ids, **changed})
        event = {"at": now, "from_status": "planned", "to_status": "cancelled", "cause": cause}
        _CANCELLED.run_many(self._connection, [{"attempt_id": each, **event} for each in ids])
        again = {"state": "open", "reason": cause, "not_before": None, "updated_at": now}
        _REOPEN.run(self._connection, {"ids": held, **again})
        return len(ids)

    def lift_suppression(self, suppression_id: str, by: str, reason: str, now: datetime) -> bool:
        """End a suppression that is in force."""
        changed = self._connection.execute(
            update(suppressions)
            .where(suppressions.c.id == suppression_id, suppressions.c.lifted_at.is_(None))
            .values(lifted_at=now, lifted_by=by, lifted_reason=reason)
        )
        return changed.rowcount == 1

    def stop(self, order_id: str, campaign_id: str | None, reason: str, by: str, now: datetime) -> None:
        """Insert a stop order."""
        self._connection.execute(
            stop_orders.insert().values(id=order_id, campaign_id=campaign_id, reason=reason, by=by, at=now)
        )

    def resume(self, campaign_id: str | None, by: str, now: datetime) -> int:
        """Lift stop orders: those of one campaign, or every one."""
        lifted = update(stop_orders).where(stop_orders.c.lifted_at.is_(None))
        if campaign_id is not None:
            lifted = lifted.where(stop_orders.c.campaign_id == campaign_id)
        return self._connection.execute(lifted.values(lifted_at=now, lifted_by=by)).rowcount

"""Calls and their turns in SQL. Statements are made once: a turn's cost is felt as silence on the line."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, or_, select, text, type_coerce, update

from outbound.adapters.sql.calls.heard import note_event
from outbound.adapters.sql.database.columns import Sealed
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.rows import unindexed
from outbound.adapters.sql.schema import (
    answers,
    attempt_events,
    attempts,
    callbacks,
    contacts,
    inbox,
    policies,
    turns,
    unanswered_questions,
)
from outbound.dialogue.session import Session
from outbound.domain.attempt import AttemptStatus, may_move
from outbound.domain.outcome.disposition import Disposition
from outbound.domain.outcome.inbox import ROBOT, InboxKind
from outbound.domain.verification import Check, locked_until
from outbound.usecases.ports.stored.voice import CallState, NewCallback, SessionRow, TurnRow, UnansweredQuestion

_VERDICT = "amd"
_ONE_DAY = timedelta(days=1)
_a, _t = attempts.c, turns.c
_SEALED_JSON: Sealed = Sealed("attempts.session", raw=True)
"""The session's column, for the JSON that the conversation itself writes and reads."""
_SESSION = type_coerce(_a.session, _SEALED_JSON).label("session")

_LOCK = Prepared(
    select(
        _a.id,
        _a.token,
        _a.contact_id,
        _a.company_id,
        _a.campaign_id,
        _a.phone_id,
        _a.number_index,
        _a.status,
        _a.sid,
        _a.answered_by,
        _SESSION,
        _a.turn,
        _t.answer,
    )
    .select_from(attempts.outerjoin(turns, and_(_t.attempt_id == _a.id, _t.turn == bindparam("asked_turn"))))
    .where(_a.token == bindparam("asked_token"))
    .with_for_update(of=attempts)
)
_THIS = _a.id == bindparam("this_attempt")
_SAVE_SESSION = Prepared(
    update(attempts)
    .where(_THIS)
    .values(
        {
            "session": bindparam("session", type_=_SEALED_JSON),
        }
        | {
            name: bindparam(name)
            for name in (
                "turn",
                "script",
                "script_version",
                "language",
                "recording",
                "right_party",
                "verified",
                "updated_at",
            )
        }
        | {
            "understanding_version": func.coalesce(
                _a.understanding_version, bindparam("understood_by", type_=_a.understanding_version.type)
            )
        }
    )
)
_COUNT_TURN = Prepared(update(attempts).where(_THIS).values(turn=bindparam("turn"), updated_at=bindparam("updated_at")))
_ANSWERED = Prepared(
    update(attempts)
    .where(_THIS)
    .values(
        sid=bindparam("sid"),
        status=bindparam("status"),
        answered_at=func.coalesce(_a.answered_at, bindparam("answered_at", type_=_a.answered_at.type)),
        updated_at=bindparam("updated_at"),
    )
)
_ANSWERED_BY = Prepared(
    update(attempts).where(_THIS).values(answered_by=bindparam("answered_by"), updated_at=bindparam("updated_at"))
)
_INSERT_TURN, _INSERT_EVENT = Prepared(turns.insert()), Prepared(attempt_events.insert())
_q, _later = unanswered_questions.c, unanswered_questions.alias()
_LEFT = Prepared(
    select(_q.words)
    .where(
        _q.attempt_id == bindparam("of_attempt"),
        ~exists().where(_later.c.attempt_id == _q.attempt_id, _later.c.turn > _q.turn),
        ~exists().where(
            inbox.c.attempt_id == _q.attempt_id, inbox.c.kind == InboxKind.QUESTION.value, inbox.c.turn >= _q.turn
        ),
    )
    .order_by(_q.id)
)
_IN_THEIR_WORDS = (InboxKind.QUESTION, InboxKind.COMPLAINT, InboxKind.CANCELLATION)
_WORDS = ((_t.heard,), (_q.words,), (inbox.c.note, inbox.c.kind.in_(_IN_THEIR_WORDS)))
"""Columns with words of a callee, and the rows that have them, if not all do."""
_INSERT_CALLBACK, _INSERT_QUESTION = Prepared(callbacks.insert()), Prepared(unanswered_questions.insert())
# As text: SQLAlchemy's own upsert is compiled anew each time, for a millisecond.
_SAVE_ANSWER = Prepared(
    text(
        "INSERT INTO answers (attempt_id, name, value, score, at) VALUES (:attempt_id, :name, :value, :score, :at)"
        " ON CONFLICT (attempt_id, name) DO UPDATE SET value = excluded.value, score = excluded.score, at = excluded.at"
    ).bindparams(*(bindparam(column.name, type_=column.type) for column in answers.columns))
)
_TAKE_CALLBACK_BACK = Prepared(
    update(callbacks)
    .where(
        callbacks.c.contact_id == bindparam("of_contact"),
        callbacks.c.attempt_id == bindparam("of_attempt"),
        unindexed(callbacks.c.status) == "open",
    )
    .values(status="withdrawn", settled_at=bindparam("at"))
)
_PROMISED = Prepared(
    select(callbacks.c.window_start, callbacks.c.window_end, func.count())
    .join(contacts, contacts.c.id == callbacks.c.contact_id)
    .where(
        callbacks.c.status == "open",
        # no window is longer than a day: the index need not be read from its beginning
        callbacks.c.window_start > bindparam("a_day_ago", type_=callbacks.c.window_start.type),
        callbacks.c.window_end > bindparam("at", type_=callbacks.c.window_end.type),
        callbacks.c.attempt_id != bindparam("not_of"),
        contacts.c.campaign_id == bindparam("of_campaign"),
    )
    .group_by(callbacks.c.window_start, callbacks.c.window_end)
)
_NOT_VERIFIED = Disposition.NOT_VERIFIED.value
_CHECKS = Prepared(
    select(_a.ended_at, _a.disposition, _a.verified, _a.session)
    .where(
        _a.contact_id == bindparam("of_contact"),
        _a.ended_at >= bindparam("since", type_=_a.ended_at.type),
        or_(_a.disposition == _NOT_VERIFIED, _a.session.is_not(None)),
    )
    .order_by(_a.ended_at.desc(), _a.id)
    .limit(20)
)
_LOCK_PROMISES = text("SELECT pg_advisory_xact_lock(hashtextextended('promise ' || :campaign, 0))")


def checks_of(connection: Connection, contact_id: str, since: datetime) -> Iterator[Check]:
    """Yield what the contact's conversations that ended at `since` or later came to, the newest first."""
    found = _CHECKS.all(connection, {"of_contact": contact_id, "since": since})
    for ended_at, disposition, verified, session in found:
        failed = "verification_failed" in session["done"] if session else disposition == _NOT_VERIFIED
        yield Check(ended_at, verified, failed, session.get("tries", 0) if session else 0)


class SqlVoice:
    """Calls and their turns, on one connection inside a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock_call(self, token: str, turn: int) -> CallState | None:
        """Read a call and the answer of one turn in one statement; on PostgreSQL its row stays locked."""
        found = _LOCK.first(self._connection, {"asked_token": token, "asked_turn": turn})
        if found is None:
            return None
        attempt_id, key, contact, company, campaign, phone, number, status, sid, by, session, following, answer = found
        return CallState(
            attempt_id,
            key,
            contact,
            company,
            campaign,
            phone,
            number,
            AttemptStatus(status),
            sid,
            by,
            Session.from_json(session) if session is not None else None,
            following,
            answer,
        )

    def answer_of(self, attempt_id: str, turn: int) -> bytes | None:
        """Read the answer of one turn in a statement of its own."""
        query = select(_t.answer).where(_t.attempt_id == attempt_id, _t.turn == turn)
        return self._connection.execute(query).scalar_one_or_none()

    def adopt(self, call: CallState, sid: str, now: datetime, cause: str) -> None:
        """Note the sid and that the call was answered, with the event where the status really moves."""
        moves = may_move(call.status, AttemptStatus.IN_PROGRESS)
        status = AttemptStatus.IN_PROGRESS if moves else call.status
        values = {"this_attempt": call.attempt_id, "sid": sid, "status": status, "answered_at": now, "updated_at": now}
        _ANSWERED.run(self._connection, values)
        if moves:
            event = {"attempt_id": call.attempt_id, "at": now, "from_status": call.status, "to_status": status}
            _INSERT_EVENT.run(self._connection, {**event, "cause": cause})

    def save_turn(self, row: TurnRow) -> None:
        """Insert a turn."""
        values = {
            "attempt_id": row.attempt_id,
            "turn": row.turn,
            "at": row.at,
            "step": row.step,
            "kind": row.kind,
            "meaning": row.meaning,
            "confidence": row.confidence,
            "faq_id": row.faq_id,
            "heard": row.heard,
            "said": row.said,
            "answer": row.answer,
        }
        _INSERT_TURN.run(self._connection, values)

    def save_session(self, row: SessionRow) -> None:
        """Write where the conversation stands into its attempt."""
        session = row.session
        values = {
            "this_attempt": row.attempt_id,
            "turn": row.turn,
            "session": session.to_json(),
            "script": session.script,
            "script_version": session.script_version,
            "language": session.language,
            "recording": session.recording,
            "right_party": session.right_party,
            "verified": session.verified,
            "understood_by": row.understanding_version,
            "updated_at": row.at,
        }
        _SAVE_SESSION.run(self._connection, values)

    def forget_words(self, attempt_id: str, names: Collection[str] = ()) -> int:
        """Set the words of turns, of questions for review and of what waits for a person to null; delete answers."""
        forgotten = 0
        for column, *where in _WORDS:
            this_call = column.table.c.attempt_id == attempt_id, column.is_not(None), *where
            changed = update(column.table).where(*this_call).values({column.name: None})
            forgotten += self._connection.execute(changed).rowcount
        theirs = answers.c.attempt_id == attempt_id, answers.c.name.in_(sorted(names))
        return forgotten + self._connection.execute(delete(answers).where(*theirs)).rowcount

    def count_turn(self, attempt_id: str, turn: int, now: datetime) -> None:
        """Write the number of the next turn alone."""
        _COUNT_TURN.run(self._connection, {"this_attempt": attempt_id, "turn": turn, "updated_at": now})

    def save_answer(self, attempt_id: str, name: str, value: str | int, score: float | None, now: datetime) -> None:
        """Insert an answer, or replace the one that stands there."""
        kept = {"attempt_id": attempt_id, "name": name, "value": value, "score": score, "at": now}
        _SAVE_ANSWER.run(self._connection, kept)

    def save_unanswered(self, question: UnansweredQuestion) -> None:
        """Insert a question that waits for review."""
        values = {name: getattr(question, name) for name in question.__struct_fields__}
        _INSERT_QUESTION.run(self._connection, {**values, "status": "waiting"})

    def left_to_a_person(self, attempt_id: str) -> Sequence[str | None]:
        """Read the questions of the latest turn with one, unless an item was put down for them since."""
        return [words for (words,) in _LEFT.all(self._connection, {"of_attempt": attempt_id})]

    def save_language(self, contact_id: str, language: str, now: datetime) -> None:
        """Write the contact's language."""
        changed = update(contacts).where(contacts.c.id == contact_id).values(language=language, updated_at=now)
        self._connection.execute(changed)

    def failed_verification(self, contact_id: str, since: datetime) -> bool:
        """Read the contact's latest conversations, back to the one in which somebody was verified.

        What came of a call does not tell: who fails may complain afterwards, and who could be asked nothing has not
        failed.
        """
        return locked_until(checks_of(self._connection, contact_id, since)) is not None

    def policy_attributes(self, contact_id: str) -> Sequence[Mapping[str, str]]:
        """Read the sealed columns of the contact's policies, in the order of their numbers."""
        query = (
            select(policies.c.attributes)
            .where(policies.c.contact_id == contact_id, policies.c.attributes.is_not(None))
            .order_by(policies.c.policy_no)
        )
        return list(self._connection.execute(query).scalars())

    def save_callback(self, callback: NewCallback) -> None:
        """Insert a promise in place of an open one of the same call."""
        taken_back = {"of_contact": callback.contact_id, "of_attempt": callback.attempt_id, "at": callback.asked_at}
        _TAKE_CALLBACK_BACK.run(self._connection, taken_back)
        values = {
            "id": callback.id,
            "contact_id": callback.contact_id,
            "attempt_id": callback.attempt_id,
            "asked_at": callback.asked_at,
            "window_start": callback.window_start,
            "window_end": callback.window_end,
            "reason": callback.reason,
            "status": "open",
        }
        _INSERT_CALLBACK.run(self._connection, values)

    def lock_promises(self, campaign_id: str) -> None:
        """Take PostgreSQL's advisory lock; on SQLite the transaction holds the one writer's lock."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(_LOCK_PROMISES, {"campaign": campaign_id})

    def open_callbacks(
        self, campaign_id: str, now: datetime, apart_from: str | None = None
    ) -> Mapping[tuple[datetime, datetime], int]:
        """Count open promises by their window."""
        ask = {"of_campaign": campaign_id, "at": now, "a_day_ago": now - _ONE_DAY, "not_of": apart_from or ""}
        return {(start, end): count for start, end, count in _PROMISED.all(self._connection, ask)}

    def close_items(self, attempt_id: str, kind: str, note: str, now: datetime) -> None:
        """Mark waiting items as done by the robot."""
        done = {"status": "done", "claimed_by": ROBOT, "claimed_at": now, "done_at": now, "done_note": note}
        self._connection.execute(update(inbox).where(*_waiting(attempt_id, kind)).values(**done))

    def note_machine(self, call: CallState, sid: str, answered_by: str, now: datetime) -> bool:
        """Insert the verdict once a call."""
        event = {"attempt_id": call.attempt_id, "sid": sid, "kind": _VERDICT, "sequence": 0, "status": answered_by}
        if not note_event(self._connection, {**event, "at": None, "received_at": now}):
            return False
        _ANSWERED_BY.run(
            self._connection, {"this_attempt": call.attempt_id, "answered_by": answered_by, "updated_at": now}
        )
        return True


def _waiting(attempt_id: str, kind: str) -> tuple[Any, ...]:
    return inbox.c.attempt_id == attempt_id, inbox.c.kind == kind, inbox.c.status == "waiting"

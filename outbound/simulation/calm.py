"""When a verb cannot have anything to do: a simulation jumps over those instants, with the same outcome."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from outbound.adapters.sql.calls import holds
from outbound.adapters.sql.prepared import Prepared
from outbound.adapters.sql.schema import attempts, callbacks, contacts, inbox, outbox
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.callback import PERSON_LEAD
from outbound.domain.contact import ContactState
from outbound.planning.candidates import PASSING_REASONS
from outbound.simulation.invented.people import PACE
from outbound.usecases.plan_calls import HORIZON_DAYS
from outbound.usecases.settle_calls import ASKED_HOURLY, LONGEST_QUEUE, UNKNOWN_OLD

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=HORIZON_DAYS)
_STALE_AFTER = timedelta(minutes=30)
_Wakes = Mapping[str, datetime | None]

_PLANNED = attempts.c.status == AttemptStatus.PLANNED.value
_IN_QUEUE = attempts.c.status.in_((AttemptStatus.PLACED.value, AttemptStatus.UNKNOWN.value)) & attempts.c.sid.is_not(
    None
)
# Who waits without anybody's doing is planned ahead of time.
_WAITS = or_(contacts.c.reason.like(holds.WAITS_BY_ITSELF), contacts.c.reason.in_(PASSING_REASONS))
_UNKNOWN = AttemptStatus.UNKNOWN
_DIAL_BY = func.coalesce(attempts.c.dial_by, attempts.c.updated_at)
_PROMISED = callbacks.c.status == "open"
_LOOK = Prepared(select(
    select(func.count()).where(attempts.c.status.in_(sorted(LIVE - {_UNKNOWN}))).scalar_subquery().label("live"),
    select(func.min(attempts.c.updated_at)).where(attempts.c.status == _UNKNOWN).scalar_subquery().label("asked"),
    select(func.min(_DIAL_BY)).where(attempts.c.status == _UNKNOWN).scalar_subquery().label("unknown_from"),
    select(func.max(_DIAL_BY)).where(attempts.c.status == _UNKNOWN).scalar_subquery().label("unknown_to"),
    select(func.count()).where(_IN_QUEUE).scalar_subquery().label("queued"),
    select(func.min(attempts.c.window_start)).where(_PLANNED).scalar_subquery().label("opens"),
    select(func.min(attempts.c.window_end)).where(_PLANNED).scalar_subquery().label("closes"),
    select(func.min(func.coalesce(contacts.c.not_before, _LONG_AGO)))
    .where(contacts.c.state == ContactState.OPEN.value)
    .scalar_subquery()
    .label("planner"),
    select(func.min(contacts.c.not_before))
    .where(contacts.c.state == ContactState.OPEN.value, _WAITS)
    .scalar_subquery()
    .label("ahead"),
    select(func.count()).where(_PROMISED).scalar_subquery().label("promises"),
    select(func.min(callbacks.c.window_end))
    .where(_PROMISED, callbacks.c.escalated_at.is_(None))
    .scalar_subquery()
    .label("promised_until"),
    select(func.min(outbox.c.next_try_at)).where(outbox.c.status == "pending").scalar_subquery().label("outbox"),
    select(func.min(inbox.c.at)).where(inbox.c.status == "waiting").scalar_subquery().label("inbox"),
))  # fmt: skip


class Calm:
    """Remembers when each verb can have something to do next, until anything happens at all."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._wakes: _Wakes | None = None
        self._stale_at = _LONG_AGO
        self._is_news = True

    def disturb(self, *, outside: bool = False) -> None:
        """Something happened: what was known of the database may be wrong. `outside`: it may know nothing of it.

        Somebody may have rung in without a webhook getting through: the carrier has to be asked once more.
        """
        self._wakes = None
        self._is_news = self._is_news or outside

    def is_idle(self, verb: str, at: datetime) -> bool:
        """Whether `verb` has nothing to do at `at`; False for verbs of which nothing is known."""
        if self._wakes is None or at >= self._stale_at:
            self._wakes, self._stale_at = self._look(at), at + _STALE_AFTER
        if verb not in self._wakes:
            return False
        if verb == "settle_calls" and self._is_news:
            self._is_news = False
            return False
        wakes = self._wakes[verb]
        return wakes is None or wakes > at

    def wakes(self, verb: str) -> datetime | None:
        """When a verb that is idle would have asked to run: placing alone asks, for the next window that opens."""
        return self._wakes["place_calls"] if self._wakes is not None and verb == "place_calls" else None

    def _look(self, at: datetime) -> _Wakes:
        with self._store.reading() as connection:
            (row,) = _LOOK.all(connection, {})
        return {
            "plan_calls": _first(
                row.planner, row.ahead and row.ahead - _AHEAD, row.closes, _LONG_AGO if row.promises else None
            ),
            "place_calls": _LONG_AGO if row.queued else row.opens,
            "settle_calls": _LONG_AGO if row.live else _settling(row, at),
            "file_records": row.outbox,
            "people": row.inbox + PACE if row.inbox else None,
        }


def _settling(row: Row[Any], at: datetime) -> datetime | None:
    """When nothing is in the air: the next question about what is of unknown fate, and promises that near their end."""
    asking = None
    if row.asked is not None:
        are_old = row.unknown_to <= at - UNKNOWN_OLD
        asking = min(row.asked + ASKED_HOURLY, row.unknown_from + LONGEST_QUEUE) if are_old else _LONG_AGO
    return _first(asking, row.promised_until and row.promised_until - PERSON_LEAD)


def _first(*instants: datetime | None) -> datetime | None:
    return min((each for each in instants if each is not None), default=None)

"""When a verb cannot have anything to do: a simulation jumps over those instants, with the same outcome."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from outbound.adapters.sql.calls import holds
from outbound.adapters.sql.database.prepared import Prepared
from outbound.adapters.sql.schema import attempts, callbacks, contacts, inbox, outbox
from outbound.adapters.sql.store import SqlStore
from outbound.domain.attempt import LIVE, AttemptStatus
from outbound.domain.contact import ContactState
from outbound.planning.candidates import PASSING_REASONS
from outbound.simulation.invented.people import PACE
from outbound.usecases.outcomes.settle_calls import ASKED_HOURLY, LONGEST_QUEUE, UNKNOWN_OLD
from outbound.usecases.scheduling.plan_calls import HORIZON_DAYS

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=HORIZON_DAYS)
_STALE_AFTER = timedelta(minutes=30)

_PLANNED = attempts.c.status == AttemptStatus.PLANNED.value
_IN_QUEUE = attempts.c.status.in_((AttemptStatus.PLACED.value, AttemptStatus.UNKNOWN.value)) & attempts.c.sid.is_not(
    None
)
# Who waits without anybody's doing is planned ahead of time.
_WAITS = or_(contacts.c.reason.like(holds.WAITS_BY_ITSELF), contacts.c.reason.in_(PASSING_REASONS))
_UNKNOWN = AttemptStatus.UNKNOWN
_DIAL_BY = func.coalesce(attempts.c.dial_by, attempts.c.updated_at)
_PROMISED = callbacks.c.status == "open"
_OPEN = contacts.c.state == ContactState.OPEN.value


def _look(**asked: Select[Any]) -> Prepared:
    """Make one statement of several that have one value each."""
    return Prepared(select(*(each.scalar_subquery().label(name) for name, each in asked.items())))


_LOOKS = {
    "plan_calls": _look(
        planner=select(func.min(func.coalesce(contacts.c.not_before, _LONG_AGO))).where(_OPEN),
        ahead=select(func.min(contacts.c.not_before)).where(_OPEN, _WAITS),
        closes=select(func.min(attempts.c.window_end)).where(_PLANNED),
        promises=select(func.count()).where(_PROMISED),
    ),
    "place_calls": _look(
        queued=select(func.count()).where(_IN_QUEUE),
        opens=select(func.min(attempts.c.window_start)).where(_PLANNED),
    ),
    "settle_calls": _look(
        live=select(func.count()).where(attempts.c.status.in_(sorted(LIVE - {_UNKNOWN}))),
        asked=select(func.min(attempts.c.updated_at)).where(attempts.c.status == _UNKNOWN),
        unknown_from=select(func.min(_DIAL_BY)).where(attempts.c.status == _UNKNOWN),
        unknown_to=select(func.max(_DIAL_BY)).where(attempts.c.status == _UNKNOWN),
        promised_from=select(func.min(callbacks.c.window_start)).where(_PROMISED, callbacks.c.escalated_at.is_(None)),
    ),
    "file_records": _look(outbox=select(func.min(outbox.c.next_try_at)).where(outbox.c.status == "pending")),
    "people": _look(inbox=select(func.min(inbox.c.at)).where(inbox.c.status == "waiting")),
}
"""What tells of each verb: only what is asked about is looked at."""


class Calm:
    """Remembers when each verb can have something to do next, until anything happens at all."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._wakes: dict[str, tuple[datetime | None, datetime]] = {}  # by verb, with when that is out of date
        self._is_news = True

    def disturb(self, *, outside: bool = False) -> None:
        """Something happened: what was known of the database may be wrong. `outside`: it may know nothing of it.

        Somebody may have rung in without a webhook getting through: the carrier has to be asked once more.
        """
        self._wakes.clear()
        self._is_news = self._is_news or outside

    def is_idle(self, verb: str, at: datetime) -> bool:
        """Whether `verb` has nothing to do at `at`; False for verbs of which nothing is known."""
        if verb not in _LOOKS:
            return False
        if verb == "settle_calls" and self._is_news:
            self._is_news = False
            return False
        known = self._wakes.get(verb)
        if known is None or at >= known[1]:
            known = self._wakes[verb] = self._look(verb, at), at + _STALE_AFTER
        return known[0] is None or known[0] > at

    def wakes(self, verb: str) -> datetime | None:
        """When a verb that is idle would have asked to run: placing alone asks, for the next window that opens."""
        return self._wakes[verb][0] if verb == "place_calls" and verb in self._wakes else None

    def _look(self, verb: str, at: datetime) -> datetime | None:
        with self._store.reading() as connection:
            (row,) = _LOOKS[verb].all(connection, {})
        return _WAKES[verb](row, at)


def _planning(row: Row[Any], _at: datetime) -> datetime | None:
    ahead = row.ahead and row.ahead - _AHEAD
    return _first(row.planner, ahead, row.closes, _LONG_AGO if row.promises else None)


def _placing(row: Row[Any], _at: datetime) -> datetime | None:
    opens: datetime | None = row.opens
    return _LONG_AGO if row.queued else opens


def _settling(row: Row[Any], at: datetime) -> datetime | None:
    """When nothing is in the air: the next question about what is of unknown fate, and promises whose windows run.

    From when on such a promise is a person's depends on when people go home: never before its window begins.
    """
    if row.live:
        return _LONG_AGO
    asking = None
    if row.asked is not None:
        are_old = row.unknown_to <= at - UNKNOWN_OLD
        asking = min(row.asked + ASKED_HOURLY, row.unknown_from + LONGEST_QUEUE) if are_old else _LONG_AGO
    return _first(asking, row.promised_from)


def _first(*instants: datetime | None) -> datetime | None:
    return min((each for each in instants if each is not None), default=None)


_WAKES: Mapping[str, Callable[[Row[Any], datetime], datetime | None]] = {
    "plan_calls": _planning,
    "place_calls": _placing,
    "settle_calls": _settling,
    "file_records": lambda row, _at: row.outbox,
    "people": lambda row, _at: row.inbox + PACE if row.inbox else None,
}
